"""What the platform refuses: signatures, parameters, repeated numbers, states, time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import ServerThread
from tests.wechat_sandbox.sandbox_actions import approve, place, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number

JSAPI = "/v3/pay/transactions/jsapi"


def order_of(shop: Oracle, **changes: Any) -> dict[str, Any]:
    """A valid JSAPI order with some fields changed (None takes one away)."""
    order: dict[str, Any] = {
        "appid": shop.account["appid"],
        "mchid": shop.account["mchid"],
        "description": "帆布袋",
        "out_trade_no": number(),
        "notify_url": "http://127.0.0.1:9/notify",
        "amount": {"total": 100, "currency": "CNY"},
        "payer": {"openid": "oTestUserOfTheOracle000000001"},
    } | changes
    return {name: value for name, value in order.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"out_trade_no": "short"}, "/out_trade_no"),
        ({"out_trade_no": "x" * 33}, "/out_trade_no"),
        ({"out_trade_no": "with space 1"}, "/out_trade_no"),
        ({"description": None}, "/description"),
        ({"description": "长" * 128}, "/description"),
        ({"attach": "a" * 129}, "/attach"),
        ({"notify_url": "http://127.0.0.1/n?x=1"}, "/notify_url"),
        ({"notify_url": "ftp://127.0.0.1/n"}, "/notify_url"),
        ({"amount": {"total": 0}}, "/amount/total"),
        ({"amount": {"total": -1}}, "/amount/total"),
        ({"amount": {"total": 1.5}}, "/amount/total"),
        ({"amount": {"total": "100"}}, "/amount/total"),
        ({"amount": {"total": True}}, "/amount/total"),
        ({"amount": {"total": 100, "currency": "USD"}}, "/amount/currency"),
        ({"amount": None}, "/amount"),
        ({"payer": {}}, "/payer/openid"),
        ({"time_expire": "tomorrow"}, "/time_expire"),
        ({"time_expire": "2026-01-01T00:00:00"}, "/time_expire"),
        ({"mchid": "1900000999"}, "/mchid"),
        ({"settle_info": {"profit_sharing": "yes"}}, "/settle_info/profit_sharing"),
    ],
)
def test_a_wrong_parameter_is_named(shop: Oracle, changes: dict[str, Any], field: str) -> None:
    status, answer = shop.post(JSAPI, order_of(shop, **changes))
    assert (status, answer["code"]) == (400, "PARAM_ERROR")
    assert answer["detail"]["field"] == field


def test_an_app_that_is_not_bound_is_refused(shop: Oracle) -> None:
    status, answer = shop.post(JSAPI, order_of(shop, appid="wx0000000000000000"))
    assert (status, answer["code"]) == (400, "APPID_MCHID_NOT_MATCH")


def test_h5_needs_the_scene(shop: Oracle) -> None:
    status, answer = shop.pay("h5", number(), 100, scene_info={"payer_client_ip": "127.0.0.1"})
    assert (status, answer["detail"]["field"]) == (400, "/scene_info/h5_info")


def test_the_same_order_gives_the_same_prepay_id(shop: Oracle) -> None:
    order = order_of(shop)
    assert shop.post(JSAPI, order) == shop.post(JSAPI, order)


@pytest.mark.parametrize(
    "change", [{"amount": {"total": 101, "currency": "CNY"}}, {"attach": "other"}, {"description": "other"}]
)
def test_a_used_number_with_other_parameters_is_refused(shop: Oracle, change: dict[str, Any]) -> None:
    order = order_of(shop)
    assert shop.post(JSAPI, order)[0] == 200
    status, answer = shop.post(JSAPI, order | change)
    assert (status, answer["code"]) == (403, "OUT_TRADE_NO_USED")


def test_a_used_number_with_another_way_to_pay_is_refused(shop: Oracle) -> None:
    order, _ = place(shop)
    status, answer = shop.pay("native", order, 2850)
    assert (status, answer["code"]) == (403, "OUT_TRADE_NO_USED")


def test_a_paid_or_closed_order_is_not_placed_again(shop: Oracle, control: httpx.Client) -> None:
    order = order_of(shop)
    prepay_id = shop.post(JSAPI, order)[1]["prepay_id"]
    approve(control, prepay_id)
    assert shop.post(JSAPI, order)[1]["code"] == "ORDERPAID"
    assert shop.close(order["out_trade_no"])[1]["code"] == "ORDERPAID"
    other = order_of(shop)
    shop.post(JSAPI, other)
    shop.close(other["out_trade_no"])
    assert shop.post(JSAPI, other)[1]["code"] == "ORDER_CLOSED"


def test_time_to_pay_ends_but_the_order_stays_open(shop: Oracle, control: httpx.Client) -> None:
    ahead = control.get("/_sandbox/clock").json()["now"] - time.time()
    until = datetime.now(UTC) + timedelta(seconds=ahead + 600)
    order = order_of(shop, time_expire=until.isoformat(timespec="seconds"))
    prepay_id = shop.post(JSAPI, order)[1]["prepay_id"]
    settle(control, 601)
    refused = control.post(f"/_sandbox/cashier/{prepay_id}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "EXPIRED")
    assert shop.query(out_trade_no=order["out_trade_no"])[1]["trade_state"] == "NOTPAY"
    assert shop.post(JSAPI, order)[1]["code"] == "INVALID_REQUEST"
    assert shop.close(order["out_trade_no"])[0] == 204


def test_less_than_a_minute_to_pay_becomes_a_minute(shop: Oracle, control: httpx.Client) -> None:
    order = order_of(shop, time_expire="2020-01-01T00:00:00+08:00")
    prepay_id = shop.post(JSAPI, order)[1]["prepay_id"]
    assert 55 <= control.get(f"/_sandbox/cashier/{prepay_id}").json()["expires_in"] <= 60


def test_a_prepay_id_lives_two_hours_and_can_be_renewed(shop: Oracle, control: httpx.Client) -> None:
    order = order_of(shop)
    old = shop.post(JSAPI, order)[1]["prepay_id"]
    settle(control, 7201)
    refused = control.post(f"/_sandbox/cashier/{old}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "PREPAY_EXPIRED")
    new = shop.post(JSAPI, order)[1]["prepay_id"]
    assert new != old
    assert approve(control, new)["trade_state"] == "SUCCESS"


def test_a_slow_bank_keeps_the_order_in_payment(shop: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(shop)
    control.post(f"/_sandbox/cashier/{prepay_id}/approve", json={"after_s": 30}).raise_for_status()
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "USERPAYING"
    assert shop.close(order)[1]["code"] == "USERPAYING"
    settle(control, 30)
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "SUCCESS"


def test_cancelling_leaves_the_order_payable(shop: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(shop)
    control.post(f"/_sandbox/cashier/{prepay_id}/cancel").raise_for_status()
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "NOTPAY"
    assert approve(control, prepay_id)["trade_state"] == "SUCCESS"


def test_orders_of_others_do_not_exist(
    server: ServerThread, accounts: dict[str, Account], shop: Oracle, control: httpx.Client
) -> None:
    order = place_paid(shop, control)
    transaction_id = shop.query(out_trade_no=order)[1]["transaction_id"]
    other = Oracle(server.url, accounts["both"], public_key=True, notify_url="http://127.0.0.1:9/n")
    assert other.query(out_trade_no=order)[1]["code"] == "ORDER_NOT_EXIST"
    assert other.query(transaction_id=transaction_id)[0] == 404
    assert other.close(order)[0] == 404
    assert other.refund(number(), 1, 2850, transaction_id=transaction_id)[1]["code"] == "RESOURCE_NOT_EXISTS"
    status, answer = other.get(f"/v3/pay/transactions/out-trade-no/{order}?mchid={shop.account['mchid']}")
    assert (status, answer["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize("spoil", ["signature", "timestamp", "serial_no", "mchid", "scheme", "nothing sent"])
def test_a_request_that_is_not_signed_well_is_refused(server: ServerThread, shop: Oracle, spoil: str) -> None:
    target = f"/v3/pay/transactions/out-trade-no/{number()}?mchid={shop.account['mchid']}"
    header = shop.authorization("GET", target)
    spoilt = {
        "signature": header.replace('signature="', 'signature="AAAA'),
        "timestamp": shop.authorization("GET", target, at=int(time.time()) - 301),
        "serial_no": header.replace(shop.account["serial_no"], "0" * 40),
        "mchid": header.replace(shop.account["mchid"], "1900000999"),
        "scheme": header.replace("WECHATPAY2-SHA256-RSA2048", "Bearer"),
        "nothing sent": "",
    }[spoil]
    answer = httpx.get(server.url + target, headers={"Authorization": spoilt}, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_ERROR")
    good = httpx.get(server.url + target, headers={"Authorization": header}, trust_env=False)
    assert good.status_code == 404
    assert good.headers["Wechatpay-Serial"] == shop.account["public_key_id"]


def test_the_answer_is_signed_with_the_key_that_the_request_names(
    server: ServerThread, accounts: dict[str, Account], control: httpx.Client
) -> None:
    both = Oracle(server.url, accounts["both"], public_key=True, notify_url="http://127.0.0.1:9/n")
    target = f"/v3/pay/transactions/out-trade-no/{number()}?mchid={both.account['mchid']}"
    serial = control.get("/_sandbox/merchants").json()["merchants"][0]["platform_certificate_serial"]
    for named in (serial, both.account["public_key_id"]):
        headers = {"Authorization": both.authorization("GET", target), "Wechatpay-Serial": named}
        answer = httpx.get(server.url + target, headers=headers, trust_env=False)
        assert answer.headers["Wechatpay-Serial"] == named
    headers["Wechatpay-Serial"] = "PUB_KEY_ID_0000"
    refused = httpx.get(server.url + target, headers=headers, trust_env=False)
    assert (refused.status_code, refused.json()["code"]) == (400, "PARAM_ERROR")


@pytest.mark.parametrize("body", [[1], 3])
def test_a_body_that_is_no_object_is_refused(shop: Oracle, body: object) -> None:
    status, answer = shop.post(JSAPI, body)
    assert (status, answer["code"]) == (400, "PARAM_ERROR")
