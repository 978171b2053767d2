"""Whatever happens to money, in whatever order and however often it is told: the book holds."""

import asyncio
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.books import book_holds, put
from zhanggui.core.db import Pool, connect_pool
from zhanggui.core.ids import new_id
from zhanggui.ledger import Account, Posting, recipes
from zhanggui.ledger.chart import CHART, account_id, clearing, split_due
from zhanggui.ledger.post import OVERDRAWN
from zhanggui.ledger.recipes import Back, Money
from zhanggui.reconciliation.rules import Difference, settlement
from zhanggui.settlement import postings

ACCOUNT, BUYERS = new_id(), [new_id() for _ in range(3)]
RECEIVERS, PEOPLE = [new_id() for _ in range(2)], [new_id() for _ in range(2)]
ENDS: tuple[recipes.RefundState, ...] = ("succeeded", "abnormal", "closed")
OPERATIONS = st.sampled_from(
    ["pay", "pay", "late", "refund", "refund", "end", "end", "split", "splits_end", "return", "credit", "credit",
     "take_back", "withdraw", "withdraw", "withdrawal_ends", "adjust", "bill", "again"]
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
    splits: list[Posting] = field(default_factory=list[Posting])
    withdrawals: list[Posting] = field(default_factory=list[Posting])
    told: list[Posting] = field(default_factory=list[Posting])

    def does(self, operation: str, n: int) -> list[Posting]:
        postings: list[Posting] = getattr(self, f"_{operation}")(n)
        self.told += postings
        return postings

    def _pay(self, n: int, *, ours: bool = True) -> list[Posting]:
        amount = 1 + n % 100_000
        subsidy, discount = n % 7 * amount // 20, n % 5 * amount // 20
        fee = ((amount - discount) * 60 + 5_000) // 10_000
        money = Money(
            new_id(),
            new_id(),
            BUYERS[n % 3],
            ACCOUNT,
            amount,
            fee,
            subsidy=subsidy,
            discount=discount,
        )
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
        whole = money.amount
        subsidy, discount = (
            coupon * (whole - left + part) // whole - coupon * (whole - left) // whole
            for coupon in (money.subsidy, money.discount)
        )
        discount = min(discount, part - subsidy)
        fee = ((part - discount) * 60 + 5_000) // 10_000
        one = Back(
            new_id(),
            money.order_id,
            money.customer_id,
            ACCOUNT,
            part,
            fee,
            ours,
            subsidy=subsidy,
            discount=discount,
        )
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
        self.splits.append(postings.share_sent(new_id(), new_id(), RECEIVERS[n % 2], 1 + n % 3_000, "R1B1"))
        return self.splits[-1:]

    def _splits_end(self, n: int) -> list[Posting]:
        if not self.splits:
            return []
        sent = self.splits.pop(n % len(self.splits))
        return [postings.share_dropped(sent)] if n % 4 == 0 else postings.share_paid(sent, ACCOUNT)

    def _return(self, n: int) -> list[Posting]:
        return [postings.share_returned(new_id(), new_id(), 1 + n % 500, ACCOUNT)]

    def _credit(self, n: int) -> list[Posting]:
        return [postings.share_credited(new_id(), new_id(), PEOPLE[n % 2], 1 + n % 5_000)]

    def _take_back(self, n: int) -> list[Posting]:
        return [postings.credit_taken_back(new_id(), new_id(), PEOPLE[n % 2], 1 + n % 5_000)]

    def _withdraw(self, n: int) -> list[Posting]:
        return [postings.withdrawal_asked(new_id(), PEOPLE[n % 2], ACCOUNT, 1 + n % 5_000)]

    def _withdrawal_ends(self, n: int) -> list[Posting]:
        if not self.withdrawals:
            return []
        asked = self.withdrawals.pop(n % len(self.withdrawals))
        return [postings.withdrawal_dropped(asked) if n % 3 == 0 else postings.withdrawal_paid(asked)]

    def _adjust(self, n: int) -> list[Posting]:
        """A payment that the bill has with another amount and fee, settled by a person."""
        off = n % 2_001 - 1_000 or 7
        different = Difference(subject="payment", number="", kind="missing_here", theirs=off, their_fee=n % 9)
        return [Posting(f"adjustment/{new_id().hex}", settlement(different, ACCOUNT))]

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
    """Post a script in batches; what takes more than a person has is refused and leaves nothing."""
    store, business, waiting, told = new_id(), Business(), list[Posting](), list[Posting]()
    for operation, n, batch in script:
        fresh = business.does(operation, n)
        if operation in {"withdraw", "take_back"}:
            await put(db, store, *waiting)
            waiting = []
            if await refused(db, store, fresh[0], told):
                business.told.pop()
                continue
            if operation == "withdraw":
                business.withdrawals += fresh
        else:
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


async def refused(db: Pool, store: UUID, asked: Posting, told: list[Posting]) -> bool:
    """Post what takes from a person's balance; it is refused exactly when there is too little."""
    moved = asked.transfers[0]
    pending, _, debits, credits = expected(told, store).get(account_id(store, moved.debit), [0, 0, 0, 0])
    if moved.amount <= credits - debits - pending:
        await put(db, store, asked)
        return False
    with pytest.raises(asyncpg.CheckViolationError, match=OVERDRAWN):
        await put(db, store, asked)
    return True


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
