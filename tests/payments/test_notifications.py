"""Notifications that are forged, unsigned, wrong, doubled, late or out of order; named after what befell others."""

import asyncio

import httpx
import pytest

from tests.payments.world import World
from zhanggui.core.db import in_transaction
from zhanggui.orders.moves import move
from zhanggui.orders.rules import PLATFORM


async def test_a_forged_call_to_the_hook_pays_nothing(world: World) -> None:
    """litemall #271, newbee CVE-2025-10422: anybody could say `paid`."""
    order = await world.order()
    attempt_id, _ = await world.ready(order)
    body = {"event_type": "TRANSACTION.SUCCESS", "out_trade_no": attempt_id.replace("-", "")}
    answer = await world.shop.post(f"/hooks/wechat-pay/{world.account.id}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "FAIL")
    assert await world.status(order) == "pending_payment"


@pytest.mark.parametrize("kind", ["bad_signature", "forge_key"])
async def test_a_message_whose_signature_does_not_verify_is_refused(world: World, kind: str) -> None:
    """CRMEB: decrypted, but the signature was never verified. The true message comes with the next retry."""
    await world.sandbox.fault("notify", kind, count=1)
    order = await world.order()
    await world.pay(order)
    assert await world.status(order) == "pending_payment"
    await world.sandbox.settle(20)
    assert await world.status(order) == "paid"
    assert await world.inbox() == ["paid"]


async def test_a_wrong_amount_is_refused_and_recorded_and_never_paid(world: World) -> None:
    """A message of the platform's own hand whose amount is not what was asked."""
    await world.sandbox.fault("notify", "wrong_amount", count=1)
    order = await world.order()
    await world.pay(order)
    assert await world.status(order) == "pending_payment"
    assert await world.inbox() == ["refused:amount"]
    await world.sandbox.settle(20)
    assert await world.status(order) == "paid"
    assert await world.inbox() == ["refused:amount", "paid"]


async def test_a_wrong_amount_in_the_answer_to_a_query_pays_nothing(world: World) -> None:
    order = await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    await world.sandbox.approve(prepay_id)
    await world.sandbox.fault("/v3/pay/transactions/out-trade-no", "wrong_amount", count=1)
    assert (await world.check(order, attempt_id)).json()["status"] == "pending"
    assert (await world.check(order, attempt_id)).json()["status"] == "succeeded"


async def test_a_probe_is_refused(world: World) -> None:
    """The platform tests its merchants with signatures that must not verify (WECHATPAY/SIGNTEST/)."""
    url = f"{world.rt.config.shop_origin}/hooks/wechat-pay/{world.account.id}"
    probe = {"mchid": world.account.mchid, "url": url}
    result = await world.sandbox.call("POST", "/probe", probe)
    assert result["refused"]
    assert '"FAIL"' in result["attempt"]["answer"]


async def test_a_message_of_another_merchant_is_refused(world: World) -> None:
    other = await world.sandbox.call("POST", "/merchants", {"appid": world.account.appid})
    probe = {
        "mchid": other["mchid"],
        "url": f"{world.rt.config.shop_origin}/hooks/wechat-pay/{world.account.id}",
    }
    assert (await world.sandbox.call("POST", "/probe", probe))["refused"]


async def test_duplicates_at_once_and_later_pay_once(world: World) -> None:
    await world.sandbox.fault("notify", "duplicate")
    order = await world.order(quantity=3)
    attempt_id = await world.pay(order)
    known = await world.sandbox.order(attempt_id.replace("-", ""))
    sent = known["notifications"][0]
    assert [a["status_code"] for a in sent["attempts"]] == [200, 200]
    again = await world.sandbox.call("POST", f"/notifications/{sent['id']}/resend")
    assert again["status_code"] == 200
    assert (await world.row(order))["paid_amount"] == 3600
    assert await world.timeline(order) == ["paid"]
    await world.stock_is_exact()


async def test_messages_out_of_order_reach_their_own_orders(world: World) -> None:
    first, second = await world.order(price=100), await world.order(price=200)
    await world.sandbox.fault("notify", "reorder", count=1)
    await world.pay(first)
    assert await world.status(first) == "pending_payment"
    await world.pay(second)
    assert (await world.row(first))["paid_amount"] == 100
    assert (await world.row(second))["paid_amount"] == 200


async def test_notification_and_query_at_once_pay_once(world: World) -> None:
    order = await world.order(quantity=2)
    attempt_id, prepay_id = await world.ready(order)
    answers = await asyncio.gather(
        world.sandbox.approve(prepay_id), *(world.check(order, attempt_id) for _ in range(8))
    )
    checked = [a for a in answers if isinstance(a, httpx.Response)]
    assert {a.status_code for a in checked} == {200}
    assert (await world.row(order))["paid_amount"] == 2400
    assert await world.timeline(order) == ["paid"]
    await world.stock_is_exact()


async def test_payment_taken_but_no_message_is_found_by_the_query_schedule(world: World) -> None:
    """medusa #9980, saleor #9961: the money was taken and the order never heard of it."""
    await world.sandbox.fault("notify:TRANSACTION", "drop", final=True)
    order = await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.turn(6)
    await world.run_jobs()
    assert await world.status(order) == "pending_payment"
    await world.sandbox.approve(prepay_id)
    await world.turn(11)
    await world.run_jobs()
    assert await world.status(order) == "paid"
    assert await world.attempts(order) == ["succeeded"]
    assert (await world.check(order, attempt_id)).json()["status"] == "succeeded"


async def test_a_second_paid_message_moves_no_order_that_has_left(world: World) -> None:
    """litemall #271: a second or forged `paid` moved a shipped order back. Money that comes twice goes back by itself."""
    order = await world.order()
    first = (await world.start(order, "wechat_native")).json()
    await world.forget_attempt(first["id"])
    attempt_id = await world.pay(order)
    for before, after in (("paid", "preparing"), ("preparing", "fulfilled")):
        await in_transaction(
            world.rt.db,
            lambda conn, a=before, b=after: move(conn, world.store_id, [order.id], a, b, PLATFORM),  # type: ignore[misc]
        )
    known = await world.sandbox.order(attempt_id.replace("-", ""))
    again = await world.sandbox.call("POST", f"/notifications/{known['notifications'][0]['id']}/resend")
    assert again["status_code"] == 200
    await world.sandbox.approve(httpx.URL(first["pay"]["code_url"]).params["prepay_id"])
    assert await world.status(order) == "fulfilled"
    assert await world.refunds(order) == [("surplus", "requested", 1200)]
    assert (await world.timeline(order)).count("paid") == 1


async def test_a_rotated_certificate_is_downloaded(world: World) -> None:
    order = await world.order()
    await world.sandbox.call("POST", "/certificates/rotate")
    await world.pay(order)
    await world.sandbox.settle(20)
    assert await world.status(order) == "paid"


async def test_an_unknown_account_and_a_body_of_rubbish_are_refused(world: World) -> None:
    for path, body in (
        (f"/hooks/wechat-pay/{world.store_id}", b"{}"),
        (f"/hooks/wechat-pay/{world.account.id}", b"\xff\xfe not json"),
        (f"/hooks/wechat-pay/{world.account.id}", b""),
    ):
        answer = await world.shop.post(path, content=body)
        assert 400 <= answer.status_code < 500
