"""What the merchant does with a paid order. Every answer is the order as it is afterwards."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import presale_api, report_api, shapes, sheet_api, virtual_api
from zhanggui.fulfillment.carriers import CARRIERS
from zhanggui.fulfillment.complete import complete
from zhanggui.fulfillment.correct import correct
from zhanggui.fulfillment.hand_over import deliver, hand_over
from zhanggui.fulfillment.prepare import out_for_delivery, prepare, ready
from zhanggui.fulfillment.recognise import recognise
from zhanggui.fulfillment.ship import Parcel, ship
from zhanggui.orders.pages import console_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import ConsoleOrder

ORDER = "/stores/{store_id:uuid}/orders/{order_id:uuid}"
WORK: dict[str, Any] = {"opt": staff("orders.work"), "status_code": HTTP_200_OK}


def _known(carrier: str) -> None:
    if carrier not in CARRIERS:
        raise ShopError("unknown_carrier", 422, field="carrier")


def _actor(member: StaffMember) -> Actor:
    return Actor("merchant", member.id, member.name)


@get("/stores/{store_id:uuid}/carriers", opt=staff("orders.read"))
async def list_carriers(store_id: UUID) -> shapes.Carriers:  # noqa: ARG001  # the path decides who may ask
    """Carriers that a parcel can be sent with, by the platform's codes."""
    return shapes.Carriers([shapes.Carrier(code, name) for code, name in CARRIERS.items()])


@get("/stores/{store_id:uuid}/carriers/recognise", opt=staff("orders.read"))
async def recognise_carrier(
    store_id: UUID,  # noqa: ARG001  # the path decides who may ask
    number: Annotated[str, QueryParameter(min_length=1, max_length=64)],
) -> shapes.Recognition:
    """Which carriers a waybill number may belong to."""
    found = recognise(number)
    candidates = [shapes.Carrier(code, CARRIERS[code]) for code in found.candidates]
    return shapes.Recognition(found.number, candidates, found.sure)


@post(f"{ORDER}/prepare", **WORK)
async def prepare_order(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """Begin a paid order (pick-up, dine-in, own delivery). 409 `wrong_state`, `wrong_method`, `refund_under_way`."""
    await prepare(rt, store_id, order_id, _actor(member))
    return await console_order(rt, store_id, order_id)


@post(f"{ORDER}/ready", **WORK)
async def order_ready(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """It stands on the counter; the buyer is told. 409 as for prepare."""
    await ready(rt, store_id, order_id, _actor(member))
    return await console_order(rt, store_id, order_id)


@post(f"{ORDER}/ship", **WORK)
async def ship_order(
    rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID, data: shapes.ShipRequest
) -> ConsoleOrder:
    """Send a parcel, whole or split. 422 `unknown_carrier`, `nothing_to_ship`, `more_than_left`; 409 as for prepare."""
    _known(data.carrier)
    units = [(line.order_line_id, line.quantity) for line in data.lines]
    await ship(rt, store_id, order_id, Parcel(data.carrier, data.waybill, units), _actor(member))
    return await console_order(rt, store_id, order_id)


@post(ORDER + "/parcels/{parcel_id:uuid}/correct", **WORK)
async def correct_parcel(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    order_id: UUID,
    parcel_id: UUID,
    data: shapes.CorrectRequest,
) -> ConsoleOrder:
    """Put carrier and number of a parcel right; the platform takes one correction. 409 `waybill_known`, `wrong_state`."""
    _known(data.carrier)
    await correct(rt, store_id, order_id, parcel_id, data.carrier, data.waybill, _actor(member))
    return await console_order(rt, store_id, order_id)


@post(f"{ORDER}/out-for-delivery", **WORK)
async def order_out_for_delivery(
    rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID
) -> ConsoleOrder:
    """It left with the store's own courier. 409 as for prepare."""
    await out_for_delivery(rt, store_id, order_id, _actor(member))
    return await console_order(rt, store_id, order_id)


@post(f"{ORDER}/deliver", **WORK)
async def deliver_order(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """The store's courier gave it to the buyer. 409 as for prepare."""
    await deliver(rt, store_id, order_id, _actor(member))
    return await console_order(rt, store_id, order_id)


@post(f"{ORDER}/hand-over", **WORK)
async def hand_over_order(
    rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID, data: shapes.HandOverRequest
) -> ConsoleOrder:
    """Hand over at the counter (against the code) or at the table. 422 `pickup_code_needed`, 409 `wrong_pickup_code`."""
    await hand_over(rt, store_id, order_id, data.code, _actor(member))
    return await console_order(rt, store_id, order_id)


@post(f"{ORDER}/complete", **WORK)
async def complete_order(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """Close a fulfilled order that the buyer did not confirm. 409 `wrong_state` before everything was sent."""
    await complete(rt, store_id, order_id, _actor(member))
    return await console_order(rt, store_id, order_id)


routes: list[Any] = [
    list_carriers,
    recognise_carrier,
    prepare_order,
    order_ready,
    ship_order,
    correct_parcel,
    order_out_for_delivery,
    deliver_order,
    hand_over_order,
    complete_order,
    *report_api.routes,
    *sheet_api.routes,
    *presale_api.console_routes,
    *virtual_api.console_routes,
]
