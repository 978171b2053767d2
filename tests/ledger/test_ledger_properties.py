"""Whatever happens to money, in whatever order and however often it is told: the book holds."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.books import book_holds, put
from zhanggui.core.db import Pool, connect_pool
from zhanggui.core.ids import new_id
from zhanggui.ledger import Account, Posting, recipes
from zhanggui.ledger.chart import CHART, STORE_PAYABLE, account_id, clearing, split_due
from zhanggui.ledger.recipes import Back, Money
from zhanggui.ledger.rules import BalanceTooLow, settle, void

ACCOUNT, BUYERS, RECEIVERS = new_id(), [new_id() for _ in range(3)], [new_id() for _ in range(2)]
ENDS: tuple[recipes.RefundState, ...] = ("succeeded", "abnormal", "closed")
OPERATIONS = st.sampled_from(
    ["pay", "pay", "late", "refund", "refund", "end", "end", "split", "splits_end", "return", "commission",
     "subsidy", "withdraw", "withdrawal_ends", "adjust", "bill", "again"]
)  # fmt: skip
SCRIPTS = st.lists(st.tuples(OPERATIONS, st.integers(0, 10**6), st.integers(1, 5)), min_size=1, max_size=40)


@dataclass
class Business:
    """What a store has going on; each operation answers the postings it leads to."""

    paid: list[tuple[Money, bool]] = field(default_factory=list[tuple[Money, bool]])
    back: dict[UUID, int] = field(default_factory=dict[UUID, int])
    refunds: list[tuple[Back, recipes.RefundState]] = field(
        default_factory=list[tuple[Back, recipes.RefundState]]
    )
    splits: list[tuple[Posting, UUID, int]] = field(default_factory=list[tuple[Posting, UUID, int]])
    withdrawals: list[tuple[Posting, int]] = field(default_factory=list[tuple[Posting, int]])
    told: list[Posting] = field(default_factory=list[Posting])

    def does(self, operation: str, n: int) -> list[Posting]:
        postings: list[Posting] = getattr(self, f"_{operation}")(n)
        self.told += postings
        return postings

    def _pay(self, n: int, *, ours: bool = True) -> list[Posting]:
        amount = 1 + n % 100_000
        money = Money(new_id(), new_id(), BUYERS[n % 3], ACCOUNT, amount, (amount * 60 + 5_000) // 10_000)
        self.paid.append((money, ours))
        return [recipes.payment(money) if ours else recipes.late_payment(money)]

    def _late(self, n: int) -> list[Posting]:
        return self._pay(n, ours=False)

    def _refund(self, n: int) -> list[Posting]:
        """A part of what is left of a payment, or all of it."""
        if not self.paid:
            return []
        money, ours = self.paid[n % len(self.paid)]
        left = money.amount - self.back.get(money.attempt_id, 0)
        if left <= 0:
            return []
        part = left if n % 3 == 0 else 1 + n % left
        self.back[money.attempt_id] = money.amount - left + part
        fee = (part * 60 + 5_000) // 10_000
        one = Back(new_id(), money.order_id, money.customer_id, ACCOUNT, part, fee, ours)
        self.refunds.append((one, "requested"))
        return recipes.refund_requested(one)

    def _end(self, n: int) -> list[Posting]:
        open_ones = [i for i, (_, state) in enumerate(self.refunds) if state in {"requested", "abnormal"}]
        if not open_ones:
            return []
        at = open_ones[n % len(open_ones)]
        one, before = self.refunds[at]
        now = ENDS[n % 3]
        if now == before:
            return []
        self.refunds[at] = (one, now)
        return recipes.refund_moved(one, before, now)

    def _split(self, n: int) -> list[Posting]:
        amount, one = 1 + n % 3_000, new_id()
        asked = recipes.split_reserved(one, new_id(), [(RECEIVERS[n % 2], amount)])
        self.splits.append((asked, RECEIVERS[n % 2], amount))
        return [asked]

    def _splits_end(self, n: int) -> list[Posting]:
        if not self.splits:
            return []
        asked, receiver, amount = self.splits.pop(n % len(self.splits))
        if n % 4 == 0:
            return [void(asked)]
        split, order = asked.ref_id or new_id(), asked.order_id or new_id()
        return [settle(asked), recipes.split_paid(split, order, receiver, amount, ACCOUNT)]

    def _return(self, n: int) -> list[Posting]:
        return [recipes.split_returned(new_id(), new_id(), 1 + n % 500, ACCOUNT)]

    def _commission(self, n: int) -> list[Posting]:
        return [recipes.commission(new_id().hex, new_id(), 1 + n % 300)]

    def _subsidy(self, n: int) -> list[Posting]:
        return [recipes.coupon_subsidy(new_id().hex, new_id(), 1 + n % 300)]

    def _withdraw(self, n: int) -> list[Posting]:
        asked = recipes.withdrawal_requested(new_id(), 1 + n % 50_000, "店主")
        self.withdrawals.append((asked, 1 + n % 50_000))
        return [asked]

    def _withdrawal_ends(self, n: int) -> list[Posting]:
        if not self.withdrawals:
            return []
        asked, amount = self.withdrawals.pop(n % len(self.withdrawals))
        if n % 3 == 0:
            return [void(asked)]
        return [settle(asked), recipes.withdrawal_paid(asked.ref_id or new_id(), amount, ACCOUNT)]

    def _adjust(self, n: int) -> list[Posting]:
        amount = n % 2_001 - 1_000 or 7
        by = recipes.Adjusted("李店长", "核对", new_id())
        return [recipes.adjustment(new_id().hex, clearing(ACCOUNT), amount, by)]

    def _bill(self, n: int) -> list[Posting]:
        return [recipes.fee_billed(new_id().hex, ACCOUNT, n % 201 - 100 or 3)]

    def _again(self, n: int) -> list[Posting]:
        """Something that was told before is told once more."""
        return [self.told[n % len(self.told)]] if self.told else []


def expected(postings: list[Posting], store: UUID) -> dict[UUID, list[int]]:
    """[debits pending, credits pending, debits posted, credits posted] of each account, added up here."""
    sums: dict[UUID, list[int]] = {}
    for posting in {p.key: p for p in postings}.values():
        for transfer in posting.transfers:
            for at, account in enumerate((transfer.debit, transfer.credit)):
                row = sums.setdefault(account_id(store, account), [0, 0, 0, 0])
                if posting.phase != "posted":
                    row[at] += transfer.amount if posting.phase == "pending" else -transfer.amount
                if posting.phase in {"posted", "settled"}:
                    row[2 + at] += transfer.amount
    return sums


@dataclass
class Loop:
    """A loop and a pool of this module's own: hypothesis calls from plain functions."""

    runner: asyncio.Runner
    db: Pool

    def run(self, work: Any) -> Any:
        return self.runner.run(work)


