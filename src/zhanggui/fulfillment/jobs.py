"""What follows a shipment by itself: the report to the platform and the completion after some days."""

from datetime import datetime, timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.jobs import Job, Later, handles, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import presale, virtual
from zhanggui.fulfillment.complete import complete
from zhanggui.fulfillment.report import report
from zhanggui.fulfillment.report_retry import AGAIN, PRESALE_AGAIN
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import SYSTEM
from zhanggui.stores.queries import load as load_store

REPORTED = (
    "order.shipped",
    "order.parcel_corrected",
    "order.fulfilled",
    "order.handed_over",
    "order.handed_out",
    "order.picked",
    "order.delivered",
)


@on_event(*REPORTED, kind="fulfillment.report")
async def report_shipping(rt: Runtime, job: Job) -> None:
    """Whatever changed about an order's way to the buyer is told to the platform."""
    await report(rt, job.store_id, UUID(job.payload["entity_id"]))


@handles(AGAIN)
async def report_again(rt: Runtime, job: Job) -> None:
    """What staff asked to be tried once more."""
    await report(rt, job.store_id, UUID(job.payload["order_id"]))


@handles(PRESALE_AGAIN)
async def declare_again(rt: Runtime, job: Job) -> None:
    """A pre-sale declaration that staff asked to be tried once more."""
    await presale.tell(rt, job.store_id, UUID(job.payload["order_id"]))


@on_event("order.paid", kind="fulfillment.presale")
async def follow_payment(rt: Runtime, job: Job) -> None:
    """A paid order: what is virtual is handed out if it is set so; of pre-sale products the promise is kept and, where
    the platform wants it, told."""
    order_id = UUID(job.payload["entity_id"])
    if job.payload["event"]["delivery_method"] == "virtual":
        await virtual.at_payment(rt, job.store_id, order_id)
    await presale.promise(rt.db, job.store_id, order_id)
    await presale.tell(rt, job.store_id, order_id)


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
