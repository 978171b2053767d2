"""Events of the sale become messages to the buyer."""

from uuid import UUID

from zhanggui.core.jobs import Job, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.messaging.send import About, send
from zhanggui.stores.rules import MessageEvent

EVENTS: dict[str, MessageEvent] = {
    "order.paid": "paid",
    "order.ready": "ready",
    "order.shipped": "shipped",
    "order.picked": "shipped",
    "order.handed_out": "shipped",
    "order.refunded": "refunded",
}
RETURN_EVENTS: dict[str, MessageEvent] = {
    "return.approved": "return_approved",
    "return.rejected": "return_rejected",
}


@on_event(*EVENTS, kind="messaging.send")
async def send_message(rt: Runtime, job: Job) -> None:
    """One message for one event; every parcel of an order is announced once, and every refund that a return is paid by.

    Whoever gave the money back may have chosen not to tell.
    """
    event = job.payload["event"]
    if job.payload["topic"] == "order.refunded" and event.get("notify") is False:
        return
    parcel = event.get("fulfillment_id")
    cause = event.get("cause_id")
    about = About(
        job.store_id,
        UUID(job.payload["entity_id"]),
        parcel_id=UUID(parcel) if parcel else None,
        refund_id=UUID(event["refund_id"]) if cause else None,
        return_id=UUID(cause) if cause else None,
    )
    await send(rt, about, EVENTS[job.payload["topic"]], parcel or (event["refund_id"] if cause else ""))


@on_event(*RETURN_EVENTS, kind="messaging.send_return")
async def send_return_message(rt: Runtime, job: Job) -> None:
    """What became of a return. Not of what a rule decides while it is asked for: the buyer's page says so at once."""
    event, return_id = job.payload["event"], job.payload["entity_id"]
    if event["decided_by"] == "rule":
        return
    about = About(job.store_id, UUID(event["order_id"]), return_id=UUID(return_id))
    await send(rt, about, RETURN_EVENTS[job.payload["topic"]], f"{return_id}/{event['version']}")
