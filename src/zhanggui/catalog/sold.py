"""How often something was sold, as shown to buyers: counted with every order, shown every few minutes.

A figure that changed with every order would drop every kept page of a busy store several times a second.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.events import Event, append
from zhanggui.core.jobs import NewJob, enqueue

SHOW = "catalog.show_sold"
EVERY = timedelta(minutes=10)
GRACE = timedelta(minutes=1)
"""Whoever counts in a window has committed by then: no statement runs longer than 30 s."""

BATCH = 2_000

COUNT = statement(
    "catalog.count_sold",
    """
    INSERT INTO product_sold AS s (store_id, product_id, units)
    SELECT $1, id, units FROM unnest($2::uuid[], $3::int[]) AS u (id, units) ORDER BY id
    ON CONFLICT (store_id, product_id) DO UPDATE SET units = s.units + excluded.units
    """,
)
TAKE = statement(
    "catalog.take_sold",
    """
    SELECT product_id FROM product_sold WHERE store_id = $1 ORDER BY product_id LIMIT $2 FOR UPDATE
    """,
)
SHOW_TAKEN = statement(
    "catalog.show_sold",
    """
    WITH taken AS (
      DELETE FROM product_sold WHERE store_id = $1 AND product_id = ANY($2::uuid[]) RETURNING product_id, units),
    held AS (
      SELECT p.id, taken.units FROM product p JOIN taken ON taken.product_id = p.id
      WHERE p.store_id = $1 ORDER BY p.id FOR UPDATE OF p)
    UPDATE product SET sold = sold + held.units FROM held WHERE product.store_id = $1 AND product.id = held.id
    """,
)


async def add_sold(conn: Connection, store_id: UUID, units: Mapping[UUID, int]) -> None:
    """Add units (> 0) by product id; they are shown after the present window of EVERY, by one job for each store."""
    if not units:
        return
    await conn.execute(COUNT, store_id, list(units), list(units.values()))
    ends = _window_ends(clock.now())
    await enqueue(conn, [NewJob(store_id, SHOW, ends.isoformat(), {}, ends + GRACE)])


async def show_sold(conn: Connection, store_id: UUID) -> int:
    """Take over what was counted, at most BATCH products; returns how many. The editor's version stays: a sale is no edit."""
    taken: Sequence[UUID] = [r["product_id"] for r in await conn.fetch(TAKE, store_id, BATCH)]
    if taken:
        await conn.execute(SHOW_TAKEN, store_id, taken)
        await append(
            conn, [Event(store_id, "catalog.changed", i, None, {"entity": "product"}) for i in taken]
        )
    return len(taken)


def _window_ends(at: datetime) -> datetime:
    """The end of the window of EVERY that `at` (UTC) is in."""
    start = datetime(at.year, at.month, at.day, tzinfo=UTC)
    return start + ((at - start) // EVERY + 1) * EVERY
