"""One process of a race: told on standard input what to place, it says `ready`, waits for `go`, places all at once.

Run as `python -m tests.orders.racer DSN DATA_DIR`. With `unlocked` it takes stock balances without locking them, which is
how the race is shown to exist. Prints one JSON list of outcomes.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from tests.support.api import settings_for
from zhanggui.app import open_runtime
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.inventory import journal
from zhanggui.orders.requests import PlaceRequest
from zhanggui.orders.submit import place


async def place_one(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    import msgspec

    body = msgspec.convert(errand["body"], PlaceRequest)
    try:
        pairs = await place(rt, UUID(errand["buyer"]), errand["key"], body, "zh")
    except ShopError as refused:
        return {"code": refused.code}
    except asyncpg.PostgresError as fault:
        return {"code": type(fault).__name__}
    return {"code": "placed", "orders": [str(order) for _, order, _ in pairs]}


async def main(dsn: str, data_dir: str) -> None:
    task = json.loads(sys.stdin.readline())
    if task["unlocked"]:
        journal.LOCK = journal.LOCK.replace("FOR UPDATE", "")
    async with open_runtime(settings_for(dsn, Path(data_dir)), pool_size=4) as rt:
        await rt.db.fetchval("SELECT 1")
        print("ready", flush=True)  # noqa: T201  # the protocol with the test
        sys.stdin.readline()
        outcomes = await asyncio.gather(*(place_one(rt, errand) for errand in task["errands"]))
    print(json.dumps(outcomes), flush=True)  # noqa: T201  # the protocol with the test


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
