"""Signing in through the platform: openid, unionid, refused codes, the phone number it vouches for."""

import asyncio

from tests.customers.conftest import APPID, Platform
from tests.support.api import Api, Caller
from zhanggui.customers.queries import identity
from zhanggui.wechat.apps import add_app


async def enter(api: Api, code: str, appid: str | None = None) -> Caller:
    answer = await api.anybody.post("/session/wechat", {"code": code, "appid": appid})
    assert answer.status_code == 200, answer.text
    token = answer.json()["access_token"]
    return Caller(
        api.http, "/api/shop", answer.json()["customer"]["id"], {"Authorization": f"Bearer {token}"}
    )


async def test_an_openid_is_one_buyer(api: Api, platform: Platform) -> None:
    platform.people |= {f"c{i}": ("o-1", None) for i in range(6)}
    first = await enter(api, "c0")
    assert first.id is not None
    others = await asyncio.gather(*(enter(api, f"c{i}") for i in range(1, 6)))
    assert {caller.id for caller in others} == {first.id}
    me = (await first.get("/me")).json()
    assert me["id"] == first.id
    assert await identity(api.rt, first.id, "wechat_mp", APPID) == "o-1"
    assert await identity(api.rt, first.id, "wechat_mp", "wx-other") is None


async def test_new_buyers_at_once_leave_nobody_behind(api: Api, platform: Platform) -> None:
    before = await api.rt.db.fetchval("SELECT count(*) FROM customer")
    platform.people |= {f"n{i}": ("o-new", None) for i in range(6)}
    callers = await asyncio.gather(*(enter(api, f"n{i}") for i in range(6)))
    assert len({caller.id for caller in callers}) == 1
    assert await api.rt.db.fetchval("SELECT count(*) FROM customer") == before + 1


async def test_a_unionid_joins_two_mini_programs(api: Api, platform: Platform) -> None:
    await add_app(api.rt.db, api.rt.sealer, "wx0000000000000002", "other")
    platform.people |= {"a": ("o-in-1", "u-1"), "b": ("o-in-2", "u-1")}
    assert (await enter(api, "a", APPID)).id == (await enter(api, "b", "wx0000000000000002")).id


async def test_a_code_works_once_and_a_silent_platform_is_told(api: Api, platform: Platform) -> None:
    platform.people["once"] = ("o-2", None)
    await enter(api, "once")
    answer = await api.anybody.post("/session/wechat", {"code": "once"})
    assert (answer.status_code, answer.json()["code"]) == (400, "wechat_code_refused")
    platform.broken = True
    answer = await api.anybody.post("/session/wechat", {"code": "once"})
    assert (answer.status_code, answer.json()["code"]) == (502, "wechat_unavailable")


async def test_the_platforms_phone_number(api: Api, platform: Platform) -> None:
    platform.people["p"] = ("o-3", None)
    buyer = await enter(api, "p")
    platform.phones["code"] = "13700137000"
    answer = await buyer.post("/me/phone", {"code": "code"})
    assert answer.json()["phone_masked"] == "137****7000"
    again = await buyer.post("/me/phone", {"code": "code"})
    assert again.json()["code"] == "wechat_code_refused"
    platform.people["q"] = ("o-4", None)
    platform.phones["other"] = "13700137000"
    taken = await (await enter(api, "q")).post("/me/phone", {"code": "other"})
    assert (taken.status_code, taken.json()["code"]) == (409, "phone_in_use")
    by_phone = await api.buyer("+8613700137000")
    assert str(by_phone.id) == buyer.id


async def test_a_buyer_without_wechat_has_no_platform_number(api: Api) -> None:
    answer = await (await api.buyer()).post("/me/phone", {"code": "x"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_wechat")


async def test_ones_own_number_is_open_to_oneself(api: Api) -> None:
    buyer = await api.buyer()
    assert (await (await api.guest()).get("/me/phone")).status_code == 401
    assert (await buyer.get("/me/phone")).json() == {"phone": buyer.extra["phone"]}
