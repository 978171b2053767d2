"""The morning's run of every payment account: each day's job begins by planning the next one."""

from datetime import date, timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.jobs import Job, Later, NewJob, enqueue, handles
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import OutcomeUnknown
from zhanggui.reconciliation.lines import Day
from zhanggui.reconciliation.rules import KEPT, bounds, ready_at
from zhanggui.reconciliation.run import run_day

NOT_READY = timedelta(minutes=10)


def planned(store_id: UUID, account_id: UUID, day: date) -> NewJob:
    """The job that reconciles an account's day, due when its bills are ready."""
    return NewJob(
        store_id,
        "reconciliation.day",
        f"{account_id}/{day.isoformat()}",
        {"account_id": str(account_id), "date": day.isoformat()},
        ready_at(day, account_id),
    )


@handles("reconciliation.day")
async def reconcile(rt: Runtime, job: Job) -> None:
    """Run a day; tomorrow's job is there whatever becomes of it, so that one bad day does not end the chain."""
    account_id, day = UUID(job.payload["account_id"]), date.fromisoformat(job.payload["date"])
    await enqueue(rt.db, [planned(job.store_id, account_id, day + timedelta(days=1))])
    due, now = ready_at(day, account_id), clock.now()
    if now < due:
        raise Later(due - now)
    if now > bounds(day)[0] + KEPT:
        return  # the provider no longer has it
    try:
        await run_day(rt, Day(job.store_id, account_id, day))
    except OutcomeUnknown as fault:
        if now - due < timedelta(hours=12):
            raise Later(NOT_READY, str(fault)) from fault
        raise
