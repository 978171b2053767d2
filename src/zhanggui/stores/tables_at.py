"""The tables of a store that serves at them: found by the code a buyer scanned, added and removed by the merchant."""

from io import BytesIO
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

import asyncpg
import segno

from zhanggui.core import events
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime

MAX_TABLES = 500

FIND = statement(
    "stores.tables.find", "SELECT id, code, name FROM dining_table WHERE store_id = $1 AND code = $2"
)
BY_ID = statement(
    "stores.tables.by_id", "SELECT id, code, name FROM dining_table WHERE store_id = $1 AND id = $2"
)
LIST = statement(
    "stores.tables.list",
    "SELECT id, code, name FROM dining_table WHERE store_id = $1 ORDER BY code LIMIT $2",
)
ADD = statement(
    "stores.tables.add",
    """
    INSERT INTO dining_table (store_id, id, code, name)
    SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM dining_table WHERE store_id = $1) < $5
    RETURNING id
    """,
)
REMOVE = statement(
    "stores.tables.remove", "DELETE FROM dining_table WHERE store_id = $1 AND id = $2 RETURNING id"
)


class DiningTable(NamedTuple):
    """A table: `code` is in its QR code, `name` painted on it."""

    id: UUID
    code: str
    name: str


async def find_table(rt: Runtime, store_id: UUID, code: str) -> DiningTable:
    """The table with this code. Raises 404 `not_found`."""
    row = await rt.db.fetchrow(FIND, store_id, code)
    if row is None:
        raise not_found("table", "table_code")
    return DiningTable(*row)


async def table_by_id(conn: Connection, store_id: UUID, table_id: UUID) -> DiningTable:
    """A table of the store. Raises 404 `not_found`."""
    row = await conn.fetchrow(BY_ID, store_id, table_id)
    if row is None:
        raise not_found("table")
    return DiningTable(*row)


async def list_tables(rt: Runtime, store_id: UUID) -> list[DiningTable]:
    return [DiningTable(*row) for row in await rt.db.fetch(LIST, store_id, MAX_TABLES)]


async def add_table(conn: Connection, store_id: UUID, code: str, name: str) -> DiningTable:
    """Add a table. Raises 409 `table_code_taken`, 409 `too_many_tables`."""
    table = DiningTable(new_id(), code, name)
    try:
        added = await conn.fetchval(ADD, store_id, *table, MAX_TABLES)
    except asyncpg.UniqueViolationError as fault:
        raise ShopError("table_code_taken", 409, field="code") from fault
    if added is None:
        raise ShopError("too_many_tables", 409)
    await events.append(conn, [events.Event(store_id, "store.changed", store_id, None, {"table": code})])
    return table


async def remove_table(rt: Runtime, store_id: UUID, table_id: UUID) -> None:
    """Remove a table; its printed code leads nowhere from then on. Raises 404 `not_found`."""

    async def work(conn: Connection) -> None:
        if await conn.fetchval(REMOVE, store_id, table_id) is None:
            raise not_found("table")
        gone = events.Event(store_id, "store.changed", store_id, None, {"table": None})
        await events.append(conn, [gone])

    await in_transaction(rt.db, work)


async def qr_svg(rt: Runtime, store_id: UUID, slug: str, table_id: UUID) -> bytes:
    """The table's QR code as a printable SVG. Raises 404 `not_found`."""
    table = await table_by_id(rt.db, store_id, table_id)
    out = BytesIO()
    segno.make(table_address(rt.config.shop_origin, slug, table.code), error="q").save(
        out, kind="svg", scale=8, border=4, title=table.name
    )
    return out.getvalue()


def table_address(shop_origin: str, slug: str, code: str) -> str:
    """Where a table's code leads: the menu, with the table already chosen."""
    return f"{shop_origin}/#/pages/menu/index?store={quote(slug)}&table={quote(code)}"
