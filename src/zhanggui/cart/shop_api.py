"""The cart, for guests and buyers; every write answers the whole cart."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import QueryParameter

from zhanggui.cart import change
from zhanggui.cart.page import load_cart
from zhanggui.cart.shapes import Cart, LineChange, LineInput, Selection
from zhanggui.core.auth import GUEST, Buyer
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime

StoreFilter = Annotated[UUID | None, QueryParameter(name="store_id")]


@get("/cart", opt=GUEST)
async def read_cart(rt: Runtime, buyer: Buyer, of_store: StoreFilter = None) -> Cart:
    """The caller's cart, or its part of one store, at today's prices."""
    return await load_cart(rt, buyer.id, of_store)


@post("/cart/lines", opt=GUEST, status_code=201)
async def add_cart_line(rt: Runtime, buyer: Buyer, data: LineInput, idempotency_key: Key) -> Cart:
    """Put something in; the same SKU with the same modifiers adds up, the same request under the same key does not."""
    await change.add_line(rt, buyer.id, data, idempotency_key)
    return await load_cart(rt, buyer.id)


@patch("/cart/lines/{line_id:uuid}", opt=GUEST)
async def change_cart_line(rt: Runtime, buyer: Buyer, line_id: UUID, data: LineChange) -> Cart:
    """Change quantity or tick of a line."""
    await change.change_line(rt, buyer.id, line_id, data)
    return await load_cart(rt, buyer.id)


@delete("/cart/lines/{line_id:uuid}", opt=GUEST, status_code=200)
async def delete_cart_line(rt: Runtime, buyer: Buyer, line_id: UUID) -> Cart:
    """Take a line out."""
    await change.delete_line(rt, buyer.id, line_id)
    return await load_cart(rt, buyer.id)


@post("/cart/select", opt=GUEST, status_code=200)
async def select_cart_lines(rt: Runtime, buyer: Buyer, data: Selection) -> Cart:
    """Tick or untick several lines at once. It sets what is asked for and creates nothing, so it needs no key."""
    await change.select_lines(rt, buyer.id, data)
    return await load_cart(rt, buyer.id)


routes = [read_cart, add_cart_line, change_cart_line, delete_cart_line, select_cart_lines]
