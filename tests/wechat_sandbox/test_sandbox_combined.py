"""wechatpayv3 pays several merchants at once, asks, closes and gives one part back."""

from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver, ServerThread
from tests.wechat_sandbox.sandbox_actions import approve, fault, prepay_of, settle
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number

TEA, BAG = "1900000301", "1900000302"
APPID = "wxcombined000001"


def _merchant(server: ServerThread, mchid: str, **more: Any) -> Account:
    order = {"mchid": mchid, "appid": APPID, "mode": "public_key", **more}
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        return client.post("/_sandbox/merchants", json=order).raise_for_status().json()


@pytest.fixture(scope="module")
def tea(server: ServerThread) -> Oracle:
    account = _merchant(server, TEA, name="山茶咖啡")
    return Oracle(server.url, account, public_key=True, notify_url="http://127.0.0.1:9/none")


@pytest.fixture(scope="module")
def bag(server: ServerThread) -> Oracle:
    account = _merchant(server, BAG, name="南风百货")
    return Oracle(server.url, account, public_key=True, notify_url="http://127.0.0.1:9/none")


def _part(mchid: str, total: int, **more: Any) -> dict[str, Any]:
    amount = {"total_amount": total, "currency": "CNY"}
    return {
        "mchid": mchid,
        "out_trade_no": number(),
        "amount": amount,
        "attach": "a",
        "description": "拿铁",
        **more,
    }


def _place(tea: Oracle, kind: str = "jsapi") -> tuple[str, list[dict[str, Any]], str]:
    combined, parts = number(), [_part(TEA, 1850), _part(BAG, 9900)]
    status, answer = tea.combine(kind, combined, parts)
    assert status == 200, answer
    return combined, parts, prepay_of(answer)


@pytest.mark.parametrize("kind", ["jsapi", "h5", "native", "app"])
def test_one_payment_pays_every_merchant_and_one_message_says_so(
    tea: Oracle, bag: Oracle, control: httpx.Client, receiver: Receiver, kind: str
) -> None:
    tea.notify_to(receiver.url)
    combined, parts, prepay_id = _place(tea, kind)
    assert {p["trade_state"] for p in tea.query_combined(combined)[1]["sub_orders"]} == {"NOTPAY"}

    paid = approve(control, prepay_id)

    assert (paid["amount"], paid["trade_state"]) == (11750, "SUCCESS")
    (delivered,) = receiver.got
    notice = tea.read(delivered.headers, delivered.body)
    assert notice is not None
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    resource = notice["resource"]
    assert resource["combine_out_trade_no"] == combined
    assert [(p["mchid"], p["out_trade_no"], p["amount"]["total_amount"]) for p in resource["sub_orders"]] == [
        (TEA, parts[0]["out_trade_no"], 1850),
        (BAG, parts[1]["out_trade_no"], 9900),
    ]
    assert tea.query_combined(combined)[1]["sub_orders"] == resource["sub_orders"]
    assert bag.query_combined(combined)[1]["code"] == "ORDER_NOT_EXIST"  # only who asked may ask


def test_a_part_is_refunded_by_its_own_merchant(tea: Oracle, bag: Oracle, control: httpx.Client) -> None:
    combined, parts, prepay_id = _place(tea)
    approve(control, prepay_id)
    order = parts[1]["out_trade_no"]
    assert tea.refund(number(), 100, 9900, out_trade_no=order)[0] == 404
    status, answer = bag.refund(number(), 9900, 9900, out_trade_no=order)
    assert (status, answer["status"]) == (200, "PROCESSING")
    settle(control, 60)
    states = [p["trade_state"] for p in tea.query_combined(combined)[1]["sub_orders"]]
    assert states == ["SUCCESS", "REFUND"]


def test_closing_ends_all_parts_or_none(tea: Oracle, control: httpx.Client) -> None:
    combined, parts, prepay_id = _place(tea)
    named = [{"mchid": p["mchid"], "out_trade_no": p["out_trade_no"]} for p in parts]
    assert tea.close_combined(combined, named[:1])[1]["code"] == "PARAM_ERROR"
    assert tea.close(parts[0]["out_trade_no"])[1]["code"] == "INVALID_REQUEST"
    assert tea.close_combined(combined, named) == (204, {})
    assert {p["trade_state"] for p in tea.query_combined(combined)[1]["sub_orders"]} == {"CLOSED"}
    assert tea.close_combined(combined, named)[1]["code"] == "ORDER_CLOSED"
    assert control.post(f"/_sandbox/cashier/{prepay_id}/approve").status_code == 409


def test_the_same_number_again_is_the_same_payment(tea: Oracle) -> None:
    combined, parts, prepay_id = _place(tea)
    assert tea.combine("jsapi", combined, parts)[1]["prepay_id"] == prepay_id
    dearer = [parts[0], {**parts[1], "amount": {"total_amount": 9901, "currency": "CNY"}}]
    assert tea.combine("jsapi", combined, dearer)[1]["code"] == "OUT_TRADE_NO_USED"
    assert tea.combine("jsapi", number(), parts)[1]["code"] == "OUT_TRADE_NO_USED"


def test_merchants_below_a_platform_are_named_by_sub_mchid(
    server: ServerThread, tea: Oracle, control: httpx.Client
) -> None:
    _merchant(server, "1900000303", sub_of=TEA)
    below = [_part(TEA, 500, sub_mchid="1900000303"), _part(TEA, 700)]
    combined = number()
    status, answer = tea.combine("jsapi", combined, below)
    assert status == 200
    approve(control, answer["prepay_id"])
    assert tea.query_combined(combined)[1]["sub_orders"][0]["sub_mchid"] == "1900000303"
    refused = tea.combine("jsapi", number(), [_part(TEA, 500, sub_mchid=BAG)])[1]
    assert refused["code"] == "PARAM_ERROR"


def test_who_may_not_combine_is_told_so(server: ServerThread, tea: Oracle) -> None:
    _merchant(server, "1900000304", combines=False)
    refused = tea.combine("jsapi", number(), [_part(TEA, 500), _part("1900000304", 500)])
    assert (refused[0], refused[1]["code"]) == (403, "NO_AUTH")


def test_a_wrong_amount_strikes_one_part_only(tea: Oracle, control: httpx.Client, receiver: Receiver) -> None:
    tea.notify_to(receiver.url)
    _, _, prepay_id = _place(tea)
    fault(control, "notify", "wrong_amount", count=1)
    approve(control, prepay_id)
    notice = tea.read(receiver.got[0].headers, receiver.got[0].body)
    assert notice is not None
    assert [p["amount"]["total_amount"] for p in notice["resource"]["sub_orders"]] == [1851, 9900]


def test_the_cashier_shows_the_parts_and_their_sum(tea: Oracle, bag: Oracle, control: httpx.Client) -> None:
    assert bag.account["name"] == "南风百货"
    _, _, prepay_id = _place(tea)
    page = control.get("/_sandbox/cashier", params={"prepay_id": prepay_id}).text
    assert page.count("<li>") == 2
    for word in ("山茶咖啡", "南风百货", "¥18.50", "¥99.00", "合单支付"):
        assert word in page
