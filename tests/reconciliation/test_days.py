"""A day's bills against ours: whole days agree, and what differs is found, told apart and settled."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
import pytest

from tests.ledger.books import balance, book_holds, put
from tests.payments.world import Order, World
from tests.reconciliation.days import Days, give_back
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.ledger.chart import ADJUSTMENT, STORE_PAYABLE, clearing, provider_fee
from zhanggui.ledger.recipes import fee_billed
from zhanggui.orders.cancel import cancel_unpaid, close_orders
from zhanggui.orders.rules import SYSTEM
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.reconciliation.resolve import By, adjust, finish

BY = By(UUID(int=9), "李店长")


class Trading(NamedTuple):
    """A store's day: the orders, their numbers at the provider, and the numbers of refunds."""

    world: World
    orders: list[Order]
    numbers: list[str]
    refunds: list[str]


async def trade(days: Days, prices: tuple[int, ...] = (2850, 1084, 500), back: int = 850) -> Trading:
    """Payments of these prices; `back` fen of the first are given back."""
    world = await days.world()
    orders = [await world.order(price=price) for price in prices]
    numbers = [UUID(await world.pay(order)).hex for order in orders]
    refund = await give_back(world, orders[0], numbers[0], back)
    return Trading(world, orders, numbers, [refund])


async def test_a_day_without_differences_matches_and_posts_the_fees(days: Days) -> None:
    done, day = await trade(days), await days.today()
    world, db = done.world, days.rt.db
    assert await balance(db, world.store_id, provider_fee(world.account.id)) == (22, 0)
    await days.morning()
    outcome = await days.run(world, day)
    assert (outcome.status, outcome.found) == ("matched", 0)
    row = await db.fetchrow("SELECT * FROM bill_run WHERE store_id = $1", world.store_id)
    assert row is not None
    assert (row["payments"], row["refunds"], row["paid"], row["refunded"], row["fees"]) == (
        3,
        1,
        4434,
        850,
        22,
    )
    assert (row["book_holds"], row["closing_balance"]) == (True, 4434 - 850 - 22)
    assert await balance(db, world.store_id, provider_fee(world.account.id)) == (0, 0)
    assert await balance(db, world.store_id, clearing(world.account.id)) == (row["closing_balance"], 0)
    await days.run(world, day)  # once more: nothing is posted twice
    assert await balance(db, world.store_id, clearing(world.account.id)) == (row["closing_balance"], 0)
    await book_holds(db, world.store_id)


async def test_a_day_on_which_nothing_was_sold_matches(days: Days) -> None:
    world, day = await days.world(), await days.today()
    await days.morning()
    assert (await days.run(world, day)).status == "matched"


async def test_bills_that_are_not_ready_or_spoiled_are_not_believed(days: Days) -> None:
    done, day = await trade(days, (700, 900), 300), await days.today()
    with pytest.raises(ProviderRefused, match="PARAM_ERROR"):
        await days.run(done.world, day)
    await days.morning(9)
    with pytest.raises(OutcomeUnknown, match="STATEMENT_CREATING"):
        await days.run(done.world, day)
    await days.sandbox.settle(2 * 3600)
    await days.sandbox.fault("/v3/billdownload", "bad_signature", count=1)
    with pytest.raises(OutcomeUnknown):
        await days.run(done.world, day)
    row = await days.rt.db.fetchrow(
        "SELECT status, error FROM bill_run WHERE store_id = $1", done.world.store_id
    )
    assert row is not None
    assert row["status"] == "failed"
    assert (await days.run(done.world, day)).status == "matched"
    told = await days.rt.db.fetch(
        "SELECT payload FROM event_log WHERE store_id = $1 AND topic = 'reconciliation.finished' ORDER BY id",
        done.world.store_id,
    )
    assert [(t["payload"]["status"], t["payload"]["times"]) for t in told] == [
        ("failed", 1),
        ("failed", 2),
        ("failed", 3),
        ("matched", 4),
    ]


async def test_a_payment_that_nobody_heard_of_is_found_and_finished(days: Days) -> None:
    """medusa #9980, saleor #9961: payment taken, order missing. The query loop was not running either."""
    world, day = await days.world(), await days.today()
    order = await world.order(price=3100)
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    attempt = await world.pay(order)
    assert await world.status(order) == "pending_payment"
    await days.morning()
    assert (await days.run(world, day)).found == 1
    (found,) = await days.differences(world)
    assert (found["kind"], found["theirs"], found["ref_id"]) == ("missing_here", 3100, UUID(attempt))
    await finish(days.rt, world.store_id, found["id"], BY)
    assert await world.status(order) == "paid"
    assert await world.three_sides(order) == (3100, 0, 0, 19)
    (settled,) = await days.differences(world, "finished")
    assert settled["resolved_by"] == "李店长"
    assert (await days.run(world, day)).status == "matched"
    with pytest.raises(ShopError, match="difference_settled"):
        await finish(days.rt, world.store_id, found["id"], BY)


