"""How far the units of an order's lines have travelled, as returns ask."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, statement

TRAVEL = statement(
    "fulfillment.travel",
    """
    SELECT l.order_line_id, coalesce(sum(l.quantity) FILTER (WHERE f.delivered_at IS NOT NULL), 0)::int AS arrived,
      max(coalesce(f.shipped_at, f.delivered_at)) AS sent_at, max(f.delivered_at) AS delivered_at
    FROM fulfillment f
    JOIN fulfillment_line l ON l.store_id = f.store_id AND l.fulfillment_id = f.id
    WHERE f.store_id = $1 AND f.order_id = $2 GROUP BY l.order_line_id
    """,
)


class Travel(NamedTuple):
    """Units of a line that have arrived, and when the last of its parcels left and arrived (UTC)."""

    arrived: int
    sent_at: datetime | None
    delivered_at: datetime | None


async def travel(conn: Connection, store_id: UUID, order_id: UUID) -> Mapping[UUID, Travel]:
    """By order line; lines of which nothing is in a fulfillment are left out."""
    rows = await conn.fetch(TRAVEL, store_id, order_id)
    return {r["order_line_id"]: Travel(r["arrived"], r["sent_at"], r["delivered_at"]) for r in rows}