@pytest.fixture(scope="module")
def loop(database_url: str) -> Generator[Loop]:
    with asyncio.Runner() as runner:
        db = runner.run(connect_pool(database_url, size=4))
        yield Loop(runner, db)
        runner.run(db.close())


async def play(db: Pool, script: list[tuple[str, int, int]]) -> None:
    """Post a script in batches; a withdrawal that is not covered is refused and leaves nothing."""
    store, business, waiting, told = new_id(), Business(), list[Posting](), list[Posting]()
    for operation, n, batch in script:
        if operation == "withdraw":
            await put(db, store, *waiting)
            waiting = []
            asked = business.does(operation, n)
            try:
                await put(db, store, *asked, guard=(STORE_PAYABLE,))
            except BalanceTooLow:
                business.withdrawals.pop()
                business.told.pop()
                continue
            told += asked
            continue
        fresh = business.does(operation, n)
        waiting += fresh
        told += fresh
        if len(waiting) >= batch:
            await put(db, store, *waiting)
            waiting = []
    await put(db, store, *waiting)
    await check(db, store, told)
    before = await db.fetch("SELECT * FROM ledger_account WHERE store_id = $1 ORDER BY id", store)
    assert await put(db, store, *told) == 0  # all of it once more
    assert await db.fetch("SELECT * FROM ledger_account WHERE store_id = $1 ORDER BY id", store) == before


async def check(db: Pool, store: UUID, told: list[Posting]) -> None:
    entries = await book_holds(db, store)
    assert entries == sum(len(p.transfers) for p in {p.key: p for p in told}.values())
    rows: list[Any] = await db.fetch("SELECT * FROM ledger_account WHERE store_id = $1", store)
    found = {
        r["id"]: [r["debits_pending"], r["credits_pending"], r["debits_posted"], r["credits_posted"]]
        for r in rows
    }
    assert found == expected(told, store)
    for r in rows:
        if CHART[r["code"]].strict:
            assert r["credits_posted"] >= r["debits_posted"], r["code"]


@given(SCRIPTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_keeps_the_book(loop: Loop, script: list[tuple[str, int, int]]) -> None:
    loop.run(play(loop.db, script))


@given(st.integers(1, 10**8), st.integers(0, 1_000), st.lists(st.integers(1, 10**6), max_size=6))
def test_fees_never_exceed_what_they_are_taken_from(amount: int, rate: int, parts: list[int]) -> None:
    from zhanggui.payments.rules import fee_of

    assert 0 <= fee_of(amount, rate) <= amount
    assert fee_of(amount, rate) <= fee_of(amount + 1, rate)
    whole = fee_of(sum(parts), rate)
    assert abs(whole - sum(fee_of(p, rate) for p in parts)) <= len(parts)  # rounding, at most half a fen each


def test_accounts_of_stores_and_owners_are_never_the_same() -> None:
    stores, owners = [new_id(), new_id()], [new_id(), new_id()]
    accounts = [split_due(o) for o in owners] + [clearing(o) for o in owners] + [Account("adjustment")]
    ids = {account_id(s, a) for s in stores for a in accounts}
    assert len(ids) == len(stores) * len(accounts)
