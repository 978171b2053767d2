"""What follows by itself when a step takes too long, and when the order ends as a whole."""

from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import SYSTEM, Actor
from zhanggui.returns.buyer import decide_appeal
from zhanggui.returns.decide import approve
from zhanggui.returns.exchange import release
from zhanggui.returns.moves import move, remark
from zhanggui.returns.pay_back import Terms, pay_back
from zhanggui.returns.records import Taken, take
from zhanggui.returns.rules import MOVES

OPEN_OF = statement(
    "returns.limits.open_of",
    """
    SELECT id FROM return_request
    WHERE store_id = $1 AND order_id = $2
      AND status IN ('requested', 'approved', 'sent_back', 'received', 'appealed') ORDER BY id
    """,
)
SILENCE = "超时自动处理 · Time was over"
UNDONE = "整单已取消 · The order was cancelled as a whole"


async def time_over(rt: Runtime, store_id: UUID, return_id: UUID, version: int) -> None:
    """The time of the state that `version` began is over; a return that moved since then is left alone.

    Raises Later while there is time.
    """

    async def work(conn: Connection) -> None:
        taken = await take(conn, store_id, return_id)
        request = taken.request
        if request.version != version or request.due_at is None:
            return
        if clock.now() < request.due_at:
            raise Later(request.due_at - clock.now())
        await _follow(conn, taken)

    await in_transaction(rt.db, work)


async def _follow(conn: Connection, taken: Taken) -> None:
    request = taken.request
    terms = Terms("time")
    match request.status:
        case "requested" if taken.order.status != "cancelled":
            await _agree(conn, taken, terms)
        case "appealed" if taken.order.status != "cancelled":
            await decide_appeal(conn, taken, SYSTEM, granted=True, note=SILENCE, decided_by="time")
        case "approved":
            await _close(conn, taken, SYSTEM, SILENCE)
        case "sent_back" | "received":
            await pay_back(conn, taken, SYSTEM, terms)
        case "reshipped":
            await move(conn, request, "completed", SYSTEM, reason=SILENCE)
        case (
            "refunding"
        ):  # it is followed on; now the merchant, the operator and the buyer know that it takes long
            await remark(conn, request, "overdue", SYSTEM)
        case _:
            return


async def _agree(conn: Connection, taken: Taken, terms: Terms) -> None:
    """The merchant's silence agrees; where the exchange is sold out, the goods come back for their money."""
    try:
        await approve(conn, taken, SYSTEM, terms)
    except ShopError as refusal:
        if refusal.code != "exchange_out_of_stock":
            raise
        amount = sum(line.entitled for line in taken.lines)
        request = taken.request
        await move(
            conn,
            request,
            "approved",
            SYSTEM,
            reason=SILENCE,
            kind="return_refund",
            amount=amount,
            decided_by="time",
        )


async def order_cancelled(rt: Runtime, store_id: UUID, order_id: UUID) -> None:
    """The order ended as a whole and all of its money is on the way: its open returns have nothing left to give."""
    for row in await rt.db.fetch(OPEN_OF, store_id, order_id):

        async def work(conn: Connection, return_id: UUID = row["id"]) -> None:
            taken = await take(conn, store_id, return_id)
            if taken.order.status == "cancelled" and "closed" in MOVES[taken.request.status]:
                await _close(conn, taken, SYSTEM, UNDONE)

        await in_transaction(rt.db, work)


async def _close(conn: Connection, taken: Taken, actor: Actor, reason: str) -> None:
    await release(conn, taken.request, actor)
    await move(conn, taken.request, "closed", actor, reason=reason, amount=0, fees=0)
