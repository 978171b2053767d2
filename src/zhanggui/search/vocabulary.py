"""The words of a store's names: what a mistyped query may have meant, and how what is being typed may go on."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from zhanggui.search.text import sound, syllables

MAX_WORDS = 60_000
LOOKED_AT = 500
CLOSEST = 20
CLOSE_LATIN = 8
"""From this many letters on two slips are forgiven, below one."""


class Ordered(NamedTuple):
    """The words made ready for looking up; replaced as a whole, so that a thread may make it while others read."""

    counts: Mapping[str, int]
    keys: list[tuple[str, str]]
    """(how it may be typed, word), sorted: the word itself, its pinyin, its initials."""
    sounds: Mapping[str, str]
    latin: list[str]
    chinese: Mapping[int, list[str]]


class Vocabulary:
    """Words by how many products have them. Words of products that left stay until the next build; whoever shows one
    looks first whether it still finds anything."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._made = Ordered({}, [], {}, [], {})

    def add(self, words: Iterable[str]) -> None:
        """Count words of a product; they are found after `refresh`."""
        for word in words:
            if word in self._counts or len(self._counts) < MAX_WORDS:
                self._counts[word] += 1

    def refresh(self) -> None:
        """Take over what was added: some 5 µs a word, for the thread that updates the index."""
        counts = dict(self._counts)
        sounds, chinese, keys = dict[str, str](), dict[int, list[str]](), list[tuple[str, str]]()
        for word in sorted(counts, key=lambda w: (-counts[w], w)):
            keys.append((word, word))
            if is_chinese(word):
                heard = sound(word)
                sounds.setdefault(heard, word)
                chinese.setdefault(len(word), []).append(word)
                keys += [(heard, word), ("".join(s.initial for s in syllables(word)), word)]
        latin = [*dict.fromkeys([w for w in counts if not is_chinese(w)] + list(sounds))]
        self._made = Ordered(counts, sorted(keys), sounds, latin, chinese)

    def beginning_with(self, typed: str, most: int) -> list[str]:
        """Words that begin so, or whose pinyin or initials do; the most frequent first."""
        counts, keys = self._made.counts, self._made.keys
        at = bisect_left(keys, (typed, ""))
        found: set[str] = set()
        while at < len(keys) and keys[at][0].startswith(typed) and len(found) < LOOKED_AT:
            found.add(keys[at][1])
            at += 1
        return sorted(found, key=lambda w: (-counts[w], len(w), w))[:most]

    def meant_by_latin(self, typed: str) -> str | None:
        """The word that Latin letters were meant to be: an English one or the pinyin of a Chinese one, a slip or two off."""
        if len(typed) < 3:
            return None
        made = self._made
        slips = 2 if len(typed) >= CLOSE_LATIN else 1
        close = process.extract(typed, made.latin, scorer=OSA.distance, score_cutoff=slips, limit=CLOSEST)
        words = [(distance, made.sounds.get(word, word)) for word, distance, _ in close]
        best = min(words, key=lambda pair: (pair[0], -made.counts[pair[1]], pair[1]), default=None)
        return best[1] if best else None

    def meant_by_chinese(self, typed: str) -> str | None:
        """The word that Chinese characters were meant to be: one that sounds the same, or differs in one character."""
        made = self._made
        same = made.sounds.get(sound(typed))
        if same is not None:
            return same
        if len(typed) < 2:
            return None
        alike = made.chinese.get(len(typed), [])
        close = process.extract(typed, alike, scorer=OSA.distance, score_cutoff=1, limit=CLOSEST)
        return min((word for word, _, _ in close), key=lambda w: (-made.counts[w], w), default=None)


def is_chinese(word: str) -> bool:
    """Whether a word of the vocabulary is written in characters."""
    return word[0] >= "㐀"
