"""Paying one order: alone at its store's own merchant, or as the only part of a combined payment below a platform."""

from zhanggui.core.runtime import Runtime
from zhanggui.orders.queries import load_order
from zhanggui.payments import attempt, combine
from zhanggui.payments.accounts import active_account
from zhanggui.payments.shapes import OrderRef, PaymentAttempt


async def start(rt: Runtime, wish: attempt.Wish) -> PaymentAttempt:
    """Make or reuse the open attempt of an order. Raises what `attempt.start` raises.

    A merchant below a platform (sub_mchid) cannot be asked by itself: the platform's combined payment is its way.
    """
    await load_order(
        rt.db, wish.store_id, wish.order_id, customer_id=wish.customer_id
    )  # another's is not found
    account = await active_account(rt, wish.store_id)
    if account.sub_mchid is None:
        return await attempt.start(rt, wish, account)
    made = await combine.start(
        rt,
        combine.Wish(
            [OrderRef(wish.store_id, wish.order_id)],
            wish.customer_id,
            wish.method,
            wish.return_url,
            wish.client_ip,
            wish.idempotency_key,
            wish.place,
        ),
    )
    (share,) = made.orders
    return PaymentAttempt(
        share.attempt_id, share.order_id, made.method, share.status, share.amount, made.expires_at, made.pay
    )
