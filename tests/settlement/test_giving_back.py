"""Refunds of shared payments: receivers give back first, in every order of events, and all sides stay equal."""

import random

import pytest

from tests.payments.ways import every_way
from tests.payments.world import Order
from tests.settlement.sharing import Sharing, add_paid_person, told
from zhanggui.core.errors import ShopError
from zhanggui.insights.queries import dashboard
from zhanggui.settlement import give_back, listing


@every_way("sharing")
async def test_a_refund_of_a_split_order_first_gets_the_shares_back(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.refund(order, 4_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 4_000)]
    assert await sharing.shares(order) == sharing.known(
        {"partner": ("paid", 1000, 400), "supplier": ("paid", 500, 200), "leader": ("paid", 200, 80)}
    )
    await sharing.refund(order, 6_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 4_000), ("succeeded", 6_000)]
    assert all(s[1] == s[2] for s in (await sharing.shares(order)).values())
    assert (await sharing.held(order))["own"] == 0
    await sharing.agrees(order)


@every_way("sharing")
async def test_a_refund_before_the_split_makes_the_shares_smaller(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.refund(order, 5_000)
    await sharing.finish()
    await sharing.split(order)
    assert await sharing.shares(order) == sharing.known(
        {"partner": ("paid", 500, 0), "supplier": ("paid", 250, 0), "leader": ("paid", 100, 0)}
    )
    await sharing.agrees(order)


async def test_a_refund_that_was_closed_and_made_again_counts_once(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["CLOSED"]})
    await sharing.refund(order, 5_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("closed", 5_000), ("succeeded", 5_000)]
    await sharing.split(order)
    assert {n: s[1] for n, s in (await sharing.shares(order)).items()} == {
        "partner": 500,
        "supplier": 250,
        "leader": 100,
    }
    await sharing.agrees(order)


async def test_a_refund_of_everything_before_the_split_shares_nothing(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.refund(order, 10_000)
    await sharing.finish()
    await sharing.split(order)
    assert (await sharing.row(order))["state"] == "void"
    assert (await sharing.held(order))["split"] == 0
    await sharing.agrees(order)


async def refuses(sharing: Sharing, *, allowed: bool = False) -> None:
    """The partner does not let the platform take anything back (or does again)."""
    told = {"mchid": sharing.mchids["partner"], "returns_allowed": allowed}
    await sharing.world.sandbox.call("POST", "/sharing", told)


async def waits(sharing: Sharing, amount: int) -> Order:
    """An order whose refund waits for the partner."""
    order = await sharing.paid()
    await sharing.split(order)
    await refuses(sharing)
    await sharing.refund(order, amount)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("requested", amount)]
    return order


async def test_a_refund_waits_for_a_receiver_who_does_not_give_back(sharing: Sharing) -> None:
    order = await waits(sharing, 1_000)
    (row,) = (
        await listing.list_splits(sharing.world.rt, sharing.store_id, None, None, unreturned=True)
    ).items
    assert (row.order_id, row.error, row.waiting, row.advanced) == (order.id, "return_failed", 100, 0)
    assert row.advance_at is not None
    todo = (await dashboard(sharing.world.rt, sharing.store_id, money=True)).todo
    assert (todo.unreturned_shares, todo.stuck_splits) == (1, 0)
    await sharing.agrees(order)
    await refuses(sharing, allowed=True)
    await sharing.world.turn(900)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 1_000)]
    assert (await sharing.row(order))["error"] is None
    assert await told(sharing, order) == ["return_failed"]
    await sharing.agrees(order)


async def test_a_buyers_refund_arrives_after_a_day_without_any_setting(sharing: Sharing) -> None:
    order = await waits(sharing, 10_000)
    await sharing.world.turn(86_400)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 10_000)]
    assert (await sharing.shares(order))["partner"] == ("paid", 1000, 0)
    row = await listing.read_split(sharing.world.rt, sharing.store_id, (await sharing.row(order))["id"])
    assert (row.error, row.waiting, row.advanced, row.advance_at) == ("return_advanced", 0, 1_000, None)
    assert await told(sharing, order) == ["return_failed", "return_advanced"]
    await sharing.agrees(order)


async def test_the_merchant_pays_at_once_when_he_says_so(sharing: Sharing) -> None:
    order = await waits(sharing, 4_000)
    split_id = (await sharing.row(order))["id"]
    await give_back.advance(sharing.world.rt, sharing.store_id, split_id)
    with pytest.raises(ShopError, match="wrong_state"):
        await give_back.advance(sharing.world.rt, sharing.store_id, split_id)
    await sharing.world.run_jobs()  # no waiting any more
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 4_000)]
    assert (await sharing.shares(order))["partner"] == ("paid", 1000, 0)
    await sharing.agrees(order)


