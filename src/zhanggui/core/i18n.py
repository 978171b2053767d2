"""Messages in the caller's language. Every domain may hold a `messages.json`: {code: {"zh": …, "en": …}}.

Another language is another key in those files; codes and placeholders stay.
"""

from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Locale = Literal["zh", "en"]


class Text(msgspec.Struct, frozen=True):
    """A text in both languages; `en` falls back to `zh` where a merchant gave only one."""

    zh: str = ""
    en: str = ""

    def pick(self, locale: Locale) -> str:
        return (self.en or self.zh) if locale == "en" else (self.zh or self.en)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All messages of all domains by code. Raises ValueError when two domains claim one code."""
    messages: dict[str, dict[str, str]] = {}
    for folder in files("zhanggui").iterdir():
        source = folder / "messages.json"
        if folder.is_dir() and source.is_file():
            for code, texts in msgspec.json.decode(
                source.read_bytes(), type=dict[str, dict[str, str]]
            ).items():
                if code in messages:
                    raise ValueError(f"message code {code!r} is claimed twice")
                messages[code] = texts
    return messages


def message(code: str, locale: Locale, **params: object) -> str:
    """The text of `code` in `locale`, placeholders filled; the bare code when nothing is known of it."""
    texts = catalogue().get(code)
    return texts.get(locale, texts["zh"]).format_map(_Blank(params)) if texts else code


def both(code: str, **params: object) -> Text:
    """The text of `code` in both languages, for what is stored or cached (traces, timelines)."""
    return Text(zh=message(code, "zh", **params), en=message(code, "en", **params))


def locale_of(accept_language: str | None) -> Locale:
    """`en` when English is asked for before Chinese, otherwise `zh`."""
    for part in (accept_language or "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
