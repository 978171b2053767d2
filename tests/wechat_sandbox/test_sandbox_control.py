"""The control API: accounts, cashier, text messages, the record, and who may reach it."""

import time

import httpx
import pytest

from tests.wechat_sandbox.sandbox_actions import place, place_paid
from tests.wechat_sandbox.sandbox_oracle import Oracle


def test_a_merchant_is_made_once(control: httpx.Client) -> None:
    order = {"mchid": "1900000201", "appid": "wxonce00000001", "name": "一次"}
    first = control.post("/_sandbox/merchants", json=order).json()
    assert control.post("/_sandbox/merchants", json=order).json() == first
    assert len(first["api_v3_key"]) == 32
    assert first["public_key_id"].startswith("PUB_KEY_ID_")
    assert first["mode"] == "both"


def test_a_merchant_gets_more_apps_and_changes_its_mode(control: httpx.Client) -> None:
    order = {"mchid": "1900000202", "appid": "wxmore00000001"}
    control.post("/_sandbox/merchants", json=order).raise_for_status()
    order |= {"appid": "wxmore00000002", "mode": "public_key"}
    changed = control.post("/_sandbox/merchants", json=order).json()
    assert changed["appids"] == ["wxmore00000001", "wxmore00000002"]
    assert changed["mode"] == "public_key"


@pytest.mark.parametrize(
    "order",
    [
        {"mchid": "12"},
        {"mchid": "letters1"},
        {"api_v3_key": "short"},
        {"mode": "other"},
        {"private_key": "no key"},
        {"appid": "not an app"},
        {"unknown": 1},
        [],
    ],
)
def test_a_merchant_that_cannot_be_is_refused(control: httpx.Client, order: object) -> None:
    before = len(control.get("/_sandbox/merchants").json()["merchants"])
    refused = control.post("/_sandbox/merchants", json=order)
    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID")
    assert len(control.get("/_sandbox/merchants").json()["merchants"]) == before


def test_the_cashier_opens_for_a_signed_request_only(shop: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(shop)
    request = shop.payment_request(prepay_id)
    opened = control.post("/_sandbox/jsapi-pay", json=request).raise_for_status().json()
    assert (opened["out_trade_no"], opened["amount"]) == (order, 2850)
    page = control.get(opened["cashier_url"]).raise_for_status().text
    assert "28" in page
    assert order in page
    for change, code in [
        ({"paySign": "AAAA"}, "PAY_SIGN"),
        ({"nonceStr": "other"}, "PAY_SIGN"),
        ({"appId": "wxother"}, "APPID"),
        ({"package": "prepay_id=none"}, "PREPAY_ID"),
        ({"signType": "MD5"}, "SIGN_TYPE"),
    ]:
        refused = control.post("/_sandbox/jsapi-pay", json=request | change)
        assert (refused.status_code, refused.json()["code"]) == (400, code)


def test_a_paid_order_cannot_be_paid_again(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control)
    prepay_id = control.get(f"/_sandbox/orders/{order}").json()["prepay_id"]
    again = control.post(f"/_sandbox/cashier/{prepay_id}/approve")
    assert (again.status_code, again.json()["code"]) == (409, "ORDERPAID")
    request = shop.payment_request(prepay_id)
    assert control.post("/_sandbox/jsapi-pay", json=request).json()["code"] == "ORDERPAID"
    assert control.post("/_sandbox/cashier/none/approve").status_code == 404
    assert control.get("/_sandbox/cashier", params={"prepay_id": "none"}).status_code == 404


def test_a_foreign_return_address_is_no_script(shop: Oracle, control: httpx.Client) -> None:
    _, prepay_id = place(shop)
    query = {"prepay_id": prepay_id, "redirect_url": "javascript:alert(1)"}
    assert "javascript:" not in control.get("/_sandbox/cashier", params=query).text


def test_text_messages_newest_first(control: httpx.Client) -> None:
    for text in ("first", "second"):
        sms = {"phone": "+8613900139000", "text": text}
        control.post("/_sandbox/sms", json=sms).raise_for_status()
    listed = control.get("/_sandbox/sms?phone=+8613900139000").json()["messages"]
    assert [message["text"] for message in listed] == ["second", "first"]
    assert control.get("/_sandbox/sms", params={"phone": "13700137000"}).json() == {"messages": []}
    assert control.post("/_sandbox/sms", json={"phone": "x", "text": "y"}).status_code == 400


def test_the_record_filters_and_continues(shop: Oracle, control: httpx.Client) -> None:
    before = control.get("/_sandbox/events").json()["last_id"]
    order = place_paid(shop, control)
    events = control.get("/_sandbox/events", params={"after": before, "q": order}).json()["events"]
    assert {event["kind"] for event in events} == {"pay", "cashier", "notify"}
    assert [event["id"] for event in events] == sorted((e["id"] for e in events), reverse=True)
    assert all(event["kind"] == "pay" for event in control.get("/_sandbox/events?kind=pay").json()["events"])
    assert control.get("/_sandbox/events?limit=0").status_code == 400


def test_secrets_do_not_stand_in_the_record(shop: Oracle, control: httpx.Client) -> None:
    secret = shop.account["app_secret"]
    query = {
        "appid": shop.account["appid"],
        "secret": secret,
        "js_code": "x",
        "grant_type": "authorization_code",
    }
    control.get("/sns/jscode2session", params=query)
    body = {"grant_type": "client_credential", "appid": shop.account["appid"], "secret": secret}
    token = control.post("/cgi-bin/stable_token", json=body).json()["access_token"]
    record = control.get("/_sandbox/events", params={"kind": "wxapi"}).text
    assert secret not in record
    assert token not in record


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://127.0.0.1:5173"}, 200),
        ({"Origin": "http://localhost:5173"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 403),
    ],
)
def test_foreign_pages_do_not_reach_the_control_api(
    control: httpx.Client, headers: dict[str, str], status: int
) -> None:
    answer = control.get("/_sandbox/merchants", headers=headers)
    assert answer.status_code == status
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    assert allowed == (headers.get("Origin") if status == 200 else None)


def test_a_preflight_of_a_loopback_page_is_answered(control: httpx.Client) -> None:
    headers = {
        "Origin": "http://127.0.0.1:5173",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = control.options("/_sandbox/login-code", headers=headers)
    assert answer.is_success
    assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:5173"


def test_unknown_addresses_and_methods(control: httpx.Client) -> None:
    assert control.get("/v3/none").json()["code"] == "NOT_FOUND"
    assert control.get("/v3/pay/transactions/jsapi").status_code == 405
    assert control.get("/_sandbox/static/../cli.py").status_code == 404


def test_health_and_page(control: httpx.Client) -> None:
    assert control.get("/_sandbox/health").json()["status"] == "ok"
    assert "微信沙箱" in control.get("/").text
    clock = control.get("/_sandbox/clock").json()
    assert clock["now"] >= time.time() - 1
    assert control.post("/_sandbox/clock", json={"advance_s": -1}).status_code == 400
