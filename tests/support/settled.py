"""Running jobs to the end while other tests use the same cluster."""

import asyncio

from zhanggui.core import jobs
from zhanggui.core.runtime import Runtime

# Events that no job has been made of yet.
UNREAD = """
    SELECT EXISTS (SELECT FROM event_log e, event_cursor c WHERE c.reader = $1 AND (e.xid, e.id) > (c.xid, c.event_id))
"""


async def run_all(rt: Runtime) -> None:
    """Run everything that is due by this process's clock, and what follows from what has happened."""
    async with asyncio.timeout(60):
        await jobs.drain(rt)
        while await rt.db.fetchval(UNREAD, jobs.RELAY):
            # Events wait for the oldest transaction of the whole cluster, which may be another test's.
            await asyncio.sleep(0.01)
            await jobs.drain(rt)
