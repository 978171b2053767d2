"""Reads of stores: one from memory, all from the database, and the counter as it is this moment."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core.db import Row, statement
from zhanggui.core.errors import not_found
from zhanggui.core.runtime import Runtime
from zhanggui.stores.cache import cache_of
from zhanggui.stores.rules import Store

LOAD = statement(
    "stores.load",
    """
    SELECT store_id AS id, slug, name, layout, currency, timezone, status, settings, paused, pause_reason, paused_until,
           lat, lng, version
    FROM store WHERE store_id = $1
    """,
)
BY_SLUG = statement(
    "stores.by_slug",
    """
    SELECT store_id AS id, slug, name, layout, currency, timezone, status, settings, paused, pause_reason, paused_until,
           lat, lng, version
    FROM store WHERE slug = $1
    """,
)
ALL_ON = statement(
    "stores.all_on",
    """
    SELECT store_id AS id, slug, name, layout, currency, timezone, status, settings, paused, pause_reason, paused_until,
           lat, lng, version
    FROM store WHERE status = 'on' ORDER BY sort, store_id LIMIT 500
    """,
)
# A count of other domains' rows, read only: the queue a buyer would stand in. What is made already stands in nobody's way.
ORDERS_BEFORE = statement(
    "stores.orders_before",
    """
    SELECT count(*) FROM sales_order o
    WHERE o.store_id = $1 AND o.status IN ('paid', 'preparing') AND o.delivery_method NOT IN ('express', 'virtual') AND o.id < $2
      AND NOT EXISTS (SELECT FROM fulfillment f
                      WHERE f.store_id = o.store_id AND f.order_id = o.id AND f.status IN ('ready', 'picked'))
    """,
)
LAST_ID = UUID(int=2**128 - 1)


class Counter(NamedTuple):
    """A store as it is this moment and how many paid orders wait at its counter."""

    store: Store
    orders_before: int


async def load(rt: Runtime, store_id: UUID) -> Store:
    """The store from memory, read on first use. Raises 404 `not_found`.

    Other processes see a change after the event log was read (POLL_SECONDS); a price decision that must not be late
    reads the row in its own transaction.
    """
    cache = cache_of(rt)
    known = cache.get(store_id)
    if known is not None:
        return known
    generation = cache.generation
    store = store_of(await rt.db.fetchrow(LOAD, store_id))
    cache.put(store, generation)
    return store


async def by_slug(rt: Runtime, slug: str) -> Store:
    """Like `load`, by the short name in addresses. Raises 404 `not_found`."""
    cache = cache_of(rt)
    known = cache.by_slug(slug)
    if known is not None:
        return known
    generation = cache.generation
    store = store_of(await rt.db.fetchrow(BY_SLUG, slug))
    cache.put(store, generation)
    return store


async def all_on(rt: Runtime) -> list[Store]:
    """Every store that is open to buyers, in their order (at most 500)."""
    return [store_of(row) for row in await rt.db.fetch(ALL_ON)]


async def counter(rt: Runtime, store_id: UUID) -> Counter:
    """The counter read afresh: a pause shows at once in every process. Raises 404 `not_found`."""
    store = store_of(await rt.db.fetchrow(LOAD, store_id))
    return Counter(store, await orders_before(rt, store_id))


async def orders_before(rt: Runtime, store_id: UUID, order_id: UUID = LAST_ID) -> int:
    """How many paid orders that are not finished wait at the counter, before `order_id` when given."""
    return await rt.db.fetchval(ORDERS_BEFORE, store_id, order_id)


def store_of(row: Row | None) -> Store:
    """A row of the three statements above. Raises 404 `not_found` for none."""
    if row is None:
        raise not_found("store")
    return msgspec.convert(dict(row), Store)
