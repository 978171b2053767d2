"""What money that came means, whatever came."""

from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.orders.rules import UNPAID, Status
from zhanggui.payments.rules import (
    MOVES,
    OPEN,
    REFUND_MOVES,
    Asked,
    AttemptStatus,
    Received,
    judge,
    provider_deadline,
    query_delay,
    refund_delay,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
ASKED = Asked(ONE, TWO, TWO, "pending", 1200, "CNY", "1900000001", "wx1", None)
RECEIVED = Received(ONE, TWO, 1200, "CNY", "1900000001", "wx1", "42", AT, None)
statuses = st.sampled_from(get_args(AttemptStatus))
orders = st.sampled_from(get_args(Status))


@given(
    statuses, orders, st.integers(1, 10**9), st.sampled_from(["CNY", "USD"]), st.sampled_from(["42", "43"])
)
def test_only_what_was_asked_is_ever_accepted(
    attempt: AttemptStatus, order: Status, amount: int, currency: str, transaction: str
) -> None:
    known = "42" if attempt == "succeeded" else None
    asked = ASKED._replace(status=attempt, transaction_id=known)
    received = RECEIVED._replace(amount=amount, currency=currency, transaction_id=transaction)
    verdict = judge(asked, received, order).verdict
    fits = (amount, currency) == (1200, "CNY")
    if not fits:
        assert verdict == "refused"
    elif attempt == "succeeded":
        assert verdict == ("known" if transaction == "42" else "refused")
    elif order in UNPAID:
        assert verdict == "paid"
    else:
        assert verdict == ("late_payment" if order == "cancelled" else "surplus")


def test_every_fact_that_differs_is_named() -> None:
    for name, value in (
        ("account_id", ONE),
        ("mchid", "2"),
        ("appid", "wx2"),
        ("currency", "USD"),
        ("amount", 1),
    ):
        decision = judge(ASKED, RECEIVED._replace(**{name: value}), "pending_payment")
        assert decision == ("refused", name)
    assert judge(None, RECEIVED, "pending_payment") == ("refused", "unknown_attempt")


def test_money_that_came_can_be_seen_from_every_state() -> None:
    assert all("succeeded" in MOVES[state] for state in MOVES if state != "succeeded")
    assert {s for s, to in MOVES.items() if "closed" in to} == OPEN
    assert not REFUND_MOVES["succeeded"]
    assert not REFUND_MOVES["closed"]


@given(st.integers(0, 1000), st.integers(0, 10**7))
def test_waiting_grows_and_never_ends(queries: int, age: int) -> None:
    assert query_delay(queries) <= query_delay(queries + 1) <= timedelta(minutes=30)
    assert timedelta(seconds=5) <= refund_delay(timedelta(seconds=age)) <= timedelta(hours=1)


@given(st.integers(-(10**6), 10**6))
def test_the_provider_is_given_at_least_a_minute(seconds: int) -> None:
    deadline = provider_deadline(AT + timedelta(seconds=seconds), AT)
    assert deadline >= AT + timedelta(minutes=1)
    assert deadline >= AT + timedelta(seconds=seconds)
