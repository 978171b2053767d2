"""Transfers to a user, who confirms them within a day, as the PyPI client asks for them."""

from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver
from tests.wechat_sandbox.sandbox_actions import place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Oracle, number

OPENID = "oReceiver000000000000000002"


def ask(shop: Oracle, control: httpx.Client, amount: int = 1000, **more: Any) -> tuple[str, str]:
    """A transfer that waits for its user: (out_bill_no, package_info)."""
    place_paid(shop, control, amount + 100)
    out = number()
    status, answer = shop.transfer(out, OPENID, amount, **more)
    assert (status, answer["state"]) == (200, "WAIT_USER_CONFIRM"), answer
    return out, answer["package_info"]


def moved(shop: Oracle, control: httpx.Client, out: str) -> list[int]:
    """What a transfer took from the merchant's account; fen."""
    money = control.get(f"/_sandbox/balances/{shop.account['mchid']}").raise_for_status().json()
    return [m["amount"] for m in money["movements"] if m["number"] == out]


def test_the_oracle_transfers_and_the_user_confirms(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    out, package = ask(shop, control, user_name="张三")
    account = shop.account
    told = {"mchId": account["mchid"], "appId": account["appid"], "package": package}
    opened = control.post("/_sandbox/merchant-transfer", json=told).raise_for_status().json()
    page = control.get(opened["confirm_url"]).text
    assert "确认收款" in page
    assert "10" in page
    control.post(f"/_sandbox/transfers/{package}/confirm", json={"openid": OPENID}).raise_for_status()
    settle(control)
    assert shop.query_transfer(out_bill_no=out)[1]["state"] == "SUCCESS"
    notice = shop.read(receiver.got[-1].headers, receiver.got[-1].body)
    assert notice is not None
    assert (notice["event_type"], notice["resource"]["state"], notice["resource"]["transfer_amount"]) == (
        "MCHTRANSFER.BILL.FINISHED",
        "SUCCESS",
        1000,
    )
    again = control.post(f"/_sandbox/transfers/{package}/confirm", json={})
    assert again.json()["code"] == "RECEIVED"
    assert "已收款" in control.get(opened["confirm_url"]).text


def test_the_same_number_is_the_same_transfer(shop: Oracle, control: httpx.Client) -> None:
    out, package = ask(shop, control)
    status, answer = shop.transfer(out, OPENID, 1000)
    assert (status, answer["package_info"]) == (200, package)
    assert shop.transfer(out, OPENID, 999)[1]["code"] == "INVALID_REQUEST"


def test_who_does_not_confirm_within_a_day_gets_nothing(shop: Oracle, control: httpx.Client) -> None:
    out, package = ask(shop, control)
    money = control.get(f"/_sandbox/balances/{shop.account['mchid']}").json()
    assert money["locked"] >= 1000
    settle(control, 86400)
    status, answer = shop.query_transfer(out_bill_no=out)
    assert (status, answer["state"], answer["fail_reason"]) == (200, "FAIL", "OVERDUE_CLOSE")
    assert control.post(f"/_sandbox/transfers/{package}/confirm", json={}).json()["code"] == "OVERDUE"
    assert moved(shop, control, out) == []


def test_the_merchant_takes_it_back(shop: Oracle, control: httpx.Client) -> None:
    out, package = ask(shop, control)
    assert shop.take_back_transfer(out)[0] == 200
    assert shop.query_transfer(out_bill_no=out)[1]["state"] == "CANCELLED"
    assert control.post(f"/_sandbox/transfers/{package}/confirm", json={}).json()["code"] == "CANCELLED"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 9}, "/transfer_amount"),
        ({"amount": 200_000}, "/user_name"),
        ({"out": "has-a-dash"}, "/out_bill_no"),
        ({"transfer_scene_id": "7"}, "/transfer_scene_id"),
        ({"transfer_scene_report_infos": []}, "/transfer_scene_report_infos"),
        ({"transfer_remark": "长" * 33}, "/transfer_remark"),
    ],
)
def test_a_wrong_parameter_is_named(shop: Oracle, changes: dict[str, Any], field: str) -> None:
    told = {"out": number(), "amount": 1000, **changes}
    body = {
        "appid": shop.account["appid"],
        "out_bill_no": told.pop("out"),
        "openid": OPENID,
        "transfer_amount": told.pop("amount"),
        "transfer_remark": "佣金",
        "transfer_scene_id": "1005",
        "transfer_scene_report_infos": [{"info_type": "岗位类型", "info_content": "推广员"}],
    } | told
    status, answer = shop.post("/v3/fund-app/mch-transfer/transfer-bills", body)
    assert (status, answer["code"], answer["detail"]["field"]) == (400, "PARAM_ERROR", field)


def test_a_merchant_without_money_cannot_transfer(shop: Oracle, control: httpx.Client) -> None:
    left = control.get(f"/_sandbox/balances/{shop.account['mchid']}").json()["available"]
    status, answer = shop.transfer(number(), OPENID, left + 1, user_name="张三")
    assert (status, answer["code"]) in {(403, "NOT_ENOUGH"), (400, "PARAM_ERROR")}
