"""Putting a waybill right: the buyer sees the new number at once, and the platform is told it once."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.open_order import check
from zhanggui.fulfillment.ship import EXPRESS
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import Actor, Status
from zhanggui.orders.timeline import TimelineEntry, append_timeline

OPEN: frozenset[Status] = frozenset({"paid", "preparing", "fulfilled"})


async def correct(
    rt: Runtime, store_id: UUID, order_id: UUID, parcel_id: UUID, carrier: str, waybill: str, actor: Actor
) -> None:
    """Another carrier or number for a parcel on its way; the same again changes nothing.

    Raises 404, 409 `waybill_known` (another parcel of the order has the number), `wrong_state` once it was received.
    """

    async def work(conn: Connection) -> None:
        order = await load_order(conn, store_id, order_id, lock=True)
        parcels = await records.parcels_of(conn, store_id, order_id)
        parcel = next((p for p in parcels if p.id == parcel_id), None)
        if parcel is None:
            raise not_found("parcel")
        if (parcel.carrier, parcel.waybill) == (carrier, waybill):
            return
        check(order, OPEN, EXPRESS)
        if any((p.carrier, p.waybill) == (carrier, waybill) for p in parcels):
            raise ShopError("waybill_known", 409, field="waybill")
        await records.correct(conn, store_id, parcel_id, carrier, waybill)
        data = {"carrier": carrier, "waybill": waybill, "before": parcel.waybill, "fulfillment_id": parcel_id}
        entry = TimelineEntry(order_id, "parcel_corrected", actor, data=data)
        await append_timeline(conn, store_id, [entry])

    await in_transaction(rt.db, work)
