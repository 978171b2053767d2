"""From a request to drafts: everything that can be looked up or sealed before the transaction."""

from uuid import UUID

import msgspec

from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import parse_phone
from zhanggui.orders.decide import Draft
from zhanggui.orders.requests import OrderRequest, PlaceRequest
from zhanggui.pricing.prepare import Basket, prepare

PHONE_PURPOSE = "phone"


class Contact(msgspec.Struct, frozen=True):
    """Who receives and where, as sealed in the order: phone E.164, `text` the whole address (empty at the counter)."""

    recipient: str
    phone: str
    text: str = ""


async def draft_orders(rt: Runtime, customer_id: UUID, body: PlaceRequest) -> list[Draft]:
    """Drafts in the order asked for. Raises 404 and 422 as `pricing.prepare`, with the field's path in the body."""
    drafts: list[Draft] = []
    for i, request in enumerate(body.orders):
        try:
            basket = await prepare(rt, customer_id, request)
            drafts.append(_draft(rt, customer_id, request, basket, body.channel))
        except ShopError as fault:
            _place_at(fault, f"orders[{i}].")
            raise
    return drafts


def _draft(rt: Runtime, customer_id: UUID, request: OrderRequest, basket: Basket, channel: str) -> Draft:
    order_id, contact = new_id(), _contact(request, basket)
    sealed = index = None
    if contact is not None:
        text = msgspec.json.encode(contact).decode()
        sealed = rt.sealer.seal(text, "sales_order", "contact_sealed", order_id)
        index = rt.sealer.blind_index(contact.phone, PHONE_PURPOSE)
    return Draft(
        order_id=order_id,
        customer_id=customer_id,
        request=request,
        basket=basket,
        channel=channel,
        contact_sealed=sealed,
        phone_index=index,
        region_text=basket.address.region_text if basket.address else "",
        cart_lines=_cart_lines(request) if request.from_cart else (),
    )


def _contact(request: OrderRequest, basket: Basket) -> Contact | None:
    if basket.address is not None:
        return Contact(basket.address.recipient, basket.address.phone, basket.address.text)
    if request.contact is not None:
        return Contact(
            request.contact.name.strip(), parse_phone(request.contact.phone, field="contact.phone")
        )
    return None


def _cart_lines(request: OrderRequest) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(line.key) for line in request.lines)
    except ValueError as fault:
        raise ShopError("cart_line_key", 422, field="lines") from fault


def _place_at(fault: ShopError, path: str) -> None:
    """Name the fields of one order's `fault` from the whole body."""
    fault.errors = [msgspec.structs.replace(e, field=path + e.field) for e in fault.errors or []] or None
    fault.field = path + fault.field if fault.field else None
