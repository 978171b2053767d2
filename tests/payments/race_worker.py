"""A process of its own that settles many orders at once, one way or the other; started by test_races.

`confirm`: money came for each order. `close`: nobody paid, give the stock back. Answers one verdict per order. With
`--unguarded` the row locks and state conditions are taken out and the gap between reading and writing is widened, to
prove that the race is real.
"""

import asyncio
import os
import sys
from uuid import UUID

import msgspec

from zhanggui.app import open_runtime
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.runtime import Runtime
from zhanggui.orders import moves
from zhanggui.orders.cancel import cancel_unpaid, close_orders
from zhanggui.orders.rules import SYSTEM
from zhanggui.payments import closing, confirm
from zhanggui.payments.rules import Received
from zhanggui.settings import load


class Task(msgspec.Struct):
    """An order to settle."""

    store_id: UUID
    order_id: UUID
    received: Received


def take_guards_out() -> None:
    """What the code would be without its locks: read, think a while, write without looking again."""
    confirm.LOCK_ORDERS = _unguarded(confirm.LOCK_ORDERS, "id, status")
    moves.LOCK = _unguarded(moves.LOCK, "id, status")
    closing.STATUS_LOCKED = _unguarded(closing.STATUS_LOCKED, "status")


def _unguarded(sql: str, columns: str) -> str:
    return sql.replace(f"SELECT {columns}", f"SELECT {columns}, pg_sleep(0.05)").replace("FOR UPDATE", "")


async def settle(rt: Runtime, way: str, guarded: bool, task: Task) -> str:
    if way == "confirm" and guarded:
        return (await confirm.confirm(rt, task.store_id, task.received)).verdict
    if way == "confirm":  # one by one, and without the second look that a contradiction brings
        item = confirm.Item(task.received, None)
        decided = await in_transaction(rt.db, lambda conn: confirm.decide(conn, task.store_id, [item]))
        return decided[0].verdict

    async def close(conn: Connection) -> str:
        await close_orders(conn, task.store_id, [task.order_id], SYSTEM, "race")
        return (
            "cancelled"
            if await cancel_unpaid(conn, task.store_id, [task.order_id], SYSTEM, "race")
            else "known"
        )

    return await in_transaction(rt.db, close)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def main(way: str, guarded: bool) -> None:
    if not guarded:
        take_guards_out()
    tasks = msgspec.json.decode(sys.stdin.buffer.readline(), type=list[Task])
    async with open_runtime(load(os.environ), pool_size=6) as rt:
        say("ready")
        sys.stdin.buffer.readline()
        verdicts = await asyncio.gather(*(settle(rt, way, guarded, t) for t in tasks), return_exceptions=True)
    say(msgspec.json.encode([str(v) for v in verdicts]).decode())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], "--unguarded" not in sys.argv))
