"""Finding products by what a buyer types: part of a name in either language, pinyin or its initials."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from zhanggui.core.i18n import Text


@lru_cache(maxsize=200_000)
def _pinyin(name: str) -> tuple[str, str]:
    full = "".join(lazy_pinyin(name, style=Style.NORMAL)).lower()
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()
    return full, initials


def search_text(name: Text) -> str:
    """What a query is looked for in: the names, the full pinyin and its initials, one per line."""
    zh, en = fold(name.zh), fold(name.en)
    return "\n".join((zh, zh.replace(" ", ""), en, *_pinyin(zh.replace(" ", ""))))


def fold(text: str) -> str:
    """Case and width do not matter: `ＬＡＴＴＥ` is `latte`."""
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
    return text.translate(wide).casefold().strip()


def matches(haystack: str, query: str) -> bool:
    """Whether every word of the query is found."""
    return all(word in haystack for word in fold(query).split())
