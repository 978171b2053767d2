"""Postings: balanced by their shape, written once, never changed, and refused where the book says otherwise."""

import asyncio

import asyncpg
import pytest

from tests.ledger.books import balance, book_holds, put
from tests.support.api import Api
from zhanggui.core.ids import new_id
from zhanggui.ledger import Account, Posting, PostingRefused, Transfer, recipes
from zhanggui.ledger.chart import (
    ADJUSTMENT,
    STORE_PAYABLE,
    clearing,
    provider_fee,
    refund_due,
    split_due,
)
from zhanggui.ledger.post import OVERDRAWN
from zhanggui.ledger.proof import prove
from zhanggui.ledger.rules import check, settle, void
from zhanggui.settlement.postings import share_credited, share_sent, withdrawal_asked

AT, BUYER, ORDER, RECEIVER = new_id(), new_id(), new_id(), new_id()


def paid(amount: int = 10_000, fee: int = 60) -> recipes.Money:
    return recipes.Money(new_id(), ORDER, BUYER, AT, amount, fee)


def back(amount: int, fee: int = 0, *, ours: bool = True) -> recipes.Back:
    return recipes.Back(new_id(), ORDER, BUYER, AT, amount, fee, ours)


async def test_a_payment_and_its_refund_leave_nothing_behind(api: Api) -> None:
    db, store = api.rt.db, new_id()
    await put(db, store, recipes.payment(paid()))
    assert await balance(db, store, clearing(AT)) == (10_000, 0)
    assert await balance(db, store, STORE_PAYABLE) == (9_940, 0)
    assert await balance(db, store, provider_fee(AT)) == (60, 0)
    given = back(10_000, 60)
    await put(db, store, *recipes.refund_requested(given))
    assert await balance(db, store, STORE_PAYABLE) == (9_940, -10_000)
    assert await balance(db, store, clearing(AT)) == (10_000, -10_000)
    await put(db, store, *recipes.refund_moved(given, "processing", "succeeded"))
    for account in (clearing(AT), STORE_PAYABLE, provider_fee(AT), refund_due(BUYER)):
        assert await balance(db, store, account) == (0, 0)
    assert await book_holds(db, store) == 7


async def test_an_abnormal_refund_stays_owed_to_the_buyer(api: Api) -> None:
    db, store, given = api.rt.db, new_id(), back(3_000, 18)
    await put(db, store, recipes.payment(paid()), *recipes.refund_requested(given))
    await put(db, store, *recipes.refund_moved(given, "processing", "abnormal"))
    assert await balance(db, store, refund_due(BUYER)) == (3_000, -3_000)
    assert await balance(db, store, STORE_PAYABLE) == (6_940, 0)
    await put(db, store, *recipes.refund_moved(given, "abnormal", "closed"))
    assert await balance(db, store, refund_due(BUYER)) == (0, 0)
    assert await balance(db, store, STORE_PAYABLE) == (9_940, 0)
    again = back(3_000, 18)
    await put(db, store, *recipes.refund_requested(again))
    await put(db, store, *recipes.refund_moved(again, "processing", "abnormal"))
    await put(db, store, *recipes.refund_moved(again, "abnormal", "succeeded"))
    assert await balance(db, store, clearing(AT)) == (7_000, 0)
    assert await balance(db, store, STORE_PAYABLE) == (6_958, 0)
    await book_holds(db, store)


async def test_late_money_is_never_the_merchants(api: Api) -> None:
    db, store, given = api.rt.db, new_id(), back(10_000, 60, ours=False)
    await put(db, store, recipes.late_payment(paid()))
    assert await balance(db, store, refund_due(BUYER)) == (10_000, 0)
    assert await balance(db, store, STORE_PAYABLE) == (-60, 0)
    await put(db, store, *recipes.refund_requested(given))
    await put(db, store, *recipes.refund_moved(given, "requested", "succeeded"))
    for account in (clearing(AT), STORE_PAYABLE, provider_fee(AT), refund_due(BUYER)):
        assert await balance(db, store, account) == (0, 0)
    await book_holds(db, store)


async def test_posting_twice_changes_nothing_and_other_content_is_refused(api: Api) -> None:
    db, store, money = api.rt.db, new_id(), paid()
    assert await put(db, store, recipes.payment(money)) == 2
    assert await put(db, store, recipes.payment(money), recipes.payment(money)) == 0
    assert await put(db, store, recipes.payment(money), recipes.payment(paid())) == 2
    for other in (money._replace(amount=9_999), money._replace(fee=0), money._replace(account_id=new_id())):
        with pytest.raises(PostingRefused):
            await put(db, store, recipes.payment(paid()), recipes.payment(other))
    with pytest.raises(PostingRefused):
        await put(db, store, recipes.payment(paid()), recipes.payment(money), recipes.late_payment(money))
    assert await book_holds(db, store) == 4


