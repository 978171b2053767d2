"""Ending an order before it is fulfilled. Payments owns the endpoints: it knows whether money is in play."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui import inventory, promotions
from zhanggui.core.db import Connection, statement
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.inventory import Restocked
from zhanggui.orders import points
from zhanggui.orders.moves import move
from zhanggui.orders.rules import UNPAID, Actor

LINES_OF = statement(
    "orders.cancel.lines",
    """
    SELECT sku_id, quantity - cancelled AS quantity FROM order_line
    WHERE store_id = $1 AND order_id = $2 AND quantity > cancelled ORDER BY position
    """,
)


async def close_orders(
    conn: Connection, store_id: UUID, order_ids: Sequence[UUID], actor: Actor, reason: str
) -> list[UUID]:
    """Unpaid orders go to `closing`, in which no new attempt may start; job `payments.close` (key: order id) follows.

    Returns those that moved. The units stay reserved until the provider has said that nothing was paid.
    """
    moved = await move(conn, store_id, order_ids, "pending_payment", "closing", actor, reason=reason)
    await enqueue(
        conn,
        [NewJob(store_id, "payments.close", str(i), {"order_id": str(i), "reason": reason}) for i in moved],
    )
    return moved


async def cancel_unpaid(
    conn: Connection, store_id: UUID, order_ids: Sequence[UUID], actor: Actor, reason: str
) -> list[UUID]:
    """Unpaid or closing orders end as cancelled and give back exactly what they hold; returns those that moved.

    Call it only when no attempt at a provider can still be paid.
    """
    moved = await move(conn, store_id, order_ids, UNPAID, "cancelled", actor, reason=reason)
    if moved:
        await inventory.release(conn, store_id, moved, actor.kind, reason)
        await promotions.give_back(conn, store_id, moved, actor.kind, reason)
        await points.settle(conn, store_id, moved, reason)
    return moved


async def cancel_paid(
    conn: Connection,
    store_id: UUID,
    order_id: UUID,
    actor: Actor,
    reason: str,
    *,
    restock: bool,
    cause_id: UUID | None = None,
) -> bool:
    """A paid or preparing order ends as cancelled, its units back on the shelf with `restock`; False when it is neither.

    Points that were spent on it go back. The refund is the caller's, in the same transaction; `cause_id` is the return that
    empties the order.
    """
    if not await move(conn, store_id, [order_id], {"paid", "preparing"}, "cancelled", actor, reason=reason):
        return False
    if restock:
        rows = await conn.fetch(LINES_OF, store_id, order_id)
        items = [Restocked(r["sku_id"], r["quantity"]) for r in rows]
        await inventory.restock(conn, store_id, items, order_id, actor.name or actor.kind, reason)
    await promotions.give_back(conn, store_id, [order_id], actor.kind, reason, restock=restock)
    await points.settle(conn, store_id, [order_id], reason, cause_id)
    return True
