"""Who gets a place: the decision alone, and long walks through all that can happen to a sale."""

import random
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promotions.flash import FLASH, ask, assert_sale_adds_up, counts, later, on_sale
from tests.support.api import Api, Caller
from tests.support.sale import assert_journal_adds_up, balance, line, order, place
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.orders.cancel import cancel_paid, cancel_unpaid
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM
from zhanggui.promotions import schedule
from zhanggui.promotions.rules import Facts, Item, Place, Refused, Sale, Wish, decide
from zhanggui.worker import register_jobs

NOW = datetime(2026, 11, 11, tzinfo=UTC)
SALE, SKU = new_id(), new_id()
BUYERS = [new_id() for _ in range(4)]


@pytest.fixture(autouse=True)
def _jobs_and_clock() -> Generator[None]:
    register_jobs()
    yield
    clock.reset()


def facts(free: int, per_buyer: int, *, starts: int = -1, ends: int = 1) -> Facts:
    sale = Sale(SALE, "scheduled", NOW + timedelta(minutes=starts), NOW + timedelta(minutes=ends), 300)
    return Facts({(SALE, SKU): Item(FLASH, per_buyer, free)}, {SALE: sale}, [], NOW)


def wish(buyer: int, quantity: int, key: int) -> Wish:
    return Wish(BUYERS[buyer], SALE, SKU, quantity, f"key-{key}", new_id())


wishes = st.lists(
    st.builds(wish, st.integers(0, 3), st.integers(1, 4), st.integers(0, 5)),
    max_size=30,
)


SPOILED = "SELECT coalesce(sum(quantity), 0)::int FROM flash_place WHERE order_id = ANY($1::uuid[])"


@given(wishes, st.integers(0, 8), st.integers(1, 4))
def test_never_more_than_there_is_nor_than_a_buyer_may_have(
    asked: list[Wish], free: int, per_buyer: int
) -> None:
    outcomes, made = decide(asked, facts(free, per_buyer))
    assert len(outcomes) == len(asked)
    assert sum(p.quantity for p in made) <= free
    for buyer in BUYERS:
        mine = [p for p in made if p.customer_id == buyer]
        assert len(mine) <= 1
        assert sum(p.quantity for p in mine) <= per_buyer
    assert {o.token for o in outcomes if isinstance(o, Place)} == {p.token for p in made}


@given(wishes, st.integers(0, 8), st.integers(1, 4))
def test_a_batch_that_runs_again_answers_the_same(asked: list[Wish], free: int, per_buyer: int) -> None:
    """After an ambiguous COMMIT the places may be there already."""
    before = facts(free, per_buyer)
    first, made = decide(asked, before)
    taken = sum(p.quantity for p in made)
    after = before._replace(items={(SALE, SKU): Item(FLASH, per_buyer, free - taken)}, places=made)
    second, more = decide(asked, after)
    assert more == []
    for one, other in zip(first, second, strict=True):
        assert one == other or (isinstance(one, Refused) and isinstance(other, Place | Refused))


@pytest.mark.parametrize(
    ("starts", "ends", "code"), [(1, 2, "flash_not_started"), (-2, 0, "flash_ended"), (0, 1, None)]
)
def test_the_start_belongs_to_the_sale_and_the_end_does_not(starts: int, ends: int, code: str | None) -> None:
    ((outcome,), _) = decide([wish(0, 1, 1)], facts(1, 1, starts=starts, ends=ends))
    assert (outcome.code if isinstance(outcome, Refused) else None) == code


@pytest.mark.parametrize("seed", range(4))
async def test_units_are_always_somewhere(api: Api, seed: int) -> None:
    """Places, orders, payments, cancellations, time and the end in any order; after each step everything adds up."""
    chance = random.Random(seed)
    on = await on_sale(api, stock=12, units=8, per_buyer=3, reserve=60, pay=60, lasts=400)
    buyers = [await api.buyer() for _ in range(4)]
    held: list[tuple[Caller, str, int]] = []
    unpaid: list[tuple[UUID, int]] = []
    paid: list[UUID] = []
    spoiled: list[UUID] = []

    async def step(what: str) -> None:
        if what == "ask":
            buyer, quantity = chance.choice(buyers), chance.randint(1, 2)
            answer = await ask(buyer, on, quantity)
            if answer.status_code == 201:
                held.append((buyer, answer.json()["token"], answer.json()["quantity"]))
        elif what == "order" and held:
            buyer, token, quantity = held.pop(chance.randrange(len(held)))
            body = order(on.store, [line(on.sku, quantity)], FLASH * quantity, flash_token=token,
                         contact={"name": "林", "phone": "13800138000"})  # fmt: skip
            answer = await place(buyer, body)
            assert answer.status_code in {201, 409}, answer.text
            if answer.status_code == 201:
                unpaid.append((UUID(answer.json()["orders"][0]["id"]), FLASH * quantity))
        elif what == "pay" and unpaid:
            made, total = unpaid.pop(chance.randrange(len(unpaid)))
            payment = Payment(made, total, clock.now())
            paid.extend(await in_transaction(api.rt.db, lambda c: mark_paid(c, on.store, [payment], SYSTEM)))
        elif what == "cancel" and unpaid:
            made, _ = unpaid.pop()
            await in_transaction(api.rt.db, lambda c: cancel_unpaid(c, on.store, [made], SYSTEM, "walk"))
        elif what == "refund" and paid:
            made = paid.pop()
            restock = chance.random() < 0.7
            if not restock:
                spoiled.append(made)
            await in_transaction(
                api.rt.db, lambda c: cancel_paid(c, on.store, made, SYSTEM, "walk", restock=restock)
            )
        elif what == "time":
            await later(api, chance.randint(5, 50))

    for _ in range(40):
        await step(chance.choice(["ask", "ask", "ask", "order", "order", "pay", "cancel", "refund", "time"]))
        await assert_sale_adds_up(api.rt.db, on.store)
        await assert_journal_adds_up(api.rt.db, on.store)
    if chance.random() < 0.5:
        await schedule_cancel(api, on.store, on.sale)
    for _ in range(10):
        await later(api, 70)
    units, free, waiting, ordered, returned = await counts(api.rt.db, on)
    gone = await api.rt.db.fetchval(SPOILED, spoiled)
    assert (units, free, waiting) == (8 - gone, 0, 0)
    assert ordered + returned == units
    on_hand, reserved = await balance(api, on.store, on.sku)
    assert reserved == 0
    assert on_hand <= 12
    await assert_sale_adds_up(api.rt.db, on.store)
    await assert_journal_adds_up(api.rt.db, on.store)


async def schedule_cancel(api: Api, store: UUID, sale: UUID) -> None:
    status = await api.rt.db.fetchval("SELECT status FROM flash_sale WHERE id = $1", sale)
    if status == "scheduled":
        await schedule.cancel(api.rt, store, sale)
