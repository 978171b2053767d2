"""Each process's copy of the stores' catalogues, kept fresh by the event log."""

import asyncio
from uuid import UUID

from zhanggui.catalog.goods import Goods
from zhanggui.catalog.load import all_rows, load_categories, load_rows
from zhanggui.catalog.packed import Unpacked
from zhanggui.catalog.views import SkuView, StoreCatalogue, visible_tree
from zhanggui.core.events import LoggedEvent
from zhanggui.core.runtime import Runtime

__all__ = ["SkuView", "StoreCatalogue", "catalogue", "current_copy", "follow", "held_copy"]

CHANGED = "catalog.changed"


class _Held:
    """One store's copy and what has changed since it was made."""

    def __init__(self) -> None:
        self.copy: StoreCatalogue | None = None
        self.lock = asyncio.Lock()
        self.products: set[UUID] = set()
        self.categories = False
        self.everything = False

    @property
    def stale(self) -> bool:
        return self.copy is None or bool(self.products) or self.categories or self.everything


class Shelf(dict[UUID, _Held]):
    """Copies by store."""


async def catalogue(rt: Runtime, store_id: UUID) -> StoreCatalogue:
    """The store's present catalogue; the same object until something in it changes.

    The first call loads it whole (a statement for each CHUNK of products), later ones only what events named. A
    process that does not follow the event log (a command) loads it anew each time. An unknown store has an empty one.
    """
    if "event_follower" not in rt.singletons:
        return await _load(rt, store_id)
    held = _shelf(rt).setdefault(store_id, _Held())
    if held.stale:
        async with held.lock:
            if held.stale:  # whoever had the lock before may have read it all
                await _refresh(rt, store_id, held)
    if held.copy is None:
        raise LookupError("a refreshed catalogue cannot be missing")
    return held.copy


def current_copy(rt: Runtime, store_id: UUID) -> StoreCatalogue | None:
    """The copy this process has, if nothing is known to have changed since it was made."""
    held = _shelf(rt).get(store_id)
    return None if held is None or held.stale else held.copy


def held_copy(rt: Runtime, store_id: UUID) -> StoreCatalogue | None:
    """The copy this process has, if any, without bringing it up to date."""
    held = _shelf(rt).get(store_id)
    return held.copy if held else None


async def follow(rt: Runtime, events: list[LoggedEvent]) -> None:
    """Note what changed; it is read again when somebody next asks."""
    for event in events:
        held = _shelf(rt).get(event.store_id)
        if held is None or event.topic != CHANGED:
            continue
        match event.payload.get("entity"):
            case "product":
                held.products.add(event.entity_id)
            case "category":
                held.categories = True
            case _:
                held.everything = True


def _shelf(rt: Runtime) -> Shelf:
    return rt.once("catalog.shelf", Shelf)


async def _load(rt: Runtime, store_id: UUID) -> StoreCatalogue:
    goods = Goods(rt.once("catalog.unpacked", Unpacked))
    return await _filled(rt, store_id, goods)


async def _filled(rt: Runtime, store_id: UUID, goods: Goods) -> StoreCatalogue:
    """Read everything into `goods`; what was there keeps its slot."""
    categories = await load_categories(rt.db, store_id)
    async for rows in all_rows(rt.db, store_id):
        goods.put(rows)
    goods.columns.arrange(c.id for c in visible_tree(categories))
    return StoreCatalogue(categories, goods)


async def _refresh(rt: Runtime, store_id: UUID, held: _Held) -> None:
    """Noted changes are taken before reading, so that one noted meanwhile is read next time."""
    before, products, categories, everything = held.copy, held.products, held.categories, held.everything
    held.products, held.categories, held.everything = set(), False, False
    try:
        if before is None:
            fresh = await _load(rt, store_id)
        elif everything:
            fresh = await _filled(rt, store_id, before.goods)
        else:
            changed = await load_rows(rt.db, store_id, list(products)) if products else []
            named = await load_categories(rt.db, store_id) if categories else before.categories
            before.goods.put(changed)
            if categories:
                before.goods.columns.arrange(c.id for c in visible_tree(named))
            fresh = StoreCatalogue(named, before.goods)
    except BaseException:
        held.products |= products
        held.categories = held.categories or categories
        held.everything = held.everything or everything
        raise
    held.copy = fresh
