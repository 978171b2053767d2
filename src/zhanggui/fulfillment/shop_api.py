"""What the buyer does at the end: it arrived."""

from typing import Any
from uuid import UUID

from litestar import post
from litestar.status_codes import HTTP_200_OK

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.complete import complete
from zhanggui.orders.pages import buyer_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import Order


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/receive", opt=BUYER, status_code=HTTP_200_OK)
async def receive_order(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> Order:
    """Confirm that everything arrived; the order is completed. Again changes nothing; 409 `wrong_state` too early."""
    await complete(rt, store_id, order_id, Actor("buyer", buyer.id), customer_id=buyer.id)
    return await buyer_order(rt, buyer.id, store_id, order_id)


routes: list[Any] = [receive_order]
