"""Paying from the button to the deducted stock, by every method and in every key mode."""

from typing import get_args

import httpx
import pytest

from tests.payments.world import OpenWorld, World
from zhanggui.payments.accounts import KeyMode


@pytest.mark.parametrize("mode", get_args(KeyMode))
async def test_a_jsapi_payment_is_confirmed_by_the_notification(opened: OpenWorld, mode: KeyMode) -> None:
    world = await opened(mode)
    order = await world.order(price=1850, quantity=2)
    await world.pay(order)
    row = await world.row(order)
    assert (row["status"], row["paid_amount"]) == ("paid", 3700)
    assert await world.attempts(order) == ["succeeded"]
    assert await world.held(order) == "consumed"
    assert await world.timeline(order) == ["paid"]
    assert await world.inbox() == ["paid"]
    await world.stock_is_exact()
    assert await world.three_sides(order) == (3700, 0, 0, 22)


async def test_h5_comes_back_to_the_own_shop_only(world: World) -> None:
    order = await world.order()
    foreign = await world.start(order, "wechat_h5", return_url="https://evil.example/paid")
    assert (foreign.status_code, foreign.json()["code"]) == (400, "return_url_foreign")
    own = f"{world.rt.config.shop_origin}/#/pages/paid?id={order.id}"
    started = (await world.start(order, "wechat_h5", return_url=own)).json()
    assert "redirect_url=http%3A%2F%2F127.0.0.1" in started["pay"]["h5_url"]
    prepay = httpx.URL(started["pay"]["h5_url"]).params["prepay_id"]
    await world.sandbox.approve(prepay)
    assert await world.status(order) == "paid"


async def test_native_answers_a_code_to_scan(world: World) -> None:
    order = await world.order()
    started = (await world.start(order, "wechat_native")).json()
    await world.sandbox.approve(httpx.URL(started["pay"]["code_url"]).params["prepay_id"])
    assert await world.status(order) == "paid"
    payer = await world.rt.db.fetchval(
        "SELECT payer FROM payment_attempt WHERE store_id = $1 AND order_id = $2", world.store_id, order.id
    )
    assert payer  # who scanned is known only from the confirmation
