"""Coupons of WeChat Pay: who paid what, what goes back to whom, and that the book, the orders and both bills say the same."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.ledger.books import balance, book_holds
from tests.payments.world import Order, World
from tests.reconciliation.days import give_back
from zhanggui.core import clock
from zhanggui.ledger.chart import DISCOUNT, STORE_PAYABLE, SUBSIDY, clearing, provider_fee
from zhanggui.payments.provider import RefundFact
from zhanggui.payments.refund_result import apply_refund
from zhanggui.settlement.statement import period, statement

PLATFORMS = {"amount": 300, "type": "CASH", "funder": "wechatpay"}
MERCHANTS = {"amount": 200, "type": "NOCASH", "funder": "merchant"}


async def held(world: World) -> tuple[int, int]:
    """(posted, pending) that the provider holds."""
    return await balance(world.rt.db, world.store_id, clearing(world.account.id))


async def page(world: World, order: Order) -> dict[str, Any]:
    answer = await world.shop.get(
        f"/api/shop/stores/{world.store_id}/orders/{order.id}",
        headers={"Authorization": f"Bearer {order.token}"},
    )
    return answer.raise_for_status().json()


async def parts(world: World, order: Order) -> list[tuple[int, int, int]]:
    """(amount, what reaches the buyer, what leaves the store) of each refund."""
    rows = await world.rt.db.fetch(
        "SELECT amount, payer_amount, settled_amount FROM refund WHERE order_id = $1 ORDER BY id", order.id
    )
    return [tuple(r) for r in rows]


async def test_a_prefunded_coupon_is_a_subsidy_that_the_provider_settles(world: World) -> None:
    order = await world.order(price=1_000)
    await world.pay(order, coupons=[PLATFORMS])
    assert await world.three_sides(order) == (1_000, 0, 0, 6)
    assert await held(world) == (1_000, 0)
    shown = await page(world, order)
    assert (shown["paid_amount"], shown["coupon_amount"]) == (1_000, 300)
    assert await balance(world.rt.db, world.store_id, SUBSIDY) == (0, 0)


async def test_a_coupon_of_the_store_itself_is_a_discount_that_nobody_pays(world: World) -> None:
    order = await world.order(price=1_000)
    await world.pay(order, coupons=[MERCHANTS])
    assert await world.three_sides(order) == (1_000, 0, 0, 5)  # 0.60 % of what is settled
    assert await held(world) == (800, 0)
    assert await balance(world.rt.db, world.store_id, STORE_PAYABLE) == (800 - 5, 0)
    assert await balance(world.rt.db, world.store_id, DISCOUNT) == (0, 0)
    kinds = await world.rt.db.fetch(
        "SELECT kind, amount FROM ledger_entry WHERE order_id = $1 ORDER BY seq", order.id
    )
    assert [tuple(k) for k in kinds] == [("payment", 800), ("payment", 200), ("discount", 200), ("fee", 5)]


async def test_parts_go_back_as_the_provider_divides_them_and_never_past_what_came(world: World) -> None:
    order = await world.order(price=1_000)
    attempt = await world.pay(order, coupons=[PLATFORMS, MERCHANTS])
    await give_back(world, order, attempt, 701)
    today = clock.now().date()
    of = await period(world.rt, world.store_id, today - timedelta(days=1), today + timedelta(days=1))
    figures = (await statement(world.rt, world.store_id, of, None)).figures
    # Of 701 the buyer got 351, the platform its 300, and 50 were never settled.
    assert (figures.gross, figures.subsidies, figures.discounts, figures.refunds) == (700, 0, -150, -401)
    assert figures.net - figures.fees == 800 - 651
    await give_back(world, order, attempt, 299)
    assert await parts(world, order) == [(701, 351, 651), (299, 149, 149)]
    assert (await world.three_sides(order))[:3] == (1_000, 1_000, 0)
    assert await held(world) == (0, 0)
    assert [r["coupon_amount"] for r in (await page(world, order))["refunds"]] == [350, 150]
    fee = (await balance(world.rt.db, world.store_id, provider_fee(world.account.id)))[0]
    assert await balance(world.rt.db, world.store_id, STORE_PAYABLE) == (-fee, 0)


async def test_a_refund_whose_acceptance_was_not_heard_is_asked_for_before_it_is_booked(world: World) -> None:
    """The message says what reaches the buyer only; what left the store is known from a query."""
    order = await world.order(price=1_000)
    attempt = await world.pay(order, coupons=[PLATFORMS, MERCHANTS])
    await world.sandbox.fault("/v3/refund/domestic/refunds", "drop", count=2)
    await give_back(world, order, attempt, 500)
    assert await world.refunds(order) == [("after_sale", "succeeded", 500)]
    assert await parts(world, order) == [(500, 250, 500)]
    assert (await world.three_sides(order))[:3] == (1_000, 500, 0)


async def test_late_money_with_coupons_goes_back_whole(world: World) -> None:
    order = await world.order(price=1_000)
    attempt_id, prepay_id = await world.ready(order)
    await world.forget_attempt(attempt_id)
    await world.rt.db.execute("UPDATE sales_order SET status = 'cancelled' WHERE id = $1", order.id)
    await world.sandbox.approve(prepay_id, coupons=[PLATFORMS, MERCHANTS])
    await world.run_jobs()
    await world.sandbox.settle(61)
    assert await world.refunds(order) == [("late_payment", "succeeded", 1_000)]
    assert await parts(world, order) == [(1_000, 500, 800)]
    assert (await world.three_sides(order))[:3] == (1_000, 1_000, 0)
    assert await held(world) == (0, 0)
    for account in (STORE_PAYABLE, DISCOUNT, SUBSIDY):
        assert await balance(world.rt.db, world.store_id, account) == (0, 0)


async def test_a_closed_refund_leaves_nothing_behind_and_its_successor_is_divided_anew(world: World) -> None:
    order = await world.order(price=999)
    attempt = await world.pay(order, coupons=[{**PLATFORMS, "amount": 100}, {**MERCHANTS, "amount": 33}])
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["CLOSED"]})
    await give_back(world, order, attempt, 500)
    await world.run_jobs()
    await world.sandbox.settle(61)
    assert [r[1] for r in await world.refunds(order)] == ["closed", "succeeded"]
    assert (await world.three_sides(order))[:3] == (999, 500, 0)
    assert (await held(world))[0] == 999 - 33 - (await parts(world, order))[1][2]
    await book_holds(world.rt.db, world.store_id)


@pytest.mark.parametrize(
    "amounts",
    [(-1, 10), (11, 10), (10, 801), (701, 800)],
)
async def test_what_a_provider_can_never_have_divided_is_refused(
    world: World, amounts: tuple[int, int]
) -> None:
    """Never past what was asked, nor past what the buyer and the provider gave."""
    order = await world.order(price=1_000)
    attempt = await world.pay(order, coupons=[PLATFORMS])
    await world.sandbox.fault("/v3/refund/domestic/refunds", "drop")
    number = await give_back(world, order, attempt, 800)
    fact = RefundFact(
        refund_id=UUID(number),
        attempt_id=UUID(attempt),
        amount=800,
        total=1_000,
        currency="CNY",
        status="succeeded",
        provider_refund_id="5",
        payer_amount=amounts[0],
        settled_amount=amounts[1],
    )
    decision = await apply_refund(world.rt, world.store_id, fact)
    assert (decision.verdict, decision.why) == ("refused", "coupon")
    await world.sandbox.clear()
    await world.turn(3600)
    await world.run_jobs()
    await world.sandbox.settle(61)
    assert (await world.three_sides(order))[:3] == (1_000, 800, 0)


async def test_a_refund_by_hand_of_a_payment_with_coupons_is_booked_as_the_provider_divides_it(
    world: World,
) -> None:
    order = await world.order(price=1_000)
    attempt = await world.pay(order, coupons=[PLATFORMS, MERCHANTS])
    number = UUID(attempt).hex
    await world.sandbox.call("POST", f"/orders/{number}/refunds", {"amount": 701, "notify": True})
    await world.sandbox.settle(61)
    await world.run_jobs()
    assert await parts(world, order) == [(701, 351, 651)]
    assert (await world.three_sides(order))[:3] == (1_000, 701, 0)
    assert await held(world) == (149, 0)
