"""Several processes at the same splits, refunds and withdrawals, and one of them killed in the middle."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from tests.ledger.books import balance, book_holds
from tests.payments.world import Order
from tests.settlement.sharing import Sharing
from tests.settlement.test_settlement_races import due
from tests.settlement.test_withdrawals import approve, ask, earned, left, row
from tests.support import racing
from zhanggui.core import clock
from zhanggui.core.jobs import Later
from zhanggui.ledger.chart import clearing
from zhanggui.settlement import withdrawals
from zhanggui.settlement.carry_out import carry_out

pytestmark = pytest.mark.race
AMOUNTS = (1, 2_500, 5_000, 10_000)
UNDER_WAY = """
    SELECT EXISTS (SELECT FROM order_split WHERE store_id = $1 AND state = 'due')
      OR EXISTS (SELECT FROM refund WHERE store_id = $1 AND status IN ('requested', 'processing'))
"""
Errands = list[list[dict[str, Any]]]


async def race(
    sharing: Sharing,
    errands: Errands,
    *,
    guarded: bool = True,
    kill_first_when: Callable[[], Awaitable[Any]] | None = None,
) -> list[str]:
    """What came of every errand."""
    settings = sharing.settings
    assert settings.database_url is not None
    outcomes = await racing.race(
        "tests.settlement.racer",
        settings.database_url,
        settings.config.data_dir,
        errands,
        unguarded=not guarded,
        sandbox=settings.config.sandbox_origin,
        kill_first_when=kill_first_when,
    )
    return [one["code"] for process in outcomes for one in process]


def errand(sharing: Sharing, way: str, of: UUID, **more: Any) -> dict[str, Any]:
    now = clock.now().isoformat()
    return {"way": way, "now": now, "store_id": str(sharing.store_id), "id": str(of), **more}


async def splits_and_refunds(
    sharing: Sharing, *, guarded: bool
) -> tuple[list[tuple[Order, UUID, int]], list[str]]:
    """Due splits and refunds of the same orders, from three processes at once."""
    made = [(*(await due(sharing)), amount) for amount in AMOUNTS]
    split = [errand(sharing, "split", split_id) for _, split_id, _ in made]
    refund = [
        errand(
            sharing, "refund", order.id, amount=amount, attempt_id=str((await sharing.attempt(order))["id"])
        )
        for order, _, amount in made
    ]
    return made, await race(sharing, [split, refund, split], guarded=guarded)


async def finish(sharing: Sharing, *splits: UUID) -> None:
    """Workers go on until nothing waits any more."""
    for _ in range(12):
        for split_id in splits:
            with suppress(Later):
                await carry_out(sharing.world.rt, sharing.store_id, split_id)
        await sharing.world.run_jobs()
        if not await sharing.world.rt.db.fetchval(UNDER_WAY, sharing.store_id):
            return
        await sharing.world.sandbox.settle(61)
        await sharing.world.turn(61)


async def wrong(sharing: Sharing, order: Order, *amounts: int) -> bool:
    """Whether a refund did not come through, or receivers kept another part than they should."""
    kept = sum(s[1] - s[2] for s in (await sharing.shares(order)).values() if s[0] == "paid")
    refunded = sorted(await sharing.refund_states(order))
    due = 1_700 * (10_000 - sum(amounts)) // 10_000
    return refunded != sorted(("succeeded", amount) for amount in amounts) or kept != due


async def three_sides_equal(sharing: Sharing, *orders: Order) -> None:
    """Order, ledger and the platform's account and bills; the book is zero."""
    if orders:
        await sharing.agrees(*orders)
    mchid, account = sharing.world.account.mchid, clearing(sharing.world.account.id)
    there = (await sharing.world.sandbox.call("GET", f"/balances/{mchid}"))["total"]
    assert await balance(sharing.world.rt.db, sharing.store_id, account) == (there, 0)
    await book_holds(sharing.world.rt.db, sharing.store_id)


async def test_without_the_locks_splits_and_refunds_miss_each_other(sharing: Sharing) -> None:
    """The race is real: somebody keeps what went back to the buyer, or a refund is stuck, or a process breaks."""
    made, codes = await splits_and_refunds(sharing, guarded=False)
    broken = [code for code in codes if code not in {"done", "Later"}]
    if not broken:
        await finish(sharing, *(split_id for _, split_id, _ in made))
    assert broken or [order for order, _, amount in made if await wrong(sharing, order, amount)]


