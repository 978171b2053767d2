"""Which products of a store have nothing left, followed from the event log for the stock filter and its count.

Pages hold no stock counts and stay exact without this; a filter may be a moment late. A product is sold out when none of its
active SKUs has units free. Only SKUs that reach zero, or belong to a product that had nothing, are looked at again: one
statement for all of them, when somebody next filters.
"""

import asyncio
from datetime import datetime
from uuid import UUID

from zhanggui.catalog.cache import held_copy
from zhanggui.catalog.columns import Columns
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.events import LoggedEvent
from zhanggui.core.runtime import Runtime

# A read of inventory's balances, which lie a floor above: nothing is decided by it.
SOLD_OUT = statement(
    "search.sold_out",
    """
    SELECT k.product_id AS id,
           NOT bool_or(s.on_hand - s.reserved - s.safety > 0 AND coalesce(s.sold_out_until <= $3, true)) IS TRUE AS none,
           min(s.sold_out_until) FILTER (WHERE s.sold_out_until > $3) AS until
    FROM sku k LEFT JOIN stock s ON s.store_id = k.store_id AND s.sku_id = k.id AND s.location_id = k.store_id
    WHERE k.store_id = $1 AND k.active AND ($2::uuid[] IS NULL OR k.product_id = ANY($2))
    GROUP BY k.product_id
    HAVING $2 IS NOT NULL
        OR bool_or(s.on_hand - s.reserved - s.safety > 0 AND coalesce(s.sold_out_until <= $3, true)) IS NOT TRUE
    """,
)


class Watched:
    """One store: the columns it was read for, what to read again, and when something comes back by itself."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.dirty: set[int] = set()
        self.comes_back: dict[int, datetime] = {}
        self.lock = asyncio.Lock()
        self.read = False


class Watches(dict[UUID, Watched]):
    """By store."""


async def current(rt: Runtime, store_id: UUID, store: StoreCatalogue) -> None:
    """Bring `store.columns.in_stock` up to what this process has heard; at most one statement, mostly none."""
    watched = _watches(rt).get(store_id)
    if watched is None or watched.columns is not store.columns:
        watched = _watches(rt)[store_id] = Watched(store.columns)
    now = clock.now()
    due = {slot for slot, at in watched.comes_back.items() if at <= now}
    if watched.read and not watched.dirty and not due:
        return
    async with watched.lock:
        watched.dirty |= due
        dirty, watched.dirty = watched.dirty, set()
        ids = store.columns.ids
        try:
            rows = await rt.db.fetch(
                SOLD_OUT, store_id, [ids[s] for s in dirty] if watched.read else None, now
            )
        except BaseException:
            watched.dirty |= dirty
            raise
        for row in rows:
            slot = store.columns.slots.get(row["id"])
            if slot is not None:
                _take(watched, slot, none=row["none"], until=row["until"])
        watched.read = True


def note(rt: Runtime, events: list[LoggedEvent]) -> None:
    """Note the products whose stock must be read again."""
    for event in events:
        watched = _watches(rt).get(event.store_id)
        if watched is None or event.topic != "stock.changed":
            continue
        store = held_copy(rt, event.store_id)
        if store is None:
            continue
        for sku_id, available in event.payload.get("skus", {}).items():
            slot = store.slot_of_sku(UUID(sku_id))
            if slot is not None and (available <= 0) == (slot in watched.columns.in_stock):
                watched.dirty.add(slot)


def _take(watched: Watched, slot: int, *, none: bool, until: datetime | None) -> None:
    (watched.columns.in_stock.discard if none else watched.columns.in_stock.add)(slot)
    if none and until is not None:
        watched.comes_back[slot] = until
    else:
        watched.comes_back.pop(slot, None)


def _watches(rt: Runtime) -> Watches:
    return rt.once("search.stock", Watches)
