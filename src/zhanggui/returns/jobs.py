"""Timers of returns, and what they hear from payments and orders."""

from uuid import UUID

from zhanggui.core.jobs import Job, handles, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.returns.limits import order_cancelled, time_over
from zhanggui.returns.money_news import refund_news
from zhanggui.returns.moves import LIMIT_JOB


@handles(LIMIT_JOB)
async def limit(rt: Runtime, job: Job) -> None:
    """The job was written with the move that began the step, due when its time is over."""
    await time_over(rt, job.store_id, UUID(job.payload["return_id"]), job.payload["version"])


@on_event("order.refunded", "order.refund_abnormal", "order.refund_closed", kind="returns.refund_news")
async def hear_of_refund(rt: Runtime, job: Job) -> None:
    """Refunds that belong to a return finish it."""
    cause = job.payload["event"].get("cause_id")
    if cause is not None:
        await refund_news(rt, job.store_id, UUID(cause))


@on_event("order.cancelled", kind="returns.order_cancelled")
async def hear_of_cancel(rt: Runtime, job: Job) -> None:
    """Open returns of an order that ended as a whole are closed."""
    await order_cancelled(rt, job.store_id, UUID(job.payload["entity_id"]))
