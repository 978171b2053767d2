"""wechatpayv3 pays, asks, closes, refunds, verifies and decrypts against the sandbox, in every key mode."""

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver, ServerThread
from tests.wechat_sandbox.sandbox_actions import approve, place, place_paid, prepay_of, settle
from tests.wechat_sandbox.sandbox_oracle import Account, Oracle, number

# A migrating merchant's client knows the public key and downloads the certificates as well.
MODES = [("certificate", False), ("public_key", True), ("both", True)]


@pytest.fixture(params=MODES, ids=["certificate", "public key", "migrating"])
def oracle(
    request: pytest.FixtureRequest, server: ServerThread, accounts: dict[str, Account], receiver: Receiver
) -> Oracle:
    mode, public_key = request.param
    return Oracle(server.url, accounts[mode], public_key=public_key, notify_url=receiver.url)


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


def test_closes_an_unpaid_order(oracle: Oracle, control: httpx.Client) -> None:
    order, prepay_id = place(oracle)

    assert oracle.close(order) == (204, {})

    assert oracle.query(out_trade_no=order)[1]["trade_state"] == "CLOSED"
    assert oracle.close(order)[1]["code"] == "ORDER_CLOSED"
    refused = control.post(f"/_sandbox/cashier/{prepay_id}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "ORDER_CLOSED")


def test_refunds_in_parts_and_hears_of_each(
    oracle: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    order = place_paid(oracle, control, 1000)
    first, second = number(), number()

    status, accepted = oracle.refund(first, 300, 1000, out_trade_no=order, reason="少一杯")
    assert (status, accepted["status"]) == (200, "PROCESSING")
    settle(control, 60)
    assert oracle.query_refund(first)[1]["status"] == "SUCCESS"
    transaction_id = oracle.query(out_trade_no=order)[1]["transaction_id"]
    assert oracle.refund(second, 700, 1000, transaction_id=transaction_id)[0] == 200
    settle(control, 60)

    notices = [oracle.read(got.headers, got.body) for got in receiver.got[1:]]
    assert [(n["event_type"], n["resource"]["amount"]["refund"]) for n in notices if n] == [
        ("REFUND.SUCCESS", 300),
        ("REFUND.SUCCESS", 700),
    ]
    assert oracle.query(out_trade_no=order)[1]["trade_state"] == "REFUND"
    status, refused = oracle.refund(number(), 1, 1000, out_trade_no=order)
    assert (status, refused["code"]) == (400, "INVALID_REQUEST")


def test_downloads_and_follows_rotated_certificates(
    server: ServerThread, accounts: dict[str, Account], control: httpx.Client, receiver: Receiver
) -> None:
    oracle = Oracle(server.url, accounts["certificate"], public_key=False, notify_url=receiver.url)
    fresh = control.post("/_sandbox/certificates/rotate").raise_for_status().json()["serial_no"]
    assert fresh not in oracle.certificate_serials()

    place_paid(oracle, control)

    (delivered,) = receiver.got
    assert delivered.headers["Wechatpay-Serial"] == fresh
    assert oracle.read(delivered.headers, delivered.body) is not None
    assert fresh in oracle.certificate_serials()


def test_a_merchant_in_public_key_mode_has_no_certificates(shop: Oracle) -> None:
    status, answer = shop.get("/v3/certificates")
    assert (status, answer["code"]) == (404, "RESOURCE_NOT_EXISTS")


def test_notifications_of_a_migrating_merchant_mix_both_keys(
    server: ServerThread, accounts: dict[str, Account], control: httpx.Client, receiver: Receiver
) -> None:
    oracle = Oracle(server.url, accounts["both"], public_key=True, notify_url=receiver.url)
    receiver.answers = [500, 500]
    place_paid(oracle, control)
    settle(control, 15)

    kinds = {got.headers["Wechatpay-Serial"].startswith("PUB_KEY_ID_") for got in receiver.got}

    assert kinds == {True, False}
    assert all(oracle.read(got.headers, got.body) for got in receiver.got)
