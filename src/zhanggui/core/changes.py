"""The journal of changed settings: who, when, what of it may be shown. Append-only."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.ids import new_id

RECORD = statement(
    "core.changes.record",
    """
    INSERT INTO setting_change (store_id, id, staff_id, who, what, subject, detail, at)
    SELECT store_id, id, $3, $4, $5, $6, $7, $8 FROM unnest($1::uuid[], $2::uuid[]) AS s (store_id, id)
    """,
)
LATEST = statement(
    "core.changes.latest",
    """
    SELECT at, who, what, subject, detail FROM setting_change
    WHERE store_id = $1 AND what = ANY($2::text[]) ORDER BY id DESC LIMIT $3
    """,
)


class By(msgspec.Struct, frozen=True):
    """Who changes it; without an id a command, by its name."""

    id: UUID | None
    name: str


class Change(msgspec.Struct, frozen=True):
    """One change, as it is shown."""

    at: datetime
    who: str
    what: str
    subject: str
    detail: dict[str, str]


async def record(
    conn: Connection, store_ids: Collection[UUID], by: By, what: str, subject: str, detail: dict[str, Any]
) -> None:
    """Write a change, in the caller's transaction, for every store it is about. `detail` is shown to people: never a secret."""
    stores, ids = list(store_ids), [new_id() for _ in store_ids]
    await conn.execute(RECORD, stores, ids, by.id, by.name, what, subject, detail, clock.now())


async def latest(conn: Connection, store_id: UUID, what: Sequence[str], most: int) -> list[Change]:
    """The last changes of these settings, newest first."""
    return [Change(*row) for row in await conn.fetch(LATEST, store_id, list(what), most)]
