"""Lists of products out of memory: narrow, order, keyset pages; pure."""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from heapq import nsmallest
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from zhanggui.catalog.bits import flags, members
from zhanggui.catalog.columns import Columns, Key, Sorting
from zhanggui.catalog.narrow import Filters, Narrowed
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core.http import decode_cursor, encode_cursor

FEW = 1_500
Cursor = tuple[int, int, UUID]


class Listing(NamedTuple):
    """What is asked for: filters, an order, and after which product to go on."""

    filters: Filters = Filters()
    sort: Sorting = "default"
    limit: int = 20
    cursor: str | None = None


class Slots(NamedTuple):
    """One page as slots, the cursor of the next, and what the list is narrowed to."""

    page: list[int]
    following: str | None
    narrowed: Narrowed


def list_products(store: StoreCatalogue, ask: Listing, hits: int | None = None) -> Slots:
    """One page of the set `hits` (None: all). Raises 400 `bad_cursor`.

    The cursor holds the last product's sort keys, so a page goes on at the right place even when the catalogue has
    changed in between: nothing is shown twice that kept its place, nothing that kept its place is left out. A page costs
    its length, not what lies before it: the order is entered by bisection.
    """
    narrowed = Narrowed(store, hits, ask.filters)
    after = after_key(ask.cursor)
    key = store.columns.key(ask.sort)
    found = first_of(store.columns, narrowed.number, ask.sort, ask.limit + 1, after)
    page = found[: ask.limit]
    following = cursor_of(key(page[-1])) if len(found) > ask.limit else None
    return Slots(page, following, narrowed)


def first_of(columns: Columns, among: int, sort: Sorting, most: int, after: Key | None = None) -> list[int]:
    """The first slots of the set `among` in an order, after a key."""
    key = columns.key(sort)
    if among.bit_count() <= FEW:
        return smallest(members(among), key, most, after)
    order: array[int] = columns.order(sort)
    start = bisect_right(order, after, key=key) if after is not None else 0
    text = flags(among, columns.size)
    return list(islice((s for s in islice(order, start, None) if text[~s] == "1"), most))


def smallest(slots: list[int], key: Callable[[int], Key], most: int, after: Key | None) -> list[int]:
    """The first slots by key, after a key."""
    return nsmallest(most, (s for s in slots if after is None or key(s) > after), key=key)


def after_key(cursor: str | None) -> Key | None:
    """The key in a cursor. Raises 400 `bad_cursor`."""
    given = decode_cursor(cursor, Cursor)
    return None if given is None else (given[0], given[1], given[2].int)


def cursor_of(key: Key) -> str:
    """The cursor after a key."""
    return encode_cursor(key[0], key[1], UUID(int=key[2]))
