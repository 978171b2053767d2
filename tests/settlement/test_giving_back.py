"""Refunds of shared payments: receivers give back first, in every order of events, and all sides stay equal."""

import random

import pytest

from tests.settlement.sharing import Sharing


async def test_a_refund_of_a_split_order_first_gets_the_shares_back(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.refund(order, 4_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 4_000)]
    assert await sharing.shares(order) == {
        "partner": ("paid", 1000, 400),
        "supplier": ("paid", 500, 200),
        "leader": ("paid", 200, 80),
    }
    await sharing.refund(order, 6_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 4_000), ("succeeded", 6_000)]
    assert all(s[1] == s[2] for s in (await sharing.shares(order)).values())
    assert (await sharing.held(order))["own"] == 0
    await sharing.agrees(order)


async def test_a_refund_before_the_split_makes_the_shares_smaller(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.refund(order, 5_000)
    await sharing.finish()
    await sharing.split(order)
    assert {name: s[1] for name, s in (await sharing.shares(order)).items()} == {
        "partner": 500,
        "supplier": 250,
        "leader": 100,
    }
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


async def test_a_refund_waits_for_a_receiver_who_does_not_give_back(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.world.sandbox.call(
        "POST", "/sharing", {"mchid": sharing.mchids["partner"], "returns_allowed": False}
    )
    await sharing.refund(order, 1_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("requested", 1_000)]
    assert (await sharing.row(order))["error"] == "return_failed"
    await sharing.agrees(order)
    await sharing.world.sandbox.call(
        "POST", "/sharing", {"mchid": sharing.mchids["partner"], "returns_allowed": True}
    )
    await sharing.world.turn(900)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 1_000)]
    assert (await sharing.row(order))["error"] is None
    await sharing.agrees(order)


async def test_the_merchant_advances_what_cannot_be_had_back_only_if_he_said_so(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.world.sandbox.call(
        "POST", "/sharing", {"mchid": sharing.mchids["partner"], "returns_allowed": False}
    )
    await sharing.policy(advance_refunds=True)
    await sharing.refund(order, 10_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 10_000)]
    assert (await sharing.shares(order))["partner"] == ("paid", 1000, 0)
    await sharing.agrees(order)


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


async def test_a_return_accepted_without_an_answer_is_found_by_the_query(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.split(order)
    for kind in ("drop", "http_500"):
        more = {} if kind == "drop" else {"stage": "after"}
        await sharing.world.sandbox.fault("/v3/profitsharing/return-orders", kind, count=1, **more)
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
