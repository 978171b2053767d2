"""What points are worth; pure. Amounts in the store's minor unit (fen), of which a yuan has 100."""

from typing import Literal, NamedTuple

Kind = Literal["earn", "spend", "give_back", "take_back", "adjust"]
YUAN = 100
MOST_BY_HAND = 1_000_000
"""Points that one adjustment may add or take."""


class Bargain(NamedTuple):
    """Points and the fen they take off."""

    points: int
    saving: int


def bargain(points: int, most: int, worth: int) -> Bargain:
    """How many of `points` take off how much, at most `most` fen, when `worth` of them are one yuan.

    Only whole points and whole fen: never more points than that saving needs. A balance below nothing is worth nothing.
    """
    usable = min(max(points, 0), max(most, 0) * worth // YUAN)
    saving = usable * YUAN // worth
    return Bargain(-(-saving * worth // YUAN), saving)


def most_off(goods: int, percent: int) -> int:
    """What points may take off goods worth `goods` fen: `percent` of them, and a fen always remains to be paid."""
    return max(0, min(goods * percent // 100, goods - 1))


def gone(points: int, units_back: int, units: int) -> int:
    """Of the points spent on a line of `units`, those that belong to the `units_back` that went back; the last take the rest."""
    return points * units_back // units


def earned(goods: int, per_yuan: int) -> int:
    """Points for `goods` fen paid for goods at `per_yuan` points a yuan."""
    return goods * per_yuan // YUAN
