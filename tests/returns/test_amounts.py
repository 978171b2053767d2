"""What a return gives back, as pure functions: never a fen too much, never one lost."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.returns.amounts import LineState, OrderState, TooMany, offer, part, share, spread
from zhanggui.returns.rules import FREE, LIMITS, MOVES, OPEN, REASONS, Reason, no_reason_until

ONE, TWO = UUID(int=1), UUID(int=2)


def line(quantity: int, payable: int, claimed: int = 0, entitled: int = 0, left: int = 0) -> LineState:
    return LineState(ONE, quantity, payable, left, 0, claimed, entitled)


@given(
    quantity=st.integers(1, 50),
    payable=st.integers(0, 100_000),
    steps=st.lists(st.tuples(st.integers(1, 50), st.booleans(), st.integers(0, 50)), max_size=30),
)
def test_however_a_line_comes_back_its_pieces_never_pass_it_and_all_of_it_is_all_of_it(
    quantity: int, payable: int, steps: list[tuple[int, bool, int]]
) -> None:
    """Claims are made, refused, and accepted in part, in any order."""
    held: list[tuple[int, int]] = []
    for units, keep, accepted in steps:
        now = line(quantity, payable, sum(u for u, _ in held), sum(e for _, e in held))
        if units > now.open_units:
            with pytest.raises(TooMany):
                share(now, units)
            continue
        worth = share(now, units)
        assert 0 <= worth <= payable
        if keep:
            taken = min(units, accepted) or units
            held.append((taken, part(worth, units, taken)))
        elif held:
            held.pop(0)
        assert sum(e for _, e in held) <= payable
        assert sum(u for u, _ in held) <= quantity


@given(quantity=st.integers(1, 60), payable=st.integers(0, 1_000_000), data=st.data())
def test_pieces_that_cover_a_line_sum_to_it_and_differ_by_a_fen_a_unit(
    quantity: int, payable: int, data: st.DataObject
) -> None:
    claimed = entitled = 0
    while claimed < quantity:
        units = data.draw(st.integers(1, quantity - claimed))
        worth = share(line(quantity, payable, claimed, entitled), units)
        assert abs(worth - payable * units // quantity) <= 1
        claimed, entitled = claimed + units, entitled + worth
    assert entitled == payable


@given(
    parts=st.lists(st.integers(0, 10_000), min_size=1, max_size=10),
    fees=st.integers(0, 5_000),
    data=st.data(),
)
def test_a_lowered_total_is_spread_exactly(parts: list[int], fees: int, data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(parts) + fees))
    lowered, left = spread(total, parts, fees)
    assert sum(lowered) + left == total
    assert all(0 <= new <= old for new, old in zip(lowered, parts, strict=True))
    assert 0 <= left <= fees


@given(
    paid=st.integers(0, 100_000),
    refunded=st.integers(0, 100_000),
    fees=st.integers(0, 5_000),
    reason=st.sampled_from(sorted(REASONS)),
    units=st.integers(1, 5),
    sent=st.integers(0, 5),
)
def test_no_offer_passes_what_is_left_of_the_payment(
    paid: int, refunded: int, fees: int, reason: Reason, units: int, sent: int
) -> None:
    order = OrderState(paid, min(refunded, paid), fees, 0, {ONE: line(5, 4_999, left=sent)})
    made = offer(order, {ONE: units}, reason)
    assert 0 <= made.total <= order.paid - order.refunded
    assert made.total <= sum(made.lines.values()) + made.fees


def test_fees_go_back_with_all_that_was_never_sent_or_by_the_stores_fault_once() -> None:
    """Not sent: with the last of it. The store's fault: all of them, once. Otherwise none."""
    two = {ONE: line(2, 2000), TWO: LineState(TWO, 1, 500, 0, 0, 0, 0)}
    fresh = OrderState(3100, 0, 600, 0, two)
    assert offer(fresh, {ONE: 2}, "changed_mind").fees == 0
    assert offer(fresh, {ONE: 2, TWO: 1}, "changed_mind") == ({ONE: 2000, TWO: 500}, 600, 3100)
    gone = {ONE: line(2, 2000, left=2), TWO: LineState(TWO, 1, 500, 1, 0, 0, 0)}
    arrived = OrderState(3100, 0, 600, 0, gone)
    assert offer(arrived, {ONE: 2, TWO: 1}, "no_reason").fees == 0
    assert offer(arrived, {ONE: 1}, "damaged").fees == 600
    assert offer(arrived._replace(fees_claimed=600), {TWO: 1}, "damaged").fees == 0


def test_the_seven_days_end_with_the_seventh_in_the_stores_time() -> None:
    """Delivered at 23:30 in Shanghai, which is 15:30 UTC: counted from the next day there."""
    arrived = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
    assert no_reason_until(arrived, "Asia/Shanghai") == datetime(2026, 3, 8, 16, 0, tzinfo=UTC)
    assert no_reason_until(arrived + timedelta(hours=1), "Asia/Shanghai") == datetime(
        2026, 3, 9, 16, 0, tzinfo=UTC
    )
    assert no_reason_until(arrived, "UTC") == datetime(2026, 3, 9, 0, 0, tzinfo=UTC)


def test_every_state_can_be_left_or_is_an_end_and_every_open_one_has_a_limit() -> None:
    assert {s for targets in MOVES.values() for s in targets} <= MOVES.keys()
    ends = {s for s, targets in MOVES.items() if not targets}
    assert ends == {"refunded", "completed", "withdrawn", "closed"}
    assert OPEN.isdisjoint(ends)
    assert LIMITS.keys() >= OPEN
    assert {"rejected", "withdrawn", "closed", "completed"} == FREE
