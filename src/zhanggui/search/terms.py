"""What buyers of a store searched for, for the merchant's page."""

from datetime import timedelta

from sqlalchemy import and_, func, or_, select

from zhanggui.core import clock
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.search.counting import local_day
from zhanggui.search.shapes import SearchedTerm
from zhanggui.search.tables import search_term
from zhanggui.stores.rules import Store


async def searched_terms(  # the filters of the page
    rt: Runtime, store: Store, *, days: int, empty: bool, limit: int, cursor: str | None
) -> Page[SearchedTerm]:
    """Terms of the last `days` local days, the most searched first; `empty`: only those that found nothing the last time."""
    c = search_term.c
    first = local_day(store.timezone, clock.now() - timedelta(days=days - 1))
    latest = func.array_agg(c.results.op("ORDER BY")(c.day.desc()))[1]
    terms = (
        select(
            c.term,
            func.sum(c.searches).label("searches"),
            latest.label("results"),
            func.max(c.day).label("last_day"),
        )
        .where(c.store_id == store.id, c.day >= first)
        .group_by(c.term)
        .subquery("terms")
    )
    t = terms.c
    query = select(terms).order_by(t.searches.desc(), t.term).limit(limit + 1)
    if empty:
        query = query.where(t.results == 0)
    after = decode_cursor(cursor, tuple[int, str])
    if after is not None:
        query = query.where(or_(t.searches < after[0], and_(t.searches == after[0], t.term > after[1])))
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query)).mappings())
    items = [SearchedTerm(r["term"], r["searches"], r["results"], r["last_day"]) for r in rows[:limit]]
    following = encode_cursor(items[-1].searches, items[-1].term) if len(rows) > limit else None
    return Page(items, following)
