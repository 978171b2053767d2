"""Profit sharing: frozen money, splits, returns and unfreezing, as the PyPI client asks for them."""

from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver
from tests.wechat_sandbox.sandbox_actions import approve, fault, place, settle
from tests.wechat_sandbox.sandbox_oracle import Account, Answer, Oracle, number

FLAG = {"settle_info": {"profit_sharing": True}}
DAY_S = 86400
PERSON = {"type": "PERSONAL_OPENID", "account": "oReceiver000000000000000001"}


def paid(oracle: Oracle, control: httpx.Client, total: int = 10_000, *, minute: bool = True) -> str:
    """A payment whose money is frozen: its transaction_id."""
    _, prepay_id = place(oracle, total, **FLAG)
    transaction = approve(control, prepay_id)["transaction_id"]
    if minute:
        settle(control, 61)
    return transaction


def split(oracle: Oracle, transaction: str, *amounts: int, out: str = "", ends: bool = False) -> Answer:
    """Split to the partner merchant first, then to the person."""
    accounts = [{"type": "MERCHANT_ID", "account": "1900000101"}, PERSON]
    receivers = [{**a, "amount": n, "description": "分成"} for a, n in zip(accounts, amounts, strict=False)]
    return oracle.split(transaction, out or number(), receivers, ends=ends)


def held(control: httpx.Client, transaction: str) -> dict[str, Any]:
    return control.get(f"/_sandbox/sharing/{transaction}").raise_for_status().json()


@pytest.fixture
def sharer(shop: Oracle, control: httpx.Client, accounts: dict[str, Account], receiver: Receiver) -> Oracle:
    """A merchant who may share 30 % with another merchant and with a person."""
    settings = {"mchid": "1900000102", "max_ratio": 3000, "frozen_days": 30, "notify_url": receiver.url}
    control.post("/_sandbox/sharing", json=settings).raise_for_status()
    control.post("/_sandbox/sharing/results", json={}).raise_for_status()
    assert (
        shop.add_receiver("MERCHANT_ID", "1900000101", "PARTNER", accounts["certificate"]["name"])[0] == 200
    )
    assert shop.add_receiver("PERSONAL_OPENID", PERSON["account"], "DISTRIBUTOR", "张三")[0] == 200
    return shop


