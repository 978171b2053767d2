"""The one open attempt of an order: reused, replaced, repeated with the same number, and nobody else's."""

import asyncio
from uuid import UUID

from tests.payments.world import World
from zhanggui.core.ids import new_id


async def test_the_same_method_again_reuses_the_attempt(world: World) -> None:
    order = await world.order()
    first = (await world.start(order)).json()
    second = (await world.start(order)).json()
    assert first["id"] == second["id"]
    assert first["pay"]["jsapi"]["package"] == second["pay"]["jsapi"]["package"]
    assert first["pay"]["jsapi"]["nonceStr"] != second["pay"]["jsapi"]["nonceStr"]
    assert await world.attempts(order) == ["pending"]


async def test_the_same_key_answers_the_same_attempt_and_refuses_another_body(world: World) -> None:
    order, key = await world.order(), new_id().hex
    first = (await world.start(order, key=key)).json()
    assert (await world.start(order, key=key)).json()["id"] == first["id"]
    other = await world.start(order, "wechat_native", key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_another_method_closes_the_one_before_at_the_provider(world: World) -> None:
    order = await world.order()
    first, _ = await world.ready(order)
    second = (await world.start(order, "wechat_native")).json()
    assert second["id"] != first
    assert await world.attempts(order) == ["closed", "pending"]
    assert (await world.sandbox.order(UUID(first).hex))["trade_state"] == "CLOSED"


async def test_another_method_after_paying_finds_the_payment(world: World) -> None:
    order = await world.order()
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    await world.pay(order)
    refused = await world.start(order, "wechat_native")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_paid")
    assert await world.status(order) == "paid"


async def test_many_starts_at_once_leave_one_open_attempt(world: World) -> None:
    order = await world.order()
    methods = ["wechat_jsapi", "wechat_native", "wechat_h5"] * 4
    answers = await asyncio.gather(*(world.start(order, method) for method in methods))
    assert {a.status_code for a in answers} <= {201, 409, 503}
    states = await world.attempts(order)
    assert sum(s in {"created", "pending"} for s in states) <= 1
    open_at_provider = 0
    rows = await world.rt.db.fetch("SELECT id FROM payment_attempt WHERE order_id = $1", order.id)
    for row in rows:
        known = await world.sandbox.http.get(f"/_sandbox/orders/{row['id'].hex}")
        open_at_provider += known.status_code == 200 and known.json()["trade_state"] == "NOTPAY"
    assert open_at_provider <= 1


async def test_a_system_error_is_asked_about_and_repeated_with_the_same_number(world: World) -> None:
    for stage in ("before", "after"):
        order = await world.order()
        await world.sandbox.fault("/v3/pay/transactions/jsapi", "system_error", count=1, stage=stage)
        started = (await world.start(order)).json()
        number = UUID(started["id"]).hex
        assert started["status"] == "pending"
        assert await world.attempts(order) == ["pending"]
        assert (await world.sandbox.order(number))["trade_state"] == "NOTPAY"
        calls = await world.sandbox.calls(number)
        posts = [c for c in calls if c.startswith("POST /v3/pay/transactions/jsapi")]
        assert len(posts) == 2


async def test_while_the_provider_is_down_the_buyer_is_told_and_may_try_again(world: World) -> None:
    order = await world.order()
    await world.sandbox.fault("/v3/pay", "http_500")
    busy = await world.start(order)
    assert (busy.status_code, busy.json()["code"]) == (503, "payment_busy")
    assert await world.attempts(order) == ["created"]
    await world.sandbox.clear()
    assert (await world.start(order)).status_code == 201
    assert await world.attempts(order) == ["pending"]


async def test_an_answer_that_the_platform_did_not_sign_is_not_believed(world: World) -> None:
    for kind in ("bad_signature", "forge_key"):
        order = await world.order()
        await world.sandbox.fault("/v3/pay", kind)
        assert (await world.start(order)).status_code == 503
        await world.sandbox.clear()


async def test_nobody_elses_order_can_be_paid_checked_or_cancelled(world: World) -> None:
    order, other = await world.order(), await world.order()
    attempt_id, _ = await world.ready(order)
    order.token, other.token = other.token, order.token
    for answer in (
        await world.start(order),
        await world.check(order, attempt_id),
        await world.cancel(order),
    ):
        assert answer.status_code == 404
    order.token = "nobody"
    assert (await world.start(order)).status_code == 401


async def test_what_cannot_be_paid_says_so(world: World) -> None:
    order = await world.order()
    assert (await world.start(order, "wechat_cash")).status_code == 400
    await world.pay(order)
    paid = await world.start(order)
    assert (paid.status_code, paid.json()["code"]) == (409, "already_paid")
    late = await world.order(minutes=-1)
    over = await world.start(late)
    assert (over.status_code, over.json()["code"]) == (409, "order_expired")


async def test_the_client_cannot_set_the_amount(world: World) -> None:
    """macrozheng #613, CVE-2026-109406."""
    order = await world.order(price=5000)
    assert (await world.start(order, amount=1)).status_code == 400
    started = (await world.start(order)).json()
    assert started["amount"] == 5000
    assert (await world.sandbox.order(UUID(started["id"]).hex))["amount"]["total"] == 5000
