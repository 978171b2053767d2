"""Several processes tell the book the same payments at once: each is written once, numbered without gaps."""

import random
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.ledger.books import balance, book_holds, put
from tests.support.racing import race
from zhanggui.core.db import Pool, connect_pool
from zhanggui.core.ids import new_id
from zhanggui.ledger import recipes
from zhanggui.ledger.chart import STORE_PAYABLE
from zhanggui.ledger.recipes import Money

pytestmark = pytest.mark.race
PROCESSES, PAYMENTS = 3, 140


async def outcomes_of(dsn: str, folder: Path, store: UUID, *, unguarded: bool) -> list[dict[str, Any]]:
    """Every process posts all the payments, in an order of its own, a few at a time."""
    payments = [(str(new_id()), 1_000 + n) for n in range(PAYMENTS)]
    errands: list[list[dict[str, Any]]] = []
    for seed in range(PROCESSES):
        mine = random.Random(seed).sample(payments, PAYMENTS)
        errands.append([{"store": str(store), "payments": mine[at : at + 7]} for at in range(0, PAYMENTS, 7)])
    found = await race("tests.ledger.racer", dsn, folder, errands, unguarded=unguarded)
    return [one for process in found for one in process]


async def opened(dsn: str) -> tuple[Pool, UUID]:
    """A store whose accounts are open already, so that the race is for the book alone."""
    db, store = await connect_pool(dsn, size=2), new_id()
    await put(db, store, recipes.payment(Money(new_id(), UUID(int=1), UUID(int=2), UUID(int=3), 100, 1)))
    return db, store


async def test_processes_post_the_same_payments_once(fresh_database_url: str, tmp_path: Path) -> None:
    db, store = await opened(fresh_database_url)
    outcomes = await outcomes_of(fresh_database_url, tmp_path, store, unguarded=False)
    assert {one["code"] for one in outcomes} == {"posted"}, outcomes
    assert sum(one["new"] for one in outcomes) == 2 * PAYMENTS
    assert await book_holds(db, store) == 2 * PAYMENTS + 2
    due = sum(1_000 + n - 6 for n in range(PAYMENTS)) + 99
    assert await balance(db, store, STORE_PAYABLE) == (due, 0)
    await db.close()


async def test_without_the_lock_they_get_in_each_others_way(fresh_database_url: str, tmp_path: Path) -> None:
    """The race is real: with the book unlocked, entries get the same number, and the database refuses them."""
    db, store = await opened(fresh_database_url)
    outcomes = await outcomes_of(fresh_database_url, tmp_path, store, unguarded=True)
    assert "UniqueViolationError" in {one["code"] for one in outcomes}
    await db.close()
