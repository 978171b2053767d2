"""Failed and waiting jobs of a store, listed and replayed by hand; what was refused here."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import QueryParameter
from sqlalchemy import select

from zhanggui.core import clock
from zhanggui.core.auth import staff
from zhanggui.core.db import statement
from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.i18n import Text, both
from zhanggui.core.runtime import Runtime
from zhanggui.core.tables import job, refusal

PAGE = 50
# `state` itself is a name that Litestar keeps for its own.
JobState = Annotated[Literal["dead", "waiting"], QueryParameter(name="state")]
STORE = "/stores/{store_id:uuid}"

REPLAY = statement(
    "core.jobs.replay",
    """
    UPDATE job SET state = 'waiting', attempts = 0, due_at = $3, finished_at = NULL, leased_until = NULL
    WHERE store_id = $1 AND id = $2 AND state = 'dead' RETURNING id
    """,
)


class JobRow(msgspec.Struct, frozen=True):
    """A job; `payload_summary` names what it is about, never personal data."""

    id: UUID
    kind: str
    state: str
    attempts: int
    due_at: datetime
    last_error: str | None
    payload_summary: str


@get(f"{STORE}/jobs", opt=staff("jobs.manage"))
async def list_jobs(
    rt: Runtime, store_id: UUID, job_state: JobState = "dead", cursor: str | None = None
) -> Page[JobRow]:
    """Jobs that were given up (`dead`) or are still to run, newest first."""
    query = (
        select(
            job.c.id, job.c.kind, job.c.state, job.c.attempts, job.c.due_at, job.c.last_error, job.c.payload
        )
        .where(job.c.store_id == store_id, job.c.state == job_state)
        .order_by(job.c.id.desc())
        .limit(PAGE + 1)
    )
    before = decode_cursor(cursor, tuple[UUID])
    if before is not None:
        query = query.where(job.c.id < before[0])
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).all()
    items = [JobRow(*row[:6], payload_summary=summary(row[6])) for row in rows[:PAGE]]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


@post(f"{STORE}/jobs/{{job_id:uuid}}/replay", opt=staff("jobs.manage"), status_code=204)
async def replay_job(rt: Runtime, store_id: UUID, job_id: UUID) -> None:
    """Run a job that was given up once more, with all its tries."""
    if await rt.db.fetchval(REPLAY, store_id, job_id, clock.now()) is None:
        raise not_found("job")


class RefusalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A write that was refused: `who` is a staff member's name, None for a buyer; `beyond` more of his before it got no row."""

    id: UUID
    side: str
    who: str | None
    operation: str
    subject: str
    code: str
    text: Text
    field: str | None
    beyond: int
    at: datetime


@get(f"{STORE}/refusals", opt=staff("money.read"))
async def list_refusals(rt: Runtime, store_id: UUID, cursor: str | None = None) -> Page[RefusalRow]:
    """What buyers and staff were refused here for what they sent, newest first, half a year long."""
    query = (
        select(refusal).where(refusal.c.store_id == store_id).order_by(refusal.c.id.desc()).limit(PAGE + 1)
    )
    before = decode_cursor(cursor, tuple[UUID])
    if before is not None:
        query = query.where(refusal.c.id < before[0])
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).all()
    items = [
        RefusalRow(
            id=row.id,
            side=row.side,
            who=row.who or None,
            operation=row.operation,
            subject=row.subject,
            code=row.code,
            text=_named(row.code),
            field=row.field,
            beyond=row.beyond,
            at=row.at,
        )
        for row in rows[:PAGE]
    ]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


def _named(code: str) -> Text:
    """What the code means; what was counted in it is not kept."""
    text = both(code)
    return Text(*(re.sub(r"{\w+}", "…", one) for one in (text.zh, text.en)))


def summary(payload: dict[str, Any]) -> str:
    """Topic and entity of an event's job, ids of any other: values that are ids or codes, nothing else."""
    shown = [f"{k}={v}" for k, v in payload.items() if k == "topic" or (k.endswith("_id") and v)]
    return " ".join(shown)[:200]


routes = [list_jobs, replay_job, list_refusals]
