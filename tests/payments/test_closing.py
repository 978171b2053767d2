"""What is not paid: query → close at the provider → release; and money that comes all the same."""

from tests.payments.world import World


async def expire(world: World) -> None:
    """Let the time to pay pass and run what is due, twice where the first only begins to close."""
    await world.turn(16 * 60)
    await world.run_jobs()


async def test_an_unpaid_order_is_closed_at_the_provider_before_its_stock_is_released(world: World) -> None:
    """yudao: never closed the payment at the provider on time-out."""
    order = await world.order(quantity=4)
    attempt_id, _ = await world.ready(order)
    await expire(world)
    assert await world.status(order) == "cancelled"
    assert await world.attempts(order) == ["closed"]
    assert await world.held(order) == "released"
    assert await world.timeline(order) == ["closing", "cancelled"]
    number = attempt_id.replace("-", "")
    assert (await world.sandbox.order(number))["trade_state"] == "CLOSED"
    calls = await world.sandbox.calls(number)
    closed = next(i for i, title in enumerate(calls) if "/close" in title)
    assert any(title.startswith("GET") and number in title for title in calls[:closed])
    await world.stock_is_exact()


async def test_an_order_nobody_tried_to_pay_is_cancelled_without_the_provider(world: World) -> None:
    order = await world.order()
    await expire(world)
    assert await world.status(order) == "cancelled"
    await world.stock_is_exact()


async def test_a_payment_found_while_closing_is_confirmed(world: World) -> None:
    """medusa #16825: payment taken, order given up. The last second: paid, the message lost, the order's time over."""
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    order = await world.order()
    await world.pay(order)
    await expire(world)
    assert await world.status(order) == "paid"
    assert await world.held(order) == "consumed"
    await world.stock_is_exact()


async def test_paid_between_query_and_close_is_confirmed(world: World) -> None:
    """The query said NOTPAY, the close says ORDERPAID: the second query decides."""
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    order = await world.order()
    _, prepay_id = await world.ready(order)
    world.before_close(lambda: world.sandbox.approve(prepay_id))
    await expire(world)
    assert await world.status(order) == "paid"
    assert await world.attempts(order) == ["succeeded"]


async def test_a_buyer_who_is_paying_right_now_is_waited_for(world: World) -> None:
    order = await world.order()
    _, prepay_id = await world.ready(order)
    await world.sandbox.call("POST", f"/cashier/{prepay_id}/approve", {"after_s": 30})
    await expire(world)
    assert await world.status(order) == "closing"
    assert await world.held(order) == "held"
    await world.sandbox.settle(31)
    assert await world.status(order) == "paid"


async def test_while_the_provider_cannot_be_reached_the_order_stays_closing(world: World) -> None:
    order = await world.order()
    await world.ready(order)
    await world.sandbox.fault("/v3/pay", "http_500")
    await expire(world)
    assert await world.status(order) == "closing"
    assert await world.held(order) == "held"
    await world.sandbox.clear()
    await world.turn(31)
    await world.run_jobs()
    assert await world.status(order) == "cancelled"


async def test_late_money_for_a_cancelled_order_goes_back_by_itself(world: World) -> None:
    """litemall, yudao: it revived the order whose stock was gone, or was kept with a log line."""
    order = await world.order(price=990)
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    await world.forget_attempt(attempt_id)  # as if another process had closed it before the money came
    await world.cancel(order)
    await world.sandbox.approve(prepay_id)
    assert await world.status(order) == "cancelled"
    answer = await world.check(order, attempt_id)
    assert answer.json()["status"] == "succeeded"
    row = await world.row(order)
    assert (row["status"], row["refund_status"]) == ("cancelled", "processing")
    assert (row["paid_amount"], row["refunded_amount"]) == (990, 990)
    assert await world.refunds(order) == [("late_payment", "requested", 990)]
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("late_payment", "succeeded", 990)]
    assert (await world.row(order))["refund_status"] == "refunded"
    assert await world.held(order) == "released"
    assert (await world.timeline(order))[-3:] == ["late_payment", "refund_requested", "refunded"]
    await world.stock_is_exact()


async def test_money_for_an_attempt_that_was_closed_here_only_is_found_though_no_message_comes(
    world: World,
) -> None:
    """Our row says closed, the provider was never told (a restored backup, a person with a database): the last look finds it."""
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    order = await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.forget_attempt(attempt_id)
    await world.cancel(order)
    await world.sandbox.approve(prepay_id)
    await world.turn(60)
    await world.run_jobs()
    assert await world.status(order) == "cancelled"
    assert await world.attempts(order) == ["succeeded"]
    number = attempt_id.replace("-", "")
    assert (await world.sandbox.order(number))["trade_state"] == "REFUND"
    await world.stock_is_exact()


async def test_a_second_payment_of_one_order_goes_back_and_the_order_stays_paid(world: World) -> None:
    order = await world.order(price=700)
    first, first_prepay = await world.ready(order)
    await world.forget_attempt(first)
    await world.pay(order)
    assert await world.status(order) == "paid"
    await world.sandbox.approve(first_prepay)
    row = await world.row(order)
    assert (row["status"], row["refund_status"]) == ("paid", None)
    assert (row["paid_amount"], row["refunded_amount"]) == (1400, 700)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("surplus", "succeeded", 700)]
    assert await world.attempts(order) == ["succeeded", "succeeded"]


async def test_in_closing_no_new_attempt_may_start(world: World) -> None:
    order = await world.order()
    await world.ready(order)
    await world.sandbox.fault("/v3/pay", "http_500")
    assert (await world.cancel(order)).json()["status"] == "closing"
    refused = await world.start(order, "wechat_native")
    assert (refused.status_code, refused.json()["code"]) == (409, "order_not_payable")
