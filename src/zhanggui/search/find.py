"""A search: the text to a set of products, under the buyer's filters, in an order, a page at a time, with facets."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.catalog.bits import flags, from_slots
from zhanggui.catalog.columns import Columns, Key
from zhanggui.catalog.listing import FEW, Listing, first_of, list_products, smallest
from zhanggui.catalog.narrow import Filters, Narrowed
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core.http import decode_cursor, encode_cursor
from zhanggui.search.query import Part, cut
from zhanggui.search.shapes import SearchSettings
from zhanggui.search.store_index import Hits, StoreIndex
from zhanggui.search.text import Run, runs

Ranking = Literal["relevance", "sales", "price", "-price", "newest"]
Place = tuple[int, int, int, UUID]


class Search(NamedTuple):
    """What is asked for."""

    q: str
    filters: Filters = Filters()
    sort: Ranking = "relevance"
    limit: int = 20
    cursor: str | None = None


class Found(NamedTuple):
    """One page as slots, the cursor of the next, what was narrowed to, and the text searched for instead, if any."""

    page: list[int]
    following: str | None
    narrowed: Narrowed
    corrected: str | None


def find(store: StoreCatalogue, index: StoreIndex, settings: SearchSettings, ask: Search) -> Found:
    """Answer a search out of memory. Raises 400 `bad_cursor`."""
    hits, corrected = text_hits(store, index, settings, ask.q)
    if ask.sort == "relevance":
        page, following, narrowed = _by_relevance(store, hits, ask)
    else:
        listing = Listing(ask.filters, ask.sort, ask.limit, ask.cursor)
        page, following, narrowed = list_products(store, listing, hits.number)
    return Found(page, following, narrowed, corrected)


def text_hits(
    store: StoreCatalogue, index: StoreIndex, settings: SearchSettings, typed: str
) -> tuple[Hits, str | None]:
    """What a text finds; when nothing on the shelf, what it may have meant finds, with that text."""
    parts = cut(typed, settings.synonyms)
    visible = store.columns.visible
    hits = index.search(store, parts)
    if hits.number & visible or not parts:
        return hits, None
    meant = _meant(store, index, parts)
    if meant is not None:
        better = index.search(store, cut(meant, settings.synonyms))
        if better.number & visible:
            return better, meant
    return index.search(store, parts, forgiving=True), None


def _meant(store: StoreCatalogue, index: StoreIndex, parts: Sequence[Part]) -> str | None:
    """The query with every part that finds nothing replaced by a word of the store; None when none can be.

    Neighbouring Chinese parts are looked at as one, because a mistyped word is cut in the wrong places.
    """
    visible, words = store.columns.visible, index.vocabulary
    whole: list[Run] = []
    for part in parts:
        run = part.words[0]
        if run.kind == "zh" and whole and whole[-1].kind == "zh":
            whole[-1] = Run("zh", whole[-1].text + run.text)
        else:
            whole.append(run)
    said: list[str] = []
    changed = False
    for run in whole:
        alone = [Part((one,)) for one in runs(run.text)]
        if index.search(store, alone).number & visible:
            said.append(run.text)
            continue
        meant = words.meant_by_chinese(run.text) if run.kind == "zh" else words.meant_by_latin(run.text)
        said.append(meant or run.text)
        changed = changed or meant is not None
    return " ".join(said) if changed else None


def _by_relevance(store: StoreCatalogue, hits: Hits, ask: Search) -> tuple[list[int], str | None, Narrowed]:
    """The most relevant first, among equally relevant ones what sells best."""
    narrowed = Narrowed(store, hits.number, ask.filters)
    after = decode_cursor(ask.cursor, Place)
    found = _walk(store.columns, hits, narrowed.number, ask.limit + 1, after)
    page = [slot for _, slot in found[: ask.limit]]
    following = None
    if len(found) > ask.limit:
        score, slot = found[ask.limit - 1]
        key = store.columns.key("sales")(slot)
        following = encode_cursor(-score, key[0], key[1], UUID(int=key[2]))
    return page, following, narrowed


def _walk(columns: Columns, hits: Hits, among: int, most: int, after: Place | None) -> list[tuple[int, int]]:
    """(score, slot) of the first hits that are in the set `among`, from a place on; one group of equal score at a time."""
    found: list[tuple[int, int]] = []
    text = flags(among, columns.size)
    begin = 0 if after is None else bisect_left(hits.scores, after[0], key=lambda score: -score)
    while begin < len(hits.slots) and len(found) < most:
        score = hits.scores[begin]
        end = bisect_right(hits.scores, -score, lo=begin, key=lambda score: -score)
        start: Key | None = None
        if after is not None and -score == after[0]:
            start = (after[1], after[2], after[3].int)
        group = [s for s in hits.slots[begin:end] if text[~s] == "1"]
        wanted = most - len(found)
        if len(group) > FEW:
            best = first_of(columns, from_slots(group, columns.size), "sales", wanted, start)
        else:
            best = smallest(group, columns.key("sales"), wanted, start)
        found += [(score, slot) for slot in best]
        begin = end
    return found
