"""What a return gives back, to the fen; pure.

A line's payable amount was allocated when it was sold. Units of it are given back by their place in that amount: the
first k units together are worth floor(payable × k / quantity), so however a line comes back in pieces, the pieces sum to
its payable amount exactly. Fees follow the rule in `fees_due`. Nothing ever passes what was paid and is not on its way back.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.returns.rules import REASONS, Reason


class LineState(NamedTuple):
    """A line of an order and what is claimed of it by returns that hold units; units and fen.

    `claimed` units are entitled to `entitled` fen in other returns, `left` units have left the store, `cancelled` were
    taken out before they could leave.
    """

    id: UUID
    quantity: int
    payable: int
    left: int
    cancelled: int
    claimed: int
    entitled: int

    @property
    def open_units(self) -> int:
        """Units that may still be asked for."""
        return max(0, self.quantity - self.claimed)

    @property
    def unsent(self) -> int:
        """Units that are still in the store and have not been taken out."""
        return max(0, self.quantity - self.left - self.cancelled)


class OrderState(NamedTuple):
    """What the order as a whole still has to give; fen. `fees` is shipping, packing and tax, `fees_claimed` of them."""

    paid: int
    refunded: int
    fees: int
    fees_claimed: int
    lines: Mapping[UUID, LineState]

    @property
    def nothing_left_the_store(self) -> bool:
        return not any(line.left for line in self.lines.values())


class Offer(NamedTuple):
    """What a return would give back: fen by line, fees, and the total after the limit of what was paid."""

    lines: dict[UUID, int]
    fees: int
    total: int


class TooMany(ValueError):
    """More units of a line than may be asked for."""

    def __init__(self, line_id: UUID, available: int) -> None:
        super().__init__(f"{line_id}: {available} left")
        self.line_id, self.available = line_id, available


def share(line: LineState, units: int) -> int:
    """What `units` more of a line are entitled to; the last ones take what is left of it. Raises TooMany."""
    if not 0 < units <= line.open_units:
        raise TooMany(line.id, line.open_units)
    rest = line.payable - line.entitled
    upto = line.claimed + units
    if upto == line.quantity:
        return rest
    return min(rest, _worth(line, upto) - _worth(line, line.claimed))


def part(entitled: int, units: int, accepted: int) -> int:
    """What `accepted` of `units` are entitled to when all of them were entitled to `entitled` fen."""
    return entitled if accepted == units else entitled * accepted // units


def offer(order: OrderState, wanted: Mapping[UUID, int], reason: Reason) -> Offer:
    """What asking for these units (by line) for this reason gives back. Raises TooMany, KeyError for a foreign line."""
    lines = {line_id: share(order.lines[line_id], units) for line_id, units in wanted.items()}
    fees = fees_due(order, wanted, reason)
    return Offer(lines, fees, within_paid(order, sum(lines.values()) + fees))


def fees_due(order: OrderState, wanted: Mapping[UUID, int], reason: Reason) -> int:
    """Shipping and packing that go back with the goods.

    Nothing has left the store and nothing remains to be sent: all of them. The seller is at fault: all of them, once.
    Otherwise none: the goods were brought, and that was paid for (Interim Measures for 7-day returns, art. 18).
    """
    left = max(0, order.fees - order.fees_claimed)
    if order.nothing_left_the_store:
        empties = all(line.unsent == wanted.get(line.id, 0) for line in order.lines.values())
        return left if empties else 0
    return left if REASONS[reason].fault == "seller" and wanted else 0


def within_paid(order: OrderState, amount: int) -> int:
    """`amount`, at most what was paid and is not on its way back; never negative."""
    return max(0, min(amount, order.paid - order.refunded))


def spread(total: int, parts: Sequence[int], fees: int) -> tuple[list[int], int]:
    """A total that is lower than parts + fees: fees give way first, then the parts from the last.

    Returns parts and fees that sum to `total` exactly. Raises ValueError for a total above them or below nothing.
    """
    over = sum(parts) + fees - total
    if over < 0 or total < 0:
        raise ValueError("a total can only be lowered, and not below nothing")
    fees, over = fees - min(fees, over), over - min(fees, over)
    lowered = list(parts)
    for i in reversed(range(len(lowered))):
        cut = min(lowered[i], over)
        lowered[i], over = lowered[i] - cut, over - cut
    return lowered, fees


def is_paid_back(amount: int, refunds: Iterable[tuple[int, str]]) -> bool:
    """Whether all of `amount` fen has gone back; refunds as (fen, status). A closed one counts for nothing."""
    live = [(fen, status) for fen, status in refunds if status != "closed"]
    return sum(fen for fen, _ in live) >= amount and all(status == "succeeded" for _, status in live)


def _worth(line: LineState, units: int) -> int:
    return line.payable * units // line.quantity
