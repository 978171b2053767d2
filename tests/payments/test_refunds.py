"""Giving money back: by the buyer, by the merchant, and what the provider makes of it."""

import asyncio

import pytest

from tests.payments.ways import every_way
from tests.payments.world import Order, World
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.orders.rules import Actor
from zhanggui.payments import rules
from zhanggui.payments.cancel import Cancel, cancel_by_merchant
from zhanggui.payments.refund import refund_all, refund_part


async def merchant_cancels(world: World, order: Order, *, key: str = "k" * 8, **more: bool) -> None:
    actor = Actor("merchant", world.store_id, "店员")
    await cancel_by_merchant(world.rt, Cancel(world.store_id, order.id, actor, "缺货", **more), key)


async def on_hand(world: World) -> int:
    return await world.rt.db.fetchval(
        "SELECT on_hand FROM stock WHERE store_id = $1 AND sku_id = $2", world.store_id, world.sku_id
    )


@every_way("world")
async def test_a_buyer_cancels_before_anybody_prepares_and_gets_all_back(world: World) -> None:
    order = await world.order(price=880, quantity=2)
    await world.pay(order)
    before = await on_hand(world)
    answer = await world.cancel(order)
    assert answer.status_code == 200
    page = answer.json()
    assert (page["status"], page["refund_status"], page["refunded_amount"]) == (
        "cancelled",
        "processing",
        1760,
    )
    assert await on_hand(world) == before + 2
    await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "processing", 1760)]
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "succeeded", 1760)]
    assert (await world.row(order))["refund_status"] == "refunded"
    assert await world.timeline(order) == ["paid", "cancelled", "refund_requested", "refunded"]
    assert (await world.cancel(order)).status_code == 409
    await world.stock_is_exact()
    assert await world.three_sides(order) == (1760, 1760, 0, 0)


async def test_a_buyer_cannot_cancel_what_is_being_prepared_but_the_merchant_can(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.rt.db.execute(
        "UPDATE sales_order SET status = 'preparing' WHERE store_id = $1 AND id = $2",
        world.store_id,
        order.id,
    )
    refused = await world.cancel(order)
    assert (refused.status_code, refused.json()["code"]) == (409, "order_not_cancellable")
    before = await on_hand(world)
    await merchant_cancels(world, order, restock=False)
    assert await on_hand(world) == before
    assert await world.refunds(order) == [("cancel", "requested", 1200)]


async def test_a_merchants_cancel_pressed_twice_refunds_once(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await asyncio.gather(merchant_cancels(world, order), merchant_cancels(world, order))
    await merchant_cancels(world, order)
    assert len(await world.refunds(order)) == 1
    with pytest.raises(ShopError, match="order_not_cancellable"):
        await merchant_cancels(world, order, key="another-key")


async def test_a_buyer_and_the_merchant_at_once_refund_once(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    results = await asyncio.gather(
        world.cancel(order), merchant_cancels(world, order), return_exceptions=True
    )
    assert len([r for r in results if isinstance(r, ShopError) or getattr(r, "status_code", 0) == 409]) == 1
    assert len(await world.refunds(order)) == 1
    assert (await world.row(order))["refunded_amount"] == 1200
    await world.stock_is_exact()


async def test_every_refund_has_a_number_of_its_own_and_the_sum_never_passes_what_was_paid(
    world: World,
) -> None:
    """litemall: one fixed refund number for each order."""
    order = await world.order(price=500)
    await world.pay(order)

    async def all_back(conn: Connection) -> int:
        await conn.fetchval("SELECT id FROM sales_order WHERE id = $1 FOR UPDATE", order.id)
        return await refund_all(conn, world.store_id, order.id, Actor("system"), "x", notify=False)

    given = await asyncio.gather(*(in_transaction(world.rt.db, all_back) for _ in range(5)))
    assert sorted(given) == [0, 0, 0, 0, 500]
    await world.run_jobs()
    await world.sandbox.settle(5)
    numbers = await world.rt.db.fetch("SELECT id FROM refund WHERE store_id = $1", world.store_id)
    assert len(numbers) == 1
    again = await in_transaction(world.rt.db, all_back)
    assert again == 0
    assert await world.three_sides(order) == (500, 500, 0, 0)


async def test_a_429_means_unknown_and_the_same_number_is_sent_again(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.cancel(order)
    await world.sandbox.fault("/v3/refund", "http_429", count=1)
    await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "requested", 1200)]
    await world.turn(60)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "succeeded", 1200)]
    numbers = await world.rt.db.fetch("SELECT id FROM refund WHERE store_id = $1", world.store_id)
    posts = [c for c in await world.sandbox.calls(numbers[0]["id"].hex) if c.startswith("POST")]
    assert len(posts) == 2
    assert await world.three_sides(order) == (1200, 1200, 0, 0)


