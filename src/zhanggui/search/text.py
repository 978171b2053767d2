"""How names and queries are cut: runs of Chinese and Latin, words, syllables; pure."""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

import rjieba
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT

RUN = re.compile(r"(?P<zh>[㐀-鿿豈-﫿]+)|(?P<latin>[^\W_㐀-鿿豈-﫿]+(?:[-_.][^\W㐀-鿿豈-﫿]+)*)")
PARTICLES = frozenset("的了和与及之是")
WINDOW = 6
INITIALS_WINDOW = 8
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Run(NamedTuple):
    """A stretch of one kind of writing, folded."""

    kind: Literal["zh", "latin"]
    text: str


class Syllable(NamedTuple):
    """A character's pinyin and its first letter; a Latin word stands for itself in both."""

    full: str
    initial: str


def _share_readings() -> None:
    """Its 47,000 phrases hold two hundred thousand readings, each a list of its own; there are some two thousand different ones.

    Sharing them leaves tens of megabytes of every process to what comes after.
    """
    shared: dict[tuple[str, ...], list[str]] = {}
    for phrase, readings in PHRASES_DICT.items():
        PHRASES_DICT[phrase] = [shared.setdefault(tuple(one), one) for one in readings]


_share_readings()


def fold(text: str) -> str:
    """Case and width do not matter: `ＬＡＴＴＥ` is `latte`."""
    return tidy(text.translate(WIDE).casefold())


def tidy(text: str) -> str:
    """A text that can be kept and shown: without control characters, blanks counted once."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(text.split())


def runs(text: str) -> list[Run]:
    """The runs of a text; punctuation only separates."""
    return [
        Run("zh" if found.lastgroup == "zh" else "latin", found.group()) for found in RUN.finditer(fold(text))
    ]


def search_words(run: str) -> list[str]:
    """Every word of two or more characters in a Chinese run, long ones and those inside them.

    Of a long word that is in no dictionary (生椰拿铁) both ends count as words too: names are made that way.
    """
    found: dict[str, None] = {}
    for word in rjieba.cut_for_search(run):
        if len(word) > 1:
            found[word] = None
        if len(word) > 3:
            found[word[:2]] = found[word[-2:]] = None
    return list(found)


def query_words(run: str) -> list[str]:
    """A Chinese run cut once from end to end; particles are left out when there is anything else."""
    cut = list(rjieba.cut(run))
    return [w for w in cut if w not in PARTICLES] or cut


def windows(parts: list[Run]) -> tuple[set[str], set[str]]:
    """From every syllable on, the next few as pinyin and as initials: a prefix of one of them is any part of a name."""
    name = [s for run in parts for s in (syllables(run.text) if run.kind == "zh" else [_latin(run.text)])]
    full = {"".join(s.full for s in name[i : i + WINDOW]) for i in range(len(name))}
    initials = {"".join(s.initial for s in name[i : i + INITIALS_WINDOW]) for i in range(len(name))}
    return full, initials


def syllables(run: str) -> list[Syllable]:
    """A Chinese run by sound, word by word, as 乐 sounds differently in 可乐 and 音乐."""
    return [s for word in rjieba.cut(run) for s in _syllables_of(word)]


def sound(word: str) -> str:
    """A Chinese word's pinyin without tones."""
    return "".join(s.full for s in syllables(word))


@lru_cache(maxsize=20_000)
def _syllables_of(word: str) -> tuple[Syllable, ...]:
    full = lazy_pinyin(word, style=Style.NORMAL, v_to_u=False)
    return tuple(Syllable(one, one[:1]) for one in full)


@lru_cache(maxsize=2_000)
def _latin(word: str) -> Syllable:
    return Syllable(word, word)
