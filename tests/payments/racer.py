"""What a process does in a race for orders' ends (tests.support.racing), one way or the other.

`confirm`: money came for the order. `close`: nobody paid, its stock goes back. Unguarded, the row locks and state conditions
are taken out and the gap between reading and writing is widened.
"""

from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.runtime import Runtime
from zhanggui.orders import moves
from zhanggui.orders.cancel import cancel_unpaid, close_orders
from zhanggui.orders.rules import SYSTEM
from zhanggui.payments import closing, confirm
from zhanggui.payments.rules import Received


class Task(msgspec.Struct):
    """An order to settle, and how."""

    way: str
    store_id: UUID
    order_id: UUID
    received: Received
    guarded: bool = True


def unguard() -> None:
    """What the code would be without its locks: read, think a while, write without looking again."""
    confirm.LOCK_ORDERS = _unguarded(confirm.LOCK_ORDERS, "id, status")
    moves.LOCK = _unguarded(moves.LOCK, "id, status")
    closing.STATUS_LOCKED = _unguarded(closing.STATUS_LOCKED, "status")


def _unguarded(sql: str, columns: str) -> str:
    return sql.replace(f"SELECT {columns}", f"SELECT {columns}, pg_sleep(0.05)").replace("FOR UPDATE", "")


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    task = msgspec.convert(errand, Task)
    return {"code": await (_confirm(rt, task) if task.way == "confirm" else _close(rt, task))}


async def _confirm(rt: Runtime, task: Task) -> str:
    if task.guarded:
        return (await confirm.confirm(rt, task.store_id, task.received)).verdict
    # one by one, and without the second look that a contradiction brings
    item = confirm.Item(task.received, None)
    decided = await in_transaction(rt.db, lambda conn: confirm.decide(conn, task.store_id, [item]))
    return decided[0].verdict


async def _close(rt: Runtime, task: Task) -> str:
    async def work(conn: Connection) -> str:
        await close_orders(conn, task.store_id, [task.order_id], SYSTEM, "race")
        done = await cancel_unpaid(conn, task.store_id, [task.order_id], SYSTEM, "race")
        return "cancelled" if done else "known"

    return await in_transaction(rt.db, work)
