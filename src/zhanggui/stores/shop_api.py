"""Stores as buyers see them."""

from typing import Annotated

from litestar import get
from litestar.params import PathParameter

from zhanggui.core import clock
from zhanggui.core.auth import PUBLIC
from zhanggui.core.runtime import Runtime
from zhanggui.stores import pictures, queries
from zhanggui.stores.config import app_config
from zhanggui.stores.shapes import (
    AppConfig,
    CounterState,
    StoreCards,
    StoreDetail,
    TableCard,
    counter_state,
    store_card,
    store_detail,
)
from zhanggui.stores.tables_at import find_table

Slug = Annotated[str, PathParameter(max_length=64)]


@get("/config", opt=PUBLIC)
async def read_config(rt: Runtime) -> AppConfig:
    """The installation: mini-program, message templates, version of the privacy text, sandbox."""
    return await app_config(rt)


@get("/stores", opt=PUBLIC)
async def list_stores(rt: Runtime) -> StoreCards:
    """All stores that are open to buyers."""
    stores = await queries.all_on(rt)
    logos = await pictures.logos(rt, stores)
    now = clock.now()
    return StoreCards([store_card(store, logos, now) for store in stores])


@get("/stores/{slug:str}", opt=PUBLIC)
async def read_store(rt: Runtime, slug: Slug) -> StoreDetail:
    """One store with all that its pages show."""
    store = await queries.by_slug(rt, slug)
    return store_detail(store, await pictures.of_store(rt, store), clock.now())


@get("/stores/{slug:str}/counter", opt=PUBLIC, response_headers={"Cache-Control": "no-store"})
async def read_counter(rt: Runtime, slug: Slug) -> CounterState:
    """Whether the counter takes orders this moment and how many wait before a new one."""
    store, orders_before = await queries.counter(rt, (await queries.by_slug(rt, slug)).id)
    return counter_state(store, orders_before, clock.now())


@get("/stores/{slug:str}/tables/{code:str}", opt=PUBLIC)
async def read_table(rt: Runtime, slug: Slug, code: Slug) -> TableCard:
    """The table whose code was scanned."""
    store = await queries.by_slug(rt, slug)
    table = await find_table(rt, store.id, code)
    return TableCard(table.code, table.name)


routes = [read_config, list_stores, read_store, read_counter, read_table]
