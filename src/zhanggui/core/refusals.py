"""The trace of what was refused: who sent what a store could not take, when, and with which code. Append-only.

Kept are writes of people who are known (a buyer, a staff member) and were refused for what they said: a number, an amount, a
state that does not fit (400, 409, 422). Never the values themselves. Of one person each process writes MOST a minute; what goes
beyond is counted in the next row.
"""

import re
import time
from typing import NamedTuple
from uuid import UUID

import asyncpg
import structlog

from zhanggui.core import clock
from zhanggui.core.auth import Buyer, StaffMember
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.retention import clear_away
from zhanggui.core.runtime import Runtime

log = structlog.get_logger()
KEPT = frozenset({400, 409, 422})
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MOST, MOST_PEOPLE = 20, 500
STORE_SAID = re.compile(rb'"store_id"\s*:\s*"([0-9a-fA-F-]{36})"')

KEEP = statement(
    "core.refusals.keep",
    """
    INSERT INTO refusal (store_id, id, side, owner_id, who, operation, subject, code, field, beyond, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """,
)
clear_away(
    "refusals",
    """
    WITH old AS MATERIALIZED (SELECT store_id, id FROM refusal WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM refusal r USING old o WHERE r.store_id = o.store_id AND r.id = o.id RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=180,
)


class Said(NamedTuple):
    """A write as it came: `operation` is the endpoint ("POST /api/shop/orders"), `path` what was called, with its ids."""

    by: Buyer | StaffMember
    operation: str
    path: str
    store_id: UUID | None
    body: bytes = b""


class _Minute:
    """How many rows each person had in this minute, and how many refusals got none since his last row."""

    def __init__(self) -> None:
        self.minute, self.rows, self.beyond = 0, dict[UUID, int](), dict[UUID, int]()

    def admit(self, who: UUID) -> int | None:
        """What went beyond since his last row when he may have another one, otherwise None."""
        now = int(time.monotonic() // 60)
        if now != self.minute:
            self.minute, self.rows = now, {}
            if len(self.beyond) > MOST_PEOPLE:
                self.beyond = {}
        rows = self.rows.get(who, 0)
        if rows >= MOST or (not rows and len(self.rows) >= MOST_PEOPLE):
            self.beyond[who] = self.beyond.get(who, 0) + 1
            return None
        self.rows[who] = rows + 1
        return self.beyond.pop(who, 0)


def concerns(method: str, error: ShopError) -> bool:
    """A write that was refused for what it said."""
    return error.status in KEPT and method in WRITES


async def keep(rt: Runtime, said: Said, error: ShopError) -> None:
    """Write the row; what names no store is nobody's to look at and is left to the log.

    Called when the answer is on its way: a database that is away costs the row, which is logged, not the answer.
    """
    store_id = said.store_id or _store_in(said.body)
    if store_id is None:
        log.info("refused", operation=said.operation, who=str(said.by.id), code=error.code)
        return
    beyond = rt.once("core.refusals", _Minute).admit(said.by.id)
    if beyond is None:
        return
    staff = isinstance(said.by, StaffMember)
    field = error.field or (error.errors[0].field if error.errors else None)
    values = (said.by.id, said.by.name if isinstance(said.by, StaffMember) else "", said.operation)
    side = "console" if staff else "shop"
    try:
        await rt.db.execute(
            KEEP, store_id, new_id(), side, *values, said.path[:200], error.code, field, beyond, clock.now()
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as fault:
        log.warning("refusal_not_kept", operation=said.operation, code=error.code, error=str(fault))


def _store_in(body: bytes) -> UUID | None:
    found = STORE_SAID.search(body)
    try:
        return UUID(found.group(1).decode()) if found else None
    except ValueError:
        return None
