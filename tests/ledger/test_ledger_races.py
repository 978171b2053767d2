"""Several processes tell the book the same payments at once: each is written once, numbered without gaps."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.ledger.books import balance, book_holds, put
from zhanggui.core.db import Pool, connect_pool
from zhanggui.core.ids import new_id
from zhanggui.ledger import recipes
from zhanggui.ledger.chart import STORE_PAYABLE
from zhanggui.ledger.recipes import Money

pytestmark = pytest.mark.race
ROOT = Path(__file__).parents[2]
PROCESSES, PAYMENTS = 3, 140


async def race(dsn: str, store: UUID, *, unlocked: bool) -> list[int | str]:
    attempts = [str(new_id()) for _ in range(PAYMENTS)]
    racers: list[Any] = []
    for seed in range(PROCESSES):
        racer = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.ledger.racer", dsn, stdin=PIPE, stdout=PIPE, cwd=ROOT,
            env={"PYTHONPATH": "src:.", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        task = {"store": str(store), "attempts": attempts, "seed": seed, "unlocked": unlocked}
        assert racer.stdin is not None
        racer.stdin.write(json.dumps(task).encode() + b"\n")
        racers.append(racer)
    for racer in racers:
        assert (await racer.stdout.readline()).strip() == b"ready"
    for racer in racers:
        racer.stdin.write(b"go\n")
    outcomes = [json.loads((await racer.communicate())[0].splitlines()[-1]) for racer in racers]
    return [one for outcome in outcomes for one in outcome]


async def opened(dsn: str) -> tuple[Pool, UUID]:
    """A store whose accounts are open already, so that the race is for the book alone."""
    db, store = await connect_pool(dsn, size=2), new_id()
    await put(db, store, recipes.payment(Money(new_id(), UUID(int=1), UUID(int=2), UUID(int=3), 100, 1)))
    return db, store


async def test_processes_post_the_same_payments_once(fresh_database_url: str) -> None:
    db, store = await opened(fresh_database_url)
    outcomes = await race(fresh_database_url, store, unlocked=False)
    assert all(isinstance(one, int) for one in outcomes), outcomes
    assert sum(one for one in outcomes if isinstance(one, int)) == 2 * PAYMENTS
    assert await book_holds(db, store) == 2 * PAYMENTS + 2
    due = sum(1_000 + n - 6 for n in range(PAYMENTS)) + 99
    assert await balance(db, store, STORE_PAYABLE) == (due, 0)
    await db.close()


async def test_without_the_lock_they_get_in_each_others_way(fresh_database_url: str) -> None:
    """The race is real: with the book unlocked, entries get the same number, and the database refuses them."""
    db, store = await opened(fresh_database_url)
    outcomes = await race(fresh_database_url, store, unlocked=True)
    assert "UniqueViolationError" in outcomes
    await db.close()
