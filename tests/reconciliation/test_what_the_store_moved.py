"""Splits, what came back of them, people's transfers and withdrawals to the bank: each line of the fund flow against our records."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from tests.ledger.books import balance, book_holds
from tests.payments.ways import below
from tests.payments.world import open_world
from tests.reconciliation.days import Days
from tests.reconciliation.test_days import BY
from tests.settlement.sharing import Sharing, add_person, open_sharing
from tests.settlement.test_withdrawals import approve, ask
from tests.support.shop_server import ShopServer
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.ledger.chart import clearing, provider_fee
from zhanggui.payments.provider import OutcomeUnknown
from zhanggui.reconciliation.resolve import adjust, finish

A_DAY = timedelta(hours=4)


class Moved(NamedTuple):
    """A store's day with everything in it, and the numbers of what it moved."""

    sharing: Sharing
    day: date
    calls: list[str]
    returns: list[str]
    transfer: str


async def trade(days: Days, server: ShopServer) -> Moved:
    """Two payments split, a part of one given back by its receivers, a leader's withdrawal, and money drawn to the bank."""
    world, day = await days.world(A_DAY), await days.today()
    sharing = await open_sharing(world, server.settings)
    orders = [await sharing.paid(30_000), await sharing.paid(10_001)]
    for order in orders:
        await sharing.complete(order)
    await sharing.minute()
    await sharing.finish()
    await sharing.refund(orders[0], 7_777)
    await sharing.finish()
    withdrawal = await ask(sharing, 300)
    await approve(sharing, withdrawal)
    db = days.rt.db
    package = await db.fetchval("SELECT package_info FROM receiver_withdrawal WHERE id = $1", withdrawal)
    await days.sandbox.call("POST", f"/transfers/{package}/confirm", {"openid": sharing.openid})
    await days.sandbox.settle(5)
    await days.sandbox.call("POST", f"/balances/{world.account.mchid}/draw", {"amount": 5_000})
    calls = await db.fetch(
        "SELECT DISTINCT out_order_no FROM split_share WHERE store_id = $1 AND out_order_no IS NOT NULL ORDER BY 1",
        world.store_id,
    )
    returns = await db.fetch(
        """
        SELECT r.id, r.tries FROM split_return r JOIN split_share h ON h.store_id = r.store_id AND h.id = r.share_id
        WHERE r.store_id = $1 AND h.payout = 'sharing' ORDER BY r.amount DESC
        """,
        world.store_id,
    )
    numbers = [f"{r['id'].hex}T{r['tries']}" for r in returns]
    assert await days.today() == day
    return Moved(sharing, day, [c["out_order_no"] for c in calls], numbers, withdrawal.hex)


async def at_the_provider(days: Days, moved: Moved) -> int:
    return await days.rt.db.fetchval(
        "SELECT closing_balance FROM bill_run WHERE store_id = $1 AND bill_date = $2",
        moved.sharing.store_id,
        moved.day,
    )


async def test_a_day_of_splits_returns_and_transfers_matches_to_the_fen(
    days: Days, server: ShopServer
) -> None:
    moved = await trade(days, server)
    world, db = moved.sharing.world, days.rt.db
    await days.morning()
    outcome = await days.run(world, moved.day)
    assert await days.differences(world) == []
    assert (outcome.status, outcome.found) == ("matched", 0)
    held = await at_the_provider(days, moved)
    assert await balance(db, world.store_id, clearing(world.account.id)) == (held, 0)
    assert await balance(db, world.store_id, provider_fee(world.account.id)) == (0, 0)
    drawn = await db.fetch(
        "SELECT amount, actor FROM ledger_entry WHERE store_id = $1 AND key LIKE 'drawn/%'", world.store_id
    )
    assert [tuple(r) for r in drawn] == [(5_000, "platform")]
    await days.run(world, moved.day)  # once more: nothing is posted twice
    assert await balance(db, world.store_id, clearing(world.account.id)) == (held, 0)
    await days.morning()
    assert (await days.run(world, moved.day + timedelta(days=1))).found == 0
    await book_holds(db, world.store_id)


async def test_injected_differences_of_what_was_moved_are_found_and_nothing_else(
    days: Days, server: ShopServer
) -> None:
    moved, stranger = await trade(days, server), f"{new_id().hex}R1B1"
    world, day, db = moved.sharing.world, moved.day, days.rt.db
    await days.put(world, day, "missing", moved.calls[0])
    await days.put(world, day, "amount", moved.calls[1], value=1_001)
    await days.put(world, day, "missing", moved.returns[0])
    await days.put(world, day, "amount", moved.returns[1], value=1)
    await days.put(world, day, "amount", moved.transfer, value=301)
    await days.put(world, day, "extra", stranger, value=11, what="split_out")
    await days.put(world, day, "extra", "BYHAND1", value=22, what="transfer")
    await days.put(world, day, "extra", f"{new_id().hex}T0", value=33, what="return_in")
    await days.put(world, day, "extra", "odd", value=44, what="strange")
    await days.morning()
    assert (await days.run(world, day)).found == 9
    found = await days.differences(world)
    assert sorted((d["subject"], d["kind"], d["theirs"]) for d in found if d["kind"] == "missing_here") == [
        ("flow", "missing_here", -44),
        ("split", "missing_here", 11),
        ("split_return", "missing_here", 33),
        ("transfer", "missing_here", 22),
    ]
    shares, given = 4_500, 1_167  # of 30,000 to two merchants; of 7,777 back from them
    returned = await db.fetch("SELECT amount FROM split_return WHERE store_id = $1", world.store_id)
    first, second = sorted((r["amount"] for r in returned), reverse=True)[:2]
    assert first + second == given
    known = [d for d in found if d["kind"] != "missing_here"]
    assert {d["number"]: (d["subject"], d["kind"], d["ours"], d["theirs"]) for d in known} == {
        moved.calls[0]: ("split", "missing_there", shares, None),
        moved.calls[1]: ("split", "amount", 1_500, 1_001 + 500),
        moved.returns[0]: ("split_return", "missing_there", first, None),
        moved.returns[1]: ("split_return", "amount", second, 1),
        moved.transfer: ("transfer", "amount", 300, 301),
    }
    order = await db.fetchval("SELECT order_id FROM order_split WHERE id = $1", UUID(hex=moved.calls[0][:32]))
    assert next(d["order_id"] for d in found if d["number"] == moved.calls[0]) == order
    for difference in found:
        await adjust(days.rt, world.store_id, difference["id"], BY, "核对", difference["id"].hex)
    held = await at_the_provider(days, moved)
    assert await balance(db, world.store_id, clearing(world.account.id)) == (held, 0)
    await days.sandbox.call("DELETE", "/bill-differences")
    assert (
        await days.run(world, day)
    ).found == 1  # the bill is true again, and what was posted after the false one is not
    (off,) = await days.differences(world)
    assert (off["subject"], off["ours"]) == ("balance", held)
    await book_holds(db, world.store_id)


