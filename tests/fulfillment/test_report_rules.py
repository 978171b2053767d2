"""What is told next, played against a platform that follows its published rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.fulfillment.report_rules import (
    ANSWERS,
    NO_LONGER_WAITED,
    Known,
    Step,
    Told,
    Wanted,
    after,
    meaning,
    next_step,
    wait,
)

A, B, C = Told("ZTO", "1"), Told("ZTO", "2"), Told("SF", "3")


@pytest.mark.parametrize(
    ("known", "wanted", "step"),
    [
        (Known(), Wanted((), True, False), None),
        (Known(), Wanted((A,), True, True), Step((A,), False, True, False)),
        (Known(), Wanted((A,), True, False), Step((A,), True, False, False)),
        (Known((A,), 2, 0), Wanted((A,), True, False), None),
        (Known((A,), 2, 0), Wanted((A, B), True, True), Step((B,), True, True, False)),
        (
            Known((A,), 2, 0),
            Wanted((A,), True, True),
            Step((A,), True, True, False),
        ),  # the rest was cancelled
        (Known((A,), 1, 1), Wanted((A,), True, True), None),
        (Known((A,), 1, 1), Wanted((C,), True, True), Step((C,), False, True, True)),
        (Known((A, B), 2, 1), Wanted((A, C), True, True), Step((A, C), True, True, True)),
        (Known((C,), 1, 2), Wanted((A,), True, True), "used_up"),
        (Known(), Wanted((Told("", ""),), False, True), Step((Told("", ""),), False, True, False)),
        (Known((Told("", ""),), 1, 1), Wanted((Told("", ""),), False, True), None),
    ],
)
def test_the_next_report(known: Known, wanted: Wanted, step: object) -> None:
    assert next_step(known, wanted) == step


@given(
    st.lists(st.sampled_from(["ship", "correct", "last"]), min_size=1, max_size=12),
    st.integers(min_value=1, max_value=4),
)
def test_however_it_goes_a_finished_order_is_told_at_most_twice(moves: list[str], every: int) -> None:
    """Parcels leave, numbers are corrected, workers tell now and then: the platform's limits hold throughout."""
    known, parcels, finished, number = Known(), list[Told](), False, 0
    for turn, move in enumerate(moves):
        number += 1
        if move == "correct" and parcels:
            parcels[-1] = Told("ZTO", f"{number}")
        elif not finished:
            parcels.append(Told("ZTO", f"{number}"))
            finished = move == "last"
        if turn % every:
            continue
        wanted = Wanted(tuple(parcels), True, finished)
        for _ in range(5):
            step = next_step(known, wanted)
            if step is None or step == "used_up":
                break
            assert known.times < 2
            assert step.parcels
            assert not (known.times and not step.finishes)
            assert step.split or len(step.parcels) == 1
            known = after(known, step)
        assert next_step(known, wanted) in (None, "used_up")
    assert known.times <= 2


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("10060001", "later"),
        ("10060012", "later"),
        ("10060002", "ask"),
        ("10060003", "ask"),
        ("10060004", "ask"),
        ("10060023", "ask"),
        ("268485224", "give_up"),
        ("47001", "give_up"),
        ("10060014", "give_up"),
        ("48001", "give_up"),
        ("something new", "give_up"),
    ],
)
def test_each_code_has_one_meaning(code: str, answer: str) -> None:
    assert meaning(code, NO_LONGER_WAITED / 2) == answer


def test_an_order_unknown_for_a_day_is_given_up() -> None:
    assert meaning("10060001", NO_LONGER_WAITED * 2) == "give_up"
    assert "10060001" in ANSWERS


def test_the_wait_grows_and_has_an_end() -> None:
    waits = [wait(n) for n in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[0].total_seconds() == 30
    assert waits[-1].total_seconds() == 3600
