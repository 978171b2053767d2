"""Jobs: one consumer each, idempotent, retried with back-off, dead-lettered, visible and replayable.

A table drained with SKIP LOCKED in batches. A job is leased, run outside any transaction and then closed; a worker that
dies leaves a lease that runs out. Handlers are registered by kind; an event becomes jobs through `on_event`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec
import structlog

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, in_transaction, json_bytes, statement
from zhanggui.core.ids import new_id

if TYPE_CHECKING:
    from zhanggui.core.runtime import Runtime

log = structlog.get_logger()
MAX_ATTEMPTS = 12
LEASE = timedelta(seconds=90)
IDLE_SECONDS = 0.25
RELAY = "job_relay"


class NewJob(NamedTuple):
    """Work to do not before `due_at`; a second one with the same store, kind and key is ignored."""

    store_id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    due_at: datetime | None = None


class Job(msgspec.Struct, frozen=True):
    """A leased job as its handler gets it. Handlers may raise: the job runs again later with back-off."""

    store_id: UUID
    id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int


class Later(Exception):
    """Raised by a handler that must wait for something outside: runs again after `delay`, not counted as failure."""

    def __init__(self, delay: timedelta, why: str = "") -> None:
        super().__init__(why)
        self.delay = delay


Handler = Callable[["Runtime", Job], Awaitable[None]]
HANDLERS: dict[str, Handler] = {}
SUBSCRIPTIONS: dict[str, list[str]] = {}

ENQUEUE = statement(
    "core.jobs.enqueue",
    """
    INSERT INTO job (store_id, id, kind, key, payload, state, due_at, created_at)
    SELECT store_id, id, kind, key, payload::jsonb, 'waiting', due_at, $7
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
      AS j (store_id, id, kind, key, payload, due_at)
    ON CONFLICT (store_id, kind, key) DO NOTHING
    """,
)
LEASE_DUE = statement(
    "core.jobs.lease",
    """
    UPDATE job SET leased_until = $2, attempts = attempts + 1
    WHERE (store_id, id) IN (
      SELECT store_id, id FROM job
      WHERE state = 'waiting' AND due_at <= $1 AND (leased_until IS NULL OR leased_until < $1)
      ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
    RETURNING store_id, id, kind, key, payload, attempts
    """,
)
CLOSE = statement(
    "core.jobs.close",
    """
    UPDATE job SET state = 'done', finished_at = $3, last_error = NULL, leased_until = NULL
    FROM unnest($1::uuid[], $2::uuid[]) AS d (store_id, id)
    WHERE job.store_id = d.store_id AND job.id = d.id
    """,
)
BURY = statement(
    "core.jobs.bury",
    """
    UPDATE job SET state = 'dead', finished_at = $3, last_error = $4, leased_until = NULL
    WHERE store_id = $1 AND id = $2
    """,
)
HURRY = statement(
    "core.jobs.hurry",
    """
    UPDATE job SET due_at = least(due_at, $4)
    WHERE store_id = $1 AND kind = $2 AND key = ANY($3::text[]) AND state = 'waiting'
    """,
)
POSTPONE = statement(
    "core.jobs.postpone",
    """
    UPDATE job SET due_at = $3, last_error = $4, leased_until = NULL, attempts = attempts - $5
    WHERE store_id = $1 AND id = $2
    """,
)
RELAY_CURSOR = statement(
    "core.jobs.relay_cursor", "SELECT xid, event_id FROM event_cursor WHERE reader = $1 FOR UPDATE"
)
RELAY_START = statement(
    "core.jobs.relay_start",
    "INSERT INTO event_cursor (reader, xid, event_id) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING",
)
RELAY_MOVE = statement(
    "core.jobs.relay_move", "UPDATE event_cursor SET xid = $2, event_id = $3 WHERE reader = $1"
)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the handler of a kind: `@handles("payments.expire") async def …(rt, job)`."""

    def register(handler: Handler) -> Handler:
        if HANDLERS.setdefault(kind, handler) is not handler:
            raise ValueError(f"two handlers for job kind {kind!r}")
        return handler

    return register


def on_event(*topics: str, kind: str) -> Callable[[Handler], Handler]:
    """Run a handler once for every event of these topics.

    The job's payload is {"topic", "entity_id", "customer_id", "event": payload}; its key is the event's id.
    """

    def register(handler: Handler) -> Handler:
        for topic in topics:
            SUBSCRIPTIONS.setdefault(topic, []).append(kind)
        return handles(kind)(handler)

    return register


async def enqueue(conn: Connection, jobs: Sequence[NewJob]) -> None:
    """Add jobs in the caller's transaction; those known already by (store, kind, key) are left as they are."""
    if not jobs:
        return
    now = clock.now()
    await conn.execute(
        ENQUEUE,
        [j.store_id for j in jobs],
        [new_id() for _ in jobs],
        [j.kind for j in jobs],
        [j.key for j in jobs],
        [json_bytes(j.payload).decode() for j in jobs],
        [j.due_at or now for j in jobs],
        now,
    )


async def hurry(conn: Connection, store_id: UUID, kind: str, keys: Sequence[str]) -> None:
    """Jobs that wait for something outside run now: it has happened. One that is running decides for itself."""
    await conn.execute(HURRY, store_id, kind, keys, clock.now())


async def relay_events(rt: "Runtime") -> int:
    """Turn decided events into jobs of their subscribers; returns how many events were read."""

    async def work(conn: Connection) -> int:
        await conn.execute(RELAY_START, RELAY, events.FIRST)
        at = await conn.fetchrow(RELAY_CURSOR, RELAY)
        if at is None:
            raise LookupError("the relay cursor vanished within its transaction")
        found = await events.read(conn, at["xid"], at["event_id"])
        await enqueue(conn, [_subscribed(e, kind) for e in found for kind in SUBSCRIPTIONS.get(e.topic, ())])
        if found:
            await conn.execute(RELAY_MOVE, RELAY, found[-1].xid, found[-1].id)
        return len(found)

    return await in_transaction(rt.db, work)


async def run_due(rt: "Runtime", limit: int = 64) -> int:
    """Lease and run up to `limit` due jobs side by side; returns how many were run. Done ones are closed together."""
    now = clock.now()
    leased = [
        msgspec.convert(dict(row), Job) for row in await rt.db.fetch(LEASE_DUE, now, now + LEASE, limit)
    ]
    outcomes = await asyncio.gather(*(_run_one(rt, job) for job in leased))
    done = [job for job, is_done in zip(leased, outcomes, strict=True) if is_done]
    if done:
        await rt.db.execute(CLOSE, [job.store_id for job in done], [job.id for job in done], clock.now())
    return len(leased)


async def work_forever(rt: "Runtime") -> None:
    """The worker's loop: relay events, run what is due, rest when there is nothing."""
    while True:
        try:
            busy = await relay_events(rt) + await run_due(rt)
        except Exception:
            log.exception("job_loop")
            busy = 0
        if not busy:
            await asyncio.sleep(IDLE_SECONDS)


async def drain(rt: "Runtime") -> None:
    """Relay and run until nothing is due (tests and the smoke run)."""
    while await relay_events(rt) + await run_due(rt):
        pass


async def _run_one(rt: "Runtime", job: Job) -> bool:
    """Run one job; True when it is done and may be closed, otherwise it was postponed or buried here."""
    handler = HANDLERS.get(job.kind)
    try:
        if handler is None:
            raise LookupError(f"no handler for job kind {job.kind}")
        if job.attempts > MAX_ATTEMPTS:
            raise RuntimeError("its worker ended every time while running it")
        await handler(rt, job)
    except Later as later:
        await rt.db.execute(POSTPONE, job.store_id, job.id, clock.now() + later.delay, str(later) or None, 1)
    except Exception as fault:
        log.warning("job_failed", kind=job.kind, job=str(job.id), attempts=job.attempts, exc_info=True)
        reason = f"{type(fault).__name__}: {fault}"[:1000]
        if job.attempts >= MAX_ATTEMPTS:
            await rt.db.execute(BURY, job.store_id, job.id, clock.now(), reason)
        else:
            wait = timedelta(seconds=min(2**job.attempts, 3600))
            await rt.db.execute(POSTPONE, job.store_id, job.id, clock.now() + wait, reason, 0)
    else:
        return True
    return False


def _subscribed(event: events.LoggedEvent, kind: str) -> NewJob:
    payload = {
        "topic": event.topic,
        "entity_id": event.entity_id,
        "customer_id": event.customer_id,
        "event": event.payload,
    }
    return NewJob(event.store_id, kind, str(event.id), payload)
