"""Notifications come again on the platform's schedule, and every notification fault does what it says."""

import itertools
import threading

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver
from tests.wechat_sandbox.sandbox_actions import approve, fault, notification, place, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Oracle, number

SCHEDULE_S = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]


def test_comes_again_on_the_platforms_schedule_until_given_up(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    receiver.status = 500
    order = place_paid(shop, control)

    settle(control, 2 * 86400)

    record = notification(control, order)
    assert record["status"] == "exhausted"
    times = [attempt["at"] for attempt in record["attempts"]]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    # The clock keeps running while an attempt is made, hence not to the millisecond.
    assert gaps == pytest.approx(SCHEDULE_S, abs=1)
    assert len(receiver.got) == 16
    assert len({got.headers["Wechatpay-Nonce"] for got in receiver.got}) == 16


@pytest.mark.parametrize("status", [200, 204])
def test_a_good_answer_ends_it(shop: Oracle, control: httpx.Client, receiver: Receiver, status: int) -> None:
    receiver.answers, receiver.status = [500, 401, 302], status
    order = place_paid(shop, control)
    settle(control, 86400)
    assert len(receiver.got) == 4
    assert notification(control, order)["status"] == "delivered"


def test_an_answer_after_the_time_limit_is_none(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    receiver.hold = threading.Event()
    order = place_paid(shop, control)
    record = notification(control, order)
    assert record["attempts"][0]["status_code"] is None
    assert "no answer within" in record["attempts"][0]["answer"]
    receiver.hold.set()
    settle(control, 15)
    assert notification(control, order)["status"] == "delivered"


def test_a_server_that_is_down_is_tried_again(shop: Oracle, control: httpx.Client) -> None:
    order = place_paid(shop, control, notify_url="http://127.0.0.1:9/down")
    record = notification(control, order)
    assert (record["status"], record["attempts"][0]["status_code"]) == ("pending", None)


def test_drop_loses_one_attempt_and_the_next_arrives(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    fault(control, "notify", "drop", count=1)
    order = place_paid(shop, control)
    assert receiver.got == []
    settle(control, 15)
    assert len(receiver.got) == 1
    assert notification(control, order)["status"] == "delivered"


def test_a_fault_of_one_merchant_leaves_anothers_messages_alone(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    fault(control, "notify", "drop", mchid="1999999999")
    order = place_paid(shop, control)
    assert notification(control, order)["status"] == "delivered"
    assert len(receiver.got) == 1


def test_a_final_drop_never_arrives(shop: Oracle, control: httpx.Client, receiver: Receiver) -> None:
    fault(control, "notify:TRANSACTION", "drop", final=True)
    order = place_paid(shop, control)
    settle(control, 2 * 86400)
    assert receiver.got == []
    assert notification(control, order)["status"] == "lost"
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "SUCCESS"


def test_duplicate_arrives_twice(shop: Oracle, control: httpx.Client, receiver: Receiver) -> None:
    fault(control, "notify", "duplicate", count=1)
    place_paid(shop, control)
    notices = [shop.read(got.headers, got.body) for got in receiver.got]
    assert len(notices) == 2
    assert notices[0] == notices[1]


def test_delay_withholds_for_platform_seconds(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    fault(control, "notify", "delay", seconds=120)
    place_paid(shop, control)
    settle(control, 119)
    assert receiver.got == []
    settle(control, 1)
    assert len(receiver.got) == 1


def test_reorder_lets_a_later_message_pass(shop: Oracle, control: httpx.Client, receiver: Receiver) -> None:
    fault(control, "notify:TRANSACTION", "reorder", count=1)
    order = place_paid(shop, control, 1000)
    assert receiver.got == []
    shop.refund(number(), 1000, 1000, out_trade_no=order)
    settle(control, 2)
    notices = [shop.read(got.headers, got.body) for got in receiver.got]
    assert [n["event_type"] for n in notices if n] == ["REFUND.SUCCESS", "TRANSACTION.SUCCESS"]
    settle(control, 60)
    assert len(receiver.got) == 2


@pytest.mark.parametrize("kind", ["bad_signature", "forge_key"])
def test_a_forgery_does_not_verify_and_the_true_message_follows(
    shop: Oracle, control: httpx.Client, receiver: Receiver, kind: str
) -> None:
    fault(control, "notify", kind, count=1)
    order = place_paid(shop, control)
    (forged,) = receiver.got
    assert shop.read(forged.headers, forged.body) is None
    told = control.get("/_sandbox/notifications/forgeries").json()
    # The receiver said 204 to it: the sandbox points that out, and sends the true one all the same.
    assert notification(control, order)["attempts"][0]["forged"] is True
    assert told["sent"] >= told["accepted"] >= 1
    events = control.get("/_sandbox/events", params={"kind": "notify", "q": order}).json()["events"]
    assert events[0]["mood"] == "bad"
    settle(control, 15)
    assert shop.read(receiver.got[1].headers, receiver.got[1].body) is not None


def test_wrong_amount_is_signed_well_but_differs(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    fault(control, "notify", "wrong_amount", count=1)
    place_paid(shop, control, 1000)
    settle(control, 15)
    notices = [shop.read(got.headers, got.body) for got in receiver.got]
    assert [n["resource"]["amount"]["total"] for n in notices if n] == [1001, 1000]


def test_the_seed_repeats_the_dice(shop: Oracle, control: httpx.Client, receiver: Receiver) -> None:
    fault(control, "notify", "drop", probability=0.5, final=True)

    def run() -> list[bool]:
        control.post("/_sandbox/faults/seed", json={"seed": 42}).raise_for_status()
        orders = [place_paid(shop, control) for _ in range(12)]
        return [notification(control, order)["status"] == "lost" for order in orders]

    first = run()
    assert first == run()
    assert {True, False} == set(first)


def test_a_probe_carries_a_signature_that_must_be_refused(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    receiver.answers = [401, 200]
    order = {"mchid": shop.account["mchid"], "url": receiver.url}
    assert control.post("/_sandbox/probe", json=order).json()["refused"] is True
    assert control.post("/_sandbox/probe", json=order).json()["refused"] is False
    assert receiver.got[0].headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert shop.read(receiver.got[0].headers, receiver.got[0].body) is None


def test_a_message_can_be_sent_again_by_hand(shop: Oracle, control: httpx.Client, receiver: Receiver) -> None:
    order = place_paid(shop, control)
    record = notification(control, order)
    control.post(f"/_sandbox/notifications/{record['id']}/resend").raise_for_status()
    first, second = (shop.read(got.headers, got.body) for got in receiver.got)
    assert first == second


def test_a_fast_clock_brings_the_retries_by_itself(
    shop: Oracle, control: httpx.Client, receiver: Receiver
) -> None:
    receiver.answers = [500]
    arrived = threading.Event()
    receiver.on_second = arrived
    _, prepay_id = place(shop)
    approve(control, prepay_id)
    control.post("/_sandbox/clock", json={"speed": 1000}).raise_for_status()
    assert arrived.wait(5)
