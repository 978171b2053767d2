"""The timer of a sale: one job from its scheduling until nothing of it is held any more."""

from datetime import timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.jobs import Job, Later, handles
from zhanggui.core.runtime import Runtime
from zhanggui.promotions.expire import BATCH, end, expire_due, next_due
from zhanggui.promotions.journal import read_sales
from zhanggui.promotions.schedule import KEEP

SOONEST, LATEST = timedelta(milliseconds=250), timedelta(seconds=5)


@handles(KEEP)
async def keep(rt: Runtime, job: Job) -> None:
    """Free what is due, end what is over, and come back when the next place or the sale is due."""
    sale_id = UUID(job.payload["sale_id"])
    sale = (await read_sales(rt.db, job.store_id, [sale_id])).get(sale_id)
    if sale is None or sale.status == "draft":
        return
    if sale.status == "scheduled" and clock.now() < sale.starts_at:
        raise Later(min(sale.starts_at - clock.now(), timedelta(minutes=1)))
    while await in_transaction(rt.db, lambda conn: expire_due(conn, job.store_id, sale_id)) == BATCH:
        pass
    if sale.status == "scheduled" and clock.now() >= sale.ends_at:
        await in_transaction(rt.db, lambda conn: end(conn, job.store_id, sale_id, "ended"))
    due = await next_due(rt.db, job.store_id, sale_id)
    sale = (await read_sales(rt.db, job.store_id, [sale_id]))[sale_id]
    if sale.status != "scheduled" and due is None:
        return
    until = min(t for t in (due, sale.ends_at if sale.status == "scheduled" else None) if t is not None)
    raise Later(min(max(until - clock.now(), SOONEST), LATEST))
