"""Places become parts of orders."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.i18n import Text
from zhanggui.inventory import Want
from zhanggui.inventory.rules import Balance
from zhanggui.inventory.set_aside import draw
from zhanggui.promotions.journal import post
from zhanggui.promotions.rules import FlashHold, Move

LOAD = statement(
    "promotions.redeem.load",
    """
    SELECT p.id, p.customer_id, p.sale_id, p.sku_id, p.quantity, p.price, p.state, p.expires_at, s.name,
           s.status AS sale_status, s.pay_seconds
    FROM flash_place p JOIN flash_sale s ON s.store_id = p.store_id AND s.id = p.sale_id
    WHERE p.store_id = $1 AND p.customer_id = $2 AND p.id = $3
    """,
)
LOCK = statement(
    "promotions.redeem.lock",
    """
    SELECT p.id, p.customer_id, p.sale_id, p.sku_id, p.quantity, p.price, p.state, p.expires_at, s.name,
           s.status AS sale_status, s.pay_seconds
    FROM flash_place p JOIN flash_sale s ON s.store_id = p.store_id AND s.id = p.sale_id
    WHERE p.store_id = $1 AND (p.customer_id, p.id) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))
    ORDER BY p.customer_id, p.id FOR UPDATE OF p
    """,
)
ORDER = statement(
    "promotions.redeem.order",
    """
    UPDATE flash_place p SET state = 'ordered', order_id = o.order_id, settled_at = $5
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS o (customer_id, id, order_id)
    WHERE p.store_id = $1 AND p.customer_id = o.customer_id AND p.id = o.id AND p.state = 'held' RETURNING p.id
    """,
)


class Redeemed(NamedTuple):
    """A locked place and the order that it becomes a part of."""

    hold: FlashHold
    order_id: UUID


async def load_hold(conn: Connection, store_id: UUID, customer_id: UUID, token: UUID) -> FlashHold | None:
    """The buyer's place of that token, whatever its state; None when there is none of his."""
    row = await conn.fetchrow(LOAD, store_id, customer_id, token)
    return _hold(row) if row else None


async def lock_holds(
    conn: Connection, store_id: UUID, wanted: Sequence[tuple[UUID, UUID]]
) -> dict[UUID, FlashHold]:
    """Lock places by (buyer, token) in that order; by token, those of other buyers left out. Stock comes before."""
    keys = sorted(set(wanted))
    rows = await conn.fetch(LOCK, store_id, [c for c, _ in keys], [t for _, t in keys])
    return {r["id"]: _hold(r) for r in rows}


async def redeem(
    conn: Connection, store_id: UUID, balances: dict[UUID, Balance], redeemed: Sequence[Redeemed]
) -> None:
    """The units of these locked places leave what is set aside; the caller reserves them for the orders.

    `balances` are the locked ones of their SKUs. Raises RuntimeError for a place that is not held.
    """
    if not redeemed:
        return
    rows = await conn.fetch(
        ORDER,
        store_id,
        [r.hold.customer_id for r in redeemed],
        [r.hold.token for r in redeemed],
        [r.order_id for r in redeemed],
        clock.now(),
    )
    if len(rows) != len(redeemed):
        raise RuntimeError("a place that was locked and held could not be redeemed")
    taken: dict[tuple[UUID, UUID], tuple[int, int]] = {}
    for hold, _ in redeemed:
        places, units = taken.get((hold.sale_id, hold.sku_id), (0, 0))
        taken[hold.sale_id, hold.sku_id] = places + 1, units + hold.quantity
    wants = [Want(sale, sku, units) for (sale, sku), (_, units) in taken.items()]
    await draw(conn, store_id, balances, wants, "buyer", "flash")
    await post(
        conn,
        store_id,
        [
            Move(sale, sku, "order", places, held=-units, ordered=units)
            for (sale, sku), (places, units) in sorted(taken.items())
        ],
    )


def _hold(row: Row) -> FlashHold:
    return FlashHold(
        row["id"],
        row["customer_id"],
        row["sale_id"],
        row["sku_id"],
        row["quantity"],
        row["price"],
        row["state"],
        row["expires_at"],
        msgspec.convert(row["name"], Text),
        row["sale_status"],
        row["pay_seconds"],
    )