async def test_a_payment_found_after_its_order_was_cancelled_is_given_back(days: Days) -> None:
    world, day = await days.world(), await days.today()
    order = await world.order(price=900)
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    await world.forget_attempt(await world.pay(order))
    await days.sandbox.clear()

    async def cancel(conn: Connection) -> None:
        await close_orders(conn, world.store_id, [order.id], SYSTEM, "x")
        await cancel_unpaid(conn, world.store_id, [order.id], SYSTEM, "x")

    await in_transaction(days.rt.db, cancel)
    await days.morning()
    await days.run(world, day)
    (found,) = await days.differences(world)
    assert (found["kind"], found["our_state"]) == ("missing_here", "closed")
    await finish(days.rt, world.store_id, found["id"], BY)
    await world.run_jobs()
    await days.sandbox.settle(5)
    assert await world.status(order) == "cancelled"
    assert await world.refunds(order) == [("late_payment", "succeeded", 900)]
    assert await world.three_sides(order) == (900, 900, 0, 0)


async def test_a_bill_that_the_provider_itself_contradicts_is_not_acted_upon(days: Days) -> None:
    world, day = await days.world(), await days.today()
    order = await world.order(price=900)
    attempt_id, _ = await world.ready(order)
    await days.put(world, day, "extra", UUID(attempt_id).hex, value=900)
    await days.morning()
    await days.run(world, day)
    (found,) = await days.differences(world)
    assert (found["kind"], found["our_state"]) == ("missing_here", "pending")
    with pytest.raises(ShopError, match="difference_not_confirmed"):
        await finish(days.rt, world.store_id, found["id"], BY)
    assert await world.status(order) == "pending_payment"


async def test_every_class_of_difference_is_told_apart_and_settled(days: Days) -> None:
    done, day = await trade(days, (2850, 1084, 500, 777)), await days.today()
    world, numbers, db, stranger = done.world, done.numbers, days.rt.db, new_id().hex
    await days.put(world, day, "missing", numbers[0])
    await days.put(world, day, "amount", numbers[1], value=1085)
    await days.put(world, day, "fee", numbers[2], value=9)
    await days.put(world, day, "state", numbers[3], state="REVOKED")
    await days.put(world, day, "state", done.refunds[0], state="ABNORMAL")
    await days.put(world, day, "extra", stranger, value=321)
    await days.morning()
    assert (await days.run(world, day)).found == 6
    found = {(d["subject"], d["number"]): d for d in await days.differences(world)}
    assert {key: (d["kind"], d["ours"], d["theirs"]) for key, d in found.items()} == {
        ("payment", numbers[0]): ("missing_there", 2850, None),
        ("payment", numbers[1]): ("amount", 1084, 1085),
        ("payment", numbers[2]): ("fee", 3, 9),
        ("payment", numbers[3]): ("state", 777, 777),
        ("refund", done.refunds[0]): ("state", 850, 850),
        ("payment", stranger): ("missing_here", None, 321),
    }
    with pytest.raises(ShopError, match="difference_not_finishable"):
        await finish(days.rt, world.store_id, found["payment", stranger]["id"], BY)
    for difference in found.values():
        for key in ("once-0000", "once-0000"):  # pressed twice
            await adjust(
                days.rt, world.store_id, difference["id"], BY, "核对后确认", f"{difference['id']}{key}"
            )
        with pytest.raises(ShopError, match="difference_settled"):
            await adjust(days.rt, world.store_id, difference["id"], BY, "又一次", f"{difference['id']}again")
    # The book now says what the provider says: payments 1085 + 500 + 321, no refund, fees 7 + 9 + 2.
    assert await balance(db, world.store_id, clearing(world.account.id)) == (1085 + 500 + 321 - 7 - 9 - 2, 0)
    assert await balance(db, world.store_id, provider_fee(world.account.id)) == (0, 0)
    entry = await db.fetchrow(
        "SELECT actor, actor_name, reason, amount FROM ledger_entry WHERE store_id = $1 AND ref_id = $2",
        world.store_id,
        found["payment", numbers[1]]["id"],
    )
    assert entry is not None
    assert tuple(entry) == ("merchant", "李店长", "核对后确认", 1)
    assert (await balance(db, world.store_id, ADJUSTMENT))[0] == 1 + 321 - 2850 - 777 + 850
    assert (await balance(db, world.store_id, STORE_PAYABLE))[0] == 2850 + 1084 + 500 + 777 - 850 - 18
    await book_holds(db, world.store_id)


async def test_money_that_the_next_days_bill_lists_was_never_missing(days: Days) -> None:
    """Paid a moment before midnight here, a moment after it there."""
    done, day = await trade(days, (600, 800), 100), await days.today()
    await days.put(done.world, day, "missing", done.numbers[1])
    await days.put(done.world, day + timedelta(days=1), "extra", done.numbers[1], value=800)
    await days.morning()
    assert (await days.run(done.world, day)).found == 1
    await days.morning()
    assert (await days.run(done.world, day + timedelta(days=1))).found == 0
    assert await days.differences(done.world) == []
    assert [d["number"] for d in await days.differences(done.world, "gone")] == [done.numbers[1]]


