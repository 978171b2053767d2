"""A store's settings, its pause switch and its tables."""

from uuid import UUID

from litestar import Response, delete, get, post, put

from zhanggui.core import clock
from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.idempotency import Asked, Key, fingerprint, made_once
from zhanggui.core.runtime import Runtime
from zhanggui.stores import pictures, queries, tables_at
from zhanggui.stores.pause import pause
from zhanggui.stores.settings import save_settings
from zhanggui.stores.shapes import (
    ConsoleTable,
    ConsoleTables,
    CounterState,
    PauseInput,
    StoreSettings,
    TableInput,
    counter_state,
    store_settings,
)

STORE = "/stores/{store_id:uuid}"


@get(f"{STORE}/settings", opt=staff("settings.read"))
async def read_settings(rt: Runtime, store_id: UUID) -> StoreSettings:
    """The settings with the version to send back when saving."""
    store, _ = await queries.counter(rt, store_id)
    return store_settings(store, await pictures.of_store(rt, store))


@put(f"{STORE}/settings", opt=staff("settings.write"))
async def write_settings(rt: Runtime, store_id: UUID, data: StoreSettings) -> StoreSettings:
    """Replace the settings; refused when somebody saved others meanwhile."""
    await save_settings(rt, store_id, data)
    store, _ = await queries.counter(rt, store_id)
    return store_settings(store, await pictures.of_store(rt, store))


@post(f"{STORE}/pause", opt=staff("orders.work"), status_code=200)
async def set_pause(rt: Runtime, store_id: UUID, data: PauseInput) -> CounterState:
    """Stop or resume taking orders."""
    await pause(rt, store_id, paused=data.paused, reason=data.reason, minutes=data.minutes)
    store, orders_before = await queries.counter(rt, store_id)
    return counter_state(store, orders_before, clock.now())


@get(f"{STORE}/counter", opt=staff("orders.read"))
async def read_counter(rt: Runtime, store_id: UUID) -> CounterState:
    """The counter as buyers see it this moment."""
    store, orders_before = await queries.counter(rt, store_id)
    return counter_state(store, orders_before, clock.now())


def _card(store_id: UUID, table: tables_at.DiningTable) -> ConsoleTable:
    return ConsoleTable(*table, qr_url=f"/api/console/stores/{store_id}/tables/{table.id}/qr.svg")


@get(f"{STORE}/tables", opt=staff("orders.read"))
async def read_tables(rt: Runtime, store_id: UUID) -> ConsoleTables:
    """All tables by code."""
    return ConsoleTables([_card(store_id, table) for table in await tables_at.list_tables(rt, store_id)])


@post(f"{STORE}/tables", opt=staff("settings.write"))
async def add_table(
    rt: Runtime, member: StaffMember, store_id: UUID, data: TableInput, idempotency_key: Key
) -> ConsoleTable:
    """Add a table, once for each key."""
    asked = Asked(store_id, member.id, idempotency_key, fingerprint("stores.add_table", data))

    async def work(conn: Connection) -> tables_at.DiningTable:
        async def add() -> UUID:
            return (await tables_at.add_table(conn, store_id, data.code, data.name.strip())).id

        return await tables_at.table_by_id(conn, store_id, await made_once(conn, asked, add))

    return _card(store_id, await in_transaction(rt.db, work))


@delete(f"{STORE}/tables/{{table_id:uuid}}", opt=staff("settings.write"))
async def remove_table(rt: Runtime, store_id: UUID, table_id: UUID) -> None:
    """Remove a table; its printed code is no longer known."""
    await tables_at.remove_table(rt, store_id, table_id)


@get(f"{STORE}/tables/{{table_id:uuid}}/qr.svg", opt=staff("orders.read"))
async def table_qr(rt: Runtime, store_id: UUID, table_id: UUID) -> Response[bytes]:
    """The table's QR code, to be printed."""
    store = await queries.load(rt, store_id)
    svg = await tables_at.qr_svg(rt, store_id, store.slug, table_id)
    return Response(
        svg, media_type="image/svg+xml", headers={"Content-Security-Policy": "default-src 'none'"}
    )


routes = [
    read_settings,
    write_settings,
    set_pause,
    read_counter,
    read_tables,
    add_table,
    remove_table,
    table_qr,
]