async def test_splits_against_refunds_over_several_processes_end_the_same_on_all_sides(
    sharing: Sharing,
) -> None:
    made, codes = await splits_and_refunds(sharing, guarded=True)
    assert set(codes) <= {"done", "Later"}
    await finish(sharing, *(split_id for _, split_id, _ in made))
    assert not [amount for order, _, amount in made if await wrong(sharing, order, amount)]
    for order, _, _ in made:
        calls = [o["out_order_no"] for o in (await sharing.held(order))["orders"]]
        assert len(calls) == len(set(calls)) <= 2  # one split, one unfreezing, whoever asked
    await three_sides_equal(sharing, *(order for order, _, _ in made))


PARTS = (1_000, 2_500, 6_500)
"""Refunds of the same order that three processes carry out at once; together they are all of it."""


async def give_backs(sharing: Sharing, *, guarded: bool) -> tuple[list[tuple[Order, UUID]], list[str]]:
    """Refunds of shared orders from three processes at once: one order has been split, the other's split is recorded meanwhile."""
    done, split_id = await due(sharing)
    await finish(sharing, split_id)
    half, under_way = await due(sharing)
    with suppress(Later):
        await carry_out(sharing.world.rt, sharing.store_id, under_way)
    await sharing.world.sandbox.settle(61)  # split at the platform, and nobody here knows
    assert (await sharing.shares(half))["partner"][0] == "sent"
    made = [(done, split_id), (half, under_way)]
    split = errand(sharing, "split", under_way)
    errands: Errands = []
    for amount in PARTS:
        refunds = [
            errand(
                sharing,
                "refund",
                order.id,
                amount=amount,
                attempt_id=str((await sharing.attempt(order))["id"]),
            )
            for order, _ in made
        ]
        errands.append([split, *refunds])
    return made, await race(sharing, errands, guarded=guarded)


async def test_without_the_locks_receivers_give_back_more_than_their_part(sharing: Sharing) -> None:
    """The race is real: refunds that do not see each other ask for the same shares, or a process breaks."""
    made, codes = await give_backs(sharing, guarded=False)
    broken = [code for code in codes if code not in {"done", "Later"}]
    if not broken:
        await finish(sharing, *(split_id for _, split_id in made))
    assert broken or [order for order, _ in made if await wrong(sharing, order, *PARTS)]


async def test_give_backs_against_a_split_over_several_processes_end_the_same_on_all_sides(
    sharing: Sharing,
) -> None:
    made, codes = await give_backs(sharing, guarded=True)
    assert set(codes) <= {"done", "Later"}
    await finish(sharing, *(split_id for _, split_id in made))
    for order, _ in made:
        assert not await wrong(sharing, order, *PARTS)
        held = await sharing.held(order)
        numbers = [back["out_return_no"] for back in held["returns"]]
        assert len(numbers) == len(set(numbers))
        assert {back["result"] for back in held["returns"]} == {"SUCCESS"}
        assert held["returned"] == held["split"] == 1_500
    await three_sides_equal(sharing, *(order for order, _ in made))


async def asked_at_once(sharing: Sharing, amount: int, *, daily: int, guarded: bool = True) -> list[str]:
    """Eight withdrawals from two processes, of which the store allows so many a day."""
    await earned(sharing)
    await sharing.policy(withdraw_daily=daily)
    one = errand(
        sharing,
        "withdraw",
        sharing.receivers["leader"],
        amount=amount,
        customer_id=str(sharing.leader_id),
        openid=sharing.openid,
    )
    return await race(sharing, [[one] * 4] * 2, guarded=guarded)


async def test_without_the_lock_a_person_withdraws_more_often_than_the_store_allows(sharing: Sharing) -> None:
    assert (await asked_at_once(sharing, 100, daily=1, guarded=False)).count("done") > 1


async def test_withdrawals_over_several_processes_keep_the_stores_limit(sharing: Sharing) -> None:
    codes = await asked_at_once(sharing, 100, daily=1)
    assert sorted(set(codes)) == ["done", "withdrawals_today"]
    assert codes.count("done") == 1
    assert await left(sharing) == 500


async def test_nobody_withdraws_the_same_fen_from_two_processes(sharing: Sharing) -> None:
    codes = await asked_at_once(sharing, 250, daily=100)
    assert (codes.count("done"), set(codes)) == (2, {"done", "balance_too_low"})
    assert await left(sharing) == 100
    await book_holds(sharing.world.rt.db, sharing.store_id)


