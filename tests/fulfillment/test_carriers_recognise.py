"""The carrier told from the number: what is certain, what is a choice, what is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.fulfillment.carriers import CARRIERS, by_word
from zhanggui.fulfillment.recognise import SHAPES, recognise


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("SF1234567890123", "SF"),
        ("sf 1234 5678 90123", "SF"),
        ("YT8899123456789", "YTO"),
        ("881234567890123456", "YTO"),
        ("JT5091156768308", "JTSD"),
        ("JDVA12345678901", "JD"),
        ("JD0012345678901", "JD"),
        ("JDVB12345678901-1-3", "JD"),
        ("DPK364123456789", "DBL"),
        ("773434791019796", "STO"),
        ("462512345678901", "YD"),
        ("75812345678901", "ZTO"),
        ("78912345678901", "ZTO"),
        ("9860401996391", "YZPY"),
        ("PA12345678901", "YZPY"),
        ("611090452344701", "DNWL"),
        ("EA123456785CN", "EMS"),
        ("RR473124829CN", "YZPY"),
    ],
)
def test_a_shape_that_one_carrier_uses_is_certain(number: str, carrier: str) -> None:
    assert recognise(number).carrier == carrier


@pytest.mark.parametrize(
    ("number", "candidates"),
    [
        ("123456789012", ("SF", "STO", "ZTO", "YTO")),
        ("1234567890123", ("EMS", "YD")),
        ("432112345678901", ("YD", "STO")),
        ("1234567890", ("DBL", "YTO")),
        ("12345678", ("DBL",)),
    ],
)
def test_a_shape_that_several_use_is_a_choice_never_a_guess(number: str, candidates: tuple[str, ...]) -> None:
    found = recognise(number)
    assert (found.candidates, found.sure, found.carrier) == (candidates, False, None)


def test_a_postal_number_with_a_wrong_check_digit_is_not_certain() -> None:
    found = recognise("EA123456784CN")
    assert (found.candidates, found.sure) == (("EMS",), False)


@pytest.mark.parametrize("number", ["", "ABC", "HELLO-WORLD", "SF12", "99999999999999999999999"])
def test_an_unknown_number_has_no_candidate(number: str) -> None:
    assert recognise(number).candidates == ()


@given(st.text(max_size=40))
def test_whatever_is_typed_the_answer_is_sound(text: str) -> None:
    found = recognise(text)
    assert set(found.candidates) <= set(CARRIERS)
    assert not found.sure or len(found.candidates) == 1
    assert recognise(found.number) == found


def test_every_shape_names_carriers_we_can_report() -> None:
    assert {code for _, carriers in SHAPES for code in carriers} <= set(CARRIERS)


@pytest.mark.parametrize(
    ("word", "code"),
    [("sf", "SF"), ("顺丰速运", "SF"), ("顺丰", "SF"), ("SF Express", "SF"), ("邮政 EMS", "EMS"), ("邮政", "YZPY"),
     ("韵达快递", "YD"), ("J&T", "JTSD"), ("菜鸟", "DNWL"), ("蓝天", None), ("", None)],
)  # fmt: skip
def test_a_carrier_is_known_by_code_name_and_short_name(word: str, code: str | None) -> None:
    assert by_word(word) == code
