"""Staff asks for another try of what the platform refused: shipping reports and declarations of pre-sale orders.

Every one is in its order's timeline, with who asked. Asking twice starts nothing twice: what waits already is not failed.
"""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import not_found
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline

REPORT = statement(
    "fulfillment.report.retry",
    """
    UPDATE shipping_report SET state = 'waiting', code = NULL, error = NULL, tries = 0, updated_at = $3
    WHERE store_id = $1 AND order_id = $2 AND state IN ('failed', 'unneeded', 'waiting') RETURNING order_id
    """,
)
KNOWN_REPORT = statement(
    "fulfillment.report.known_order",
    "SELECT state FROM shipping_report WHERE store_id = $1 AND order_id = $2",
)
DECLARATION = statement(
    "fulfillment.presale.retry",
    """
    UPDATE order_presale SET state = 'waiting', code = NULL, error = NULL, updated_at = $3
    WHERE store_id = $1 AND order_id = $2 AND state = 'failed' RETURNING order_id
    """,
)
KNOWN_DECLARATION = statement(
    "fulfillment.presale.known_order",
    "SELECT state FROM order_presale WHERE store_id = $1 AND order_id = $2",
)
ALL_REPORTS = statement(
    "fulfillment.report.retry_all",
    """
    WITH refused AS (SELECT order_id FROM shipping_report WHERE store_id = $1 AND state = 'failed'
                     ORDER BY order_id FOR UPDATE)
    UPDATE shipping_report r SET state = 'waiting', code = NULL, error = NULL, tries = 0, updated_at = $2
    FROM refused f WHERE r.store_id = $1 AND r.order_id = f.order_id RETURNING r.order_id
    """,
)
ALL_DECLARATIONS = statement(
    "fulfillment.presale.retry_all",
    """
    WITH refused AS (SELECT order_id FROM order_presale WHERE store_id = $1 AND state = 'failed'
                     ORDER BY order_id FOR UPDATE)
    UPDATE order_presale p SET state = 'waiting', code = NULL, error = NULL, updated_at = $2
    FROM refused f WHERE p.store_id = $1 AND p.order_id = f.order_id RETURNING p.order_id
    """,
)
AGAIN = "fulfillment.report.again"
PRESALE_AGAIN = "fulfillment.presale.again"
TIMELINE = {AGAIN: "report_retried", PRESALE_AGAIN: "presale_retried"}


async def retry_report(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> None:
    """Another try of a report that waits or was given up. Raises 404; done already changes nothing."""

    async def work(conn: Connection) -> None:
        if await conn.fetchval(REPORT, store_id, order_id, clock.now()) is not None:
            await _again(conn, store_id, [order_id], AGAIN, actor)
        elif await conn.fetchval(KNOWN_REPORT, store_id, order_id) is None:
            raise not_found("shipping report")

    await in_transaction(rt.db, work)


async def retry_declaration(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> None:
    """Another try of a pre-sale declaration that was refused. Raises 404; any other one stays as it is."""

    async def work(conn: Connection) -> None:
        if await conn.fetchval(DECLARATION, store_id, order_id, clock.now()) is not None:
            await _again(conn, store_id, [order_id], PRESALE_AGAIN, actor)
        elif await conn.fetchval(KNOWN_DECLARATION, store_id, order_id) is None:
            raise not_found("pre-sale declaration")

    await in_transaction(rt.db, work)


async def retry_refused(rt: Runtime, store_id: UUID, actor: Actor) -> int:
    """Another try of every refused report and declaration of the store; how many there were. Six statements, however many."""

    async def work(conn: Connection) -> int:
        now = clock.now()
        asked = 0
        for refused, kind in ((ALL_REPORTS, AGAIN), (ALL_DECLARATIONS, PRESALE_AGAIN)):
            orders = [row["order_id"] for row in await conn.fetch(refused, store_id, now)]
            await _again(conn, store_id, orders, kind, actor)
            asked += len(orders)
        return asked

    return await in_transaction(rt.db, work)


async def _again(conn: Connection, store_id: UUID, orders: Sequence[UUID], kind: str, actor: Actor) -> None:
    await append_timeline(conn, store_id, [TimelineEntry(one, TIMELINE[kind], actor) for one in orders])
    await enqueue(conn, [NewJob(store_id, kind, f"{one}:{new_id()}", {"order_id": one}) for one in orders])
