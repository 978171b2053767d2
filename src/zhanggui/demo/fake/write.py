"""Writes made-up rows with COPY: the quickest way into PostgreSQL, and no events but one at the end."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

import asyncpg
import msgspec

from zhanggui.core.db import statement
from zhanggui.core.events import Event, append
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.demo.fake import catalogue, history
from zhanggui.demo.fake.chance import Chance
from zhanggui.demo.fake.columns import COLUMNS
from zhanggui.demo.fake.words import words
from zhanggui.stores.open_store import open_store
from zhanggui.stores.rules import Express, ExpressRule, Settings

CHUNK = 2_000
Row = TypeVar("Row")

STORE = statement("fake.store", "SELECT store_id FROM store WHERE slug = $1")
FULL = statement("fake.full", "SELECT EXISTS (SELECT FROM product WHERE store_id = $1)")
SOLD = statement(
    "fake.sold",
    """
    UPDATE product SET sold = sold + l.units
    FROM (SELECT product_id, sum(quantity)::int AS units FROM order_line WHERE store_id = $1 GROUP BY product_id) AS l
    WHERE product.store_id = $1 AND product.id = l.product_id
    """,
)


class Wanted(NamedTuple):
    """How much of everything; `until` (UTC) is the day after the last order."""

    slug: str
    products: int
    skus_per_product: int
    orders: int
    days: int
    seed: int
    until: datetime


class NotEmptyError(Exception):
    """The store has goods already."""


async def fill(rt: Runtime, dsn: str, wanted: Wanted, say: Callable[[str], None]) -> UUID:
    """Open the store if need be and fill it; returns its id. All of it or nothing. Raises NotEmptyError."""
    connect = cast("Callable[[str], Awaitable[Any]]", asyncpg.connect)  # which is not fully typed
    conn = await connect(dsn)
    try:
        await conn.set_type_codec(
            "jsonb",
            schema="pg_catalog",
            encoder=_to_jsonb,
            decoder=_from_jsonb,
            format="binary",
        )
        async with conn.transaction():
            store_id = await _open(conn, wanted)
            chance = Chance(wanted.seed)
            skus = await _goods(conn, chance, store_id, wanted, say)
            if wanted.orders and skus:
                await _orders(conn, chance, store_id, wanted, skus, say)
            await append(conn, [Event(store_id, "catalog.changed", store_id, None, {"entity": "all"})])
    finally:
        await conn.close()
    say("  statistics")
    for table in COLUMNS:
        await rt.db.execute(f"ANALYZE {table}")
    return store_id


async def _open(conn: Any, wanted: Wanted) -> UUID:
    found = await conn.fetchval(STORE, wanted.slug)
    if found is None:
        settings = Settings(
            delivery_methods=["express", "pickup"],
            express=Express(rules=[ExpressRule([], 1_000, 800, 1_000, 200)]),
        )
        return await open_store(
            conn, wanted.slug, Text("万货铺", "Everything Store"), "grid", settings, sort=100
        )
    if await conn.fetchval(FULL, found):
        raise NotEmptyError
    return found


async def _goods(
    conn: Any, chance: Chance, store_id: UUID, wanted: Wanted, say: Callable[[str], None]
) -> list[catalogue.FakeSku]:
    lists = words()
    rows, kinds = catalogue.categories(chance, store_id, lists, wanted.until)
    await _copy(conn, "category", rows)
    made = catalogue.goods(
        chance, store_id, lists, kinds, wanted.products, wanted.skus_per_product, wanted.until
    )
    skus: list[catalogue.FakeSku] = []
    done = 0
    for chunk in _chunks(made):
        await _copy(conn, "product", [g.product for g in chunk])
        await _copy(conn, "sku", [row for g in chunk for row in g.skus])
        await _copy(conn, "stock", [row for g in chunk for row in g.stock])
        await _copy(conn, "stock_movement", [row for g in chunk for row in g.movements])
        if wanted.orders:
            skus += [sku for g in chunk for sku in g.sold_as]
        done += len(chunk)
        if done % 20_000 == 0 or done == wanted.products:
            say(f"  products   {done:,} of {wanted.products:,}")
    return skus


async def _orders(  # the six that make a history
    conn: Any,
    chance: Chance,
    store_id: UUID,
    wanted: Wanted,
    skus: list[catalogue.FakeSku],
    say: Callable[[str], None],
) -> None:
    people = history.buyers(chance, wanted.orders, wanted.until, wanted.days)
    await _copy(conn, "customer", people)
    made = history.orders(
        chance, store_id, [row[0] for row in people], skus, wanted.orders, wanted.until, wanted.days
    )
    done = 0
    for chunk in _chunks(made):
        await _copy(conn, "sales_order", [o.order for o in chunk])
        await _copy(conn, "order_line", [row for o in chunk for row in o.lines])
        await _copy(conn, "order_event", [row for o in chunk for row in o.events])
        done += len(chunk)
        if done % 100_000 == 0 or done == wanted.orders:
            say(f"  orders     {done:,} of {wanted.orders:,}")
    await conn.execute(SOLD, store_id, timeout=600)


async def _copy(conn: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    """Rows hold the columns of COLUMNS in their order."""
    if rows:
        await conn.copy_records_to_table(table, records=rows, columns=COLUMNS[table], timeout=600)


def _to_jsonb(value: Any) -> bytes:
    return b"\x01" + msgspec.json.encode(value)  # the version byte of jsonb's binary form


def _from_jsonb(raw: bytes) -> Any:
    return msgspec.json.decode(raw[1:])


def _chunks(rows: Iterable[Row]) -> Iterable[list[Row]]:
    left = iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
