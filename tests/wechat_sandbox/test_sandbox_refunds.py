"""Refunds: idempotent by number, never past what was paid, at most fifty, a minute apart."""

from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver
from tests.wechat_sandbox.sandbox_actions import place, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Oracle, number

YEAR_S = 365 * 86400


def test_the_same_number_is_the_same_refund(shop: Oracle, control: httpx.Client) -> None:
    order, refund = place_paid(shop, control, 1000), number()
    first = shop.refund(refund, 400, 1000, out_trade_no=order)
    again = shop.refund(refund, 400, 1000, out_trade_no=order)
    assert first == again
    status, answer = shop.refund(refund, 500, 1000, out_trade_no=order)
    assert (status, answer["code"]) == (400, "INVALID_REQUEST")
    assert control.get(f"/_sandbox/orders/{order}").json()["refunded"] == 400


def test_two_refunds_of_an_order_are_a_minute_apart(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control, 1000)
    shop.refund(number(), 1, 1000, out_trade_no=order)
    status, answer = shop.refund(number(), 1, 1000, out_trade_no=order)
    assert (status, answer["code"]) == (429, "FREQUENCY_LIMITED")
    settle(control, 60)
    assert shop.refund(number(), 1, 1000, out_trade_no=order)[0] == 200


def test_fifty_parts_and_no_more(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control, 1000)
    for _ in range(50):
        assert shop.refund(number(), 1, 1000, out_trade_no=order)[0] == 200
        settle(control, 61)
    status, answer = shop.refund(number(), 1, 1000, out_trade_no=order)
    assert (status, answer["code"]) == (400, "INVALID_REQUEST")


def test_more_than_was_paid_is_refused(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control, 1000)
    assert shop.refund(number(), 1001, 1000, out_trade_no=order)[1]["code"] == "INVALID_REQUEST"
    assert shop.refund(number(), 600, 1000, out_trade_no=order)[0] == 200
    settle(control, 61)
    assert shop.refund(number(), 401, 1000, out_trade_no=order)[1]["code"] == "INVALID_REQUEST"


def test_an_unpaid_order_or_one_of_last_year_is_not_refunded(shop: Oracle, control: httpx.Client) -> None:
    order, _ = place(shop)
    assert shop.refund(number(), 1, 2850, out_trade_no=order)[1]["code"] == "INVALID_REQUEST"
    old = place_paid(shop, control)
    settle(control, YEAR_S + 1)
    assert shop.refund(number(), 1, 2850, out_trade_no=old)[1]["code"] == "INVALID_REQUEST"


def test_a_wrong_total_and_unknown_numbers_are_refused(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control, 1000)
    assert shop.refund(number(), 1, 999, out_trade_no=order)[1]["code"] == "INVALID_REQUEST"
    assert shop.refund(number(), 1, 1000, out_trade_no=number())[1]["code"] == "RESOURCE_NOT_EXISTS"
    assert shop.query_refund(number())[1]["code"] == "RESOURCE_NOT_EXISTS"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"out_refund_no": "no spaces please"}, "/out_refund_no"),
        ({"amount": {"refund": 0, "total": 1000, "currency": "CNY"}}, "/amount/refund"),
        ({"amount": {"refund": 1, "total": 1000}}, "/amount/currency"),
        ({"amount": {"refund": 1, "total": 1000, "currency": "USD"}}, "/amount/currency"),
        ({"reason": "长" * 81}, "/reason"),
        ({"out_trade_no": None}, "/transaction_id"),
    ],
)
def test_a_wrong_parameter_is_named(
    shop: Oracle, control: httpx.Client, changes: dict[str, Any], field: str
) -> None:
    order = place_paid(shop, control, 1000)
    body: dict[str, Any] = {
        "out_trade_no": order,
        "out_refund_no": number(),
        "amount": {"refund": 1, "total": 1000, "currency": "CNY"},
    } | changes
    status, answer = shop.post("/v3/refund/domestic/refunds", body)
    assert (status, answer["code"], answer["detail"]["field"]) == (400, "PARAM_ERROR", field)


def test_a_closed_refund_gives_its_amount_free(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    order = place_paid(shop, control, 1000)
    control.post("/_sandbox/refund-outcomes", json={"outcomes": ["CLOSED"]}).raise_for_status()
    closed = number()
    shop.refund(closed, 1000, 1000, out_trade_no=order)
    settle(control, 61)
    assert shop.query_refund(closed)[1]["status"] == "CLOSED"
    notice = shop.read(receiver.got[-1].headers, receiver.got[-1].body)
    assert notice is not None
    assert notice["event_type"] == "REFUND.CLOSED"
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "SUCCESS"
    assert shop.refund(number(), 1000, 1000, out_trade_no=order)[0] == 200
