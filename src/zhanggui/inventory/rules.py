"""What can be sold and what a change does to a balance; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from zhanggui.stores.rules import OpenHours

MovementKind = Literal["receive", "adjust", "reserve", "release", "deduct", "restock", "move"]
MAX_UNITS = 1_000_000_000


class Want(NamedTuple):
    """Units of a SKU that a holder asks for; several of one holder are granted all or none."""

    holder_id: UUID
    sku_id: UUID
    quantity: int


class Shortage(NamedTuple):
    """A want that cannot be granted; `available` is what was left when its turn came, in units."""

    holder_id: UUID
    sku_id: UUID
    available: int


class Change(NamedTuple):
    """One movement: deltas in units. `ref_id` is the order it belongs to, `actor` who did it."""

    sku_id: UUID
    kind: MovementKind
    on_hand: int
    reserved: int
    actor: str
    reason: str = ""
    ref_id: UUID | None = None


@dataclass
class Balance:
    """A locked balance, in units; `apply` follows what the transaction is about to write."""

    on_hand: int
    reserved: int
    safety: int = 0
    sold_out_until: datetime | None = None

    def sold_out(self, at: datetime) -> bool:
        """Taken off sale by hand at `at` (估清)."""
        return self.sold_out_until is not None and at < self.sold_out_until

    def available(self, at: datetime) -> int:
        """Units that may be promised at `at`, never negative."""
        return 0 if self.sold_out(at) else max(0, self.on_hand - self.reserved - self.safety)

    def apply(self, change: Change) -> None:
        self.on_hand += change.on_hand
        self.reserved += change.reserved


def merged(wants: Iterable[Want]) -> dict[UUID, dict[UUID, int]]:
    """Wants by holder in order of arrival, equal SKUs of one holder added up. Raises ValueError below one unit."""
    holders: dict[UUID, dict[UUID, int]] = {}
    for want in wants:
        if want.quantity < 1:
            raise ValueError("a reservation holds at least one unit")
        skus = holders.setdefault(want.holder_id, {})
        skus[want.sku_id] = skus.get(want.sku_id, 0) + want.quantity
    return holders


def decide(wants: Sequence[Want], available: dict[UUID, int]) -> tuple[list[Want], list[Shortage]]:
    """Grant wants in order of arrival, each holder all or nothing; `available` (units by SKU) is used up in place."""
    granted: list[Want] = []
    shortages: list[Shortage] = []
    for holder, skus in merged(wants).items():
        short = [Shortage(holder, s, available.get(s, 0)) for s, n in skus.items() if n > available.get(s, 0)]
        if short:
            shortages.extend(short)
            continue
        for sku, quantity in skus.items():
            available[sku] -= quantity
            granted.append(Want(holder, sku, quantity))
    return granted, shortages


def next_opening_day(hours: list[OpenHours], timezone: str, at: datetime) -> datetime:
    """When the first opening on a later local day begins (UTC); local midnight for a store without hours."""
    zone = ZoneInfo(timezone)
    today = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for ahead in range(1, 8):
        day = today + timedelta(days=ahead)
        opens = [h.open for h in hours if h.day == day.isoweekday()]
        if opens or not hours:
            hour, _, minute = min(opens, default="00:00").partition(":")
            return day.replace(hour=int(hour), minute=int(minute)).astimezone(at.tzinfo)
    raise AssertionError("opening hours always name a weekday")
