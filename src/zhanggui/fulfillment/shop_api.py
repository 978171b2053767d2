"""What the buyer does at the end: it arrived."""

from typing import Any
from uuid import UUID

from litestar import post
from litestar.status_codes import HTTP_200_OK

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import presale_api, virtual_api
from zhanggui.fulfillment.complete import complete
from zhanggui.fulfillment.report import platform_received
from zhanggui.orders.pages import buyer_order
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import Order


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/receive", opt=BUYER, status_code=HTTP_200_OK)
async def receive_order(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> Order:
    """Confirm that everything arrived; the order is completed. Again changes nothing; 409 `wrong_state` too early."""
    await complete(rt, store_id, order_id, Actor("buyer", buyer.id), customer_id=buyer.id)
    return await buyer_order(rt, buyer.id, store_id, order_id)


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/receipt", opt=BUYER, status_code=HTTP_200_OK)
async def confirm_receipt(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> Order:
    """The platform's component said that the buyer confirmed: the platform is asked, and only its word completes the order.

    409 `not_received_there` when it knows of no confirmation, `no_platform_receipt` for an order it does not handle.
    """
    order = await load_order(rt.db, store_id, order_id, customer_id=buyer.id)
    if order.status != "completed":
        if not await platform_received(rt, store_id, order_id):
            raise ShopError("not_received_there", 409)
        await complete(rt, store_id, order_id, Actor("buyer", buyer.id), customer_id=buyer.id)
    return await buyer_order(rt, buyer.id, store_id, order_id)


routes: list[Any] = [receive_order, confirm_receipt, *presale_api.shop_routes, *virtual_api.shop_routes]
