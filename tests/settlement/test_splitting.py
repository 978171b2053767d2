"""From the payment to the last fen: frozen, planned, split, unfrozen, under every fault of the platform."""

import pytest

from tests.payments.ways import every_way
from tests.payments.world import OpenWorld, Order
from tests.settlement.sharing import Sharing, open_sharing, told
from zhanggui.core import clock
from zhanggui.insights.queries import dashboard
from zhanggui.settlement import desk


@every_way("sharing")
async def test_a_payment_is_frozen_split_after_completion_and_the_rest_unfrozen(sharing: Sharing) -> None:
    order = await sharing.paid(9_999)
    assert (await sharing.attempt(order))["profit_sharing"]
    assert (await sharing.row(order))["state"] == "held"
    assert (await sharing.held(order))["unsplit"] == 9_999
    await sharing.complete(order)
    await sharing.world.run_jobs()
    assert (await sharing.held(order))["split"] == 0  # not within the first minute
    await sharing.minute()
    await sharing.finish()
    assert (await sharing.row(order))["state"] == "done"
    assert await sharing.shares(order) == sharing.known(
        {"partner": ("paid", 999, 0), "supplier": ("paid", 500, 0), "leader": ("paid", 200, 0)}
    )
    held = await sharing.held(order)
    assert held["ended"]
    assert held["unsplit"] == 0
    await sharing.agrees(order)


async def test_an_order_that_no_rule_concerns_is_not_frozen(sharing: Sharing) -> None:
    await sharing.world.rt.db.execute(
        "UPDATE split_rule SET enabled = false WHERE store_id = $1", sharing.store_id
    )
    order = await sharing.paid()
    assert not (await sharing.attempt(order))["profit_sharing"]
    found = await sharing.world.rt.db.fetchval(
        "SELECT count(*) FROM order_split WHERE store_id = $1", sharing.store_id
    )
    assert found == 0


async def test_shares_that_are_only_kept_as_balances_freeze_nothing(sharing: Sharing) -> None:
    await sharing.world.rt.db.execute(
        "UPDATE split_rule SET enabled = receiver_id = $2 WHERE store_id = $1",
        sharing.store_id,
        sharing.receivers["leader"],
    )
    order = await sharing.paid()
    assert not (await sharing.attempt(order))["profit_sharing"]
    await sharing.split(order)
    assert await sharing.shares(order) == {"leader": ("paid", 200, 0)}
    await sharing.agrees(order)


