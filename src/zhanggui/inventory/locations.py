"""Places where a store keeps units it does not sell from: opened, renamed, closed when empty, units moved in and out.

A store sells from its main location, whose id is the store's own; what lies elsewhere is counted and journaled alike.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.ids import new_id
from zhanggui.inventory.journal import lock_places, post
from zhanggui.inventory.queries import must_exist
from zhanggui.inventory.rules import MAX_UNITS, Change

MOST = 50  # places a store may have open

# Whoever adds, renames or closes a place holds the store's row: names stay unique and the count true.
TURN = statement("inventory.locations.turn", "SELECT 1 FROM store WHERE store_id = $1 FOR NO KEY UPDATE")
OPEN_ONES = statement(
    "inventory.locations.open",
    "SELECT id, name FROM stock_location WHERE store_id = $1 AND closed_at IS NULL",
)
ADD = statement(
    "inventory.locations.add",
    "INSERT INTO stock_location (store_id, id, name, created_at) VALUES ($1, $2, $3, $4)",
)
RENAME = statement(
    "inventory.locations.rename",
    "UPDATE stock_location SET name = $3 WHERE store_id = $1 AND id = $2 AND closed_at IS NULL RETURNING id",
)
# A place that units are being put into is held open until they are there.
USE = statement(
    "inventory.locations.use",
    """
    SELECT id FROM stock_location WHERE store_id = $1 AND id = ANY($2::uuid[]) AND closed_at IS NULL
    ORDER BY id FOR SHARE
    """,
)
LOCK = statement(
    "inventory.locations.lock",
    "SELECT id FROM stock_location WHERE store_id = $1 AND id = $2 AND closed_at IS NULL FOR UPDATE",
)
HOLDS = statement(
    "inventory.locations.holds",
    """
    SELECT coalesce(sum(s.on_hand), 0)::bigint FROM stock s JOIN sku k ON k.store_id = s.store_id AND k.id = s.sku_id
    WHERE s.store_id = $1 AND s.location_id = $2 AND k.active
    """,
)
CLOSE = statement(
    "inventory.locations.close", "UPDATE stock_location SET closed_at = $3 WHERE store_id = $1 AND id = $2"
)


class Moved(NamedTuple):
    """Units (≥ 1) of a SKU that change places."""

    sku_id: UUID
    quantity: int


async def add_location(conn: Connection, store_id: UUID, name: str) -> UUID:
    """Open a place. Raises 409 `location_name_taken`, `too_many_locations`."""
    known = await _others(conn, store_id, None, name)
    if len(known) >= MOST:
        raise ShopError("too_many_locations", 409, most=MOST)
    location_id = new_id()
    await conn.execute(ADD, store_id, location_id, name, clock.now())
    return location_id


async def rename_location(conn: Connection, store_id: UUID, location_id: UUID, name: str) -> None:
    """Raises 404 for one that is closed or another store's, 409 `location_name_taken`."""
    await _others(conn, store_id, location_id, name)
    if await conn.fetchval(RENAME, store_id, location_id, name) is None:
        raise not_found("location")


async def close_location(conn: Connection, store_id: UUID, location_id: UUID) -> None:
    """Close a place; its journal stays. Raises 404, 409 `location_not_empty` with the units still there."""
    if await conn.fetchval(LOCK, store_id, location_id) is None:
        raise not_found("location")
    units = await conn.fetchval(HOLDS, store_id, location_id)
    if units:
        raise ShopError("location_not_empty", 409, data={"units": units}, units=units)
    await conn.execute(CLOSE, store_id, location_id, clock.now())


async def use_locations(
    conn: Connection, store_id: UUID, location_ids: Iterable[UUID], field: str = "location_id"
) -> None:
    """Hold these places open until the transaction ends, before any balance is locked.

    Raises 422 `location_unknown` for one that is closed or another store's.
    """
    wanted = set(location_ids) - {store_id}
    if wanted and len(await conn.fetch(USE, store_id, sorted(wanted))) != len(wanted):
        raise ShopError("location_unknown", 422, field=field)


async def move_units(
    conn: Connection,
    store_id: UUID,
    items: Sequence[Moved],
    from_: UUID,
    to: UUID,
    actor: str,
    reason: str,
) -> None:
    """Take units from one place to another, all or nothing: out of one journal, into the other.

    What orders were promised stays where it is. Raises 404 for a SKU of another store, 422 `location_unknown`, `same_location`,
    409 `units_not_there` with the SKU and the units that can be moved.
    """
    if from_ == to:
        raise ShopError("same_location", 422, field="to_location")
    await use_locations(conn, store_id, [from_, to], "to_location")
    await must_exist(conn, store_id, [i.sku_id for i in items])
    places = [(i.sku_id, place) for i in items for place in (from_, to)]
    balances = await lock_places(conn, store_id, places)
    for i in items:
        source, target = balances[from_][i.sku_id], balances[to][i.sku_id]
        free = source.on_hand - source.reserved
        if i.quantity > free:
            data = {"sku_id": i.sku_id, "available": free}
            raise ShopError("units_not_there", 409, field="items", data=data, available=free)
        if target.on_hand + i.quantity > MAX_UNITS:
            raise ShopError("too_large", 409, field="items", data={"sku_id": i.sku_id})
    out = [Change(i.sku_id, "move", -i.quantity, 0, actor, reason) for i in items]
    back = [Change(i.sku_id, "move", i.quantity, 0, actor, reason) for i in items]
    await post(conn, store_id, balances[from_], out, from_)
    await post(conn, store_id, balances[to], back, to)


async def _others(conn: Connection, store_id: UUID, but: UUID | None, name: str) -> list[Row]:
    await conn.execute(TURN, store_id)
    rows = await conn.fetch(OPEN_ONES, store_id)
    if any(r["id"] != but and r["name"].casefold() == name.casefold() for r in rows):
        raise ShopError("location_name_taken", 409, field="name")
    return rows
