"""Lists of products out of memory: filter, order, keyset pages; pure."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple
from uuid import UUID

from zhanggui.catalog.search import matches
from zhanggui.catalog.views import ProductView, StoreCatalogue
from zhanggui.core.http import decode_cursor, encode_cursor

Sorting = Literal["default", "sales", "price", "-price", "newest"]
Key = tuple[Any, ...]


class Listing(NamedTuple):
    """What is asked for: a category with all below it, words, an order, and after which product to go on."""

    category: UUID | None = None
    q: str = ""
    sort: Sorting = "default"
    limit: int = 20
    cursor: str | None = None


def list_products(store: StoreCatalogue, ask: Listing) -> tuple[list[ProductView], str | None]:
    """One page and the cursor of the next. Raises 400 `bad_cursor`.

    The cursor holds the last product's sort keys, so a page goes on at the right place even when the catalogue has
    changed in between: nothing is shown twice that kept its place, nothing that kept its place is left out.
    """
    keys = _sort_keys(store, ask.sort)
    after = decode_cursor(ask.cursor, tuple[int, int, UUID])
    family = store.family(ask.category) if ask.category else None
    found = [
        (key, p)
        for key, p in keys
        if (family is None or p.category_id in family)
        and (not ask.q or matches(p.search_text, ask.q))
        and (after is None or key > after)
    ]
    page = found[: ask.limit]
    more = len(found) > ask.limit
    return [p for _, p in page], encode_cursor(*page[-1][0]) if more else None


def _sort_keys(store: StoreCatalogue, sort: Sorting) -> list[tuple[Key, ProductView]]:
    """All products on the shelf in that order with unique keys (number, number, id); kept with the catalogue."""
    if sort not in store.orders:
        key = _KEYS[sort](store)
        store.orders[sort] = sorted(((key(p), p) for p in store.on_shelf), key=lambda pair: pair[0])
    return store.orders[sort]


def _default(store: StoreCatalogue) -> Callable[[ProductView], Key]:
    place = {c.id: i for i, c in enumerate(store.tree)}
    return lambda p: (place[p.category_id], p.sort, p.id)


_KEYS: dict[Sorting, Callable[[StoreCatalogue], Callable[[ProductView], Key]]] = {
    "default": _default,
    "sales": lambda _: lambda p: (-p.sold, p.sort, p.id),
    "price": lambda _: lambda p: (p.price, p.sort, p.id),
    "-price": lambda _: lambda p: (-p.price, p.sort, p.id),
    "newest": lambda _: lambda p: (-(p.id.int >> 80), 0, p.id),  # UUIDv7: the first 48 bits are milliseconds
}