async def test_a_split_and_a_transfer_whose_ends_were_missed_are_found_and_finished(
    days: Days, server: ShopServer
) -> None:
    """The workers died before they heard how it ended, and the notification got lost."""
    world, day = await days.world(A_DAY), await days.today()
    sharing, db = await open_sharing(world, server.settings), days.rt.db
    await sharing.split(await sharing.paid(20_000))
    withdrawal = await ask(sharing, 300)
    await approve(sharing, withdrawal)
    package = await db.fetchval("SELECT package_info FROM receiver_withdrawal WHERE id = $1", withdrawal)
    await days.sandbox.fault("notify:MCHTRANSFER", "drop", final=True)
    await days.sandbox.call("POST", f"/transfers/{package}/confirm", {"openid": sharing.openid})
    second = await sharing.paid(10_000)
    await sharing.complete(second)
    await sharing.minute()
    await world.run_jobs()  # it is sent, and the answer says that it is being worked on
    await days.sandbox.settle(61)
    await days.morning()
    assert (await days.run(world, day)).found == 2
    found = await days.differences(world)
    assert [(d["subject"], d["kind"], d["our_state"], d["theirs"]) for d in found] == [
        ("split", "missing_here", "sent", 1_500),
        ("transfer", "missing_here", "waiting", 300),
    ]
    await days.sandbox.clear()
    for difference in found:
        await finish(days.rt, world.store_id, difference["id"], BY)
    assert (await days.run(world, day)).status == "matched"
    held = await db.fetchval("SELECT closing_balance FROM bill_run WHERE store_id = $1", world.store_id)
    assert await balance(db, world.store_id, clearing(world.account.id)) == (held, 0)
    await book_holds(db, world.store_id)


async def test_a_transfer_that_came_to_nothing_is_not_finished_though_the_bill_has_it(
    days: Days, server: ShopServer
) -> None:
    world, day = await days.world(A_DAY), await days.today()
    sharing = await open_sharing(world, server.settings)
    await sharing.split(await sharing.paid(20_000))
    withdrawal = await ask(sharing, 300)
    await approve(sharing, withdrawal)
    await days.put(world, day, "extra", withdrawal.hex, value=300, what="transfer")
    await days.morning()
    assert (await days.run(world, day)).found == 1
    await days.sandbox.settle(86_400)
    (difference,) = await days.differences(world)
    assert (difference["subject"], difference["our_state"]) == ("transfer", "waiting")
    with pytest.raises(ShopError, match="difference_not_confirmed"):
        await finish(days.rt, world.store_id, difference["id"], BY)


async def test_a_store_below_a_platform_is_compared_with_its_own_account(
    days: Days, server: ShopServer
) -> None:
    platform = await open_world(days.rt, days.sandbox, days.shop)
    world, day = await days.world(A_DAY), await days.today()
    await below(world, platform)
    sharing = await open_sharing(world, server.settings, person=False)
    order = await sharing.paid(20_000)
    await platform.pay(await platform.order(price=999))
    await sharing.split(order)
    await sharing.refund(order, 1_000)
    await sharing.finish()
    await days.morning()
    outcome = await days.run(world, day)
    assert await days.differences(world) == []
    assert outcome.status == "matched"
    run = await days.rt.db.fetchrow("SELECT * FROM bill_run WHERE store_id = $1", world.store_id)
    assert run is not None
    assert (run["payments"], run["refunds"], run["flow_sha1"] is not None) == (1, 1, True)
    held = (run["closing_balance"], 0)
    assert await balance(days.rt.db, world.store_id, clearing(world.account.id)) == held
    assert (await days.run(platform, day)).status == "matched"
    call = await days.rt.db.fetchval(
        "SELECT out_order_no FROM split_share WHERE store_id = $1 AND out_order_no IS NOT NULL LIMIT 1",
        world.store_id,
    )
    await days.sandbox.call(
        "POST",
        "/bill-differences",
        {"mchid": world.account.sub_mchid, "bill_date": day.isoformat(), "kind": "missing", "number": call},
    )
    assert (await days.run(world, day)).found == 1
    await days.sandbox.fault("/v3/billdownload", "bad_signature")
    with pytest.raises(OutcomeUnknown):
        await days.run(world, day)
    await days.sandbox.clear()
    with pytest.raises(ShopError, match="not_below_a_platform"):
        await add_person(sharing)
