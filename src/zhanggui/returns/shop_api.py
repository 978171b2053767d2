"""Returns, as buyers ask for them and follow them."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter

from zhanggui.core.auth import BUYER, Buyer
from zhanggui.core.http import Page
from zhanggui.core.idempotency import Key
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.media.form import MAX_FORM, PictureBody, keep_picture
from zhanggui.media.shapes import Picture
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import Actor
from zhanggui.returns import apply, goods
from zhanggui.returns import buyer as steps
from zhanggui.returns import shop_shapes as shapes
from zhanggui.returns.checks import check_pictures
from zhanggui.returns.history import list_returns, returns_of_order
from zhanggui.returns.pages import buyer_return
from zhanggui.returns.records import load
from zhanggui.returns.returnable import returnable
from zhanggui.returns.shapes import SayInput
from zhanggui.returns.talk import say
from zhanggui.returns.work import Press, of_buyer, once

ORDER = "/stores/{store_id:uuid}/orders/{order_id:uuid}"
ONE = "/stores/{store_id:uuid}/returns/{return_id:uuid}"
Cursor = Annotated[str | None, QueryParameter(max_length=200)]
HOUR = timedelta(hours=1)


@get(f"{ORDER}/returnable", opt=BUYER)
async def read_returnable(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> shapes.Returnable:
    """What of an order may be asked for, in which ways, and what each number of units would give back."""
    return await returnable(rt, store_id, order_id, buyer.id)


@post(f"{ORDER}/returns/preview", opt=BUYER, status_code=200)
async def preview_return(
    rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID, data: shapes.ApplyInput
) -> shapes.Preview:
    """What exactly this would give back, and whether the store's rules would agree at once. Nothing is written."""
    return await apply.preview(rt, store_id, order_id, buyer.id, data)


@post(
    f"{ORDER}/returns/pictures",
    opt=BUYER,
    operation_id="upload_return_picture",
    request_max_body_size=MAX_FORM,
)
async def upload_picture(
    rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID, data: PictureBody
) -> Picture:
    """Store a picture for a return of this order: decoded and re-encoded, at most 10 MB, 60 an hour."""
    await load_order(rt.db, store_id, order_id, customer_id=buyer.id)
    await take(rt.db, [Limit("returns.pictures", str(buyer.id), 60, HOUR)])
    return await keep_picture(rt, store_id, data)


@post(f"{ORDER}/returns", opt=BUYER, status_code=201)
async def apply_for_return(
    rt: Runtime,
    buyer: Buyer,
    store_id: UUID,
    order_id: UUID,
    data: shapes.ApplyInput,
    idempotency_key: Key,
) -> shapes.Return:
    """Ask for a refund, a return or an exchange. The store's rules may agree, or refuse with a reason, at once."""
    await take(rt.db, [Limit("returns.apply", str(buyer.id), 30, HOUR)])
    wish = apply.Wish(store_id, order_id, buyer.id, idempotency_key, data)
    return await buyer_return(rt, buyer.id, store_id, await apply.apply(rt, wish))


@get(f"{ORDER}/returns", opt=BUYER)
async def read_returns_of_order(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> shapes.Returns:
    """The returns of one order, newest first."""
    return await returns_of_order(rt, buyer.id, store_id, order_id)


@get("/returns", opt=BUYER)
async def read_returns(rt: Runtime, buyer: Buyer, cursor: Cursor = None) -> Page[shapes.ReturnSummary]:
    """The buyer's returns of all stores, newest first."""
    return await list_returns(rt, buyer.id, cursor)


@get(ONE, opt=BUYER)
async def read_return(rt: Runtime, buyer: Buyer, store_id: UUID, return_id: UUID) -> shapes.Return:
    """One return with its progress, its conversation and the money."""
    return await buyer_return(rt, buyer.id, store_id, return_id)


@post(f"{ONE}/messages", opt=BUYER, status_code=201)
async def say_as_buyer(
    rt: Runtime,
    buyer: Buyer,
    store_id: UUID,
    return_id: UUID,
    data: SayInput,
    idempotency_key: Key,
) -> shapes.Return:
    """Write to the store about a return: words, pictures or both."""
    await load(rt.db, store_id, return_id, customer_id=buyer.id)
    await take(rt.db, [Limit("returns.say", str(buyer.id), 60, HOUR)])
    await check_pictures(rt, store_id, data.picture_ids)
    actor = Actor("buyer", buyer.id)
    press = Press(store_id, return_id, buyer.id, idempotency_key, "say", data)
    await once(rt, press, lambda conn, taken: say(conn, taken, actor, "buyer", data))
    return await buyer_return(rt, buyer.id, store_id, return_id)


@post(f"{ONE}/send-back", opt=BUYER, status_code=200)
async def send_back(
    rt: Runtime, buyer: Buyer, store_id: UUID, return_id: UUID, data: shapes.SendBackInput
) -> shapes.Return:
    """The goods are on their way back. 422 `carrier_unrecognised` names the carriers to choose from in `data`."""
    actor = Actor("buyer", buyer.id)
    await of_buyer(
        rt, store_id, return_id, buyer.id, lambda conn, taken: goods.send_back(conn, taken, actor, data)
    )
    return await buyer_return(rt, buyer.id, store_id, return_id)


@post(f"{ONE}/withdraw", opt=BUYER, status_code=200)
async def withdraw_return(rt: Runtime, buyer: Buyer, store_id: UUID, return_id: UUID) -> shapes.Return:
    """Step back from a return before the goods are on their way. 409 `return_state` afterwards."""
    actor = Actor("buyer", buyer.id)
    await of_buyer(rt, store_id, return_id, buyer.id, lambda conn, taken: steps.withdraw(conn, taken, actor))
    return await buyer_return(rt, buyer.id, store_id, return_id)


@post(f"{ONE}/confirm", opt=BUYER, status_code=200)
async def confirm_exchange(rt: Runtime, buyer: Buyer, store_id: UUID, return_id: UUID) -> shapes.Return:
    """The new goods of an exchange have arrived. 409 `return_state` before they were sent."""
    actor = Actor("buyer", buyer.id)
    await of_buyer(rt, store_id, return_id, buyer.id, lambda conn, taken: steps.confirm(conn, taken, actor))
    return await buyer_return(rt, buyer.id, store_id, return_id)


@post(f"{ONE}/appeal", opt=BUYER, status_code=200)
async def appeal(
    rt: Runtime, buyer: Buyer, store_id: UUID, return_id: UUID, data: shapes.AppealInput
) -> shapes.Return:
    """Ask the platform to decide about a refusal: once, within the days. 409 `appeal_over`, `return_units_taken`."""
    await load(rt.db, store_id, return_id, customer_id=buyer.id)
    await check_pictures(rt, store_id, data.picture_ids)
    actor = Actor("buyer", buyer.id)
    await of_buyer(
        rt, store_id, return_id, buyer.id, lambda conn, taken: steps.appeal(conn, taken, actor, data)
    )
    return await buyer_return(rt, buyer.id, store_id, return_id)


routes: list[Any] = [
    read_returnable,
    preview_return,
    upload_picture,
    apply_for_return,
    read_returns_of_order,
    read_returns,
    read_return,
    say_as_buyer,
    send_back,
    withdraw_return,
    confirm_exchange,
    appeal,
]
