"""What the platform saw and holds, as JSON."""

from typing import Annotated, Any

import msgspec
from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.faults import InvalidFault, Kind
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.miniprogram import shipping
from wechat_sandbox.pay import refund
from wechat_sandbox.pay.errors import PayError
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.state import Sandbox

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]


class ResendOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Once more as it is, or as a forgery of this kind (`facts` as for the fault)."""

    kind: Kind | None = None
    facts: dict[str, Any] | None = None


class HandRefund(msgspec.Struct, forbid_unknown_fields=True):
    """Fen to give back on the platform's own pages; with `notify` the merchant's program is told."""

    amount: Annotated[int, msgspec.Meta(ge=1)]
    notify: bool = False


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/_sandbox/events")
    async def events(
        after: FromQuery[int] = 0, kind: FromQuery[str] = "", q: FromQuery[str] = "", limit: Limit = 200
    ) -> Answer:
        found = sandbox.seen.find(after=after, kind=kind, text=q, limit=limit)
        return json_answer({"events": found, "last_id": sandbox.seen.last_id})

    @delete("/_sandbox/events", status_code=200)
    async def clear_events() -> Answer:
        sandbox.seen.clear()
        return json_answer({"last_id": sandbox.seen.last_id})

    @get("/_sandbox/orders")
    async def orders(mchid: FromQuery[str] = "", limit: Limit = 100) -> Answer:
        return json_answer(
            {"orders": [_order(t) for t in sandbox.transactions.listing(mchid=mchid, limit=limit)]}
        )

    @get("/_sandbox/orders/{out_trade_no:str}")
    async def order(out_trade_no: FromPath[str], mchid: FromQuery[str] = "") -> Answer:
        merchant: Merchant | None = sandbox.merchants.get(mchid) if mchid else None
        if merchant is not None:
            found = sandbox.transactions.by_number(merchant, out_trade_no)
        else:
            found = sandbox.transactions.find_number(out_trade_no)
        if found is None and (combined := sandbox.combinations.find_number(out_trade_no)) is not None:
            return json_answer(
                {
                    **sandbox.combinations.describe(combined),
                    "trade_state": combined.state,
                    "prepay_id": combined.prepay_id,
                    "notify_url": combined.notify_url,
                    "notifications": sandbox.outbox.about(out_trade_no),
                }
            )
        if found is None:
            raise ControlError(404, "ORDER", "no such order")
        return json_answer(
            {
                **_order(found),
                "refunds": [one.describe() for one in sandbox.refunds.of(found)],
                "notifications": sandbox.outbox.about(out_trade_no),
                "shipping": sandbox.shipping.get(found.transaction_id or ""),
                "special": sandbox.shipping.special(found.transaction_id or ""),
                "settlement": shipping.settlement(sandbox, found),
            }
        )

    @post("/_sandbox/orders/{out_trade_no:str}/refunds", status_code=201)
    async def refund_by_hand(request: HttpRequest, out_trade_no: FromPath[str]) -> Answer:
        wish = decode(await request.body(), HandRefund)
        found = sandbox.transactions.find_number(out_trade_no)
        if found is None:
            raise ControlError(404, "ORDER", "no such order")
        try:
            made = refund.refund_by_hand(sandbox, found, wish.amount, notify=wish.notify)
        except PayError as error:
            raise ControlError(400, "INVALID", str(error)) from error
        return json_answer(made.describe(), 201)

    @get("/_sandbox/notifications")
    async def notifications(out_trade_no: FromQuery[str] = "", limit: Limit = 100) -> Answer:
        outbox = sandbox.outbox
        found = outbox.about(out_trade_no) if out_trade_no else outbox.listing(limit)
        return json_answer({"notifications": found})

    @get("/_sandbox/notifications/forgeries")
    async def forgeries() -> Answer:
        sent = [one for message in sandbox.outbox.all() for one in message.attempts if one.forged]
        return json_answer({"sent": len(sent), "accepted": sum(one.accepted for one in sent)})

    @post("/_sandbox/notifications/{notification_id:str}/resend", status_code=200)
    async def resend(request: HttpRequest, notification_id: FromPath[str]) -> Answer:
        order = decode(await request.body() or b"{}", ResendOrder)
        notification = sandbox.outbox.get(notification_id)
        if notification is None:
            raise ControlError(404, "NOTIFICATION", "no such notification")
        try:
            return json_answer(await sandbox.delivery.resend(notification, order.kind, order.facts))
        except InvalidFault as error:
            raise ControlError(400, "INVALID", str(error)) from error

    return [events, clear_events, orders, order, refund_by_hand, notifications, forgeries, resend]


def _order(transaction: Transaction) -> dict[str, object]:
    return {
        **transaction.describe(),
        "description": transaction.description,
        "prepay_id": transaction.prepay_id,
        "notify_url": transaction.notify_url,
        "created_at": transaction.created_at,
        "pay_by": transaction.pay_by,
        "refunded": transaction.refunded,
        "sub_mchid": transaction.sub_mchid,
        "combine_out_trade_no": transaction.combine_out_trade_no,
    }
