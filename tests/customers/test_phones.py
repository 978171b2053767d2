"""The short way for plain Chinese mobile numbers says what the whole number plan says."""

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.customers.phones import MOBILE, PLAIN, parse_phone


@given(st.integers(130, 199), st.integers(0, 10**8 - 1), st.booleans())
def test_a_plain_number_is_a_good_mobile_number_of_the_plan(
    prefix: int, rest: int, country: bool
) -> None:  # drawn
    text = f"{'+86' if country else ''}{prefix}{rest:08d}"
    if PLAIN.fullmatch(text) is None:
        return
    number = phonenumbers.parse(text, "CN")
    assert phonenumbers.is_valid_number(number)
    assert phonenumbers.number_type(number) in MOBILE
    assert parse_phone(text, mobile=True) == phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.E164
    )
