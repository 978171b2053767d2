"""The words of a store's names: what a mistyped query may have meant, and how what is being typed may go on."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from zhanggui.search.text import sound, syllables

MAX_WORDS = 60_000
CLOSE_LATIN = 8
"""From this many letters on two slips are forgiven, below one."""


class Vocabulary:
    """Words by how many products have them. Words of products that left stay until the next build; whoever shows one
    looks first whether it still finds anything."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._sounds: dict[str, str] = {}
        self._sorted: list[tuple[str, str]] = []
        self._latin: list[str] = []
        self._chinese: dict[int, list[str]] = {}
        self._fresh = False

    def add(self, words: Iterable[str]) -> None:
        for word in words:
            if word in self._counts or len(self._counts) < MAX_WORDS:
                self._counts[word] += 1
        self._fresh = False

    def knows(self, word: str) -> bool:
        return word in self._counts

    def beginning_with(self, typed: str, most: int) -> list[str]:
        """Words that begin so, or whose pinyin or initials do; the most frequent first."""
        self._refresh()
        at = bisect_left(self._sorted, (typed, ""))
        found: set[str] = set()
        while at < len(self._sorted) and self._sorted[at][0].startswith(typed) and len(found) < 500:
            found.add(self._sorted[at][1])
            at += 1
        return sorted(found, key=lambda w: (-self._counts[w], len(w), w))[:most]

    def meant_by_latin(self, typed: str) -> str | None:
        """The word that Latin letters were meant to be: an English word or the pinyin of a Chinese one, a slip or two away."""
        self._refresh()
        if len(typed) < 3:
            return None
        slips = 2 if len(typed) >= CLOSE_LATIN else 1
        close = process.extract(typed, self._latin, scorer=OSA.distance, score_cutoff=slips, limit=20)
        words = [(distance, self._sounds.get(word, word)) for word, distance, _ in close]
        best = min(words, key=lambda pair: (pair[0], -self._counts[pair[1]], pair[1]), default=None)
        return best[1] if best else None

    def meant_by_chinese(self, typed: str) -> str | None:
        """The word that Chinese characters were meant to be: one that sounds the same, or differs in one character."""
        self._refresh()
        same = self._sounds.get(sound(typed))
        if same is not None:
            return same
        if len(typed) < 2:
            return None
        close = process.extract(
            typed, self._chinese.get(len(typed), []), scorer=OSA.distance, score_cutoff=1, limit=20
        )
        words = [word for word, _, _ in close]
        return min(words, key=lambda w: (-self._counts[w], w), default=None)

    def _refresh(self) -> None:
        if self._fresh:
            return
        self._sounds, self._chinese, keys = {}, {}, list[tuple[str, str]]()
        for word in sorted(self._counts, key=lambda w: (-self._counts[w], w)):
            keys.append((word, word))
            if word[0] > "㏿":
                heard = sound(word)
                self._sounds.setdefault(heard, word)
                self._chinese.setdefault(len(word), []).append(word)
                keys += [(heard, word), ("".join(s.initial for s in syllables(word)), word)]
        self._latin = [*dict.fromkeys([w for w in self._counts if w[0] <= "㏿"] + list(self._sounds))]
        self._sorted = sorted(keys)
        self._fresh = True