async def test_an_amount_that_is_wrong_here_is_found(days: Days) -> None:
    """Not the bill but our own rows were changed by something: attempt, book and order are each compared."""
    done, day = await trade(days, (600, 800), 100), await days.today()
    world, db = done.world, days.rt.db
    await days.morning()
    await db.execute("UPDATE payment_attempt SET paid_amount = 801 WHERE id = $1", UUID(done.numbers[1]))
    assert (await days.run(world, day)).found == 2
    rows = await days.differences(world)
    assert [(d["subject"], d["kind"], d["ours"], d["theirs"]) for d in rows] == [
        ("order", "amount", 800, 801),
        ("payment", "amount", 800, 800),
    ]
    await db.execute("UPDATE payment_attempt SET paid_amount = 800 WHERE id = $1", UUID(done.numbers[1]))
    assert (await days.run(world, day)).found == 0
    assert len(await days.differences(world, "gone")) == 2
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await db.execute("UPDATE ledger_entry SET amount = 801 WHERE store_id = $1", world.store_id)


async def test_what_an_order_says_was_given_back_is_compared_too(days: Days) -> None:
    """Also of an order that was paid on another day and only refunded on this one."""
    world = await days.world()
    order, other = await world.order(price=900), await world.order(price=400)
    attempt = await world.pay(order)
    await days.morning()
    refund_day = await days.today()
    await give_back(world, order, attempt, 250)
    await world.pay(other)
    await days.morning()
    wrong = "UPDATE sales_order SET refunded_amount = $2 WHERE id = $1"
    await days.rt.db.execute(wrong, order.id, 251)
    await days.rt.db.execute(wrong, other.id, 1)
    assert (await days.run(world, refund_day)).found == 2
    rows = sorted(await days.differences(world), key=lambda d: d["ours"])
    assert [(d["subject"], d["kind"], d["order_id"], d["ours"], d["theirs"]) for d in rows] == [
        ("order", "refunded", other.id, 1, 0),
        ("order", "refunded", order.id, 251, 250),
    ]
    await days.rt.db.execute(wrong, order.id, 250)
    await days.rt.db.execute(wrong, other.id, 0)
    assert (await days.run(world, refund_day)).status == "matched"


async def test_a_balance_that_no_line_explains_is_found_once_and_stays_found(days: Days) -> None:
    """Money that was on the account before, or that moved without a line; no line of any bill says so."""
    done, day = await trade(days), await days.today()
    world, db = done.world, days.rt.db
    await days.put(world, day - timedelta(days=1), "extra", "BEFORE-US", value=5_000, bill="flow")
    await days.morning()
    assert (await days.run(world, day)).found == 1
    (found,) = await days.differences(world)
    held = 4434 - 850 - 22
    assert (found["subject"], found["kind"], found["number"]) == ("balance", "balance", day.isoformat())
    assert (found["ours"], found["theirs"]) == (held, held + 5_000 - 30)
    tomorrow = await days.today()
    order = await world.order(price=700)
    number = UUID(await world.pay(order)).hex
    await days.put(world, tomorrow, "missing", number)
    await days.morning()
    assert (await days.run(world, day)).found == 1  # what was paid since does not change that day's end
    assert (
        await days.run(world, tomorrow)
    ).found == 1  # the payment that is missing, not the balance once more
    assert [d["subject"] for d in await days.differences(world)] == ["balance", "payment"]
    for difference in await days.differences(world):
        await adjust(days.rt, world.store_id, difference["id"], BY, "接入前的余额", difference["id"].hex)
    told = await db.fetchval(
        "SELECT closing_balance FROM bill_run WHERE store_id = $1 AND bill_date = $2", world.store_id, day
    )
    assert await balance(db, world.store_id, clearing(world.account.id)) == (told, 0)
    assert (await days.run(world, day)).found == (await days.run(world, tomorrow)).found - 1 == 0
    await book_holds(db, world.store_id)


async def test_a_posting_that_nothing_at_the_provider_belongs_to_is_found_at_the_days_end(days: Days) -> None:
    done, day = await trade(days, (600, 800), 100), await days.today()
    await put(days.rt.db, done.world.store_id, fee_billed("by-mistake", done.world.account.id, 7, new_id()))
    await days.morning()
    assert (await days.run(done.world, day)).found == 1
    (found,) = await days.differences(done.world)
    assert (found["subject"], found["theirs"] - found["ours"]) == ("balance", 7)


async def test_a_balance_is_not_compared_while_an_earlier_day_is_not_booked(days: Days) -> None:
    done, day = await trade(days, (600, 800), 100), await days.today()
    world = done.world
    await days.morning()
    tomorrow = await days.today()
    await world.pay(await world.order(price=300))
    await days.morning()
    assert (await days.run(world, tomorrow)).status == "matched"
    await days.sandbox.fault("/v3/billdownload", "bad_signature", count=1)
    with pytest.raises(OutcomeUnknown):
        await days.run(world, day)
    assert (await days.run(world, tomorrow)).status == "matched"
    assert (await days.run(world, day)).status == "matched"
    assert (await days.run(world, tomorrow)).status == "matched"
