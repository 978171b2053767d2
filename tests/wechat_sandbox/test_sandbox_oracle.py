"""wechatpayv3 pays, asks, closes, refunds, verifies and decrypts against the sandbox, in every key mode."""

from typing import Any

import httpx
import pytest
from tests.wechat_sandbox.local_servers import Receiver, ServerThread
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number

# A migrating merchant's client knows the public key and downloads the certificates as well.
MODES = [("certificate", False), ("public_key", True), ("both", True)]


@pytest.fixture(params=MODES, ids=["certificate", "public key", "migrating"])
def oracle(
    request: pytest.FixtureRequest, server: ServerThread, accounts: dict[str, Account], receiver: Receiver
) -> Oracle:
    mode, public_key = request.param
    return Oracle(server.url, accounts[mode], public_key=public_key, notify_url=receiver.url)


def settle(control: httpx.Client, seconds: float = 0) -> None:
    """Let everything that is due happen, after turning the clock."""
    control.post("/_sandbox/clock", json={"advance_s": seconds}).raise_for_status()


def approve(control: httpx.Client, prepay_id: str, **how: Any) -> dict[str, Any]:
    answer = control.post(f"/_sandbox/cashier/{prepay_id}/approve", json=how)
    answer.raise_for_status()
    settle(control)
    return answer.json()


def prepay_of(answer: dict[str, Any]) -> str:
    if "prepay_id" in answer:
        return answer["prepay_id"]
    return httpx.URL(answer.get("h5_url") or answer["code_url"]).params["prepay_id"]


@pytest.mark.parametrize("kind", ["jsapi", "h5", "native", "app"])
def test_pays_and_verifies_the_notification(
    oracle: Oracle, control: httpx.Client, receiver: Receiver, kind: str
) -> None:
    order = number()
    status, answer = oracle.pay(kind, order, 2850, attach="桌 7")
    assert status == 200
    assert oracle.query(out_trade_no=order)[1]["trade_state"] == "NOTPAY"

    paid = approve(control, prepay_of(answer))

    assert paid["trade_state"] == "SUCCESS"
    (delivered,) = receiver.got
    notice = oracle.read(delivered.headers, delivered.body)
    assert notice is not None
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    assert notice["resource"]["out_trade_no"] == order
    assert notice["resource"]["amount"]["total"] == 2850
    assert notice["resource"]["attach"] == "桌 7"
    by_number = oracle.query(out_trade_no=order)
    by_id = oracle.query(transaction_id=notice["resource"]["transaction_id"])
    assert by_number == by_id
    assert by_number[1]["trade_state"] == "SUCCESS"
    assert by_number[1]["amount"]["payer_total"] == 2850
