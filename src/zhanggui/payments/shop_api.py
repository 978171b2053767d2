"""Paying, as buyers do it."""

from datetime import timedelta
from uuid import UUID

from litestar import post

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.http import AnyRequest
from zhanggui.core.idempotency import Key
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.orders.pages import buyer_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import Order
from zhanggui.payments import attempt, combine
from zhanggui.payments.cancel import Cancel, cancel_by_buyer
from zhanggui.payments.shapes import BuyerCancel, CombinedPayment, PaymentAttempt, StartCombined, StartPayment
from zhanggui.payments.start import start


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/payments", opt=BUYER)
async def start_payment(
    rt: Runtime,
    request: AnyRequest,
    buyer: Buyer,
    store_id: UUID,
    order_id: UUID,
    data: StartPayment,
    idempotency_key: Key,
) -> PaymentAttempt:
    """Make or reuse the open payment of an unpaid order and answer what the device needs to pay it.

    Choosing another method closes the one before. `wechat_jsapi` needs a sign-in with WeChat, or on
    a page inside WeChat (`place`) its authorization: 409 `wechat_page_unknown`.
    """
    await take(rt.db, [Limit("payments.start", str(buyer.id), 30, timedelta(minutes=1))])
    client_ip = request.client.host if request.client else "127.0.0.1"
    wish = attempt.Wish(
        store_id, order_id, buyer.id, data.method, data.return_url, client_ip, idempotency_key, data.place
    )
    return await start(rt, wish)


@post(
    "/stores/{store_id:uuid}/orders/{order_id:uuid}/payments/{attempt_id:uuid}/check",
    opt=BUYER,
    status_code=200,
)
async def check_payment(
    rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID, attempt_id: UUID
) -> PaymentAttempt:
    """Ask the provider now whether a payment has arrived; for the moment the buyer comes back."""
    await take(rt.db, [Limit("payments.check", str(buyer.id), 60, timedelta(minutes=1))])
    return await attempt.check(rt, store_id, order_id, attempt_id, buyer.id)


@post("/payments", opt=BUYER)
async def start_combined_payment(
    rt: Runtime, request: AnyRequest, buyer: Buyer, data: StartCombined, idempotency_key: Key
) -> CombinedPayment:
    """Pay unpaid orders of several stores at once: one payment, one share per order.

    409 `payment_not_combinable` where the stores' accounts cannot be paid together: then each order is paid alone.
    """
    await take(rt.db, [Limit("payments.start", str(buyer.id), 30, timedelta(minutes=1))])
    client_ip = request.client.host if request.client else "127.0.0.1"
    wish = combine.Wish(
        data.orders, buyer.id, data.method, data.return_url, client_ip, idempotency_key, data.place
    )
    return await combine.start(rt, wish)


@post("/payments/{payment_id:uuid}/check", opt=BUYER, status_code=200)
async def check_combined_payment(rt: Runtime, buyer: Buyer, payment_id: UUID) -> CombinedPayment:
    """Ask the provider now whether a combined payment has arrived."""
    await take(rt.db, [Limit("payments.check", str(buyer.id), 60, timedelta(minutes=1))])
    return await combine.check(rt, buyer.id, payment_id)


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/cancel", opt=BUYER, status_code=200)
async def cancel_order(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID, data: BuyerCancel) -> Order:
    """Cancel an order: an unpaid one is closed (at the payment platform first), a paid one that nobody has begun to
    prepare is refunded in full. It may come back as `closing`, or as `paid` when a payment was found on the way.
    """
    wish = Cancel(store_id, order_id, Actor("buyer", buyer.id), data.reason)
    await cancel_by_buyer(rt, wish, buyer.id)
    return await buyer_order(rt, buyer.id, store_id, order_id)


routes = [start_payment, check_payment, start_combined_payment, check_combined_payment, cancel_order]
