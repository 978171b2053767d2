"""Every store's index in this process: built at start or when first asked for, then fed by the event log in batches."""

import asyncio
import ctypes
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import get_args
from uuid import UUID

import structlog

from zhanggui.catalog.cache import catalogue
from zhanggui.catalog.columns import Sorting
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core.events import LoggedEvent
from zhanggui.core.runtime import Runtime
from zhanggui.search import counting, stock_watch
from zhanggui.search import settings as search_settings
from zhanggui.search.store_index import StoreIndex
from zhanggui.stores.queries import all_on

log = structlog.get_logger()
GATHER_SECONDS = 0.2
"""How long changes gather: a commit costs 13 to 18 ms however few there are."""

LARGE = 10_000


class _Held:
    """One store's index and what has changed since it was made."""

    def __init__(self) -> None:
        self.index: StoreIndex | None = None
        self.lock = asyncio.Lock()
        self.dirty: set[UUID] = set()
        self.everything = False


class Indexes:
    """By store; `changed` wakes the task that brings them up to date."""

    def __init__(self) -> None:
        self.stores: dict[UUID, _Held] = {}
        self.changed = asyncio.Event()


async def index_of(rt: Runtime, store_id: UUID) -> tuple[StoreCatalogue, StoreIndex]:
    """The store's catalogue and its index; the first to ask waits until it is built."""
    store = await catalogue(rt, store_id)
    held = _indexes(rt).stores.setdefault(store_id, _Held())
    if held.index is None or held.index.columns is not store.columns:
        async with held.lock:
            store = await catalogue(rt, store_id)
            if held.index is None or held.index.columns is not store.columns:
                await _build(store, held)
    if held.index is None:
        raise LookupError("an index that was built cannot be missing")
    return store, held.index


async def follow(rt: Runtime, events: list[LoggedEvent]) -> None:
    """Note which products changed; stock and settings are followed beside."""
    indexes = _indexes(rt)
    for event in events:
        held = indexes.stores.get(event.store_id)
        if held is None or event.topic != "catalog.changed":
            continue
        match event.payload.get("entity"):
            case "product":
                held.dirty.add(event.entity_id)
            case "category":
                continue  # names and places are looked up when somebody searches
            case _:
                held.everything = True
        indexes.changed.set()
    stock_watch.note(rt, events)
    search_settings.note(rt, events)


async def bring_up_to_date(rt: Runtime) -> None:
    """Take over everything noted so far, one commit for each store that changed; what is under way is waited for."""
    for store_id, held in list(_indexes(rt).stores.items()):
        if held.index is None:
            continue
        async with held.lock:
            if not (held.dirty or held.everything):
                continue
            dirty, everything = held.dirty, held.everything
            held.dirty, held.everything = set(), False
            try:
                store = await catalogue(rt, store_id)
                index = held.index
                if index.columns is store.columns:
                    await asyncio.to_thread(index.update, store, None if everything else dirty)
            except BaseException:
                held.dirty |= dirty
                held.everything = held.everything or everything
                raise


@asynccontextmanager
async def searching(rt: Runtime) -> AsyncGenerator[None]:
    """For the duration of the block indexes are built and kept up to date, and what was searched for is written down."""
    tasks = [asyncio.create_task(work) for work in (_build_all(rt), _keep(rt), counting.keep(rt))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await counting.flush(rt)


async def _build_all(rt: Runtime) -> None:
    try:
        for store in await all_on(rt):
            await index_of(rt, store.id)
    except Exception:
        log.exception("search_build")  # the next search of the store builds it, and says what is wrong


async def _keep(rt: Runtime) -> None:
    indexes = _indexes(rt)
    while True:
        await indexes.changed.wait()
        await asyncio.sleep(GATHER_SECONDS)
        indexes.changed.clear()
        try:
            await bring_up_to_date(rt)
        except Exception:
            log.exception("search_update")
            indexes.changed.set()


async def _build(store: StoreCatalogue, held: _Held) -> None:
    index = StoreIndex(store.columns)
    held.dirty, held.everything = set(), False
    await asyncio.to_thread(index.update, store)
    await _warm(store)
    if store.columns.size >= LARGE:
        await asyncio.to_thread(_give_back)
    held.index = index


async def _warm(store: StoreCatalogue) -> None:
    """Make what the first searches would wait for. Not in a thread: columns are changed by the loop only."""
    for sort in get_args(Sorting):
        store.columns.order(sort)
        await asyncio.sleep(0)
    store.columns.prices.below(1, store.columns.visible)


def _give_back() -> None:
    """Building leaves tens of megabytes of freed memory with the process: hand them back, where the C library can.

    What was built stays: the collector need not look at a million objects again and again, which takes 0.3 s each time.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _indexes(rt: Runtime) -> Indexes:
    return rt.once("search.indexes", Indexes)
