"""Reads of stock that cart, quote and shop pages stand on."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import not_found

AVAILABILITY = statement(
    "inventory.availability",
    """
    SELECT sku_id, CASE WHEN sold_out_until > $3 THEN 0 ELSE greatest(0, on_hand - reserved - safety) END AS available,
           coalesce(sold_out_until > $3, false) AS sold_out
    FROM stock WHERE store_id = $1 AND location_id = $1 AND sku_id = ANY($2::uuid[])
    """,
)

KNOWN_SKUS = statement(
    "inventory.known_skus", "SELECT id FROM sku WHERE store_id = $1 AND id = ANY($2::uuid[])"
)


class Availability(NamedTuple):
    """Units that can be bought now; `sold_out` when taken off sale by hand."""

    available: int
    sold_out: bool


NOTHING = Availability(0, sold_out=False)


async def availability(pool: Connection, store_id: UUID, sku_ids: Sequence[UUID]) -> dict[UUID, Availability]:
    """Availability by SKU for every id asked for; a SKU without a balance has none. One statement, no locks."""
    rows = await pool.fetch(AVAILABILITY, store_id, list(sku_ids), clock.now())
    found = {r["sku_id"]: Availability(r["available"], r["sold_out"]) for r in rows}
    return {sku_id: found.get(sku_id, NOTHING) for sku_id in sku_ids}


async def must_exist(conn: Connection, store_id: UUID, sku_ids: Sequence[UUID]) -> None:
    """Raises 404 when one of these SKUs is not the store's."""
    known = {r["id"] for r in await conn.fetch(KNOWN_SKUS, store_id, list(sku_ids))}
    if not known.issuperset(sku_ids):
        raise not_found("SKU", "sku_id")
