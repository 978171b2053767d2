"""One process of a race for places: told on standard input what to ask for, says `ready`, waits for `go`, asks all at once.

Run as `python -m tests.promotions.racer DSN DATA_DIR`. With `unlocked` it reads items without locking them, which is how the
race is shown to exist. Prints one JSON list of outcomes.
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
from zhanggui.promotions import journal
from zhanggui.promotions.desk import ask
from zhanggui.promotions.shapes import FlashPlace, PlaceInput


async def ask_one(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    data = PlaceInput(UUID(errand["sku"]), errand["quantity"])
    store, sale, buyer = (UUID(errand[name]) for name in ("store", "sale", "buyer"))
    try:
        answer = await ask(rt, store, sale, buyer, data, errand["key"])
    except ShopError as refused:
        return {"code": refused.code}
    except asyncpg.PostgresError as fault:
        return {"code": type(fault).__name__}
    assert isinstance(answer, FlashPlace)
    return {"code": "placed", "token": str(answer.token)}


async def main(dsn: str, data_dir: str) -> None:
    task = json.loads(sys.stdin.readline())
    if task["unlocked"]:
        journal.LOCK = journal.LOCK.replace("FOR UPDATE", "")
    async with open_runtime(settings_for(dsn, Path(data_dir)), pool_size=4) as rt:
        await rt.db.fetchval("SELECT 1")
        print("ready", flush=True)  # noqa: T201  # the protocol with the test
        sys.stdin.readline()
        outcomes = await asyncio.gather(*(ask_one(rt, errand) for errand in task["errands"]))
    print(json.dumps(outcomes), flush=True)  # noqa: T201  # the protocol with the test


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
