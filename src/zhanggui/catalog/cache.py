"""Each process's copy of the stores' catalogues, kept fresh by the event log."""

import asyncio
from uuid import UUID

from zhanggui.catalog.load import load_categories, load_products
from zhanggui.catalog.views import SkuView, StoreCatalogue
from zhanggui.core.events import LoggedEvent
from zhanggui.core.runtime import Runtime

__all__ = ["SkuView", "StoreCatalogue", "catalogue", "follow"]

CHANGED = "catalog.changed"


class _Held:
    """One store's copy and what has changed since it was made."""

    def __init__(self) -> None:
        self.copy: StoreCatalogue | None = None
        self.lock = asyncio.Lock()
        self.products: set[UUID] = set()
        self.categories = False


class Shelf(dict[UUID, _Held]):
    """Copies by store."""


async def catalogue(rt: Runtime, store_id: UUID) -> StoreCatalogue:
    """The store's present catalogue; the same object until something in it changes.

    The first call loads it whole (three statements), later ones only what events named. A process that does not follow
    the event log (a worker, a command) loads it anew each time. An unknown store has an empty one.
    """
    if "event_follower" not in rt.singletons:
        return await _load(rt, store_id)
    held = _shelf(rt).setdefault(store_id, _Held())
    if held.copy is None or held.products or held.categories:
        async with held.lock:
            await _refresh(rt, store_id, held)
    if held.copy is None:
        raise LookupError("a refreshed catalogue cannot be missing")
    return held.copy


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
                held.copy = None


def _shelf(rt: Runtime) -> Shelf:
    return rt.once("catalog.shelf", Shelf)


async def _load(rt: Runtime, store_id: UUID) -> StoreCatalogue:
    return StoreCatalogue(await load_categories(rt.db, store_id), await load_products(rt.db, store_id))


async def _refresh(rt: Runtime, store_id: UUID, held: _Held) -> None:
    """Noted changes are taken before reading, so that one noted meanwhile is read next time."""
    before, products, categories = held.copy, held.products, held.categories
    held.products, held.categories = set(), False
    try:
        if before is None:
            fresh = await _load(rt, store_id)
        else:
            changed = await load_products(rt.db, store_id, list(products)) if products else {}
            kept = {i: p for i, p in before.products.items() if i not in products}
            named = await load_categories(rt.db, store_id) if categories else before.categories
            fresh = StoreCatalogue(named, {**kept, **changed})
    except BaseException:
        held.products |= products
        held.categories = held.categories or categories
        raise
    held.copy = fresh
