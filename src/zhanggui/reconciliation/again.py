"""A day once more, because somebody asked for it."""

from uuid import UUID

from zhanggui.core.db import statement
from zhanggui.core.errors import not_found
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime

RUN = statement(
    "reconciliation.again.run",
    "SELECT account_id, bill_date, times FROM bill_run WHERE store_id = $1 AND id = $2",
)


async def again(rt: Runtime, store_id: UUID, run_id: UUID) -> None:
    """Enqueue the day's job once more; asking twice before it ran is asking once. Raises 404."""
    row = await rt.db.fetchrow(RUN, store_id, run_id)
    if row is None:
        raise not_found("run")
    account, day = row["account_id"], row["bill_date"].isoformat()
    payload = {"account_id": str(account), "date": day}
    await enqueue(rt.db, [NewJob(store_id, "reconciliation.day", f"{account}/{day}/{row['times']}", payload)])
