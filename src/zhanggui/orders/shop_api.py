"""The buyer's orders."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter

from zhanggui.cart.page import load_cart
from zhanggui.cart.shapes import Cart
from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.http import Page
from zhanggui.core.i18n import Locale
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.orders.history import ListState, list_orders
from zhanggui.orders.pages import buyer_order
from zhanggui.orders.placed import placed_orders
from zhanggui.orders.reorder import reorder
from zhanggui.orders.requests import PlaceRequest
from zhanggui.orders.shapes import Order, Orders, OrderSummary
from zhanggui.orders.submit import place

Which = Annotated[ListState, QueryParameter(name="state")]  # `state` is a name of Litestar's own
Cursor = Annotated[str | None, QueryParameter(max_length=200)]


@post("/orders", opt=BUYER, status_code=201)
async def place_orders(
    rt: Runtime, buyer: Buyer, locale: Locale, data: PlaceRequest, idempotency_key: Key
) -> Orders:
    """Place orders of one or several stores, all or none, at exactly the totals that were seen."""
    placed = await place(rt, buyer.id, idempotency_key, data, locale)
    return Orders(await placed_orders(rt, buyer.id, placed))


@get("/orders", opt=BUYER)
async def read_orders(
    rt: Runtime, buyer: Buyer, which: Which = "all", cursor: Cursor = None
) -> Page[OrderSummary]:
    """The buyer's orders of all stores, newest first."""
    return await list_orders(rt, buyer.id, which, cursor)


@get("/stores/{store_id:uuid}/orders/{order_id:uuid}", opt=BUYER)
async def read_order(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> Order:
    """One order with lines, timeline, fulfillments and refunds."""
    return await buyer_order(rt, buyer.id, store_id, order_id)


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/reorder", opt=BUYER, status_code=200)
async def order_again(
    rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID, idempotency_key: Key
) -> Cart:
    """Put what can still be bought of an order into the cart and answer the cart."""
    await reorder(rt, buyer.id, store_id, order_id, idempotency_key)
    return await load_cart(rt, buyer.id)


routes = [place_orders, read_orders, read_order, order_again]