@every_way("world")
async def test_accepted_without_an_answer_is_found_by_the_query(world: World) -> None:
    """The refund was accepted, the answer lost, the notification too."""
    order = await world.order()
    await world.pay(order)
    await world.cancel(order)
    await world.sandbox.fault(world.refunds_at, "http_500", stage="after", count=1)
    await world.sandbox.fault("notify:REFUND", "drop", final=True)
    await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "processing", 1200)]
    await world.sandbox.settle(5)
    await world.turn(60)
    await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "succeeded", 1200)]
    assert (await world.row(order))["refund_status"] == "refunded"


@every_way("world")
async def test_an_abnormal_refund_is_shown_and_may_still_end_well(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["ABNORMAL"]})
    await world.cancel(order)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "abnormal", 1200)]
    assert (await world.row(order))["refund_status"] == "processing"
    assert (await world.timeline(order))[-1] == "refund_abnormal"
    assert await world.three_sides(order) == (1200, 0, 1200, 7)


@every_way("world")
async def test_a_closed_refund_is_tried_again_under_a_new_number(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["CLOSED"]})
    await world.cancel(order)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "closed", 1200), ("cancel", "requested", 1200)]
    assert (await world.row(order))["refunded_amount"] == 1200
    await world.sandbox.settle(60)  # parts lie a minute apart
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "closed", 1200), ("cancel", "succeeded", 1200)]
    assert (await world.row(order))["refund_status"] == "refunded"
    assert await world.three_sides(order) == (1200, 1200, 0, 0)


async def test_a_refund_that_is_always_closed_ends_with_people(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["CLOSED"] * 3})
    await world.cancel(order)
    for _ in range(4):
        await world.run_jobs()
        await world.sandbox.settle(65)
    assert await world.refunds(order) == [("cancel", "closed", 1200)] * 3
    row = await world.row(order)
    assert (row["refund_status"], row["refunded_amount"]) == ("processing", 0)
    assert await world.three_sides(order) == (1200, 0, 0, 7)


async def test_a_wrong_amount_in_a_refund_notice_changes_nothing(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.cancel(order)
    await world.sandbox.fault("notify:REFUND", "wrong_amount", count=1)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "processing", 1200)]
    assert (await world.inbox())[-1] == "refused:amount"
    await world.sandbox.settle(20)
    assert await world.refunds(order) == [("cancel", "succeeded", 1200)]


@every_way("world")
async def test_doubled_refund_notices_are_told_once(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.cancel(order)
    await world.sandbox.fault("notify:REFUND", "duplicate")
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert (await world.timeline(order)).count("refunded") == 1


async def test_a_payment_takes_so_many_parts_and_the_last_one_is_for_all_of_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order of which all may yet go back must not be left with a rest that the platform does not take any more."""
    assert rules.MOST_PARTS == 50
    assert [rules.has_room(n, rest=False) for n in (48, 49)] == [True, False]
    assert [rules.has_room(n, rest=True) for n in (49, 50)] == [True, False]
    monkeypatch.setattr(rules, "MOST_PARTS", 3)
    order = await world.order(price=1000)
    await world.pay(order)

    async def back(conn: Connection, amount: int) -> None:
        await conn.fetchval("SELECT id FROM sales_order WHERE id = $1 FOR UPDATE", order.id)
        merchant = Actor("merchant")
        await refund_part(
            conn, world.store_id, order.id, amount, merchant, "x", notify=False, cause_id=order.id
        )

    for amount in (100, 100):
        await in_transaction(world.rt.db, lambda conn, n=amount: back(conn, n))
    with pytest.raises(ShopError, match="too_many_refunds") as refused:
        await in_transaction(world.rt.db, lambda conn: back(conn, 100))
    assert refused.value.status == 409
    assert (await world.row(order))["refunded_amount"] == 200
    await in_transaction(world.rt.db, lambda conn: back(conn, 800))
    assert await world.three_sides(order) == (1000, 0, 1000, 6)
