"""Sending parcels: whole or split, with the carrier's number."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.open_order import completion, take
from zhanggui.orders.moves import move
from zhanggui.orders.progress import fulfil_lines
from zhanggui.orders.queries import OrderRecord
from zhanggui.orders.rules import Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline

MAX_PARCELS = 15  # 发货信息管理: at most 15 parcels an order


class Parcel(NamedTuple):
    """Carrier code, its number, and units (line id, quantity); no units means everything that is left."""

    carrier: str
    waybill: str
    units: Sequence[tuple[UUID, int]] = ()


async def ship(rt: Runtime, store_id: UUID, order_id: UUID, parcel: Parcel, actor: Actor) -> None:
    """One parcel leaves; when nothing is left the order is fulfilled. Raises 409 and 422 `nothing_to_ship`."""

    async def work(conn: Connection) -> None:
        order = await take(conn, store_id, order_id, frozenset({"paid", "preparing"}), frozenset({"express"}))
        if len(await records.of_order(conn, store_id, order_id)) >= MAX_PARCELS:
            raise ShopError("too_many_parcels", 409, most=MAX_PARCELS)
        units = _units(order, parcel)
        await records.create(
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
        data = {"carrier": parcel.carrier, "waybill": parcel.waybill}
        if left:
            if order.status == "paid":
                await move(conn, store_id, [order_id], "paid", "preparing", actor, kind="shipped", data=data)
            else:
                await append_timeline(conn, store_id, [TimelineEntry(order_id, "shipped", actor, data=data)])
            return
        await move(conn, store_id, [order_id], order.status, "fulfilled", actor, kind="shipped", data=data)
        await enqueue(conn, [completion(store_id, order_id)])

    await in_transaction(rt.db, work)


def _units(order: OrderRecord, parcel: Parcel) -> list[tuple[UUID, int]]:
    left = {line.id: line.unsent for line in order.lines}
    wanted: dict[UUID, int] = {}
    for line_id, quantity in parcel.units:
        wanted[line_id] = wanted.get(line_id, 0) + quantity
    units = wanted or {line_id: n for line_id, n in left.items() if n}
    if not units:
        raise ShopError("nothing_to_ship", 422, field="lines")
    if any(line_id not in left or not 0 < n <= left[line_id] for line_id, n in units.items()):
        raise ShopError("more_than_left", 422, field="lines")
    return sorted(units.items())