async def test_a_pending_posting_ends_once(api: Api) -> None:
    db, store = api.rt.db, new_id()
    asked = share_sent(new_id(), ORDER, RECEIVER, 4_000, "R1B1")
    await put(db, store, recipes.payment(paid()))
    with pytest.raises(asyncpg.CheckViolationError, match="is not pending"):
        await put(db, store, settle(asked))
    await put(db, store, asked)
    with pytest.raises(asyncpg.CheckViolationError, match="is not pending"):
        await put(db, store, settle(asked._replace(transfers=[asked.transfers[0]._replace(amount=1)])))
    assert await put(db, store, settle(asked)) == 1
    assert await put(db, store, settle(asked)) == 0
    with pytest.raises(asyncpg.UniqueViolationError):
        await put(db, store, void(asked))
    assert await balance(db, store, split_due(RECEIVER)) == (4_000, 0)
    await book_holds(db, store)


async def test_what_is_owed_to_somebody_is_spent_once_and_a_refund_does_not_ask_what_was_drawn(
    api: Api,
) -> None:
    db, store = api.rt.db, new_id()
    await put(db, store, recipes.payment(paid()), share_credited(new_id(), ORDER, RECEIVER, 9_940))
    await put(db, store, withdrawal_asked(new_id(), RECEIVER, AT, 9_000))
    with pytest.raises(asyncpg.CheckViolationError, match=OVERDRAWN):
        await put(db, store, withdrawal_asked(new_id(), RECEIVER, AT, 941))
    await put(db, store, withdrawal_asked(new_id(), RECEIVER, AT, 940))
    await put(db, store, *recipes.refund_requested(back(1_000)))
    assert await balance(db, store, STORE_PAYABLE) == (0, -1_000)
    await book_holds(db, store)


async def test_a_strict_account_never_changes_sides(api: Api) -> None:
    db, store = api.rt.db, new_id()
    taken = Posting("wrong/1", [Transfer(refund_due(BUYER), clearing(AT), 1, "refund_paid")])
    for phase in ("posted", "pending"):
        with pytest.raises(asyncpg.CheckViolationError, match=OVERDRAWN):
            await put(db, store, taken._replace(phase=phase))
    assert await book_holds(db, store) == 0


async def test_the_journal_is_append_only(api: Api) -> None:
    db, store = api.rt.db, new_id()
    await put(db, store, recipes.payment(paid()))
    for sql in ("UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await db.execute(sql)
    raw = "INSERT INTO ledger_entry SELECT store_id, 99, 'raw', 0, kind, phase, settles, {} FROM ledger_entry"
    rest = "credit_id, currency, {}, order_id, ref_id, actor, actor_name, reason, at"
    for columns in (f"credit_id, {rest.format('1')}", f"debit_id, {rest.format('0')}"):
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute(raw.format(columns) + " WHERE store_id = $1 AND position = 0", store)


async def test_proof_sees_what_was_written_past_the_ledger(api: Api) -> None:
    db, store = api.rt.db, new_id()
    await put(db, store, recipes.payment(paid()))
    await db.execute(
        "UPDATE ledger_account SET debits_posted = debits_posted + 1 WHERE store_id = $1 AND code = $2",
        store,
        "provider.clearing",
    )
    proof = await prove(db, store)
    assert (proof.holds, proof.posted, len(proof.drifted)) == (False, 1, 1)


@pytest.mark.parametrize(
    "posting",
    [
        *(Posting("k", [Transfer(STORE_PAYABLE, ADJUSTMENT, n, "adjustment")]) for n in (0, -1, 10**12)),
        Posting("k", [Transfer(ADJUSTMENT, ADJUSTMENT, 1, "adjustment")]),
        Posting("k", [Transfer(STORE_PAYABLE, Account("adjustment", currency="USD"), 1, "adjustment")]),
        Posting("k", []),
        Posting("", [Transfer(STORE_PAYABLE, ADJUSTMENT, 1, "adjustment")]),
        Posting("k", [Transfer(STORE_PAYABLE, ADJUSTMENT, 1, "adjustment")], phase="settled"),
    ],
)
def test_what_can_never_be_posted(posting: Posting) -> None:
    with pytest.raises(ValueError, match="posting"):
        check(posting)


async def test_many_at_once_are_numbered_without_gaps(api: Api) -> None:
    """Postings that overlap, from many connections: each key once, no deadlock, numbers 1..n."""
    db, store = api.rt.db, new_id()
    moneys = [paid(1_000 + n, n) for n in range(40)]

    async def some(start: int) -> int:
        chosen = [moneys[(start * 7 + n * 3) % 40] for n in range(12)]
        return await put(db, store, *(recipes.payment(m) for m in chosen))

    written = sum(await asyncio.gather(*(some(n) for n in range(24))))
    seqs: list[int] = [
        r["seq"]
        for r in await db.fetch("SELECT seq FROM ledger_entry WHERE store_id = $1 ORDER BY seq", store)
    ]
    assert seqs == list(range(1, written + 1))
    assert await book_holds(db, store) == written


async def test_books_of_stores_are_apart(api: Api) -> None:
    db, money = api.rt.db, paid()
    one, other = new_id(), new_id()
    for store in (one, other):
        await put(db, store, recipes.payment(money))
    await put(db, other, recipes.payment(paid()))
    assert (await book_holds(db, one), await book_holds(db, other)) == (2, 4)
    assert await balance(db, one, STORE_PAYABLE) == (9_940, 0)
