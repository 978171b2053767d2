"""The event log: written in the transaction of the change, read by every process with its own cursor.

UUIDv7 is not commit order, so a reader goes only below `pg_snapshot_xmin`: whatever lies below it is decided.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import structlog

from zhanggui.core import clock
from zhanggui.core.db import Connection, Pool, json_bytes, statement
from zhanggui.core.ids import new_id

log = structlog.get_logger()
POLL_SECONDS = 0.15
BATCH = 1_000
FIRST = UUID(int=0)


class Event(NamedTuple):
    """Something that happened in a store. `topic` is `entity.verb`, e.g. `order.paid`, `stock.changed`."""

    store_id: UUID
    topic: str
    entity_id: UUID
    customer_id: UUID | None
    payload: dict[str, Any]


class LoggedEvent(msgspec.Struct, frozen=True):
    """An event as read back; `id` is stable, so handlers can use it as an idempotency key."""

    store_id: UUID
    id: UUID
    xid: int
    topic: str
    entity_id: UUID
    customer_id: UUID | None
    payload: dict[str, Any]
    at: datetime


INSERT = statement(
    "core.events.insert",
    """
    INSERT INTO event_log (store_id, id, topic, entity_id, customer_id, payload, at)
    SELECT store_id, id, topic, entity_id, customer_id, payload::jsonb, $7
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[])
      AS e (store_id, id, topic, entity_id, customer_id, payload)
    """,
)
READ = statement(
    "core.events.read",
    """
    SELECT store_id, id, xid, topic, entity_id, customer_id, payload, at FROM event_log
    WHERE (xid, id) > ($1, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    ORDER BY xid, id LIMIT $3
    """,
)
NOW_AT = statement(
    "core.events.now_at", "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 AS xid"
)


async def append(conn: Connection, events: Sequence[Event]) -> None:
    """Write `events` in the caller's transaction, one statement however many."""
    if not events:
        return
    await conn.execute(
        INSERT,
        [e.store_id for e in events],
        [new_id() for _ in events],
        [e.topic for e in events],
        [e.entity_id for e in events],
        [e.customer_id for e in events],
        [json_bytes(e.payload).decode() for e in events],
        clock.now(),
    )


async def read(conn: Connection, xid: int, after: UUID, limit: int = BATCH) -> list[LoggedEvent]:
    """Decided events after the cursor (xid, id), in an order that no later commit can change."""
    return [LoggedEvent(*row) for row in await conn.fetch(READ, xid, after, limit)]  # columns are its fields


class EventFollower:
    """Follows the log from now on and hands each batch to `handle`: caches, search index, live updates.

    What happened before `start` is not delivered: a process that starts has loaded the present state already.
    `start` fixes the cursor before that load, so nothing falls between.
    """

    def __init__(self, pool: Pool, handle: Callable[[list[LoggedEvent]], Awaitable[None]]) -> None:
        self._pool, self._handle = pool, handle
        self._xid: int = 0
        self._after: UUID = FIRST
        self._wake = asyncio.Event()

    async def start(self) -> None:
        self._xid = await self._pool.fetchval(NOW_AT)
        self._after = UUID(int=2**128 - 1)

    @property
    def position(self) -> tuple[int, UUID]:
        """The last event handed out, as (xid, id)."""
        return self._xid, self._after

    def wake(self) -> None:
        """Look now instead of at the next poll (something was just committed in this process)."""
        self._wake.set()

    async def run(self) -> None:
        """Poll until cancelled. A failing database is logged and polled again; events are not lost by it."""
        while True:
            try:
                async with self._pool.acquire() as conn:
                    events = await read(conn, self._xid, self._after)
                if events:
                    await self._handle(events)
                    self._xid, self._after = events[-1].xid, events[-1].id
            except Exception:
                log.exception("event_follower")
                events = []
            if len(events) < BATCH:
                self._wake.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._wake.wait()