async def told_both(sharing: Sharing, *, guarded: bool) -> tuple[list[UUID], list[str]]:
    """Transfers about which one process hears that they were confirmed and another that they failed."""
    await earned(sharing)
    await sharing.policy(withdraw_daily=100)
    asked = [await ask(sharing, 100) for _ in range(6)]
    for withdrawal in asked:
        await approve(sharing, withdrawal)
    ends = [
        [errand(sharing, "told", w, amount=100, state=state) for w in asked] for state in ("SUCCESS", "FAIL")
    ]
    return asked, await race(sharing, ends, guarded=guarded)


async def test_without_the_lock_a_withdrawal_ends_twice(sharing: Sharing) -> None:
    _, codes = await told_both(sharing, guarded=False)
    assert [code for code in codes if code not in {"paid", "known"}]


async def test_a_withdrawal_that_is_told_to_be_paid_and_failed_ends_once(sharing: Sharing) -> None:
    asked, codes = await told_both(sharing, guarded=True)
    assert (codes.count("paid"), codes.count("known")) == (len(asked), len(asked))
    states = [(await row(sharing, w))["state"] for w in asked]
    assert set(states) <= {"paid", "failed"}
    assert await left(sharing) == 100 * states.count("failed")
    account = clearing(sharing.world.account.id)
    kept = (await sharing.world.sandbox.call("GET", f"/balances/{sharing.world.account.mchid}"))["total"]
    posted, _ = await balance(sharing.world.rt.db, sharing.store_id, account)
    assert posted == kept - 100 * states.count("paid")
    await book_holds(sharing.world.rt.db, sharing.store_id)


async def seen(look: Callable[[], Awaitable[bool]]) -> None:
    """Return once it is so; the platform is asked again and again meanwhile."""
    for _ in range(5_000):
        if await look():
            return
    raise AssertionError("it never happened")


async def test_kill_9_while_the_platform_splits_leaves_one_split(sharing: Sharing) -> None:
    order, split_id = await due(sharing)
    await sharing.world.sandbox.fault("/v3/profitsharing/orders", "timeout", count=1)

    async def accepted() -> bool:
        return bool((await sharing.held(order))["orders"])

    await race(sharing, [[errand(sharing, "split", split_id)]], kill_first_when=lambda: seen(accepted))
    assert (await sharing.shares(order))["partner"][0] == "sent"
    await finish(sharing, split_id)
    assert (await sharing.row(order))["state"] == "done"
    assert len((await sharing.held(order))["orders"]) == 2
    await three_sides_equal(sharing, order)


async def test_kill_9_while_receivers_give_back_leaves_one_return_and_one_refund(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.world.sandbox.fault("/v3/profitsharing/return-orders", "timeout", count=1)
    attempt_id = str((await sharing.attempt(order))["id"])
    refund = errand(sharing, "refund", order.id, amount=4_000, attempt_id=attempt_id)

    async def accepted() -> bool:
        return bool((await sharing.held(order))["returns"])

    await race(sharing, [[refund]], kill_first_when=lambda: seen(accepted))
    assert await sharing.refund_states(order) == [("requested", 4_000)]
    await finish(sharing)
    assert not await wrong(sharing, order, 4_000)
    assert len((await sharing.held(order))["returns"]) == 2
    await three_sides_equal(sharing, order)


async def test_kill_9_while_a_transfer_is_asked_for_leaves_one_transfer(sharing: Sharing) -> None:
    """Who goes on has another address for news: the repeated call is refused, and what was accepted before is found."""
    await earned(sharing)
    withdrawal = await ask(sharing, 600)
    await withdrawals.approve(sharing.world.rt, sharing.store_id, withdrawal, "店主")
    await sharing.world.sandbox.fault("/v3/fund-app/mch-transfer/transfer-bills", "timeout", count=1)
    mchid = sharing.world.account.mchid

    async def accepted() -> bool:
        return (await sharing.world.sandbox.call("GET", f"/balances/{mchid}"))["locked"] == 600

    one = errand(sharing, "transfer", withdrawal)
    await race(sharing, [[one]], kill_first_when=lambda: seen(accepted))
    assert (await row(sharing, withdrawal))["state"] == "approved"
    await sharing.world.run_jobs()
    waiting = await row(sharing, withdrawal)
    assert waiting["state"] == "waiting"
    await sharing.world.sandbox.call(
        "POST", f"/transfers/{waiting['package_info']}/confirm", {"openid": sharing.openid}
    )
    await sharing.world.sandbox.settle(5)
    await sharing.world.turn(600)
    await sharing.world.run_jobs()
    assert (await row(sharing, withdrawal))["state"] == "paid"
    moved = (await sharing.world.sandbox.call("GET", f"/balances/{mchid}"))["movements"]
    assert [m["amount"] for m in moved if m["kind"] == "transfer"] == [-600]
    await three_sides_equal(sharing)
