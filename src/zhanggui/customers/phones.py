"""Phone numbers: read as people type them, kept as E.164, shown masked."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from zhanggui.core.errors import ShopError

# Prefixes of which phonenumbers takes every number for a Chinese mobile one: nearly all there are, without its patterns,
# which take longer than pricing an order.
PLAIN = re.compile(r"(?:\+86)?(1(?:3[0-9]|4[57]|5[0-35-9]|6[2567]|7[0-35-8]|8[0-9]|9[0-35-9])[0-9]{8})")
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}


def parse_phone(text: str, *, field: str = "phone", mobile: bool = False) -> str:
    """`138 0013 8000` or `+86…` → E.164; without a country it is Chinese. Raises 400 `bad_phone`.

    With `mobile` a number that cannot receive text messages is refused too.
    """
    plain = PLAIN.fullmatch(text)
    if plain is not None:
        return f"+86{plain[1]}"
    try:
        number = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException as fault:
        raise ShopError("bad_phone", 400, field=field) from fault
    good = phonenumbers.is_valid_number(number)
    if not good or (mobile and phonenumbers.number_type(number) not in MOBILE):
        raise ShopError("bad_phone", 400, field=field)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def mask_phone(e164: str) -> str:
    """`+8613800138000` → `138****8000`; foreign numbers keep their country code."""
    shown = e164.removeprefix("+86")
    return f"{shown[:3]}****{shown[-4:]}" if len(shown) > 8 else "****"


def national_phone(e164: str) -> str:
    """As people dial it: Chinese numbers without +86."""
    return e164.removeprefix("+86")
