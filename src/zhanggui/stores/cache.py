"""Stores as this process remembers them; forgotten when the event log says that they changed."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core.events import LoggedEvent
from zhanggui.core.runtime import Runtime
from zhanggui.stores.rules import Store

MAX_STORES = 10_000


class StoreCache:
    """Stores by id and by slug. A load that was under way while something changed is not kept (`generation`)."""

    def __init__(self) -> None:
        self._by_id: dict[UUID, Store] = {}
        self._by_slug: dict[str, UUID] = {}
        self.generation = 0

    def get(self, store_id: UUID) -> Store | None:
        return self._by_id.get(store_id)

    def by_slug(self, slug: str) -> Store | None:
        store_id = self._by_slug.get(slug)
        return self._by_id.get(store_id) if store_id else None

    def id_of(self, slug: str) -> UUID | None:
        """The store that has this slug, as far as this process remembers."""
        return self._by_slug.get(slug)

    def put(self, store: Store, generation: int) -> None:
        """Keep what was loaded, unless something was dropped since `generation` was read."""
        if generation == self.generation and len(self._by_id) < MAX_STORES:
            self._by_id[store.id] = store
            self._by_slug[store.slug] = store.id

    def drop(self, store_id: UUID) -> None:
        self.generation += 1
        store = self._by_id.pop(store_id, None)
        if store is not None:
            self._by_slug.pop(store.slug, None)


def cache_of(rt: Runtime) -> StoreCache:
    return rt.once("stores.cache", StoreCache)


async def follow(rt: Runtime, events: Sequence[LoggedEvent]) -> None:
    """Drop the stores that changed."""
    cache = cache_of(rt)
    for event in events:
        if event.topic == "store.changed":
            cache.drop(event.store_id)
