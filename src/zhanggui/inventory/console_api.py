"""Stock in the console."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import QueryParameter

from zhanggui.core import clock
from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import FieldError, ShopError
from zhanggui.core.http import Page
from zhanggui.core.idempotency import Asked, Key, answer, claim, fingerprint, made_once
from zhanggui.core.runtime import Runtime
from zhanggui.inventory.corrections import Adjustment, adjust, set_sold_out
from zhanggui.inventory.listing import list_locations, list_movements, list_stock, stock_rows
from zhanggui.inventory.locations import Moved, add_location, close_location, move_units, rename_location
from zhanggui.inventory.rules import next_opening_day
from zhanggui.inventory.shapes import (
    AdjustInput,
    LocationInput,
    MoveInput,
    Movement,
    SoldOutInput,
    StockLocations,
    StockRow,
    StockRows,
)
from zhanggui.stores import queries as stores

Query = Annotated[str, QueryParameter(max_length=80)]
Cursor = Annotated[str | None, QueryParameter(max_length=200)]


@get("/stores/{store_id:uuid}/stock", opt=staff("stock.read"))
async def read_stock_list(
    rt: Runtime,
    store_id: UUID,
    q: Query = "",
    low: bool = False,
    location: UUID | None = None,
    cursor: Cursor = None,
) -> Page[StockRow]:
    """Balances by SKU code; `q` looks into codes and names, `low` leaves what runs out.

    At the main location, or with `location` what lies at another.
    """
    return await list_stock(rt, store_id, q, low, location, cursor)


@post("/stores/{store_id:uuid}/stock/adjust", opt=staff("stock.write"), status_code=200)
async def adjust_stock(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    data: AdjustInput,
    idempotency_key: Key,
) -> StockRows:
    """Correct counts by a difference or to a counted number; all or nothing, once per key."""
    wrong = [i for i, item in enumerate(data.items) if (item.delta is None) == (item.on_hand is None)]
    if wrong:
        errors = [FieldError(f"items[{i}]", "delta_or_on_hand") for i in wrong]
        raise ShopError("invalid", 422, errors=errors)
    print_ = fingerprint("inventory.adjust", data)
    items = [Adjustment(i.sku_id, i.delta, i.on_hand) for i in data.items]

    async def work(conn: Connection) -> None:
        if await claim(conn, store_id, member.id, idempotency_key, print_) is None:
            await adjust(conn, store_id, items, member.name, data.reason, data.location_id)
            await answer(conn, store_id, member.id, idempotency_key, {"adjusted": len(items)})

    await in_transaction(rt.db, work)
    return StockRows(await stock_rows(rt, store_id, [i.sku_id for i in items], data.location_id))


@post("/stores/{store_id:uuid}/stock/sold-out", opt=staff("stock.write"), status_code=200)
async def mark_sold_out(rt: Runtime, store_id: UUID, data: SoldOutInput) -> StockRows:
    """Take SKUs off sale until the store's next opening day, or put them back; balances stay."""
    store = await stores.load(rt, store_id)
    until = next_opening_day(store.settings.hours, store.timezone, clock.now()) if data.sold_out else None
    await in_transaction(rt.db, lambda conn: set_sold_out(conn, store_id, data.sku_ids, until))
    return StockRows(await stock_rows(rt, store_id, data.sku_ids))


@get("/stores/{store_id:uuid}/stock/{sku_id:uuid}/movements", opt=staff("stock.read"))
async def read_movements(rt: Runtime, store_id: UUID, sku_id: UUID, cursor: Cursor = None) -> Page[Movement]:
    """The journal of a SKU, newest first."""
    return await list_movements(rt, store_id, sku_id, cursor)


@get("/stores/{store_id:uuid}/stock/locations", opt=staff("stock.read"))
async def read_locations(rt: Runtime, store_id: UUID) -> StockLocations:
    """Where the store keeps units: its main location, which is sold from, and the others."""
    return await list_locations(rt, store_id)


@post("/stores/{store_id:uuid}/stock/locations", opt=staff("stock.write"), operation_id="add_stock_location")
async def open_location(
    rt: Runtime, member: StaffMember, store_id: UUID, data: LocationInput, idempotency_key: Key
) -> StockLocations:
    """Open a place for units that are not sold, such as returned ones; once per key."""
    asked = Asked(store_id, member.id, idempotency_key, fingerprint("inventory.add_location", data))
    name = data.name.strip()
    await in_transaction(
        rt.db, lambda conn: made_once(conn, asked, lambda: add_location(conn, store_id, name))
    )
    return await list_locations(rt, store_id)


@put("/stores/{store_id:uuid}/stock/locations/{location_id:uuid}", opt=staff("stock.write"))
async def change_location(
    rt: Runtime, store_id: UUID, location_id: UUID, data: LocationInput
) -> StockLocations:
    """Call a place otherwise; its journal follows."""
    name = data.name.strip()
    await in_transaction(rt.db, lambda conn: rename_location(conn, store_id, location_id, name))
    return await list_locations(rt, store_id)


@delete(
    "/stores/{store_id:uuid}/stock/locations/{location_id:uuid}", opt=staff("stock.write"), status_code=200
)
async def end_location(rt: Runtime, store_id: UUID, location_id: UUID) -> StockLocations:
    """Close a place where nothing lies any more."""
    await in_transaction(rt.db, lambda conn: close_location(conn, store_id, location_id))
    return await list_locations(rt, store_id)


@post("/stores/{store_id:uuid}/stock/move", opt=staff("stock.write"), status_code=200)
async def move_stock(
    rt: Runtime, member: StaffMember, store_id: UUID, data: MoveInput, idempotency_key: Key
) -> StockRows:
    """Take units from one location to another, all or nothing, once per key; answers the rows they came from."""
    print_ = fingerprint("inventory.move", data)
    items = [Moved(i.sku_id, i.quantity) for i in data.items]

    async def work(conn: Connection) -> None:
        if await claim(conn, store_id, member.id, idempotency_key, print_) is None:
            places = (data.from_location, data.to_location)
            await move_units(conn, store_id, items, *places, member.name, data.reason)
            await answer(conn, store_id, member.id, idempotency_key, {"moved": len(items)})

    await in_transaction(rt.db, work)
    return StockRows(await stock_rows(rt, store_id, [i.sku_id for i in items], data.from_location))


routes = [
    read_stock_list,
    adjust_stock,
    mark_sold_out,
    read_movements,
    read_locations,
    open_location,
    change_location,
    end_location,
    move_stock,
]
