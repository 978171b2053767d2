"""The only writer of an item's counters: every change goes into the journal with it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.ids import new_id
from zhanggui.promotions.rules import ItemKey, Move, Sale

LOCK = statement(
    "promotions.lock_items",
    """
    SELECT sale_id, sku_id, price, per_buyer, planned, units, free, held FROM flash_item
    WHERE store_id = $1 AND (sale_id, sku_id) IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))
    ORDER BY sale_id, sku_id FOR UPDATE
    """,
)
# A statement of its own: what it reads was committed before the items were locked, not before they were waited for.
SALES = statement(
    "promotions.sales",
    """
    SELECT id, status, starts_at, ends_at, reserve_seconds FROM flash_sale WHERE store_id = $1 AND id = ANY($2::uuid[])
    """,
)
POST = statement(
    "promotions.post",
    """
    WITH moved AS (
      INSERT INTO flash_movement (store_id, id, sale_id, sku_id, kind, places, units, free, held, ordered, returned, at)
      SELECT $1, * , $2 FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::int[], $8::int[], $9::int[],
                                    $10::int[], $11::int[], $12::int[]))
    UPDATE flash_item i SET units = i.units + m.units, free = i.free + m.free, held = i.held + m.held,
      ordered = i.ordered + m.ordered, returned = i.returned + m.returned
    FROM (
      SELECT sale_id, sku_id, sum(units) AS units, sum(free) AS free, sum(held) AS held, sum(ordered) AS ordered,
             sum(returned) AS returned
      FROM unnest($4::uuid[], $5::uuid[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[])
        AS u (sale_id, sku_id, units, free, held, ordered, returned) GROUP BY sale_id, sku_id) AS m
    WHERE i.store_id = $1 AND i.sale_id = m.sale_id AND i.sku_id = m.sku_id
    """,
)


async def lock_items(conn: Connection, store_id: UUID, keys: Iterable[ItemKey]) -> dict[ItemKey, Row]:
    """Lock the items in the order of their keys and return them as they are now; unknown ones are left out."""
    wanted = sorted(set(keys))
    rows = await conn.fetch(LOCK, store_id, [sale for sale, _ in wanted], [sku for _, sku in wanted])
    return {(r["sale_id"], r["sku_id"]): r for r in rows}


async def read_sales(conn: Connection, store_id: UUID, sale_ids: Iterable[UUID]) -> dict[UUID, Sale]:
    """The sales as they are committed now."""
    rows = await conn.fetch(SALES, store_id, sorted(set(sale_ids)))
    return {
        r["id"]: Sale(r["id"], r["status"], r["starts_at"], r["ends_at"], r["reserve_seconds"]) for r in rows
    }


async def post(conn: Connection, store_id: UUID, moves: Sequence[Move]) -> None:
    """Write `moves` into the journal and the counters they change; the CHECKs refuse what can never be."""
    if not moves:
        return
    await conn.execute(
        POST,
        store_id,
        clock.now(),
        [new_id() for _ in moves],
        [m.sale_id for m in moves],
        [m.sku_id for m in moves],
        [m.kind for m in moves],
        [m.places for m in moves],
        [m.units for m in moves],
        [m.free for m in moves],
        [m.held for m in moves],
        [m.ordered for m in moves],
        [m.returned for m in moves],
    )
