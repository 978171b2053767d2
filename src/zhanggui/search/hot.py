"""Hot words: what most buyers of a store searched for lately, with what the merchant pinned and without what is blocked."""

from datetime import datetime, timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime
from zhanggui.search.counting import local_day
from zhanggui.search.settings import settings_of
from zhanggui.search.shapes import HotWord
from zhanggui.search.text import fold
from zhanggui.stores.rules import Store

DAYS = 14
HALF_LIFE_DAYS = 3.0
SHOWN = 12
CANDIDATES = 60
LONGEST = 20
FRESH_FOR = timedelta(seconds=30)

# Two buyers at least, so that what one person typed is never shown to others; only what finds something.
TOP = statement(
    "search.hot",
    """
    SELECT term FROM search_term
    WHERE store_id = $1 AND day >= $2 AND results > 0 AND length(term) <= $5
    GROUP BY term HAVING sum(searches) >= 2
    ORDER BY sum(searches * 0.5 ^ (($3::date - day::date) / $4::float8)) DESC, term LIMIT $6
    """,
)


async def hot_words(rt: Runtime, store: Store) -> list[HotWord]:
    """At most SHOWN words, counted anew every half minute."""
    settings = await settings_of(rt, store.id)
    blocked = set(settings.blocked)
    pinned = [HotWord(word, pinned=True) for word in settings.pinned]
    taken = blocked | {fold(word.text) for word in pinned}
    counted = [HotWord(word, pinned=False) for word in await _top(rt, store) if word not in taken]
    return [*pinned, *counted][:SHOWN]


async def _top(rt: Runtime, store: Store) -> list[str]:
    kept = rt.once("search.hot", dict[UUID, tuple[datetime, list[str]]])
    now = clock.now()
    known = kept.get(store.id)
    if known is not None and known[0] > now:
        return known[1]
    first, today = local_day(store.timezone, now - timedelta(days=DAYS)), now.date()
    rows = await rt.db.fetch(TOP, store.id, first, today, HALF_LIFE_DAYS, LONGEST, CANDIDATES)
    kept[store.id] = (now + FRESH_FOR, [row["term"] for row in rows])
    return kept[store.id][1]
