"""What is cleared away after a time: rows that only served to carry something out.

A rule is a statement that deletes at most BATCH rows older than an instant; domains register theirs. Journals, orders and
money are never cleared away. One job an hour carries all rules out, a batch a transaction, so that nothing waits long.
"""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.jobs import Job, Later, NewJob, enqueue, handles
from zhanggui.core.runtime import Runtime

log = structlog.get_logger()
CLEAR = "core.clear_away"
BATCH = 2_000
SECONDS = 30.0
"""How long one run goes on, well below a job's lease; what is left then is gone on with at once."""

EVERYWHERE = UUID(int=0)
"""The store of jobs that are no store's."""


class Rule(NamedTuple):
    """`statement($1 older than, $2 at most)` answers how many rows it deleted; `days` holds unless settings say otherwise."""

    name: str
    days: int
    statement: str


RULES: dict[str, Rule] = {}


def clear_away(name: str, sql: str, *, days: int) -> None:
    """Register what a domain clears away after `days`; `name` is what settings call it."""
    rule = Rule(name, days, statement(f"retention.{name}", sql))
    if RULES.setdefault(name, rule) != rule:
        raise ValueError(f"two rules are called {name!r}")


# What the relay has not read stays, however old.
clear_away(
    "events",
    """
    WITH oldest AS MATERIALIZED (
      SELECT store_id, id, at FROM event_log
      WHERE xid < (SELECT min(xid) FROM event_cursor) ORDER BY xid, id LIMIT $2),
    gone AS (
      DELETE FROM event_log e USING oldest o
      WHERE e.store_id = o.store_id AND e.id = o.id AND o.at < $1 RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=7,
)
clear_away(
    "keys",
    """
    WITH old AS MATERIALIZED (
      SELECT store_id, owner_id, key FROM idempotency_key WHERE created_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM idempotency_key k USING old o
      WHERE k.store_id = o.store_id AND k.owner_id = o.owner_id AND k.key = o.key RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=14,
)
# A dead job stays until somebody has looked at it.
clear_away(
    "jobs",
    """
    WITH old AS MATERIALIZED (
      SELECT store_id, id FROM job
      WHERE created_at < $1 AND state = 'done' AND finished_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM job j USING old o WHERE j.store_id = o.store_id AND j.id = o.id RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=14,
)


async def start(conn: Connection) -> None:
    """See to it that this hour's run is there; a worker calls it when it starts."""
    await enqueue(conn, [_run_of(clock.now())])


@handles(CLEAR)
async def clear(rt: Runtime, job: Job) -> None:
    """Carry every rule out and enqueue the next hour's run. A rule that fails does not hold up the others."""
    await enqueue(rt.db, [_run_of(datetime.fromisoformat(job.key) + timedelta(hours=1))])
    await carry_out(rt, rt.config.keep_days)


async def carry_out(rt: Runtime, keep_days: Mapping[str, int]) -> dict[str, int]:
    """Delete what is too old by every rule; returns how many rows by rule. Raises Later when there is more to do."""
    until, cleared = time.monotonic() + SECONDS, dict[str, int]()
    for rule in RULES.values():
        before = clock.now() - timedelta(days=keep_days.get(rule.name, rule.days))
        while (gone := await rt.db.fetchval(rule.statement, before, BATCH)) > 0:
            cleared[rule.name] = cleared.get(rule.name, 0) + gone
            if time.monotonic() > until:
                log.info("cleared_away", **cleared, more=True)
                raise Later(timedelta(0), "there is more to clear away")
            if gone < BATCH:
                break
    if cleared:
        log.info("cleared_away", **cleared)
    return cleared


def _run_of(at: datetime) -> NewJob:
    """The run of the hour that `at` is in, due at its beginning; hours missed while no worker ran are not made up for."""
    hour = max(at, clock.now()).replace(minute=0, second=0, microsecond=0)
    return NewJob(EVERYWHERE, CLEAR, hour.isoformat(), {}, hour)
