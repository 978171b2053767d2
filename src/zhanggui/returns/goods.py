"""The way of the goods: sent back by the buyer, inspected by the merchant, new ones sent."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from zhanggui import inventory
from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.fulfillment.carriers import CARRIERS
from zhanggui.fulfillment.recognise import recognise
from zhanggui.orders.rules import Actor
from zhanggui.returns.console_shapes import InspectedLine, InspectInput, ReshipInput, TakeInInput
from zhanggui.returns.exchange import release
from zhanggui.returns.moves import move, remark
from zhanggui.returns.pay_back import Terms, pay_back, put_back, settle, shelf
from zhanggui.returns.records import ReturnRecord, Taken
from zhanggui.returns.rules import goes_to
from zhanggui.returns.shop_shapes import SendBackInput


def carrier_of(waybill: str, given: str | None) -> str:
    """The carrier's code: the given one, or the only one that uses such numbers.

    Raises 422 `unknown_carrier`, or `carrier_unrecognised` with the `candidates` to choose from.
    """
    if given is not None:
        if given not in CARRIERS:
            raise ShopError("unknown_carrier", 422, field="carrier")
        return given
    known = recognise(waybill)
    if known.carrier is None:
        raise ShopError(
            "carrier_unrecognised", 422, field="carrier", data={"candidates": list(known.candidates)}
        )
    return known.carrier


async def send_back(conn: Connection, taken: Taken, actor: Actor, parcel: SendBackInput) -> ReturnRecord:
    """The buyer has sent the goods. Raises 409 `return_state`, 422 `carrier_unrecognised`, `unknown_carrier`."""
    carrier = carrier_of(parcel.waybill, parcel.carrier)
    data = {"carrier": carrier, "waybill": parcel.waybill}
    return await move(
        conn, taken.request, "sent_back", actor, data=data, carrier=carrier, waybill=parcel.waybill
    )


async def inspect(conn: Connection, taken: Taken, actor: Actor, found: InspectInput) -> ReturnRecord:
    """What came back: taken in, put on the shelf or written off, and paid back (or exchanged) at once.

    Nothing accepted refuses the return. Raises 409 `return_state`, 422 `reason_needed`, `return_line_unknown`,
    `more_than_asked`, `exchange_whole`, `location_written_off`, `location_unknown`, and what `pay_back` raises.
    """
    request = taken.request
    if request.status != "sent_back":
        raise ShopError("return_state", 409, data={"status": request.status})
    asked = {x.order_line_id: x.quantity for x in taken.lines}
    lines = _lines(asked, found.lines)
    accepted = {i: x.accepted for i, x in lines.items()}
    less = accepted != asked or found.amount is not None
    if less and not found.reason.strip():
        raise ShopError("reason_needed", 422, field="reason")
    received = await move(conn, request, "received", actor, data={"accepted": sum(accepted.values())})
    taken = taken._replace(request=received)
    if not any(accepted.values()):
        await release(conn, received, actor)
        return await move(
            conn,
            received,
            "rejected",
            actor,
            reason=found.reason,
            decided_by="merchant",
            reject_reason=found.reason,
        )
    usual = goes_to(request.reason)
    came = tuple(
        shelf(i, x.accepted, x.restock or usual, x.location_id) for i, x in lines.items() if x.accepted
    )
    if request.kind == "exchange":
        if less:
            raise ShopError("exchange_whole", 422, field="lines")
        await put_back(conn, taken, actor, came)
        entitled = {x.order_line_id: x.entitled for x in taken.lines}
        await settle(conn, taken, accepted, entitled, {}, came)
        if found.reship is None:
            return received
        return await reship(conn, taken, actor, found.reship)
    terms = Terms("merchant", amount=found.amount, accepted=accepted, came_back=came, reason=found.reason)
    return await pay_back(conn, taken, actor, terms)


async def take_in(conn: Connection, taken: Taken, actor: Actor, came: TakeInInput) -> None:
    """Goods that came back after their money: into stock or written off, and no money moves.

    Raises 409 `return_state` where nothing is missing, 422 `nothing_came`, `return_line_unknown`, `more_than_asked`,
    `location_written_off`, `location_unknown`.
    """
    request = taken.request
    nowhere = {x.order_line_id: (x.accepted or 0) - x.shelved - x.written_off for x in taken.lines}
    missing = {line_id: units for line_id, units in nowhere.items() if units}
    if request.status not in {"refunding", "refunded"} or request.kind == "refund_only" or not missing:
        raise ShopError("return_state", 409, data={"status": request.status})
    usual = goes_to(request.reason)
    shelves = [
        shelf(i, x.accepted, x.restock or usual, x.location_id)
        for i, x in _lines(missing, came.lines).items()
        if x.accepted
    ]
    if not shelves:
        raise ShopError("nothing_came", 422, field="lines")
    await put_back(conn, taken, actor, shelves)
    here = {one.line_id for one in shelves}
    lines = [x for x in taken.lines if x.order_line_id in here]
    await settle(
        conn,
        taken._replace(lines=lines),
        {x.order_line_id: x.accepted or 0 for x in lines},
        {x.order_line_id: x.entitled for x in lines},
        {x.order_line_id: x.amount for x in lines},
        shelves,
    )
    await remark(conn, request, "took_in", actor, {"units": sum(one.units for one in shelves)})


async def reship(conn: Connection, taken: Taken, actor: Actor, parcel: ReshipInput) -> ReturnRecord:
    """The new goods of an exchange leave; their reserved units are deducted. Raises as `send_back`."""
    request = taken.request
    if request.kind != "exchange" or request.status != "received":
        raise ShopError("return_state", 409, data={"status": request.status})
    carrier = carrier_of(parcel.waybill, parcel.carrier)
    if await inventory.consume(conn, request.store_id, [request.id], actor.name or actor.kind):
        raise RuntimeError("an exchange that was agreed to holds no units")
    data = {"carrier": carrier, "waybill": parcel.waybill}
    return await move(
        conn,
        request,
        "reshipped",
        actor,
        data=data,
        reship_carrier=carrier,
        reship_waybill=parcel.waybill,
    )


def _lines(asked: Mapping[UUID, int], found: Sequence[InspectedLine]) -> Mapping[UUID, InspectedLine]:
    """What was said of each line of which so many units may come back; those not named came back whole."""
    said = {x.order_line_id: x for x in found}
    if len(said) != len(found) or not said.keys() <= asked.keys():
        raise ShopError("return_line_unknown", 422, field="lines")
    for i, line in enumerate(found):
        if line.accepted > asked[line.order_line_id]:
            raise ShopError("more_than_asked", 422, field=f"lines[{i}].accepted")
    return {
        line_id: said.get(line_id) or InspectedLine(order_line_id=line_id, accepted=units)
        for line_id, units in asked.items()
    }
