"""Money that a merchant gave back on the platform's own pages: booked once, whoever tells of it first."""

from uuid import UUID

import pytest

from tests.payments.world import Order, World
from tests.reconciliation.days import Days
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.payments.foreign_refund import REASON, find_foreign
from zhanggui.reconciliation.resolve import By, finish

BY = By(UUID(int=9), "李店长")


async def by_hand(world: World, attempt_id: str, amount: int, *, notify: bool = False) -> str:
    """Give back on the platform's pages; returns the refund's number there."""
    path = f"/orders/{UUID(attempt_id).hex}/refunds"
    made = await world.sandbox.call("POST", path, {"amount": amount, "notify": notify})
    await world.sandbox.settle(61)
    return made["out_refund_no"]


async def unheard(world: World, price: int = 1200, back: int = 500) -> tuple[Order, str]:
    """An order that was paid, and `back` fen of it given back by hand, before any message came: with its attempt."""
    order = await world.order(price=price)
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify", "drop", count=1, final=True)
    await world.sandbox.approve(prepay_id)
    await by_hand(world, attempt_id, back)
    assert await world.status(order) == "pending_payment"
    return order, attempt_id


async def test_returned_in_part_by_hand_before_any_message(days: Days) -> None:
    """The query says REFUND, which means paid. How much went back the bill tells; finding it books it once."""
    world, day = await days.world(), await days.today()
    order, attempt_id = await unheard(world)
    assert (await world.check(order, attempt_id)).json()["status"] == "succeeded"
    row = await world.row(order)
    assert (row["status"], row["paid_amount"], row["refunded_amount"]) == ("paid", 1200, 0)
    assert await world.timeline(order) == ["paid", "given_back_there"]
    await days.morning()
    assert (await days.run(world, day)).found == 1
    (found,) = await days.differences(world)
    assert (found["subject"], found["kind"], found["theirs"]) == ("refund", "missing_here", 500)

    await finish(days.rt, world.store_id, found["id"], BY)
    assert await world.refunds(order) == [("foreign", "succeeded", 500)]
    row = await world.row(order)
    assert (row["status"], row["refunded_amount"]) == ("paid", 500)
    assert await world.three_sides(order) == (1200, 500, 0, 4)
    with pytest.raises(ShopError, match="difference_settled"):
        await finish(days.rt, world.store_id, found["id"], BY)
    assert (await days.run(world, day)).status == "matched"
    assert await days.differences(world) == []
    assert (await world.cancel(order)).status_code == 200  # the rest, and not one fen more
    await world.run_jobs()
    await world.sandbox.settle(61)
    assert await world.three_sides(order) == (1200, 1200, 0, 0)
    await world.stock_is_exact()


async def test_a_message_about_it_books_it_too_and_the_bill_agrees(days: Days) -> None:
    world, day = await days.world(), await days.today()
    order = await world.order()
    attempt_id = await world.pay(order)
    await world.sandbox.fault("notify:REFUND", "duplicate")
    await by_hand(world, attempt_id, 300, notify=True)
    assert await world.refunds(order) == [("foreign", "succeeded", 300)]
    assert await world.timeline(order) == ["paid", "refunded"]
    reasons = await world.rt.db.fetch("SELECT reason FROM refund WHERE store_id = $1", world.store_id)
    assert [r["reason"] for r in reasons] == [REASON]
    assert await world.three_sides(order) == (1200, 300, 0, 5)
    await days.morning()
    assert (await days.run(world, day)).status == "matched"


async def test_the_message_may_be_the_first_that_is_heard_of_the_payment(days: Days) -> None:
    world = await days.world()
    order = await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify:TRANSACTION", "drop", count=1, final=True)
    await world.sandbox.approve(prepay_id)
    await by_hand(world, attempt_id, 1200, notify=True)
    assert await world.refunds(order) == [("foreign", "succeeded", 1200)]
    row = await world.row(order)  # nothing is left to deliver: the units are on the shelf again
    assert (row["status"], row["refund_status"], row["refunded_amount"]) == ("cancelled", "refunded", 1200)
    assert await world.three_sides(order) == (1200, 1200, 0, 0)
    await world.stock_is_exact()
    assert await world.inbox() == ["paid"]


async def test_what_we_asked_for_in_vain_is_dropped_for_it(days: Days) -> None:
    """The order is cancelled here after part of it went back by hand: the whole cannot go back any more, the rest can."""
    world, day = await days.world(), await days.today()
    order = await world.order()
    attempt_id = await world.pay(order)
    await by_hand(world, attempt_id, 700)
    await world.cancel(order)
    await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "requested", 1200)]
    await days.morning()
    await days.run(world, day)
    (found,) = await days.differences(world)
    await finish(days.rt, world.store_id, found["id"], BY)
    assert await world.refunds(order) == [
        ("cancel", "closed", 1200),
        ("foreign", "succeeded", 700),
        ("cancel", "requested", 500),
    ]
    await world.run_jobs()
    await world.sandbox.settle(61)
    assert [r[1] for r in await world.refunds(order)] == ["closed", "succeeded", "succeeded"]
    row = await world.row(order)
    assert (row["status"], row["refund_status"], row["refunded_amount"]) == ("cancelled", "refunded", 1200)
    assert await world.three_sides(order) == (1200, 1200, 0, 0)


async def test_while_our_own_refund_may_be_on_its_way_the_message_waits(days: Days) -> None:
    world = await days.world()
    order = await world.order()
    attempt_id = await world.pay(order)
    await world.cancel(order)  # its job has not run yet
    await by_hand(world, attempt_id, 1200, notify=True)
    assert await world.refunds(order) == [("cancel", "requested", 1200)]
    for _ in range(2):  # ours is refused; the message is tried again
        await world.turn(600)
        await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "closed", 1200), ("foreign", "succeeded", 1200)]
    assert await world.three_sides(order) == (1200, 1200, 0, 0)
    await world.stock_is_exact()


async def test_what_the_provider_does_not_know_is_not_booked(days: Days) -> None:
    world = await days.world()
    assert not await find_foreign(days.rt, world.store_id, world.account.id, "M5030")
    assert not await find_foreign(days.rt, world.store_id, world.account.id, new_id().hex)
