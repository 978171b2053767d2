"""What is searched for, counted in memory and written in batches: terms by day for the store, history for the buyer.

A figure for merchants, not money: what a killed process had not written yet (a second's worth) is lost.
"""

import asyncio
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import structlog

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.runtime import Runtime
from zhanggui.search.history import remember

log = structlog.get_logger()
FLUSH_SECONDS = 1.0
SEEN = 50_000
KEPT_DAYS = 90

COUNT = statement(
    "search.count",
    """
    INSERT INTO search_term (store_id, day, term, searches, results)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::int[]) ORDER BY 1, 2, 3
    ON CONFLICT (store_id, day, term)
      DO UPDATE SET searches = search_term.searches + excluded.searches, results = excluded.results
    """,
)
FORGET = statement("search.forget", "DELETE FROM search_term WHERE day < $1")


class Term(NamedTuple):
    """A word somebody searched for, folded, on a store's local day (YYYY-MM-DD)."""

    store_id: UUID
    day: str
    term: str


class Counted:
    """What has not been written yet, and who was counted today already."""

    def __init__(self) -> None:
        self.terms: dict[Term, tuple[int, int]] = {}
        self.history: dict[tuple[UUID, UUID, str], datetime] = {}
        self.seen: OrderedDict[tuple[object, Term], None] = OrderedDict()
        self.purged = ""
        self.lock = asyncio.Lock()


def count(rt: Runtime, term: Term, results: int, who: object) -> None:
    """Count a search once for each `who` (a buyer's id, an address) and day."""
    counted = _counted(rt)
    if (who, term) in counted.seen:
        return
    counted.seen[who, term] = None
    if len(counted.seen) > SEEN:
        counted.seen.popitem(last=False)
    counted.terms[term] = (counted.terms.get(term, (0, 0))[0] + 1, results)


def note_history(rt: Runtime, customer_id: UUID, store_id: UUID, typed: str) -> None:
    """Remember a search for the buyer or guest who made it."""
    _counted(rt).history[customer_id, store_id, typed] = clock.now()


def local_day(timezone: str, at: datetime) -> str:
    """The local date of an instant, YYYY-MM-DD."""
    return at.astimezone(ZoneInfo(timezone)).date().isoformat()


async def flush(rt: Runtime) -> None:
    """Write what was counted and remembered so far; it stays noted when the database refuses."""
    counted = _counted(rt)
    async with counted.lock:
        terms, counted.terms = counted.terms, {}
        history, counted.history = counted.history, {}
        if not terms and not history:
            return
        now = clock.now()
        last = (now - timedelta(days=KEPT_DAYS)).date().isoformat()

        async def work(conn: Connection) -> None:
            if terms:
                await conn.execute(
                    COUNT,
                    [t.store_id for t in terms],
                    [t.day for t in terms],
                    [t.term for t in terms],
                    [n for n, _ in terms.values()],
                    [results for _, results in terms.values()],
                )
            if history:
                await remember(conn, history)
            if counted.purged != last:
                await conn.execute(FORGET, last)

        try:
            await in_transaction(rt.db, work)
        except asyncpg.DataError:  # it could never be written, and would stand in the way of all that follows
            log.exception("search_counting_dropped")
            return
        except BaseException:
            for term, (n, results) in terms.items():
                counted.terms[term] = (counted.terms.get(term, (0, 0))[0] + n, results)
            counted.history = {**history, **counted.history}
            raise
        counted.purged = last


async def keep(rt: Runtime) -> None:
    """Flush every second until cancelled."""
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        try:
            await flush(rt)
        except Exception:
            log.exception("search_counting")


def _counted(rt: Runtime) -> Counted:
    return rt.once("search.counted", Counted)
