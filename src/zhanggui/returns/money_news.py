"""What became of the money of a return: followed from payments, tried again where the provider gave up."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import PLATFORM, Actor
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.refund import carry_out, load_refund, refund_part
from zhanggui.payments.refund_result import apply_refund
from zhanggui.returns.amounts import Standing, standing
from zhanggui.returns.moves import move
from zhanggui.returns.records import Taken, take

OF_RETURN = statement(
    "returns.money.of_return",
    "SELECT id, amount, status FROM refund WHERE store_id = $1 AND cause_id = $2 ORDER BY id",
)


async def refund_news(rt: Runtime, store_id: UUID, return_id: UUID) -> None:
    """A refund of this return came to an end: with the last one the return is refunded."""

    async def work(conn: Connection) -> None:
        taken = await take(conn, store_id, return_id)
        if taken.request.status != "refunding":
            return
        if (await _standing(conn, taken)).done:
            await move(conn, taken.request, "refunded", PLATFORM)

    await in_transaction(rt.db, work)


async def retry(rt: Runtime, store_id: UUID, return_id: UUID, actor: Actor) -> None:
    """Ask the provider once more about refunds that ended abnormal, and pay under a new number what none asks for.

    An abnormal refund is put right at the provider (the buyer's card is gone); here its end is looked up. Raises 409
    `return_state` when nothing is stuck, 503 `payment_busy` when the provider does not answer.
    """

    async def work(conn: Connection) -> list[UUID]:
        taken = await take(conn, store_id, return_id)
        if taken.request.status != "refunding":
            raise ShopError("return_state", 409, data={"status": taken.request.status})
        now = await _standing(conn, taken)
        if not now.stuck and not now.missing:
            raise ShopError("return_state", 409, data={"status": taken.request.status})
        if now.missing:
            await refund_part(
                conn,
                store_id,
                taken.order.id,
                now.missing,
                actor,
                taken.request.number,
                notify=taken.request.notify,
                cause_id=return_id,
            )
        return now.stuck

    for refund_id in await in_transaction(rt.db, work):
        row = await load_refund(rt.db, store_id, refund_id)
        if row is None:
            continue
        try:
            fact = await carry_out(rt, row)
        except (OutcomeUnknown, ProviderRefused) as fault:
            raise ShopError("payment_busy", 503, retry_after=5) from fault
        if fact is not None:
            await apply_refund(rt, store_id, fact)


async def _standing(conn: Connection, taken: Taken) -> Standing:
    request = taken.request
    rows = await conn.fetch(OF_RETURN, request.store_id, request.id)
    return standing(request.amount, ((r["id"], r["amount"], r["status"]) for r in rows))
