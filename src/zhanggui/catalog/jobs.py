"""What the catalogue does by itself."""

from zhanggui.catalog.sold import BATCH, SHOW, show_sold
from zhanggui.core.db import in_transaction
from zhanggui.core.jobs import Job, handles
from zhanggui.core.runtime import Runtime


@handles(SHOW)
async def show(rt: Runtime, job: Job) -> None:
    """Show what was sold in the last few minutes."""
    while await in_transaction(rt.db, lambda conn: show_sold(conn, job.store_id)) == BATCH:
        pass
