"""Timers of payments: unpaid orders whose time is over, closing, asking about attempts, carrying out refunds."""

from datetime import timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.jobs import Job, Later, handles
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import SYSTEM
from zhanggui.payments import applyment_follow
from zhanggui.payments.closing import begin_closing, finish_closing
from zhanggui.payments.provider import OutcomeUnknown
from zhanggui.payments.records import load_attempt
from zhanggui.payments.refund import JOB
from zhanggui.payments.refund_steps import UNREACHABLE, step
from zhanggui.payments.replay import try_again
from zhanggui.payments.rules import OPEN, query_delay
from zhanggui.payments.settle import ask, close_at_provider

PAY_BY = statement(
    "payments.jobs.pay_by", "SELECT status, pay_by FROM sales_order WHERE store_id = $1 AND id = $2"
)
TIMED_OUT = "超时未支付 · Not paid in time"
PAYING = timedelta(seconds=5)
ELSEWHERE = (try_again, applyment_follow.follow)  # importing them registers their handlers


@handles("payments.expire")
async def expire(rt: Runtime, job: Job) -> None:
    """The time to pay is over (the job was written with the order, due then): begin to close it."""
    order_id = UUID(job.payload["order_id"])
    row = await rt.db.fetchrow(PAY_BY, job.store_id, order_id)
    if row is None or row["status"] != "pending_payment":
        return
    left = row["pay_by"] - clock.now()
    if left > timedelta():
        raise Later(left)
    await begin_closing(rt, job.store_id, order_id, SYSTEM, TIMED_OUT)


@handles("payments.close")
async def close(rt: Runtime, job: Job) -> None:
    """Finish closing an order, however long its provider cannot be reached."""
    order_id, reason = UUID(job.payload["order_id"]), job.payload["reason"]
    try:
        status = await finish_closing(rt, job.store_id, order_id, SYSTEM, reason)
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(fault)) from fault
    if status == "closing":
        raise Later(PAYING, "the buyer is paying right now")


@handles("payments.query")
async def query(rt: Runtime, job: Job) -> None:
    """Ask about an attempt that nobody has told us about, ever more rarely, until it is decided.

    One that is closed by now is closed at the provider once more: should it be open or paid there, nobody else would notice
    before the bill of that day comes.
    """
    attempt = await load_attempt(rt.db, job.store_id, UUID(job.payload["attempt_id"]))
    try:
        if attempt.status == "closed" and await close_at_provider(rt, attempt) == "paying":
            # Or it is paid there with facts that do not fit: that lasts, and every look is kept in the inbox.
            raise Later(query_delay(attempt.queries), "the buyer is paying, or what was paid does not fit")
        if attempt.status not in OPEN:
            return
        attempt = await ask(rt, attempt)
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(fault)) from fault
    if attempt.status in OPEN:
        raise Later(query_delay(attempt.queries))


@handles(JOB)
async def refund(rt: Runtime, job: Job) -> None:
    """Carry out a refund and follow it to its end; what the provider refuses for good waits for people."""
    await step(rt, job.store_id, UUID(job.payload["refund_id"]))
