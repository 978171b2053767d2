"""Virtual goods: how a product is handed out, handing out by hand, and what was handed out."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from zhanggui.core.auth import BUYER, Buyer, StaffMember, staff
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import virtual
from zhanggui.fulfillment.virtual import MAX_TEXT, VirtualProduct
from zhanggui.orders.pages import console_order
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import ConsoleOrder

ORDER = "/stores/{store_id:uuid}/orders/{order_id:uuid}"
PRODUCT = "/stores/{store_id:uuid}/products/{product_id:uuid}/virtual"
HandoutText = Annotated[str, Meta(max_length=MAX_TEXT)]


class VirtualInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether it is handed out as soon as it is paid, and the text that every buyer of it is given."""

    at_payment: bool
    text: HandoutText = ""


class HandOutRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What this buyer is given besides the products' own texts: a code, a link."""

    text: HandoutText = ""


class Handout(msgspec.Struct, frozen=True):
    """What was handed out; empty when it was without words, or is still to come."""

    text: str


@get(f"{ORDER}/handout", opt=BUYER)
async def read_own_handout(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> Handout:
    """What the buyer was given: the code, the link."""
    await load_order(rt.db, store_id, order_id, customer_id=buyer.id)
    return Handout(await virtual.handed_out(rt, store_id, order_id))


@get(f"{ORDER}/handout", opt=staff("orders.contact"))
async def read_handout(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> Handout:
    """What the buyer was given; looking at it is recorded in the order's timeline. 404 when it was without words."""
    return Handout(await virtual.look(rt, store_id, order_id, Actor("merchant", member.id, member.name)))


@post(f"{ORDER}/hand-out", opt=staff("orders.work"), status_code=HTTP_200_OK)
async def hand_out_order(
    rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID, data: HandOutRequest
) -> ConsoleOrder:
    """Hand out a virtual order. 409 `wrong_state`, `wrong_method`, `refund_under_way`."""
    await virtual.hand_out(rt, store_id, order_id, data.text, Actor("merchant", member.id, member.name))
    return await console_order(rt, store_id, order_id)


@get(PRODUCT, opt=staff("products.write"))
async def read_virtual_product(rt: Runtime, store_id: UUID, product_id: UUID) -> VirtualProduct:
    """How a virtual product is handed out, for who may change it: the text may be worth money."""
    return await virtual.product(rt, store_id, product_id)


@put(PRODUCT, opt=staff("products.write"), status_code=HTTP_200_OK)
async def save_virtual_product(
    rt: Runtime, store_id: UUID, product_id: UUID, data: VirtualInput
) -> VirtualProduct:
    """Set how a virtual product is handed out. Orders that were handed out keep what they were given."""
    await virtual.save_product(rt, store_id, product_id, VirtualProduct(data.at_payment, data.text))
    return await virtual.product(rt, store_id, product_id)


shop_routes: list[Any] = [read_own_handout]
console_routes: list[Any] = [read_handout, hand_out_order, read_virtual_product, save_virtual_product]
