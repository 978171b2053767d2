"""The one way an order changes its state."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.orders.rules import MOVES, Actor, Status
from zhanggui.orders.timeline import TimelineEntry, append_timeline, concerned_of

LOCK = statement(
    "orders.move.lock",
    """
    SELECT id, status, number, customer_id, delivery_method FROM sales_order
    WHERE store_id = $1 AND id = ANY($2::uuid[]) AND status = ANY($3::text[]) ORDER BY id FOR UPDATE
    """,
)
MOVE = statement(
    "orders.move",
    """
    UPDATE sales_order SET status = $3,
      paid_at = CASE WHEN $3 = 'paid' THEN $4 ELSE paid_at END,
      closed_at = CASE WHEN $3 = 'cancelled' THEN $4 ELSE closed_at END,
      completed_at = CASE WHEN $3 = 'completed' THEN $4 ELSE completed_at END
    WHERE store_id = $1 AND id = ANY($2::uuid[])
    """,
)


async def move(  # the six that every caller names in this order
    conn: Connection,
    store_id: UUID,
    order_ids: Sequence[UUID],
    from_: Status | Collection[Status],
    to: Status,
    actor: Actor,
    *,
    reason: str = "",
    data: dict[str, Any] | None = None,
    kind: str | None = None,
    at: datetime | None = None,
) -> list[UUID]:
    """Move those of `order_ids` that are in one of the states `from_` to `to`; returns the ids that moved.

    Locks the orders in id order, writes the timeline (kind: `to` unless given) and the event. `at` (UTC) is when it
    really happened (paid at the provider), now by default. Raises ValueError for a move that MOVES does not know.
    """
    states: list[Status] = [from_] if isinstance(from_, str) else sorted(from_)
    for state in states:
        if to not in MOVES[state]:
            raise ValueError(f"an order never moves from {state} to {to}")
    rows = await conn.fetch(LOCK, store_id, list(order_ids), states)
    if not rows:
        return []
    moved = [r["id"] for r in rows]
    when = at or clock.now()
    await conn.execute(MOVE, store_id, moved, to, when)
    await append_timeline(
        conn,
        store_id,
        [TimelineEntry(r["id"], kind or to, actor, reason, data or {}, r["status"], to, when) for r in rows],
        {r["id"]: concerned_of(r, to) for r in rows},
    )
    return moved
