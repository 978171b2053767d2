"""Sending parcels: whole or split, with the carrier's number."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.open_order import check, completion
from zhanggui.fulfillment.records import Sent
from zhanggui.orders.moves import move
from zhanggui.orders.progress import fulfil_lines
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.rules import Actor, Status
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.stores.rules import DeliveryMethod
from zhanggui.wechat.shipping import MAX_PARCELS

SHIPPABLE: frozenset[Status] = frozenset({"paid", "preparing"})
EXPRESS: frozenset[DeliveryMethod] = frozenset({"express"})


class Parcel(NamedTuple):
    """Carrier code, its number, and units (line id, quantity); no units means everything that is left."""

    carrier: str
    waybill: str
    units: Sequence[tuple[UUID, int]] = ()


async def ship(rt: Runtime, store_id: UUID, order_id: UUID, parcel: Parcel, actor: Actor) -> bool:
    """One parcel leaves; when nothing is left the order is fulfilled. False when it left before: nothing changes.

    A parcel is known by its number within the order, so that a repeated request sends nothing twice. Raises 404, 409
    `waybill_known` for the number of a parcel with other goods, `too_many_parcels`, 422 `nothing_to_ship`,
    `more_than_left`.
    """
    return await in_transaction(rt.db, lambda conn: ship_in(conn, store_id, order_id, parcel, actor))


async def ship_in(conn: Connection, store_id: UUID, order_id: UUID, parcel: Parcel, actor: Actor) -> bool:
    """The same inside the caller's transaction."""
    order = await load_order(conn, store_id, order_id, lock=True)
    known = await records.parcels_of(conn, store_id, order_id)
    if repeats(known, parcel):
        return False
    check(order, SHIPPABLE, EXPRESS)
    if len(known) >= MAX_PARCELS:
        raise ShopError("too_many_parcels", 409, most=MAX_PARCELS)
    units = units_of(order, parcel)
    fulfillment_id = await records.create(
        conn,
        store_id,
        order_id,
        "express",
        "shipped",
        units,
        carrier=parcel.carrier,
        waybill=parcel.waybill,
    )
    left = await fulfil_lines(conn, store_id, order_id, units)
    data = {"carrier": parcel.carrier, "waybill": parcel.waybill, "fulfillment_id": fulfillment_id}
    if left:
        if order.status == "paid":
            await move(conn, store_id, [order_id], "paid", "preparing", actor, kind="shipped", data=data)
        else:
            await append_timeline(conn, store_id, [TimelineEntry(order_id, "shipped", actor, data=data)])
        return True
    await move(conn, store_id, [order_id], order.status, "fulfilled", actor, kind="shipped", data=data)
    await enqueue(conn, [completion(store_id, order_id)])
    return True


def repeats(known: Sequence[Sent], parcel: Parcel) -> bool:
    """Whether this parcel left before. Raises 409 `waybill_known` when its number went with other goods."""
    for sent in known:
        if (sent.carrier, sent.waybill) == (parcel.carrier, parcel.waybill):
            if parcel.units and _joined(parcel.units) != sent.units:
                raise ShopError("waybill_known", 409, field="waybill")
            return True
    return False


def units_of(order: OrderRecord, parcel: Parcel) -> list[tuple[UUID, int]]:
    """What goes into the parcel, sorted by line. Raises 422 `nothing_to_ship`, `more_than_left`."""
    left = {line.id: line.unsent for line in order.lines}
    units = _joined(parcel.units) or {line_id: n for line_id, n in left.items() if n}
    if not units:
        raise ShopError("nothing_to_ship", 422, field="lines")
    if any(line_id not in left or not 0 < n <= left[line_id] for line_id, n in units.items()):
        raise ShopError("more_than_left", 422, field="lines")
    return sorted(units.items())


def _joined(units: Sequence[tuple[UUID, int]]) -> dict[UUID, int]:
    joined: dict[UUID, int] = {}
    for line_id, quantity in units:
        joined[line_id] = joined.get(line_id, 0) + quantity
    return joined
