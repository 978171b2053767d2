"""The mini-program API: sign-in, tokens, phone numbers, subscription messages, codes."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.wechat_sandbox.sandbox_actions import settle
from wechat_sandbox.miniprogram.template_fields import fits

APPID = "wxmini00000000001"
TEMPLATE = "paid-template"


@pytest.fixture
def app(control: httpx.Client) -> dict[str, Any]:
    order = {
        "appid": APPID,
        "pages": ["pages/index/index", "pages/order/order"],
        "templates": [
            {"template_id": TEMPLATE, "title": "支付成功", "fields": ["thing1", "amount2", "time3"]}
        ],
    }
    return control.post("/_sandbox/apps", json=order).raise_for_status().json()


def session(control: httpx.Client, app: dict[str, Any], code: str, **changes: str) -> dict[str, Any]:
    query = {"appid": APPID, "secret": app["secret"], "js_code": code, "grant_type": "authorization_code"}
    return control.get("/sns/jscode2session", params=query | changes).json()


def login_code(control: httpx.Client, user: str = "小王", appid: str = APPID) -> str:
    answer = control.post("/_sandbox/login-code", json={"appid": appid, "user": user})
    return answer.raise_for_status().json()["code"]


def token(control: httpx.Client, app: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"grant_type": "client_credential", "appid": APPID, "secret": app["secret"], **more}
    return control.post("/cgi-bin/stable_token", json=body).json()


@pytest.fixture
def query(control: httpx.Client, app: dict[str, Any]) -> dict[str, str]:
    return {"access_token": token(control, app)["access_token"]}


def test_a_code_works_once_within_five_minutes(control: httpx.Client, app: dict[str, Any]) -> None:
    code = login_code(control)
    first = session(control, app, code)
    assert {"openid", "session_key", "unionid"} <= first.keys()
    assert session(control, app, code)["errcode"] == 40163
    assert session(control, app, login_code(control))["openid"] == first["openid"]
    assert session(control, app, login_code(control, "小李"))["openid"] != first["openid"]
    late = login_code(control)
    settle(control, 301)
    assert session(control, app, late)["errcode"] == 40029


def test_the_same_person_has_one_unionid_and_an_openid_in_each_app(
    control: httpx.Client, app: dict[str, Any]
) -> None:
    other = control.post("/_sandbox/apps", json={"appid": "wxmini00000000002"}).json()
    code = login_code(control, appid=other["appid"])
    there = session(control, app, code, appid=other["appid"], secret=other["secret"])
    here = session(control, app, login_code(control))
    assert there["unionid"] == here["unionid"]
    assert there["openid"] != here["openid"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wxunknown000000"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"js_code": "made-up"}, 40029),
        ({"grant_type": "password"}, 40002),
    ],
)
def test_wrong_sign_ins(
    control: httpx.Client, app: dict[str, Any], changes: dict[str, str], errcode: int
) -> None:
    assert session(control, app, login_code(control), **changes)["errcode"] == errcode


def test_a_token_stays_the_same_until_its_last_five_minutes(
    control: httpx.Client, app: dict[str, Any]
) -> None:
    settle(control, 86400)
    first = token(control, app)
    assert first["expires_in"] == pytest.approx(7200, abs=1)
    settle(control, 6000)
    again = token(control, app)
    assert again["access_token"] == first["access_token"]
    assert again["expires_in"] == pytest.approx(1200, abs=2)
    settle(control, 950)
    renewed = token(control, app)
    assert renewed["access_token"] != first["access_token"]
    old = {"access_token": first["access_token"]}
    assert control.post("/wxa/getwxacodeunlimit", params=old, json={"scene": "a=1"}).status_code == 200
    settle(control, 300)
    late = control.post("/wxa/getwxacodeunlimit", params=old, json={"scene": "a=1"}).json()
    assert late["errcode"] == 42001


def test_a_forced_token_voids_the_old_one_twenty_times_a_day(
    control: httpx.Client, app: dict[str, Any]
) -> None:
    settle(control, 86400)
    old = token(control, app)["access_token"]
    assert token(control, app, force_refresh=True)["access_token"] != old
    refused = control.post("/wxa/getwxacodeunlimit", params={"access_token": old}, json={"scene": "a"})
    assert refused.json()["errcode"] == 40001
    for _ in range(19):
        token(control, app, force_refresh=True)
    assert token(control, app, force_refresh=True)["errcode"] == 45009
    assert "access_token" in token(control, app)
    assert control.post("/wxa/getwxacodeunlimit", json={"scene": "a"}).json()["errcode"] == 41001


def test_a_phone_code_works_once(control: httpx.Client, query: dict[str, str]) -> None:
    order = {"appid": APPID, "phone": "13800138000"}
    code = control.post("/_sandbox/phone-code", json=order).json()["code"]
    path = "/wxa/business/getuserphonenumber"
    info = control.post(path, params=query, json={"code": code}).json()["phone_info"]
    assert (info["purePhoneNumber"], info["countryCode"]) == ("13800138000", "86")
    assert info["watermark"]["appid"] == APPID
    assert control.post(path, params=query, json={"code": code}).json()["errcode"] == 40029
    assert control.post(path, params=query, json={}).json()["errcode"] == 47001
    control.post("/_sandbox/apps", json={"appid": APPID, "phone_quota": 0})
    assert control.post(path, params=query, json={"code": code}).json()["errcode"] == 1400001


def message(openid: str, **changes: Any) -> dict[str, Any]:
    data = {
        "thing1": {"value": "拿铁大杯"},
        "amount2": {"value": "¥28.50"},
        "time3": {"value": "2026-11-22 15:01"},
    }
    return {
        "touser": openid,
        "template_id": TEMPLATE,
        "page": "pages/order/order?id=1",
        "data": data | changes.pop("data", {}),
    } | changes


def consent(control: httpx.Client, user: str) -> str:
    order = {"appid": APPID, "user": user, "template_ids": [TEMPLATE]}
    return control.post("/_sandbox/consents", json=order).raise_for_status().json()["openid"]


def test_one_consent_is_one_message(control: httpx.Client, query: dict[str, str]) -> None:
    openid = consent(control, "one consent")
    path = "/cgi-bin/message/subscribe/send"
    assert control.post(path, params=query, json=message(openid)).json() == {"errcode": 0, "errmsg": "ok"}
    assert control.post(path, params=query, json=message(openid)).json()["errcode"] == 43101
    (shown,) = control.get("/_sandbox/events", params={"kind": "message", "q": openid}).json()["events"]
    assert shown["data"]["values"]["thing1"] == "拿铁大杯"


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"data": {"thing1": {"value": "长" * 21}}}, 47003),
        ({"data": {"amount2": {"value": "twenty"}}}, 47003),
        ({"data": {"time3": {"value": "soon"}}}, 47003),
        ({"data": {"thing1": {"value": ""}}}, 47003),
        ({"data": {"thing1": {}}}, 47003),
        ({"data": {"thing9": {"value": "extra"}}}, 47003),
        ({"template_id": "unknown"}, 40037),
        ({"touser": "oNobody"}, 40003),
        ({"page": "pages/none/none"}, 41030),
        ({"miniprogram_state": "beta"}, 47001),
    ],
)
def test_a_bad_message_costs_no_consent(
    control: httpx.Client, query: dict[str, str], changes: dict[str, Any], errcode: int
) -> None:
    openid = consent(control, f"bad message {errcode} {sorted(changes)} {changes}"[:64])
    path = "/cgi-bin/message/subscribe/send"
    assert control.post(path, params=query, json=message(openid, **changes)).json()["errcode"] == errcode
    assert control.post(path, params=query, json=message(openid)).json()["errcode"] == 0


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("thing1", "大杯拿铁，少冰", "x" * 21),
        ("number2", "12.5", "12 cups"),
        ("letter3", "ABC", "ABC1"),
        ("symbol4", "!!", "ok"),
        ("character_string5", "A-1024/7", "取货码A7"),
        ("time6", "2026年11月22日 15:01", "22 Nov"),
        ("time6", "15:01", "25:01"),
        ("date7", "2026-11-22", "15:01"),
        ("amount8", "¥28.50", "28,50"),
        ("amount8", "28.5元", "二十八元"),
        ("phone_number9", "+86-10-12345678", "call me"),
        ("car_number10", "粤A12345", "粤A1234567890"),
        ("name11", "王小明", "Wang小明"),
        ("phrase12", "制作中", "制作中请稍候"),
        ("phrase12", "已完成", "done"),
    ],
)
def test_each_field_type_has_its_limits(name: str, good: str, bad: str) -> None:
    assert fits(name, good)
    assert not fits(name, bad)


def test_a_code_is_a_picture_of_the_asked_size(control: httpx.Client, query: dict[str, str]) -> None:
    order = {"scene": "table=7&store=1", "page": "pages/index/index", "width": 430}
    answer = control.post("/wxa/getwxacodeunlimit", params=query, json=order)
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert 280 <= picture.width <= 430
    assert picture.width == picture.height


@pytest.mark.parametrize(
    ("order", "errcode"),
    [
        ({"scene": "x" * 33}, 40129),
        ({"scene": ""}, 40129),
        ({"scene": "桌号7"}, 40129),
        ({}, 40129),
        ({"scene": "a", "page": "pages/none/none"}, 41030),
        ({"scene": "a", "page": "/pages/index/index"}, 41030),
        ({"scene": "a", "page": "pages/index/index?x=1"}, 41030),
        ({"scene": "a", "width": "big"}, 47001),
    ],
)
def test_codes_that_are_refused(
    control: httpx.Client, query: dict[str, str], order: dict[str, Any], errcode: int
) -> None:
    assert control.post("/wxa/getwxacodeunlimit", params=query, json=order).json()["errcode"] == errcode


def test_an_unpublished_page_is_allowed_when_not_checked(
    control: httpx.Client, query: dict[str, str]
) -> None:
    order = {"scene": "a", "page": "pages/none/none", "check_path": False}
    assert control.post("/wxa/getwxacodeunlimit", params=query, json=order).status_code == 200


def test_a_body_that_is_no_json_object_is_47001(control: httpx.Client, query: dict[str, str]) -> None:
    for body in (b"{", b"[]", b"\xff"):
        answer = control.post("/wxa/getwxacodeunlimit", params=query, content=body)
        assert answer.json()["errcode"] == 47001
