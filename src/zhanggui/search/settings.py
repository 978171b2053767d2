"""What the merchant says about searching: synonyms, pinned and blocked hot words; kept by each process until changed."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.events import Event, LoggedEvent, append
from zhanggui.core.runtime import Runtime
from zhanggui.search.shapes import SearchSettings
from zhanggui.search.text import fold, tidy

LOAD = statement(
    "search.settings.load",
    "SELECT synonyms, pinned, blocked, version FROM search_settings WHERE store_id = $1",
)
SAVE = statement(
    "search.settings.save",
    """
    INSERT INTO search_settings (store_id, synonyms, pinned, blocked, version, updated_at)
    SELECT $1, $2, $3, $4, 1, $6 WHERE $5 = 0
    ON CONFLICT (store_id) DO NOTHING RETURNING version
    """,
)
REPLACE = statement(
    "search.settings.replace",
    """
    UPDATE search_settings SET synonyms = $2, pinned = $3, blocked = $4, version = version + 1, updated_at = $6
    WHERE store_id = $1 AND version = $5 RETURNING version
    """,
)


class _Known(dict[UUID, SearchSettings]):
    """Settings by store."""


async def settings_of(rt: Runtime, store_id: UUID) -> SearchSettings:
    """The store's settings from memory; the defaults, version 0, when none were saved yet."""
    known = rt.once("search.settings", _Known)
    if store_id not in known:
        known[store_id] = await read(rt, store_id)
    return known[store_id]


async def read(rt: Runtime, store_id: UUID) -> SearchSettings:
    """The settings as they are in the database now."""
    row = await rt.db.fetchrow(LOAD, store_id)
    return (
        SearchSettings(**dict(row)) if row else SearchSettings(version=0, synonyms=[], pinned=[], blocked=[])
    )


async def save(rt: Runtime, store_id: UUID, given: SearchSettings) -> SearchSettings:
    """Replace the settings. Raises 400 with the field at fault, 409 `settings_stale`."""
    clean = checked(given)

    async def work(conn: Connection) -> int:
        values = (store_id, clean.synonyms, clean.pinned, clean.blocked, clean.version, clock.now())
        version = await conn.fetchval(REPLACE if clean.version else SAVE, *values)
        if version is None:
            row = await conn.fetchrow(LOAD, store_id)
            raise ShopError("settings_stale", 409, data={"version": row["version"] if row else 0})
        await append(conn, [Event(store_id, "search.changed", store_id, None, {"version": version})])
        return version

    await in_transaction(rt.db, work)
    rt.once("search.settings", _Known).pop(store_id, None)
    return await read(rt, store_id)


def checked(given: SearchSettings) -> SearchSettings:
    """The settings folded. Raises 400 `synonyms_alone`, `synonym_twice`, `word_empty`."""
    groups = [_words(group, f"synonyms[{i}]") for i, group in enumerate(given.synonyms)]
    seen: set[str] = set()
    for i, group in enumerate(groups):
        if len(group) < 2:
            raise ShopError("synonyms_alone", 400, field=f"synonyms[{i}]")
        if seen & set(group):
            raise ShopError("synonym_twice", 400, field=f"synonyms[{i}]", word=sorted(seen & set(group))[0])
        seen |= set(group)
    pinned = list(dict.fromkeys(tidy(word) for word in given.pinned))
    if "" in pinned:
        raise ShopError("word_empty", 400, field="pinned")
    return SearchSettings(
        version=given.version, synonyms=groups, pinned=pinned, blocked=_words(given.blocked, "blocked")
    )


def note(rt: Runtime, events: Sequence[LoggedEvent]) -> None:
    """Forget the settings that were changed, here or in another process."""
    for event in events:
        if event.topic == "search.changed":
            rt.once("search.settings", _Known).pop(event.store_id, None)


def _words(words: Sequence[str], field: str) -> list[str]:
    found = list(dict.fromkeys(fold(word) for word in words))
    if "" in found:
        raise ShopError("word_empty", 400, field=field)
    return found
