"""What the buyer does with a return that is open: steps back, confirms an exchange, calls the platform."""

from zhanggui.core import clock
from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.orders.rules import Actor
from zhanggui.returns.amounts import TooMany, share
from zhanggui.returns.exchange import release
from zhanggui.returns.moves import move
from zhanggui.returns.pay_back import Terms, pay_back
from zhanggui.returns.records import ReturnRecord, Taken, entitle
from zhanggui.returns.rules import DecidedBy
from zhanggui.returns.shop_shapes import AppealInput
from zhanggui.returns.state import order_state


async def withdraw(conn: Connection, taken: Taken, actor: Actor) -> ReturnRecord:
    """The buyer no longer wants it; units reserved for an exchange are free again. Raises 409 `return_state`."""
    await release(conn, taken.request, actor)
    return await move(conn, taken.request, "withdrawn", actor)


async def confirm(conn: Connection, taken: Taken, actor: Actor) -> ReturnRecord:
    """The new goods of an exchange have arrived. Raises 409 `return_state`."""
    return await move(conn, taken.request, "completed", actor)


async def appeal(conn: Connection, taken: Taken, actor: Actor, words: AppealInput) -> ReturnRecord:
    """Call the platform against a refusal: once, while there is time, and while the units are still free.

    Raises 409 `return_state`, `appeal_over`, `return_units_taken`.
    """
    order, request, lines = taken
    if request.status != "rejected":
        raise ShopError("return_state", 409, data={"status": request.status})
    now = clock.now()
    if request.appeal is not None or request.due_at is None or now >= request.due_at:
        raise ShopError("appeal_over", 409)
    state, shares = await order_state(conn, order, request.id), list[int]()
    for line in lines:
        try:
            shares.append(min(line.entitled, share(state.lines[line.order_line_id], line.quantity)))
        except TooMany as fault:
            raise ShopError("return_units_taken", 409, available=fault.available) from fault
    await entitle(conn, request, [line.order_line_id for line in lines], shares)
    return await move(
        conn,
        request,
        "appealed",
        actor,
        reason=words.reason[:200],
        appeal="open",
        appeal_reason=words.reason,
        appeal_picture_ids=words.picture_ids,
        appealed_at=now,
    )


async def decide_appeal(
    conn: Connection,
    taken: Taken,
    actor: Actor,
    *,
    granted: bool,
    note: str,
    decided_by: DecidedBy = "operator",
) -> ReturnRecord:
    """The platform's last word. Granted: goods that have not come back yet are sent back, otherwise the money follows.

    Raises 409 `return_state`, `return_order_cancelled`.
    """
    order, request, lines = taken
    if request.status != "appealed":
        raise ShopError("return_state", 409, data={"status": request.status})
    if not granted:
        return await move(
            conn,
            request,
            "rejected",
            actor,
            reason=note,
            decided_by=decided_by,
            reject_reason=note,
            appeal="dismissed",
            appeal_note=note,
        )
    if order.status == "cancelled":
        raise ShopError("return_order_cancelled", 409)
    if request.kind == "refund_only" or request.waybill is not None:
        return await pay_back(
            conn, taken, actor, Terms(decided_by), appeal="granted", appeal_note=note, reject_reason=""
        )
    kind = "return_refund"  # the units of a refused exchange are no longer reserved: the money is certain
    return await move(
        conn,
        request,
        "approved",
        actor,
        reason=note,
        kind=kind,
        amount=sum(line.entitled for line in lines),
        decided_by=decided_by,
        appeal="granted",
        appeal_note=note,
    )
