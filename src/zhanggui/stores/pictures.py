"""The pictures that stores point at: logos and banners."""

from collections.abc import Iterable
from uuid import UUID

from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.stores.rules import Settings, Store


def wanted(settings: Settings) -> list[UUID]:
    """Logo first, then banners; each once."""
    ids = ([settings.logo_id] if settings.logo_id else []) + settings.banner_ids
    return list(dict.fromkeys(ids))


async def logos(rt: Runtime, stores: Iterable[Store]) -> dict[UUID, Picture]:
    """The logos of several stores; each store's pictures are its own, so there is one read a store."""
    found: dict[UUID, Picture] = {}
    for store in stores:
        if store.settings.logo_id:
            found |= await pictures(rt, store.id, [store.settings.logo_id])
    return found


async def of_store(rt: Runtime, store: Store) -> dict[UUID, Picture]:
    """Logo and banners of one store."""
    return await pictures(rt, store.id, wanted(store.settings))
