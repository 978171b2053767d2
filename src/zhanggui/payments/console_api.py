"""Cancelling with refund, as merchants do it."""

from typing import Annotated
from uuid import UUID

from litestar import post

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.idempotency import key_parameter
from zhanggui.core.runtime import Runtime
from zhanggui.orders.pages import console_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import ConsoleOrder
from zhanggui.payments.cancel import Cancel, cancel_by_merchant
from zhanggui.payments.shapes import MerchantCancel

Key = Annotated[str, key_parameter()]


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/cancel", opt=staff("orders.refund"), status_code=200)
async def cancel_order(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    order_id: UUID,
    data: MerchantCancel,
    idempotency_key: Key,
) -> ConsoleOrder:
    """Cancel an order before it is fulfilled: unpaid ones are closed, paid ones refunded in full.

    `restock` puts the units back on the shelf; `notify` tells the buyer when the money is back.
    """
    actor = Actor("merchant", member.id, member.name)
    wish = Cancel(store_id, order_id, actor, data.reason, data.restock, data.notify)
    await cancel_by_merchant(rt, wish, idempotency_key)
    return await console_order(rt, store_id, order_id)


routes = [cancel_order]
