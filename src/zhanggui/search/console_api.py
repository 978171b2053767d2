"""The merchant's side of searching: synonyms and hot words, and what buyers searched for."""

from typing import Annotated, Any
from uuid import UUID

from litestar import get, put
from litestar.params import Parameter

from zhanggui.core.auth import staff
from zhanggui.core.http import Page
from zhanggui.core.runtime import Runtime
from zhanggui.search import counting, settings
from zhanggui.search.shapes import SearchedTerm, SearchSettings
from zhanggui.search.terms import searched_terms
from zhanggui.stores.queries import load

READ, WRITE = staff("products.read"), staff("products.write")


@get("/stores/{store_id:uuid}/search/settings", opt=READ, operation_id="search_settings")
async def read_search_settings(rt: Runtime, store_id: UUID) -> SearchSettings:
    """Synonyms, pinned and blocked hot words; version 0 when none were saved yet."""
    return await settings.read(rt, store_id)


@put("/stores/{store_id:uuid}/search/settings", opt=WRITE, operation_id="change_search_settings")
async def change_search_settings(rt: Runtime, store_id: UUID, data: SearchSettings) -> SearchSettings:
    """Replace them; 409 `settings_stale` when somebody else changed them since `version` was read."""
    return await settings.save(rt, store_id, data)


@get("/stores/{store_id:uuid}/search/terms", opt=READ, operation_id="searched_terms")
async def read_searched_terms(
    rt: Runtime,
    store_id: UUID,
    days: Annotated[int, Parameter(ge=1, le=90)] = 30,
    empty: bool = False,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Parameter(max_length=500)] = None,
) -> Page[SearchedTerm]:
    """What buyers searched for in the last `days`, the most frequent first; `empty` only what found nothing."""
    await counting.flush(rt)
    store = await load(rt, store_id)
    return await searched_terms(rt, store, days=days, empty=empty, limit=limit, cursor=cursor)


routes: list[Any] = [read_search_settings, change_search_settings, read_searched_terms]
