"""The decision about a return: yes, no, or the money without waiting for the goods."""

from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.orders.rules import Actor
from zhanggui.returns.exchange import reserve
from zhanggui.returns.moves import move
from zhanggui.returns.pay_back import Terms, pay_back
from zhanggui.returns.records import ReturnRecord, Taken
from zhanggui.returns.rules import DecidedBy


async def approve(conn: Connection, taken: Taken, actor: Actor, terms: Terms) -> ReturnRecord:
    """Agree: the money follows at once where nothing has to come back, otherwise the buyer sends it.

    For an exchange the new units are reserved. Raises 409 `return_state`, `return_order_cancelled`,
    `exchange_out_of_stock`, and what `pay_back` raises.
    """
    order, request, _ = taken
    if request.status not in {"requested", "appealed"}:
        raise ShopError("return_state", 409, data={"status": request.status})
    if order.status == "cancelled":
        raise ShopError("return_order_cancelled", 409)
    if request.kind == "refund_only":
        return await pay_back(conn, taken, actor, terms)
    if terms.amount is not None:
        raise ShopError("amount_after_inspection", 422, field="amount")
    if request.kind == "exchange":
        await reserve(conn, taken)
    return await move(conn, request, "approved", actor, reason=terms.reason, decided_by=terms.decided_by)


async def reject(
    conn: Connection, taken: Taken, actor: Actor, reason: str, decided_by: DecidedBy = "merchant"
) -> ReturnRecord:
    """Refuse with a reason the buyer reads. Raises 409 `return_state`."""
    if taken.request.status != "requested":
        raise ShopError("return_state", 409, data={"status": taken.request.status})
    return await move(
        conn,
        taken.request,
        "rejected",
        actor,
        reason=reason,
        decided_by=decided_by,
        reject_reason=reason,
    )


async def refund_now(conn: Connection, taken: Taken, actor: Actor, terms: Terms) -> ReturnRecord:
    """Pay back without waiting for the goods: before they are sent, or after they came for an exchange.

    Raises 409 `return_state` and what `pay_back` raises.
    """
    if taken.request.status not in {"requested", "approved", "received"}:
        raise ShopError("return_state", 409, data={"status": taken.request.status})
    if taken.order.status == "cancelled":
        raise ShopError("return_order_cancelled", 409)
    return await pay_back(conn, taken, actor, terms)