async def test_a_store_may_choose_to_pay_without_waiting(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await refuses(sharing)
    await sharing.policy(advance_refunds=True)
    await sharing.refund(order, 10_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 10_000)]
    assert (await sharing.shares(order))["partner"] == ("paid", 1000, 0)
    await sharing.agrees(order)


async def test_what_a_person_was_paid_directly_holds_no_refund_up(sharing: Sharing) -> None:
    """The platform takes nothing back from people: the store pays their part at once, the merchants give theirs back."""
    await add_paid_person(sharing)
    order = await sharing.paid()
    await sharing.split(order)
    assert (await sharing.shares(order))["guide"] == ("paid", 300, 0)
    await sharing.refund(order, 5_000)
    await sharing.world.run_jobs()
    await sharing.world.sandbox.settle(61)
    await sharing.world.turn(5)
    await sharing.world.run_jobs()
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 5_000)]
    assert {name: s[2] for name, s in (await sharing.shares(order)).items()} == {
        "partner": 500,
        "supplier": 250,
        "leader": 100,
        "guide": 0,
    }
    assert await told(sharing, order) == ["return_advanced"]
    await sharing.agrees(order)


async def test_what_was_paid_half_a_year_ago_is_not_asked_for(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.world.rt.db.execute(
        "UPDATE split_share SET paid_at = paid_at - interval '181 days' WHERE store_id = $1", sharing.store_id
    )
    await sharing.refund(order, 2_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 2_000)]
    assert {n: s[2] for n, s in (await sharing.shares(order)).items()} == {
        "partner": 0,
        "supplier": 0,
        "leader": 40,
    }
    await sharing.agrees(order)


async def test_what_comes_back_after_the_merchant_paid_is_booked_too(sharing: Sharing) -> None:
    """The platform works on a return for longer than a day; the buyer does not wait for it."""
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.refund(order, 2_000)
    await sharing.world.run_jobs()  # asked for, and the platform's clock stands still
    assert await sharing.refund_states(order) == [("requested", 2_000)]
    await sharing.world.turn(86_400)
    await sharing.world.run_jobs()
    assert await sharing.refund_states(order) == [("processing", 2_000)]
    await sharing.finish()
    await sharing.world.turn(3_600)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 2_000)]
    assert {n: s[2] for n, s in (await sharing.shares(order)).items()} == {
        "partner": 200,
        "supplier": 100,
        "leader": 40,
    }
    await sharing.agrees(order)


@every_way("sharing")
async def test_a_return_that_fails_is_asked_for_under_a_new_number(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.results(returns=["ACCOUNT_ABNORMAL"])
    await sharing.refund(order, 2_000)
    for _ in range(3):
        await sharing.world.turn(900)
        await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 2_000)]
    held = await sharing.held(order)
    assert held["returned"] == 300
    assert {r["result"] for r in held["returns"]} == {"FAILED", "SUCCESS"}
    await sharing.agrees(order)


@every_way("sharing")
async def test_a_return_accepted_without_an_answer_is_found_by_the_query(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    for kind in ("drop", "http_500"):
        more = {} if kind == "drop" else {"stage": "after"}
        await sharing.world.sandbox.fault(sharing.returns_at, kind, count=1, **more)
    await sharing.refund(order, 2_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 2_000)]
    assert (await sharing.held(order))["returned"] == 300
    await sharing.agrees(order)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_the_order_of_events_all_sides_stay_equal(sharing: Sharing, seed: int) -> None:
    """Splits, refunds, jobs and time in any order: the ledger balances and the platform has the same."""
    dice = random.Random(seed)
    steps = dice.choices(["complete", "refund", "refund", "jobs", "minute"], k=dice.randint(4, 8))
    await _interleave(sharing, steps, [dice.randint(1, 4_000) for _ in steps])


async def _interleave(sharing: Sharing, steps: list[str], amounts: list[int]) -> None:
    order = await sharing.paid(10_001)
    left, completed = 10_001, False
    for step, amount in zip(steps, amounts, strict=False):
        if step == "complete" and not completed:
            await sharing.complete(order)
            completed = True
        elif step == "refund" and amount <= left:
            await sharing.refund(order, amount)
            left -= amount
        elif step == "jobs":
            await sharing.world.run_jobs()
        elif step == "minute":
            await sharing.minute()
    if not completed:
        await sharing.complete(order)
    await sharing.finish()
    assert {s for s, _ in await sharing.refund_states(order)} <= {"succeeded"}
    assert (await sharing.row(order))["state"] in {"done", "void"}
    kept = sum(s[1] - s[2] for s in (await sharing.shares(order)).values() if s[0] == "paid")
    assert kept <= left
    assert abs(kept - 1700 * left // 10_000) <= 4
    await sharing.agrees(order)
