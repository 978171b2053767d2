"""The limits of each field type of a subscription message.

Source: developers.weixin.qq.com, "订阅消息参数值内容限制说明".
"""

import re
from collections.abc import Callable

_TYPE = re.compile(r"([a-z_]+?)([0-9]+)")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_LETTERS = re.compile(r"[A-Za-z]{1,32}")
_SYMBOLS = re.compile(rf"[^0-9A-Za-z{_HAN}\s]{{1,5}}")
_PLAIN = re.compile(r"[\x21-\x7e]{1,32}")
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_DAY = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2})"
_MOMENT = rf"({_DAY}( {_CLOCK})?|{_CLOCK})"
_TIME = re.compile(rf"{_MOMENT}(\s*~\s*{_MOMENT})?")
_DATE = re.compile(rf"{_DAY}( {_CLOCK})?(\s*~\s*{_DAY}( {_CLOCK})?)?")
_AMOUNT = re.compile(r"[^\w\s]?[0-9]{1,10}(\.[0-9]+)?元?")
_PHONE = re.compile(r"[0-9+\-() #*]{1,17}")
_CAR = re.compile(rf"[{_HAN}]?[0-9A-Za-z\-]{{1,7}}[{_HAN}]?")
_HAN_NAME = re.compile(rf"[{_HAN}·]{{1,10}}")
_LATIN_NAME = re.compile(r"[A-Za-z .,'\-]{1,20}")
_PHRASE = re.compile(rf"[{_HAN}]{{1,5}}")

_RULES: dict[str, Callable[[str], bool]] = {
    "thing": lambda value: len(value) <= 20 and "\n" not in value,
    "number": lambda value: len(value) <= 32 and bool(_NUMBER.fullmatch(value)),
    "letter": lambda value: bool(_LETTERS.fullmatch(value)),
    "symbol": lambda value: bool(_SYMBOLS.fullmatch(value)),
    "character_string": lambda value: bool(_PLAIN.fullmatch(value)),
    "time": lambda value: bool(_TIME.fullmatch(value)),
    "date": lambda value: bool(_DATE.fullmatch(value)),
    "amount": lambda value: bool(_AMOUNT.fullmatch(value)),
    "phone_number": lambda value: bool(_PHONE.fullmatch(value)),
    "car_number": lambda value: len(value) <= 8 and bool(_CAR.fullmatch(value)),
    "name": lambda value: bool(_HAN_NAME.fullmatch(value) or _LATIN_NAME.fullmatch(value)),
    "phrase": lambda value: bool(_PHRASE.fullmatch(value)),
    "const": lambda value: len(value) <= 20,
}


def is_field(name: str) -> bool:
    """Whether `name` is a type of the platform followed by a number, such as thing1."""
    found = _TYPE.fullmatch(name)
    return found is not None and found.group(1) in _RULES


def fits(name: str, value: str) -> bool:
    """Whether `value` may stand in the field `name`."""
    found = _TYPE.fullmatch(name)
    return found is not None and bool(value.strip()) and _RULES[found.group(1)](value)
