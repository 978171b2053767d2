"""Chance that can be repeated: one seed, one sequence of numbers, ids and times."""

from bisect import bisect
from datetime import datetime
from itertools import accumulate
from random import Random
from uuid import UUID


class Chance(Random):
    """random.Random that also makes ids; nothing secret is made with it."""

    def id_at(self, at: datetime) -> UUID:
        """A UUIDv7 of an instant (UTC)."""
        value = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | self.getrandbits(12) << 64
        return UUID(int=value | 0b10 << 62 | self.getrandbits(62))


class Popularity:
    """Picks numbers below `count` with a Zipf-like skew: a few are wanted often, most of them rarely."""

    def __init__(self, chance: Chance, count: int, steepness: float = 0.9) -> None:
        weights = [1 / (n + 3) ** steepness for n in range(count)]
        chance.shuffle(weights)
        self.weights = weights
        self._sums = list(accumulate(weights))
        self._chance = chance

    def pick(self) -> int:
        return bisect(self._sums, self._chance.random() * self._sums[-1])