def test_the_oracle_splits_queries_returns_and_unfreezes(
    sharer: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    transaction, out = paid(sharer, control), number()
    assert sharer.unsplit(transaction) == (
        200,
        {"transaction_id": transaction, "unsplit_amount": 10_000},
    )
    status, order = split(sharer, transaction, 1000, 500, out=out)
    assert (status, order["state"]) == (200, "PROCESSING")
    settle(control, 2)
    status, order = sharer.query_split(transaction, out)
    assert (status, order["state"]) == (200, "FINISHED")
    assert [(r["amount"], r["result"]) for r in order["receivers"]] == [(1000, "SUCCESS"), (500, "SUCCESS")]
    told = [sharer.read(m.headers, m.body) for m in receiver.got]
    parts = [t["resource"] for t in told if t and t["resource"].get("receiver")]
    assert sorted(p["receiver"]["amount"] for p in parts) == [500, 1000]
    back = number()
    assert sharer.give_back(out, back, "1900000101", 400)[0] == 200
    settle(control, 2)
    assert sharer.query_return(out, back)[1]["result"] == "SUCCESS"
    assert sharer.unfreeze(transaction, number())[0] == 200
    settle(control, 2)
    assert sharer.unsplit(transaction)[1]["unsplit_amount"] == 0
    state = held(control, transaction)
    assert (state["split"], state["returned"], state["own"], state["ended"]) == (1500, 400, 8900, True)


def test_the_same_number_is_the_same_split(sharer: Oracle, control: httpx.Client) -> None:
    transaction, out = paid(sharer, control), number()
    first = split(sharer, transaction, 100, out=out)
    assert split(sharer, transaction, 100, out=out) == first
    assert split(sharer, transaction, 101, out=out)[1]["code"] == "INVALID_REQUEST"
    assert held(control, transaction)["split"] == 100


def test_nothing_is_split_within_the_first_minute(sharer: Oracle, control: httpx.Client) -> None:
    transaction = paid(sharer, control, minute=False)
    assert split(sharer, transaction, 100)[1]["code"] == "INVALID_REQUEST"
    settle(control, 60)
    assert split(sharer, transaction, 100)[0] == 200


def test_above_the_maximum_ratio_is_refused_over_all_calls(sharer: Oracle, control: httpx.Client) -> None:
    transaction = paid(sharer, control)
    assert split(sharer, transaction, 3001)[1]["code"] == "RULE_LIMIT"
    assert split(sharer, transaction, 2000)[0] == 200
    settle(control, 2)
    assert split(sharer, transaction, 1001)[1]["code"] == "RULE_LIMIT"
    assert split(sharer, transaction, 1000)[0] == 200
    assert sharer.maximum_ratio("1900000102") == (200, {"sub_mchid": "1900000102", "max_ratio": 3000})


def test_more_than_is_left_is_refused(sharer: Oracle, control: httpx.Client) -> None:
    control.post("/_sandbox/sharing", json={"mchid": "1900000102", "max_ratio": 10_000}).raise_for_status()
    transaction = paid(sharer, control)
    assert split(sharer, transaction, 9000)[0] == 200
    settle(control, 2)
    assert split(sharer, transaction, 1001)[1]["code"] == "NOT_ENOUGH"
    assert split(sharer, transaction, 1000, ends=True)[0] == 200
    settle(control, 2)
    assert split(sharer, transaction, 1)[1]["code"] == "NOT_ENOUGH"


def test_fifty_receivers_a_call_and_no_more(sharer: Oracle, control: httpx.Client) -> None:
    people = [f"oManyReceivers00000000000{n:04d}" for n in range(51)]
    for person in people:
        assert sharer.add_receiver("PERSONAL_OPENID", person, "STAFF")[0] == 200
    transaction = paid(sharer, control)
    parts = [{"type": "PERSONAL_OPENID", "account": p, "amount": 1, "description": "分成"} for p in people]
    assert sharer.split(transaction, number(), parts, ends=False)[1]["code"] == "PARAM_ERROR"
    assert sharer.split(transaction, number(), parts[:50], ends=False)[0] == 200


def test_strangers_unflagged_payments_and_unknown_numbers_are_refused(
    sharer: Oracle, control: httpx.Client
) -> None:
    transaction = paid(sharer, control)
    stranger = [{"type": "PERSONAL_OPENID", "account": "oStranger0001", "amount": 1, "description": "x"}]
    assert sharer.split(transaction, number(), stranger, ends=False)[1]["code"] == "INVALID_REQUEST"
    _, prepay_id = place(sharer, 1000)
    plain = approve(control, prepay_id)["transaction_id"]
    settle(control, 61)
    assert split(sharer, plain, 1)[1]["code"] == "INVALID_REQUEST"
    assert split(sharer, "4200000000", 1)[1]["code"] == "RESOURCE_NOT_EXISTS"
    assert sharer.query_split(transaction, number())[1]["code"] == "RESOURCE_NOT_EXISTS"


def test_a_receiver_is_added_by_its_true_name_and_removed(sharer: Oracle, control: httpx.Client) -> None:
    assert sharer.add_receiver("MERCHANT_ID", "1900000103", "PARTNER", "别人")[1]["code"] == "INVALID_REQUEST"
    assert sharer.add_receiver("MERCHANT_ID", "99999999", "PARTNER", "别人")[1]["code"] == "INVALID_REQUEST"
    assert sharer.delete_receiver("PERSONAL_OPENID", PERSON["account"])[0] == 200
    transaction = paid(sharer, control)
    assert split(sharer, transaction, 1, 1)[1]["code"] == "INVALID_REQUEST"


def test_a_name_that_is_not_encrypted_is_refused(sharer: Oracle) -> None:
    body = {"appid": sharer.account["appid"], **PERSON, "relation_type": "STAFF", "name": "张三"}
    status, answer = sharer.post("/v3/profitsharing/receivers/add", body)
    assert (status, answer["code"], answer["detail"]["field"]) == (400, "PARAM_ERROR", "/name")


def test_a_part_that_fails_is_free_again(sharer: Oracle, control: httpx.Client) -> None:
    transaction, out = paid(sharer, control), number()
    control.post("/_sandbox/sharing/results", json={"receivers": ["", "ACCOUNT_ABNORMAL"]})
    split(sharer, transaction, 100, 200, out=out)
    settle(control, 2)
    parts = sharer.query_split(transaction, out)[1]["receivers"]
    assert [(p["result"], p.get("fail_reason")) for p in parts] == [
        ("SUCCESS", None),
        ("CLOSED", "ACCOUNT_ABNORMAL"),
    ]
    assert held(control, transaction)["unsplit"] == 9900


def test_a_refund_of_what_was_split_is_refused_until_it_is_given_back(
    sharer: Oracle, control: httpx.Client
) -> None:
    order, prepay_id = place(sharer, 10_000, **FLAG)
    transaction, out = approve(control, prepay_id)["transaction_id"], number()
    settle(control, 61)
    split(sharer, transaction, 2000, 1000, out=out, ends=True)
    settle(control, 2)
    refused = sharer.refund(number(), 10_000, 10_000, out_trade_no=order)
    assert (refused[0], refused[1]["code"]) == (403, "NOT_ENOUGH")
    sharer.give_back(out, number(), "1900000101", 2000)
    settle(control, 2)
    assert sharer.refund(number(), 9001, 10_000, out_trade_no=order)[1]["code"] == "NOT_ENOUGH"
    advanced = sharer.refund(number(), 10_000, 10_000, out_trade_no=order, funds_account="AVAILABLE")
    assert advanced[0] == 200


def test_a_person_keeps_it_and_a_merchant_may_refuse(sharer: Oracle, control: httpx.Client) -> None:
    transaction, out = paid(sharer, control), number()
    split(sharer, transaction, 1000, 500, out=out)
    settle(control, 2)
    assert sharer.give_back(out, number(), PERSON["account"], 500)[1]["code"] == "INVALID_REQUEST"
    assert sharer.give_back(out, number(), "1900000101", 1001)[1]["code"] == "NOT_ENOUGH"
    control.post("/_sandbox/sharing", json={"mchid": "1900000101", "returns_allowed": False})
    assert sharer.give_back(out, number(), "1900000101", 1)[1]["code"] == "NO_AUTH"
    control.post("/_sandbox/sharing", json={"mchid": "1900000101", "returns_allowed": True})
    control.post("/_sandbox/sharing/results", json={"returns": ["ACCOUNT_ABNORMAL"]})
    back = number()
    sharer.give_back(out, back, "1900000101", 600)
    settle(control, 2)
    assert sharer.query_return(out, back)[1]["result"] == "FAILED"
    assert sharer.give_back(out, number(), "1900000101", 1000)[0] == 200


@pytest.mark.parametrize("days", [30, 180])
def test_what_nobody_splits_is_unfrozen_by_itself(sharer: Oracle, control: httpx.Client, days: int) -> None:
    control.post("/_sandbox/sharing", json={"mchid": "1900000102", "frozen_days": days})
    transaction = paid(sharer, control)
    settle(control, days * DAY_S - 120)
    assert held(control, transaction)["unsplit"] == 10_000
    settle(control, 120)
    assert held(control, transaction)["unsplit"] == 0
    assert split(sharer, transaction, 1)[1]["code"] == "NOT_ENOUGH"


def test_too_many_calls_a_second_and_an_answer_that_gets_lost(sharer: Oracle, control: httpx.Client) -> None:
    control.post("/_sandbox/clock", json={"speed": 0}).raise_for_status()
    transactions = [paid(sharer, control, minute=False) for _ in range(31)]
    settle(control, 61)
    for transaction in transactions[:30]:
        assert split(sharer, transaction, 1)[0] == 200
    assert split(sharer, transactions[30], 1)[1]["code"] == "FREQUENCY_LIMITED"
    settle(control, 2)
    out = number()
    fault(control, "/v3/profitsharing/orders", "http_500", count=1, stage="after")
    assert split(sharer, transactions[30], 5, out=out)[0] == 500
    assert sharer.query_split(transactions[30], out)[0] == 200