async def test_a_rule_changed_after_payment_changes_nothing(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.world.rt.db.execute("UPDATE split_rule SET ratio = 1 WHERE store_id = $1", sharing.store_id)
    await sharing.split(order)
    assert {name: s[1] for name, s in (await sharing.shares(order)).items()} == {
        "partner": 1000,
        "supplier": 500,
        "leader": 200,
    }
    await sharing.agrees(order)


@pytest.mark.parametrize("kind", ["http_500", "system_error", "http_429", "drop"])
@pytest.mark.parametrize(
    ("sharing", "path"),
    [
        ("own", "/v3/profitsharing/orders"),
        ("own", "/v3/profitsharing/orders/unfreeze"),
        ("below", "/v3/ecommerce/profitsharing/orders"),
        ("below", "/v3/ecommerce/profitsharing/finish-order"),
    ],
    indirect=["sharing"],
)
async def test_an_unknown_outcome_is_asked_about_and_repeated_with_the_same_number(
    sharing: Sharing, kind: str, path: str
) -> None:
    order = await sharing.paid()
    more = {} if kind == "drop" else {"stage": "after"}
    await sharing.world.sandbox.fault(path, kind, count=1, **more)
    await sharing.split(order)
    assert (await sharing.row(order))["state"] == "done"
    held = await sharing.held(order)
    assert held["split"] == 1500
    assert len(held["orders"]) == 2  # one split, one unfreezing
    await sharing.agrees(order)


async def test_a_closed_share_waits_for_people_who_try_again_or_leave_it(sharing: Sharing) -> None:
    first, second = await sharing.paid(), await sharing.paid()
    await sharing.results(receivers=["RECEIVER_HIGH_RISK", ""])
    await sharing.split(first)
    row = await sharing.row(first)
    assert (row["state"], row["error"]) == ("stuck", "share_closed")
    assert sorted(s[0] for s in (await sharing.shares(first)).values()) == ["closed", "paid", "paid"]
    await sharing.agrees(first, second)
    await desk.retry(sharing.world.rt, sharing.store_id, row["id"])
    await sharing.finish()
    assert (await sharing.row(first))["state"] == "done"
    assert (await sharing.held(first))["split"] == 1500
    await sharing.results(receivers=["RECEIVER_HIGH_RISK", ""])
    await sharing.split(second)
    await desk.finish(sharing.world.rt, sharing.store_id, (await sharing.row(second))["id"])
    await sharing.finish()
    assert (await sharing.row(second))["state"] == "done"
    assert (await sharing.held(second))["ended"]
    await sharing.agrees(first, second)


async def test_what_the_platform_refuses_is_shown_and_can_be_tried_again(sharing: Sharing) -> None:
    """The merchant's agreement with the platform is lower than what the store was told."""
    order = await sharing.paid()
    mchid = sharing.world.account.mchid
    await sharing.world.sandbox.call("POST", "/sharing", {"mchid": mchid, "max_ratio": 100})
    await sharing.split(order)
    row = await sharing.row(order)
    assert (row["state"], row["error"]) == ("stuck", "RULE_LIMIT")
    assert (await dashboard(sharing.world.rt, sharing.store_id, money=True)).todo.stuck_splits == 1
    await sharing.agrees(order)
    await sharing.world.sandbox.call("POST", "/sharing", {"mchid": mchid, "max_ratio": 3000})
    await desk.retry(sharing.world.rt, sharing.store_id, row["id"])
    await sharing.finish()
    assert (await sharing.row(order))["state"] == "done"
    await sharing.agrees(order)


async def until_the_freeze_ends(sharing: Sharing, order: Order, before: float) -> None:
    """Turn to so many seconds before the provider unfreezes by itself, and run what is due."""
    until = (await sharing.row(order))["freeze_until"]
    await sharing.world.turn((until - clock.now()).total_seconds() - before)
    await sharing.world.run_jobs()


async def test_a_freeze_that_ends_before_completion_is_said_and_then_settled_by_itself(
    sharing: Sharing,
) -> None:
    """What the provider would have paid stays the merchant's; a balance is credited at completion as ever."""
    order = await sharing.paid()
    await sharing.world.sandbox.settle(61)
    await until_the_freeze_ends(sharing, order, 86_400)
    row = await sharing.row(order)
    assert (row["state"], row["error"], row["unfrozen_at"]) == ("held", "freeze_ending", None)
    await until_the_freeze_ends(sharing, order, 3_000)
    await sharing.finish()
    row = await sharing.row(order)
    assert (row["state"], row["error"]) == ("held", "freeze_over")
    assert row["unfrozen_at"] < row["freeze_until"]
    held = await sharing.held(order)
    assert (held["ended"], held["split"]) == (True, 0)
    await sharing.split(order)
    row = await sharing.row(order)
    assert (row["state"], row["error"]) == ("done", "freeze_over")
    assert await sharing.shares(order) == {
        "partner": ("void", 0, 0),
        "supplier": ("void", 0, 0),
        "leader": ("paid", 200, 0),
    }
    assert await told(sharing, order) == ["freeze_ending", "freeze_over"]
    await sharing.agrees(order)


async def test_a_freeze_that_ends_with_nobody_to_credit_leaves_nothing_open(sharing: Sharing) -> None:
    await sharing.world.rt.db.execute(
        "UPDATE split_rule SET enabled = false WHERE store_id = $1 AND receiver_id = $2",
        sharing.store_id,
        sharing.receivers["leader"],
    )
    order = await sharing.paid()
    await sharing.world.sandbox.settle(61)
    await until_the_freeze_ends(sharing, order, 3_000)
    await sharing.finish()
    row = await sharing.row(order)
    assert (row["state"], row["error"]) == ("void", "freeze_over")
    await sharing.split(order)
    assert (await sharing.row(order))["state"] == "void"
    assert (await sharing.held(order))["split"] == 0
    await sharing.agrees(order)


async def test_a_split_that_nobody_helped_is_finished_before_its_freeze_ends(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.results(receivers=["RECEIVER_HIGH_RISK", ""])
    await sharing.split(order)
    assert (await sharing.row(order))["state"] == "stuck"
    await until_the_freeze_ends(sharing, order, 3_000)
    await sharing.finish()
    row = await sharing.row(order)
    assert (row["state"], row["error"]) == ("done", "freeze_over")
    assert row["unfrozen_at"] is not None
    assert sorted(s[0] for s in (await sharing.shares(order)).values()) == ["paid", "paid", "void"]
    await sharing.agrees(order)


async def calls(sharing: Sharing, order: Order, used: int) -> None:
    """As if an order had been split so often before."""
    await sharing.world.rt.db.execute(
        "UPDATE order_split SET calls = $3 WHERE store_id = $1 AND order_id = $2",
        sharing.store_id,
        order.id,
        used,
    )


async def test_an_order_is_split_by_49_calls_and_unfrozen_by_the_50th(sharing: Sharing) -> None:
    last, none = await sharing.paid(), await sharing.paid()
    await calls(sharing, last, 48)
    await calls(sharing, none, 49)
    await sharing.complete(last)
    await sharing.split(none)
    row = await sharing.row(last)
    assert (row["state"], row["error"], row["calls"]) == ("done", None, 49)
    assert (await sharing.held(last))["split"] == 1500
    row = await sharing.row(none)
    assert (row["state"], row["error"], row["calls"]) == ("done", "too_many_calls", 49)
    assert await sharing.shares(none) == {
        "partner": ("void", 0, 0),
        "supplier": ("void", 0, 0),
        "leader": ("paid", 200, 0),
    }
    held = await sharing.held(none)
    assert (held["split"], held["ended"], len(held["orders"])) == (0, True, 1)
    assert await told(sharing, none) == ["too_many_calls"]
    await sharing.agrees(last, none)


async def test_calls_that_are_refused_are_counted_too(sharing: Sharing) -> None:
    order = await sharing.paid()
    mchid = sharing.world.account.mchid
    await sharing.world.sandbox.call("POST", "/sharing", {"mchid": mchid, "max_ratio": 100})
    await sharing.split(order)
    row = await sharing.row(order)
    assert (row["state"], row["calls"]) == ("stuck", 1)
    await desk.retry(sharing.world.rt, sharing.store_id, row["id"])
    await sharing.finish()
    assert (await sharing.row(order))["calls"] == 2


async def test_every_store_pays_from_its_own_account_and_nobody_elses(
    sharing: Sharing, opened: OpenWorld
) -> None:
    """二清: money of other merchants is never collected into one account."""
    other = await open_sharing(await opened(), sharing.settings)
    mine, theirs = await sharing.paid(), await other.paid()
    await sharing.split(mine)
    await other.split(theirs)
    for one, order in ((sharing, mine), (other, theirs)):
        mchid = one.world.account.mchid
        told = await one.world.sandbox.call("GET", f"/balances/{mchid}")
        kinds = {m["kind"] for m in told["movements"]}
        assert kinds == {"split_out"}
        assert told["total"] == 10_000 - 1500
        for name in ("partner", "supplier"):
            got = await one.world.sandbox.call("GET", f"/balances/{one.mchids[name]}")
            assert [m["kind"] for m in got["movements"]] == ["split_in"]
        row = await one.row(order)
        owner = await one.world.rt.db.fetchval(
            "SELECT store_id FROM payment_account WHERE id = $1", row["account_id"]
        )
        assert owner == one.store_id
        await one.agrees(order)
