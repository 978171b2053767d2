"""Ending what was not paid: closing → query → close at the provider → release the stock → cancelled."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.runtime import Runtime
from zhanggui.orders.cancel import cancel_unpaid, close_orders
from zhanggui.orders.rules import Actor, Status
from zhanggui.payments.records import open_attempts
from zhanggui.payments.settle import close_attempt

STATUS_LOCKED = statement(
    "payments.closing.status",
    "SELECT status FROM sales_order WHERE store_id = $1 AND id = $2 FOR UPDATE",
)
STATUS = statement("payments.closing.peek", "SELECT status FROM sales_order WHERE store_id = $1 AND id = $2")


async def begin_closing(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor, reason: str) -> bool:
    """pending_payment → closing, with the job that finishes it in the same transaction; False when it was not unpaid."""

    async def work(conn: Connection) -> bool:
        return bool(await close_orders(conn, store_id, [order_id], actor, reason))

    return await in_transaction(rt.db, work)


async def finish_closing(
    rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor, reason: str
) -> Status | None:
    """Bring a closing order to its end and return the state it is in then; `closing` means: come again in seconds.

    A payment found on the way makes it paid. Stock is given back only after the provider has said that nothing was
    paid and nothing can be. Raises OutcomeUnknown when the provider cannot be asked; the order stays closing then.
    """
    status: Status | None = await rt.db.fetchval(STATUS, store_id, order_id)
    if status != "closing":
        return status
    for attempt in await open_attempts(rt.db, store_id, order_id):
        if await close_attempt(rt, attempt) == "paying":
            return "closing"

    async def work(conn: Connection) -> Status | None:
        now: Status | None = await conn.fetchval(STATUS_LOCKED, store_id, order_id)
        if now != "closing" or await open_attempts(conn, store_id, order_id):
            return now
        await cancel_unpaid(conn, store_id, [order_id], actor, reason)
        return "cancelled"

    return await in_transaction(rt.db, work)
