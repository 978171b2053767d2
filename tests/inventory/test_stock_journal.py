"""The journal: whatever happens in whatever order, balances equal their sums and nothing is promised twice."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.support.sale import assert_journal_adds_up
from zhanggui import inventory
from zhanggui.core.db import Connection, Pool, connect_pool, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.inventory import Adjustment, Restocked, Want
from zhanggui.inventory.locations import Moved, add_location, move_units

SKUS = 3
T = TypeVar("T")


class Journal(RuleBasedStateMachine):
    """A model of three SKUs beside the real tables: holders reserve, release and consume, people correct."""

    dsn: str
    holders = Bundle("holders")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.pool: Pool = self.loop.run_until_complete(connect_pool(self.dsn, size=2))
        self.store = new_id()
        self.skus = [new_id() for _ in range(SKUS)]
        self.on_hand, self.held = [0] * SKUS, dict[UUID, dict[int, int]]()
        self.back, self.there = self._tx(lambda c: add_location(c, self.store, "back")), [0] * SKUS
        for i, sku in enumerate(self.skus):
            self._run_sql(
                "INSERT INTO sku (store_id, id, product_id, code, price) VALUES ($1, $2, $2, $3, 1)",
                self.store,
                sku,
                f"s{i}",
            )
        self._tx(lambda c: inventory.receive_initial(c, self.store, [(s, 5) for s in self.skus], "test"))
        self.on_hand = [5] * SKUS

    def teardown(self) -> None:
        self.loop.run_until_complete(self.pool.close())
        self.loop.close()

    def _run_sql(self, sql: str, *args: Any) -> None:
        self.loop.run_until_complete(self.pool.execute(sql, *args))

    def _tx(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return self.loop.run_until_complete(in_transaction(self.pool, work))

    def _reserved(self, sku: int) -> int:
        return sum(h.get(sku, 0) for h in self.held.values())

    @rule(
        target=holders,
        wants=st.lists(
            st.lists(st.tuples(st.integers(0, SKUS - 1), st.integers(1, 4)), min_size=1, max_size=4),
            min_size=1,
            max_size=3,
        ),
    )
    def reserve(self, wants: list[list[tuple[int, int]]]) -> Any:
        ids = [new_id() for _ in wants]
        asked = [Want(h, self.skus[s], n) for h, lines in zip(ids, wants, strict=True) for s, n in lines]
        short = {s.holder_id for s in self._tx(lambda c: inventory.reserve(c, self.store, asked))}
        for holder, lines in zip(ids, wants, strict=True):
            need = {s: sum(n for t, n in lines if t == s) for s, _ in lines}
            fits = all(n <= self.on_hand[s] - self._reserved(s) for s, n in need.items())
            assert (holder not in short) == fits
            if fits:
                self.held[holder] = need
        return multiple(*ids)

    @rule(holder=holders, other=holders)
    def release(self, holder: UUID, other: UUID) -> None:
        had = {h for h in {holder, other} if h in self.held}
        assert self._tx(lambda c: inventory.release(c, self.store, [holder, other], "test")) == had
        for h in had:
            del self.held[h]

    @rule(holder=holders, other=holders)
    def consume(self, holder: UUID, other: UUID) -> None:
        had = {h for h in {holder, other} if h in self.held}
        missing = self._tx(lambda c: inventory.consume(c, self.store, [holder, other], "test"))
        assert missing == {holder, other} - had
        for h in had:
            for sku, units in self.held.pop(h).items():
                self.on_hand[sku] -= units

    @rule(
        holder=holders,
        items=st.lists(st.tuples(st.integers(0, SKUS - 1), st.integers(1, 3), st.booleans()), max_size=3),
        lost=st.lists(st.tuples(st.integers(0, SKUS - 1), st.integers(1, 3)), max_size=2),
    )
    def restock(self, holder: UUID, items: list[tuple[int, int, bool]], lost: list[tuple[int, int]]) -> None:
        given = [Restocked(self.skus[s], n, self.back if aside else None) for s, n, aside in items]
        off = [Restocked(self.skus[s], n) for s, n in lost]
        self._tx(lambda c: inventory.restock(c, self.store, given, holder, "test", "returned", off))
        for sku, units, aside in items:
            (self.there if aside else self.on_hand)[sku] += units

    @rule(items=st.dictionaries(st.integers(0, SKUS - 1), st.integers(1, 3), min_size=1), back=st.booleans())
    def move(self, items: dict[int, int], back: bool) -> None:
        asked = [Moved(self.skus[s], n) for s, n in items.items()]
        ends = (self.back, self.store) if back else (self.store, self.back)
        free = self.there if back else [n - self._reserved(s) for s, n in enumerate(self.on_hand)]
        if any(n > free[s] for s, n in items.items()):
            with pytest.raises(ShopError, match="units_not_there"):
                self._tx(lambda c: move_units(c, self.store, asked, *ends, "test", "moved"))
            return
        self._tx(lambda c: move_units(c, self.store, asked, *ends, "test", "moved"))
        for s, n in items.items():
            self.there[s] += -n if back else n
            self.on_hand[s] += n if back else -n

    @rule(sku=st.integers(0, SKUS - 1), delta=st.integers(-6, 6), counted=st.booleans())
    def adjust(self, sku: int, delta: int, counted: bool) -> None:
        target = self.on_hand[sku] + delta
        item = Adjustment(self.skus[sku], None if counted else delta, max(0, target) if counted else None)
        target = max(0, target) if counted else target
        if target < self._reserved(sku):
            with pytest.raises(ShopError, match="stock_below_reserved"):
                self._tx(lambda c: inventory.adjust(c, self.store, [item], "test", "counted"))
        else:
            self._tx(lambda c: inventory.adjust(c, self.store, [item], "test", "counted"))
            self.on_hand[sku] = target

    @invariant()
    def balances_are_the_models_and_the_sums(self) -> None:
        async def check() -> None:
            rows = await self.pool.fetch(
                "SELECT sku_id, location_id, on_hand, reserved FROM stock WHERE store_id = $1", self.store
            )
            shelf = [r for r in rows if r["location_id"] == self.store]
            assert {(r["sku_id"], r["on_hand"], r["reserved"]) for r in shelf} == {
                (sku, self.on_hand[i], self._reserved(i)) for i, sku in enumerate(self.skus)
            }
            aside = {r["sku_id"]: (r["on_hand"], r["reserved"]) for r in rows if r not in shelf}
            assert [aside.get(sku, (0, 0)) for sku in self.skus] == [(n, 0) for n in self.there]
            await assert_journal_adds_up(self.pool, self.store)
            wrong = await self.pool.fetch(
                """
                SELECT id FROM (
                  SELECT id, on_hand_after, reserved_after,
                         sum(on_hand_delta) OVER w AS on_hand, sum(reserved_delta) OVER w AS reserved
                  FROM stock_movement WHERE store_id = $1 WINDOW w AS (PARTITION BY sku_id, location_id ORDER BY id)) m
                WHERE on_hand_after <> on_hand OR reserved_after <> reserved
                """,
                self.store,
            )
            assert wrong == []

        self.loop.run_until_complete(check())


@pytest.fixture
def journal(database_url: str) -> type[Journal]:
    Journal.dsn = database_url
    return Journal


def test_balances_always_equal_their_sums(journal: type[Journal]) -> None:
    run_state_machine_as_test(
        journal,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.mark.parametrize(("on_hand", "reserved", "safety"), [(-1, 0, 0), (0, -1, 0), (1, 2, 0), (1, 0, -1)])
async def test_the_database_refuses_balances_that_can_never_be(
    database_url: str, on_hand: int, reserved: int, safety: int
) -> None:
    pool = await connect_pool(database_url, size=1)
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "INSERT INTO stock (store_id, sku_id, location_id, on_hand, reserved, safety, updated_at)"
            " VALUES ($1, $1, $1, $2, $3, $4, now())",
            new_id(),
            on_hand,
            reserved,
            safety,
        )
    await pool.close()


async def test_the_journal_cannot_be_rewritten(database_url: str) -> None:
    pool = await connect_pool(database_url, size=1)
    store, sku = new_id(), new_id()
    await in_transaction(pool, lambda c: inventory.receive_initial(c, store, [(sku, 1)], "test"))
    for attempt in (
        "UPDATE stock_movement SET on_hand_delta = 9 WHERE store_id = $1",
        "DELETE FROM stock_movement WHERE store_id = $1",
    ):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await pool.execute(attempt, store)
    await pool.close()
