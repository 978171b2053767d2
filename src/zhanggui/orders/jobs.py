"""What follows from a paid and from a completed order outside their own transactions."""

from uuid import UUID

from zhanggui.catalog.sold import add_sold
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.jobs import Job, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.orders.points import earn

KIND = "orders.count_sold"
UNITS = statement(
    "orders.units_by_product",
    """
    SELECT product_id, sum(quantity)::int AS units FROM order_line
    WHERE store_id = $1 AND order_id = $2 GROUP BY product_id ORDER BY product_id
    """,
)


@on_event("order.paid", kind=KIND)
async def count_sold(rt: Runtime, job: Job) -> None:
    """Products show how often they were sold; counted once per order, however often the job runs."""
    order_id = UUID(job.payload["entity_id"])

    async def work(conn: Connection) -> None:
        if await claim(conn, job.store_id, order_id, KIND, fingerprint(KIND, order_id)) is not None:
            return
        units = {r["product_id"]: r["units"] for r in await conn.fetch(UNITS, job.store_id, order_id)}
        await add_sold(conn, job.store_id, units)
        await answer(conn, job.store_id, order_id, KIND, {"products": len(units)})

    await in_transaction(rt.db, work)


@on_event("order.completed", kind="orders.earn_points")
async def earn_points(rt: Runtime, job: Job) -> None:
    """A completed order earns its points; booked once, however often the job runs."""
    await earn(rt, job.store_id, UUID(job.payload["entity_id"]))
