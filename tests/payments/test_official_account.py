"""A page opened inside WeChat: the official account tells who the buyer is, and JSAPI is paid with that openid."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from tests.payments.together import Pair
from tests.payments.world import Order, World
from tests.support.sandbox import Sandbox
from zhanggui.core.runtime import Runtime
from zhanggui.customers.queries import identity
from zhanggui.customers.wechat_pages import PROVIDER, make_state
from zhanggui.payments.official import provision_official

HERE = {"place": "official_account"}


@pytest.fixture
async def appid(world: World) -> str:
    """The official account, with the world's merchant bound to it."""
    await world.sandbox.call("POST", "/present", {"user": f"reader of {world.store_id}"})
    return await provision_official(world.rt)


def bearer(order: Order) -> dict[str, str]:
    return {"Authorization": f"Bearer {order.token}"}


async def back_from_wechat(world: World, order: Order) -> dict[str, str]:
    """Go where the shop sends the browser and come back: code and state. The page is always the pay page."""
    asked = await world.shop.post("/api/shop/me/wechat-page/authorization", json={}, headers=bearer(order))
    assert asked.status_code == 200, asked.text
    async with httpx.AsyncClient(trust_env=False) as browser:
        sent = await browser.get(asked.json()["url"])
    assert sent.status_code == 302, sent.text
    page = urlsplit(sent.headers["location"])
    assert f"{page.scheme}://{page.netloc}" == world.rt.config.shop_origin
    assert (page.path, page.fragment) == ("/", "/settle/pay/index?wechat=1")
    return {name: values[0] for name, values in parse_qs(page.query).items()}


async def hand_in(world: World, order: Order, came: dict[str, str]) -> httpx.Response:
    return await world.shop.post("/api/shop/me/wechat-page", json=came, headers=bearer(order))


async def test_a_page_inside_wechat_is_paid_with_the_official_account(world: World, appid: str) -> None:
    order = await world.order()
    unknown = await world.start(order, **HERE)
    assert (unknown.status_code, unknown.json()["code"]) == (409, "wechat_page_unknown")
    assert (await hand_in(world, order, await back_from_wechat(world, order))).status_code == 204
    started = (await world.start(order, **HERE)).json()
    assert started["pay"]["jsapi"]["appId"] == appid
    await world.sandbox.approve(await world.sandbox.call_up(started["pay"]["jsapi"]))
    assert await world.status(order) == "paid"
    row = await world.rt.db.fetchrow(
        "SELECT appid, payer FROM payment_attempt WHERE store_id = $1 AND id = $2",
        world.store_id,
        UUID(started["id"]),
    )
    assert row is not None
    assert (row["appid"], row["payer"]) == (
        appid,
        await identity(world.rt, order.customer_id, PROVIDER, appid),
    )
    assert (await world.sandbox.order(UUID(started["id"]).hex))["appid"] == appid


async def test_the_mini_program_and_the_page_are_two_attempts(world: World, appid: str) -> None:
    order = await world.order()
    await hand_in(world, order, await back_from_wechat(world, order))
    here = (await world.start(order, **HERE)).json()
    assert (await world.start(order, **HERE)).json()["id"] == here["id"]
    there = (await world.start(order)).json()
    assert there["pay"]["jsapi"]["appId"] == world.account.appid != appid
    assert await world.attempts(order) == ["closed", "pending"]


async def test_a_code_works_once_and_a_state_is_ours_alone(world: World, appid: str) -> None:
    order, stranger = await world.order(), await world.order()
    came = await back_from_wechat(world, order)
    for forged in (
        "0" * 56,
        "zz",
        came["state"][:-2] + ("01" if came["state"].endswith("00") else "00"),
        "ff" * 12 + came["state"][24:],
    ):
        answer = await hand_in(world, order, {**came, "state": forged})
        assert (answer.status_code, answer.json()["code"]) == (400, "wechat_state_invalid")
    other = await hand_in(world, stranger, came)
    assert (other.status_code, other.json()["code"]) == (400, "wechat_state_invalid")
    assert await identity(world.rt, stranger.customer_id, PROVIDER, appid) is None
    assert (await hand_in(world, order, came)).status_code == 204
    again = await hand_in(world, order, came)
    assert (again.status_code, again.json()["code"]) == (400, "wechat_code_refused")


async def test_a_state_is_over_after_ten_minutes(world: World, appid: str) -> None:
    order = await world.order()
    await world.turn(-601)
    late = make_state(world.rt, appid, order.customer_id)
    answer = await hand_in(world, order, {"code": "whatever", "state": late})
    assert (answer.status_code, answer.json()["code"]) == (400, "wechat_state_invalid")


async def test_two_buyers_on_one_phone_stay_two(world: World, appid: str) -> None:
    first, second = await world.order(), await world.order()
    await hand_in(world, first, await back_from_wechat(world, first))
    openid = await identity(world.rt, first.customer_id, PROVIDER, appid)
    assert (await hand_in(world, second, await back_from_wechat(world, second))).status_code == 204
    assert await identity(world.rt, second.customer_id, PROVIDER, appid) == openid
    assert await identity(world.rt, first.customer_id, PROVIDER, appid) is None
    assert (await world.start(second, **HERE)).status_code == 201
    again = await world.start(first, **HERE)  # asked anew, silently
    assert (again.status_code, again.json()["code"]) == (409, "wechat_page_unknown")
    merged = await world.rt.db.fetch(
        "SELECT unionid FROM customer_identity WHERE provider = $1 AND unionid IS NOT NULL", PROVIDER
    )
    assert not merged  # a unionid would make both the same person at the next sign-in


async def test_money_that_names_another_application_pays_nothing(world: World, appid: str) -> None:
    order = await world.order()
    await hand_in(world, order, await back_from_wechat(world, order))
    started = (await world.start(order, **HERE)).json()
    await world.rt.db.execute(
        "UPDATE payment_attempt SET appid = $3 WHERE store_id = $1 AND id = $2",
        world.store_id,
        UUID(started["id"]),
        world.account.appid,
    )
    await world.sandbox.approve(await world.sandbox.call_up(started["pay"]["jsapi"]))
    assert await world.status(order) == "pending_payment"
    assert "paid" not in await world.inbox()
    await world.rt.db.execute(
        "UPDATE payment_attempt SET appid = $3 WHERE store_id = $1 AND id = $2",
        world.store_id,
        UUID(started["id"]),
        appid,
    )


async def test_both_stores_orders_are_paid_on_the_page_at_once(
    rt: Runtime, sandbox: Sandbox, pair: Pair
) -> None:
    await sandbox.call("POST", "/present", {"user": f"reader of {pair.tea.store_id}"})
    appid = await provision_official(rt)
    await hand_in(pair.tea, pair.first, await back_from_wechat(pair.tea, pair.first))
    answer = await pair.start(**HERE)
    assert answer.status_code == 201, answer.text
    jsapi = answer.json()["pay"]["jsapi"]
    assert jsapi["appId"] == appid
    await sandbox.approve(await sandbox.call_up(jsapi))
    assert await pair.statuses() == ["paid", "paid"]
