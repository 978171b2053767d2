"""What follows a shipment by itself: the report to the platform and the completion after some days."""

from datetime import datetime, timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.jobs import Job, Later, handles, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.complete import complete
from zhanggui.fulfillment.report import report
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import SYSTEM
from zhanggui.stores.queries import load as load_store


@on_event("order.shipped", "order.handed_over", "order.picked", kind="fulfillment.report")
async def report_shipping(rt: Runtime, job: Job) -> None:
    """Parcels are reported when the last one has left: the platform allows one correction only."""
    event = job.payload["event"]
    if job.payload["topic"] == "order.shipped" and event["status"] != "fulfilled":
        return
    await report(rt, job.store_id, UUID(job.payload["entity_id"]))


@handles("fulfillment.complete")
async def complete_by_itself(rt: Runtime, job: Job) -> None:
    """Completes a fulfilled order after the store's days; waits until then."""
    store = await load_store(rt, job.store_id)
    order = await load_order(rt.db, job.store_id, UUID(job.payload["order_id"]))
    if order.status != "fulfilled":
        return
    due = datetime.fromisoformat(job.payload["fulfilled_at"]) + timedelta(
        days=store.settings.auto_complete_days
    )
    if clock.now() < due:
        raise Later(due - clock.now())
    await complete(rt, job.store_id, order.id, SYSTEM)
