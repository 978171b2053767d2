"""Merchants below a platform: refunds and profit sharing have addresses and names of their own (平台收付通)."""

from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver
from tests.wechat_sandbox.sandbox_actions import approve, settle
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number

SHARING = "/v3/ecommerce/profitsharing"
REFUNDS = "/v3/ecommerce/refunds"


@pytest.fixture
def below(shop: Oracle, control: httpx.Client) -> Account:
    """A merchant below the shop's number."""
    body = {"name": "二级商户", "sub_of": shop.account["mchid"]}
    return control.post("/_sandbox/merchants", json=body).raise_for_status().json()


def paid(shop: Oracle, control: httpx.Client, below: Account) -> tuple[str, str]:
    """A payment of 100.00 to the merchant below, frozen: (out_trade_no, transaction_id)."""
    out_trade_no = number()
    part: dict[str, Any] = {
        "mchid": shop.account["mchid"],
        "sub_mchid": below["mchid"],
        "out_trade_no": out_trade_no,
        "amount": {"total_amount": 10_000, "currency": "CNY"},
        "attach": "a",
        "description": "拿铁",
        "settle_info": {"profit_sharing": True},
    }
    approve(control, shop.combine("jsapi", number(), [part])[1]["prepay_id"])
    settle(control, 61)
    found = control.get(f"/_sandbox/orders/{out_trade_no}").raise_for_status().json()
    return out_trade_no, found["transaction_id"]


def asked(shop: Oracle, below: Account, order: str, refund: str, amount: int, **more: Any) -> dict[str, Any]:
    return {
        "sub_mchid": below["mchid"],
        "sp_appid": shop.account["appid"],
        "out_trade_no": order,
        "out_refund_no": refund,
        "amount": {"refund": amount, "total": 10_000, "currency": "CNY"},
        **more,
    }


def test_a_refund_is_accepted_without_a_state_and_told_with_both_merchants(
    shop: Oracle, control: httpx.Client, below: Account, receiver: Receiver
) -> None:
    order, _ = paid(shop, control, below)
    refund = number()
    body = asked(shop, below, order, refund, 4_000, notify_url=receiver.url)
    status, accepted = shop.post(f"{REFUNDS}/apply", body)
    assert status == 200, accepted
    assert {"status", "out_trade_no"}.isdisjoint(accepted)
    assert "total" not in accepted["amount"]
    assert shop.post(f"{REFUNDS}/apply", body)[1]["refund_id"] == accepted["refund_id"]
    settle(control, 5)
    path = f"{REFUNDS}/out-refund-no/{refund}?sub_mchid={below['mchid']}"
    status, told = shop.get(path)
    assert (status, told["status"], told["out_trade_no"]) == (200, "SUCCESS", order)
    assert "total" not in told["amount"]
    notice = shop.read(receiver.got[-1].headers, receiver.got[-1].body)
    assert notice is not None
    facts = notice["resource"]
    assert (facts["sp_mchid"], facts["sub_mchid"]) == (shop.account["mchid"], below["mchid"])
    assert "mchid" not in facts
    assert (facts["refund_status"], facts["amount"]["total"]) == ("SUCCESS", 10_000)


def test_each_product_refuses_the_others_orders(shop: Oracle, control: httpx.Client, below: Account) -> None:
    order, transaction = paid(shop, control, below)
    status, answer = shop.refund(number(), 1_000, 10_000, out_trade_no=order)
    assert (status, answer["code"]) == (403, "NO_AUTH")
    receivers = [{"type": "MERCHANT_ID", "account": shop.account["mchid"], "amount": 1, "description": "x"}]
    status, answer = shop.split(transaction, number(), receivers, ends=False)
    assert (status, answer["code"]) == (403, "NO_AUTH")
    wrong = asked(shop, below, order, number(), 1_000) | {"sub_mchid": shop.account["mchid"]}
    status, answer = shop.post(f"{REFUNDS}/apply", wrong)
    assert (status, answer["detail"]["field"]) == (400, "/sub_mchid")
    unnamed = {k: v for k, v in asked(shop, below, order, number(), 1_000).items() if k != "sub_mchid"}
    assert shop.post(f"{REFUNDS}/apply", unnamed)[1]["detail"]["field"] == "/sub_mchid"


def test_a_payment_is_shared_given_back_and_ended(
    shop: Oracle, control: httpx.Client, below: Account, accounts: dict[str, Account]
) -> None:
    _, transaction = paid(shop, control, below)
    partner, sub = accounts["certificate"], {"sub_mchid": below["mchid"]}
    named = {"appid": shop.account["appid"], "type": "MERCHANT_ID", "account": partner["mchid"]}
    added = {**named, "name": partner["name"], "relation_type": "PARTNER"}
    assert shop.post(f"{SHARING}/receivers/add", added)[1]["detail"]["field"] == "/relation_type"
    assert shop.post(f"{SHARING}/receivers/add", {**added, "relation_type": "OTHERS"})[0] == 200
    out, back = number(), number()
    share = {
        "type": "MERCHANT_ID",
        "receiver_account": partner["mchid"],
        "amount": 1_000,
        "description": "佣金",
    }
    body = {**sub, "appid": shop.account["appid"], "transaction_id": transaction, "out_order_no": out}
    status, order = shop.post(f"{SHARING}/orders", {**body, "receivers": [share], "finish": False})
    assert (status, order["status"]) == (200, "PROCESSING"), order
    settle(control, 5)
    where = f"?sub_mchid={below['mchid']}&transaction_id={transaction}&out_order_no="
    (part,) = shop.get(f"{SHARING}/orders{where}{out}")[1]["receivers"]
    assert (part["receiver_account"], part["amount"], part["result"]) == (partner["mchid"], 1_000, "SUCCESS")
    wish = {"out_return_no": back, "return_mchid": partner["mchid"], "amount": 400, "description": "退款"}
    status, returned = shop.post(f"{SHARING}/returnorders", {**sub, "out_order_no": out, **wish})
    assert (status, returned["result"]) == (200, "PROCESSING"), returned
    settle(control, 5)
    asked_back = f"?sub_mchid={below['mchid']}&out_order_no={out}&out_return_no={back}"
    told = shop.get(f"{SHARING}/returnorders{asked_back}")[1]
    assert (told["result"], told["amount"], bool(told["return_no"])) == ("SUCCESS", 400, True)
    left = {"transaction_id": transaction, "unsplit_amount": 9_000}
    assert shop.get(f"{SHARING}/orders/{transaction}/amounts") == (200, left)
    end = number()
    body = {**sub, "transaction_id": transaction, "out_order_no": end, "description": "完结"}
    status, ended = shop.post(f"{SHARING}/finish-order", body)
    assert status == 200
    assert {"status", "receivers"}.isdisjoint(ended)
    settle(control, 5)
    ended = shop.get(f"{SHARING}/orders{where}{end}")[1]
    assert (ended["status"], ended["finish_amount"], "receivers" in ended) == ("FINISHED", 9_000, False)
    assert shop.post(f"{SHARING}/receivers/delete", named)[0] == 200
