"""Orders that are cancelled give their units back: to the sale while it runs, to ordinary stock after.

Their places are nobody's any more, also where the goods themselves cannot be sold again.
"""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.inventory import Want, journal
from zhanggui.inventory.set_aside import set_aside
from zhanggui.promotions.journal import lock_items, post, read_sales
from zhanggui.promotions.rules import Move

RETURN = statement(
    "promotions.give_back",
    """
    WITH locked AS (
      SELECT customer_id, id FROM flash_place
      WHERE store_id = $1 AND order_id = ANY($2::uuid[]) AND state = 'ordered' ORDER BY customer_id, id FOR UPDATE)
    UPDATE flash_place p SET state = 'returned', settled_at = $3 FROM locked l
    WHERE p.store_id = $1 AND p.customer_id = l.customer_id AND p.id = l.id
    RETURNING p.sale_id, p.sku_id, p.quantity
    """,
)


async def give_back(
    conn: Connection,
    store_id: UUID,
    order_ids: Sequence[UUID],
    actor: str,
    reason: str = "",
    *,
    restock: bool = True,
) -> None:
    """Call it in the transaction that gave the units of these orders back to ordinary stock, after that.

    Without `restock` none came back, and the sale has so many fewer. One statement for orders without places. The stock balances are locked still, so the units cannot have gone
    elsewhere.
    """
    rows = await conn.fetch(RETURN, store_id, list(order_ids), clock.now())
    if not rows:
        return
    back: dict[tuple[UUID, UUID], tuple[int, int]] = {}
    for r in rows:
        places, units = back.get((r["sale_id"], r["sku_id"]), (0, 0))
        back[r["sale_id"], r["sku_id"]] = places + 1, units + r["quantity"]
    balances = await journal.lock(conn, store_id, (sku for _, sku in back))
    await lock_items(conn, store_id, back)
    sales = await read_sales(conn, store_id, (sale for sale, _ in back))
    now = clock.now()
    moves: list[Move] = []
    again: list[Want] = []
    for (sale, sku), (places, units) in sorted(back.items()):
        if not restock:
            moves.append(Move(sale, sku, "give_back", places, units=-units, ordered=-units))
        elif sales[sale].running(now):
            again.append(Want(sale, sku, units))
            moves.append(Move(sale, sku, "give_back", places, ordered=-units, free=units))
        else:
            moves.append(Move(sale, sku, "give_back", places, ordered=-units, returned=units))
    await set_aside(conn, store_id, balances, again, actor, reason)
    await post(conn, store_id, moves)
