"""What became of the money of a return: followed from payments, tried again where the provider gave up."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import PLATFORM, Actor
from zhanggui.payments.refund_steps import retry_refund
from zhanggui.returns.amounts import is_paid_back
from zhanggui.returns.moves import move
from zhanggui.returns.records import Taken, take

OF_RETURN = statement(
    "returns.money.of_return",
    "SELECT id, amount, status, stuck FROM refund WHERE store_id = $1 AND cause_id = $2 ORDER BY id",
)


async def refund_news(rt: Runtime, store_id: UUID, return_id: UUID) -> None:
    """A refund of this return came to an end: with the last one the return is refunded."""

    async def work(conn: Connection) -> None:
        taken = await take(conn, store_id, return_id)
        if taken.request.status != "refunding":
            return
        if await _is_done(conn, taken):
            await move(conn, taken.request, "refunded", PLATFORM)

    await in_transaction(rt.db, work)


async def retry(rt: Runtime, store_id: UUID, return_id: UUID, actor: Actor) -> None:
    """Try once more what does not go on of a return's money (`payments.refund_steps.retry_refund`).

    Raises 409 `return_state` when nothing is stuck, 503 `payment_busy` when the provider does not answer.
    """

    async def work(conn: Connection) -> list[UUID]:
        request = (await take(conn, store_id, return_id)).request
        rows = await conn.fetch(OF_RETURN, store_id, return_id)
        stuck = [row["id"] for row in rows if row["stuck"] is not None]
        if request.status != "refunding" or not stuck:
            raise ShopError("return_state", 409, data={"status": request.status})
        return stuck

    for refund_id in await in_transaction(rt.db, work):
        await retry_refund(rt, store_id, refund_id, actor)


async def _is_done(conn: Connection, taken: Taken) -> bool:
    request = taken.request
    rows = await conn.fetch(OF_RETURN, request.store_id, request.id)
    return is_paid_back(request.amount, ((r["amount"], r["status"]) for r in rows))
