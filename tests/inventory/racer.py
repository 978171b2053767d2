"""What a process does in a race for a store's stock (tests.support.racing).

`move`: units change places. `close`: a place is closed. `reserve`: an order holds units. Unguarded, the row locks of places
and balances are taken out and the gap between reading and writing is widened.
"""

from typing import Any
from uuid import UUID

import msgspec

from zhanggui import inventory
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.inventory import Want, journal, locations
from zhanggui.inventory.locations import Moved


class Task(msgspec.Struct):
    """What to do with which units."""

    way: str
    store_id: UUID
    location_id: UUID | None = None
    sku_ids: list[UUID] = []
    quantity: int = 1
    back: bool = False


def unguard() -> None:
    """Look, think a while, write without looking again."""
    locations.USE = _thinking(locations.USE, "FOR SHARE", 0.4)
    locations.LOCK = locations.LOCK.replace("FOR UPDATE", "")
    locations.HOLDS = locations.HOLDS.replace("::bigint", "::bigint, pg_sleep(1)")
    journal.LOCK_PLACES = _thinking(journal.LOCK_PLACES, "FOR UPDATE OF s", 0.4)


def _thinking(sql: str, lock: str, seconds: float) -> str:
    assert sql.count(lock) == 1
    return sql.replace(lock, "").replace("SELECT", f"SELECT pg_sleep({seconds}),", 1)


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    task = msgspec.convert(errand, Task)

    async def work(conn: Connection) -> str:
        if task.way == "reserve":
            holder = new_id()
            wants = [Want(holder, sku_id, task.quantity) for sku_id in task.sku_ids]
            return "short" if await inventory.reserve(conn, task.store_id, wants) else "done"
        assert task.location_id
        if task.way == "close":
            await locations.close_location(conn, task.store_id, task.location_id)
            return "done"
        ends = (task.location_id, task.store_id) if task.back else (task.store_id, task.location_id)
        items = [Moved(sku_id, task.quantity) for sku_id in task.sku_ids]
        await locations.move_units(conn, task.store_id, items, *ends, "racer", "test")
        return "done"

    return {"code": await in_transaction(rt.db, work)}
