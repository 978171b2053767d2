"""Stop taking orders for a while, or take them again."""

from datetime import timedelta
from uuid import UUID

import msgspec

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import not_found
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.stores.cache import cache_of
from zhanggui.stores.settings import check_length

PAUSE = statement(
    "stores.pause",
    """
    UPDATE store SET paused = $2, pause_reason = $3, paused_until = $4, updated_at = $5
    WHERE store_id = $1 RETURNING store_id
    """,
)


async def pause(
    rt: Runtime, store_id: UUID, *, paused: bool, reason: Text | None, minutes: int | None
) -> None:
    """Pause (for `minutes`, or until somebody resumes) or resume. Orders placed already go on as they were.

    Raises 400 `too_large` for a reason over 200 characters, 404 `not_found`.
    """
    if reason is not None:
        check_length("reason", reason, 200)

    async def work(conn: Connection) -> None:
        now = clock.now()
        until = now + timedelta(minutes=minutes) if paused and minutes else None
        shown = msgspec.to_builtins(reason) if paused and reason else None
        if await conn.fetchval(PAUSE, store_id, paused, shown, until, now) is None:
            raise not_found("store")
        changed = events.Event(store_id, "store.changed", store_id, None, {"paused": paused})
        await events.append(conn, [changed])

    await in_transaction(rt.db, work)
    cache_of(rt).drop(store_id)
