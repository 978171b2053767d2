"""One process of a race for the book: told what to post on standard input, says `ready`, waits for `go`, posts all at once.

Run as `python -m tests.ledger.racer DSN`. With `unlocked` it numbers entries without locking the book, which is how the race is
shown to exist. Prints one JSON list of outcomes: how many entries were new, or the name of the error.
"""

import asyncio
import json
import random
import sys
from typing import Any
from uuid import UUID

import asyncpg

from zhanggui.core.db import Connection, connect_pool, in_transaction
from zhanggui.ledger import post as post_postings
from zhanggui.ledger import recipes
from zhanggui.ledger.recipes import Money

BOOK = sys.modules["zhanggui.ledger.post"]


async def unlocked_open(conn: Connection, store_id: UUID, _accounts: Any, lines: int) -> int:
    known = await conn.fetchval("SELECT entries FROM ledger_book WHERE store_id = $1", store_id)
    await asyncio.sleep(0)  # somebody else may be here
    return (known or 0) + lines


async def main(dsn: str) -> None:
    task: dict[str, Any] = json.loads(sys.stdin.readline())
    if task["unlocked"]:
        BOOK._open = unlocked_open  # type: ignore[attr-defined]  # the guard is what is switched off
    store = UUID(task["store"])
    db = await connect_pool(dsn, size=6)
    moneys = [
        Money(UUID(one), UUID(int=1), UUID(int=2), UUID(int=3), 1_000 + n, 6)
        for n, one in enumerate(task["attempts"])
    ]

    async def once(batch: list[Money]) -> int | str:
        try:
            return await in_transaction(
                db, lambda conn: post_postings(conn, store, [recipes.payment(m) for m in batch])
            )
        except asyncpg.PostgresError as fault:
            return type(fault).__name__

    print("ready", flush=True)  # noqa: T201  # the protocol with the test
    sys.stdin.readline()
    random.Random(task["seed"]).shuffle(moneys)
    batches = [moneys[at : at + 7] for at in range(0, len(moneys), 7)]
    outcomes = await asyncio.gather(*(once(batch) for batch in batches))
    await db.close()
    print(json.dumps(outcomes), flush=True)  # noqa: T201  # the protocol with the test


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
