"""Events of the sale become messages to the buyer."""

from uuid import UUID

from zhanggui.core.jobs import Job, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.messaging.send import send
from zhanggui.stores.rules import MessageEvent

EVENTS: dict[str, MessageEvent] = {
    "order.paid": "paid",
    "order.ready": "ready",
    "order.shipped": "shipped",
    "order.picked": "shipped",
    "order.refunded": "refunded",
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
    refund = event.get("refund_id") if event.get("cause_id") else None
    await send(
        rt,
        job.store_id,
        UUID(job.payload["entity_id"]),
        EVENTS[job.payload["topic"]],
        parcel_id=UUID(parcel) if parcel else None,
        refund_id=UUID(refund) if refund else None,
    )
