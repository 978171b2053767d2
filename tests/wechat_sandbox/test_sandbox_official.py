"""The official account: silent authorization of a page, its code, and the bridge's script."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

APPID = "wxofficial00000001"
BACK = "http://shop.test:8780/#/settle/pay/index?wechat=1"


@pytest.fixture
def account(control: httpx.Client) -> dict[str, Any]:
    order = {"appid": APPID, "kind": "official_account", "page_hosts": ["shop.test:8780"]}
    return control.post("/_sandbox/apps", json=order).raise_for_status().json()


def authorize(control: httpx.Client, **changes: str) -> httpx.Response:
    query = {
        "appid": APPID,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "abc123",
    }
    return control.get("/connect/oauth2/authorize", params=query | changes)


def code(control: httpx.Client) -> str:
    return parse_qs(urlsplit(authorize(control).headers["location"]).query)["code"][0]


def exchange(control: httpx.Client, account: dict[str, Any], **changes: str) -> dict[str, Any]:
    query = {"appid": APPID, "secret": account["secret"], "grant_type": "authorization_code"}
    return control.get("/sns/oauth2/access_token", params=query | changes).json()


def test_the_browser_comes_back_with_code_and_state_before_the_fragment(
    control: httpx.Client, account: dict[str, Any]
) -> None:
    control.post("/_sandbox/present", json={"user": "小王"}).raise_for_status()
    back = urlsplit(authorize(control).headers["location"])
    assert (back.netloc, back.fragment) == ("shop.test:8780", "/settle/pay/index?wechat=1")
    assert parse_qs(back.query)["state"] == ["abc123"]
    first = exchange(control, account, code=parse_qs(back.query)["code"][0])
    assert (first["scope"], first["expires_in"]) == ("snsapi_base", 7200)
    assert "unionid" not in first
    assert exchange(control, account, code=code(control))["openid"] == first["openid"]
    control.post("/_sandbox/present", json={"user": "小李"}).raise_for_status()
    assert exchange(control, account, code=code(control))["openid"] != first["openid"]


def test_a_code_works_once_within_five_minutes(control: httpx.Client, account: dict[str, Any]) -> None:
    one, late = code(control), code(control)
    assert "openid" in exchange(control, account, code=one)
    assert exchange(control, account, code=one)["errcode"] == 40163
    control.post("/_sandbox/clock", json={"advance_s": 301}).raise_for_status()
    assert exchange(control, account, code=late)["errcode"] == 40029


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"code": "unknown"}, 40029),
        ({"code": ""}, 41008),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
        ({"appid": "wxnobody0000001"}, 40013),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_an_exchange_that_cannot_be_is_refused(
    control: httpx.Client, account: dict[str, Any], changes: dict[str, str], errcode: int
) -> None:
    assert exchange(control, account, **({"code": "x"} | changes))["errcode"] == errcode


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"appid": ""}, "10012"),
        ({"appid": "wxnobody0000001"}, "10016"),
        ({"redirect_uri": ""}, "10011"),
        ({"redirect_uri": "http://evil.test/"}, "10003"),
        ({"redirect_uri": "http://shop.test:8780@evil.test/"}, "10003"),
        ({"scope": "snsapi_userinfo"}, "10005"),
        ({"state": "not-letters"}, "10013"),
    ],
)
def test_a_page_that_may_not_ask_is_told_so_and_not_sent_anywhere(
    control: httpx.Client, account: dict[str, Any], changes: dict[str, str], number: str
) -> None:
    assert account["kind"] == "official_account"
    answer = authorize(control, **changes)
    assert answer.status_code == 400
    assert number in answer.text


def test_a_mini_program_has_no_pages_and_an_official_account_no_wx_login(
    control: httpx.Client, account: dict[str, Any]
) -> None:
    mini = control.post("/_sandbox/apps", json={"appid": "wxmini0000000099"}).json()
    assert exchange(control, account, appid=mini["appid"], secret=mini["secret"])["errcode"] == 40013
    login = {
        "appid": APPID,
        "secret": account["secret"],
        "js_code": "x",
        "grant_type": "authorization_code",
    }
    assert control.get("/sns/jscode2session", params=login).json()["errcode"] == 40013


def test_the_bridge_is_a_script(control: httpx.Client) -> None:
    script = control.get("/_sandbox/static/weixin-bridge.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "WeixinJSBridgeReady" in script.text
