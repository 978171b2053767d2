"""What it costs to bring goods to a buyer; pure. Fees in fen, weights in grams, distances in metres."""

from collections.abc import Sequence
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from zhanggui.stores.rules import Delivery, Express, ExpressRule

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


class Fee(NamedTuple):
    """A fee, or the problem that stands in its way; `free` when a threshold made it nothing."""

    amount: int
    problem: str | None = None
    free: bool = False


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Great-circle distance of two (latitude, longitude) pairs in degrees (haversine), rounded to whole metres."""
    lat1, lng1, lat2, lng2 = (radians(x) for x in (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h))))


def express_fee(express: Express, region_code: str, weight_g: int, goods_total: int) -> Fee:
    """Freight of a parcel. Problem `out_of_range` for a refused region or one that no rule covers.

    The rule with the longest prefix of the region holds; without any rule parcels travel free.
    """
    if any(region_code.startswith(prefix) for prefix in express.refused_regions):
        return Fee(0, "out_of_range")
    if not express.rules:
        return Fee(0)
    rule = _rule(express.rules, region_code)
    if rule is None:
        return Fee(0, "out_of_range")
    if express.free_over is not None and goods_total >= express.free_over:
        return Fee(0, free=True)
    return Fee(freight(rule, weight_g))


def freight(rule: ExpressRule, weight_g: int) -> int:
    """First weight, then every begun further step."""
    further = max(0, weight_g - rule.first_g)
    return rule.first_fee + -(-further // rule.next_g) * rule.next_fee


def delivery_fee(delivery: Delivery, distance: int, goods_total: int) -> Fee:
    """Fee of the store's own delivery over `distance`; problem `too_far` beyond its reach."""
    bands = sorted(delivery.bands, key=lambda b: b.up_to_m)
    if distance > reach_m(delivery):
        return Fee(0, "too_far")
    if delivery.free_over is not None and goods_total >= delivery.free_over:
        return Fee(0, free=True)
    for band in bands:
        if distance <= band.up_to_m:
            return Fee(band.fee)
    return Fee(bands[-1].fee if bands else 0)


def reach_m(delivery: Delivery) -> int:
    """How far the store delivers: its radius, or its last band where it has none."""
    return delivery.radius_m or max((band.up_to_m for band in delivery.bands), default=0)


def kilometres(metres: int) -> str:
    """`7.3`, rounded up, so that what is beyond an edge never reads like the edge."""
    return f"{-(-metres // 100) / 10:g}"


def _rule(rules: Sequence[ExpressRule], region_code: str) -> ExpressRule | None:
    best: tuple[int, ExpressRule] | None = None
    for rule in rules:
        lengths = [len(p) for p in rule.regions if region_code.startswith(p)] if rule.regions else [0]
        if lengths and (best is None or max(lengths) > best[0]):
            best = (max(lengths), rule)
    return best[1] if best else None
