"""Faults of API calls: what the client sees, and whether the work was done all the same."""

import httpx
import pytest
import requests

from tests.wechat_sandbox.local_servers import Receiver, ServerThread
from tests.wechat_sandbox.sandbox_actions import approve, fault, place, place_paid
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number

PAY = "/v3/pay/transactions"


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("http_500", 500, "SYSTEM_ERROR"),
        ("system_error", 500, "SYSTEM_ERROR"),
        ("http_429", 429, "FREQUENCY_LIMITED"),
    ],
)
def test_an_error_means_that_nothing_was_done(
    shop: Oracle, control: httpx.Client, kind: str, status: int, code: str
) -> None:
    fault(control, f"{PAY}/jsapi", kind, count=1)
    order = number()
    got, answer = shop.pay("jsapi", order, 100)
    assert (got, answer["code"]) == (status, code)
    assert shop.query(out_trade_no=order)[0] == 404
    assert shop.pay("jsapi", order, 100)[0] == 200


def test_an_error_after_the_work_was_done(shop: Oracle, control: httpx.Client) -> None:
    fault(control, f"{PAY}/jsapi", "system_error", count=1, stage="after")
    order = number()
    assert shop.pay("jsapi", order, 100)[0] == 500
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "NOTPAY"
    assert shop.pay("jsapi", order, 100)[0] == 200


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client leaves its broken socket to the collector
def test_a_lost_answer_breaks_the_connection_after_the_work(shop: Oracle, control: httpx.Client) -> None:
    fault(control, f"{PAY}/jsapi", "drop", count=1)
    order = number()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        shop.pay("jsapi", order, 100)
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "NOTPAY"


@pytest.mark.parametrize("kind", ["timeout", "delay"])
def test_a_late_answer_comes_after_the_clients_patience(
    server: ServerThread, shop: Oracle, control: httpx.Client, kind: str
) -> None:
    order, _ = place(shop)
    target = f"{PAY}/out-trade-no/{order}?mchid={shop.account['mchid']}"
    fault(control, f"{PAY}/out-trade-no", kind, seconds=0.4, count=1)
    headers = {"Authorization": shop.authorization("GET", target)}
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(server.url + target, headers=headers, timeout=0.1, trust_env=False)
    assert httpx.get(server.url + target, headers=headers, timeout=5, trust_env=False).status_code == 200


@pytest.mark.parametrize("kind", ["bad_signature", "forge_key"])
def test_a_forged_answer_does_not_verify(shop: Oracle, control: httpx.Client, kind: str) -> None:
    fault(control, PAY, kind, count=1)
    with pytest.raises(Exception, match="failed to verify the signature"):
        shop.pay("jsapi", number(), 100)


def test_a_wrong_amount_in_an_answer(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control, 1000)
    fault(control, PAY, "wrong_amount", count=1)
    assert shop.query(out_trade_no=order)[1]["amount"]["total"] == 1001
    assert shop.query(out_trade_no=order)[1]["amount"]["total"] == 1000


@pytest.mark.parametrize(
    ("kind", "status", "errcode"),
    [("system_error", 200, -1), ("http_500", 500, -1), ("http_429", 429, 45011)],
)
def test_mini_program_calls_fail_in_their_own_way(
    accounts: dict[str, Account], control: httpx.Client, kind: str, status: int, errcode: int
) -> None:
    fault(control, "/cgi-bin", kind, count=1)
    account = accounts["public_key"]
    order = {"grant_type": "client_credential", "appid": account["appid"], "secret": account["app_secret"]}
    failed = control.post("/cgi-bin/stable_token", json=order)
    assert (failed.status_code, failed.json()["errcode"]) == (status, errcode)
    assert "access_token" in control.post("/cgi-bin/stable_token", json=order).json()


def test_faults_are_listed_counted_and_removed(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    once = fault(control, "notify", "duplicate", count=1)
    fault(control, PAY, "http_500", probability=0.01)
    control.delete(f"/_sandbox/faults/{once['id'] + 1}").raise_for_status()
    _, prepay_id = place(shop)
    approve(control, prepay_id)
    (listed,) = control.get("/_sandbox/faults").json()["faults"]
    assert (listed["id"], listed["hits"]) == (once["id"], 1)
    assert len(receiver.got) == 2
    assert control.delete("/_sandbox/faults").json() == {"removed": 1}
    assert control.delete(f"/_sandbox/faults/{once['id']}").status_code == 404


@pytest.mark.parametrize(
    "order",
    [
        {"target": "notify", "kind": "http_500"},
        {"target": "/v3", "kind": "duplicate"},
        {"target": "v3", "kind": "drop"},
        {"target": "notify", "kind": "drop", "probability": 0},
        {"target": "notify", "kind": "drop", "probability": 2},
        {"target": "notify", "kind": "drop", "count": 0},
        {"target": "notify", "kind": "delay", "seconds": -1},
        {"target": "notify", "kind": "explode"},
        {"target": "notify"},
        {"target": "notify", "kind": "drop", "typo": 1},
        {"target": "/v3", "kind": "drop", "mchid": "1900000001"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(control: httpx.Client, order: dict[str, object]) -> None:
    refused = control.post("/_sandbox/faults", json=order)
    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID")
    assert control.get("/_sandbox/faults").json() == {"faults": []}
