"""Shares of a payment, what receivers give back of them, and states; pure. Amounts are fen, ratios ten-thousandths."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.core.money import allocate

Kind = Literal["merchant", "leader", "referrer", "supplier", "platform"]
Payout = Literal["sharing", "balance"]
AccountType = Literal["MERCHANT_ID", "PERSONAL_OPENID"]
ReceiverState = Literal["pending", "active", "refused", "removed"]
SplitState = Literal["held", "due", "done", "stuck", "void"]
ShareState = Literal["planned", "sent", "paid", "closed", "void"]
WithdrawalState = Literal[
    "requested", "approved", "waiting", "paid", "failed", "expired", "rejected", "cancelled"
]

WHOLE = 10_000
BATCH = 50
"""Receivers that one call may have."""
MOST_CALLS = 49
"""Calls that split an order: the platform takes 50 (pay.weixin.qq.com, 请求多次分账), and unfreezing the rest is one too."""
NOT_BEFORE = timedelta(seconds=65)
"""After payment; the provider refuses a split within the first minute."""
WARN_BEFORE = timedelta(days=2)
"""Before the provider unfreezes by itself: somebody should look."""
MOST_TRIES = 5
"""Refusals of a round before people have to look."""
PEOPLE: frozenset[Kind] = frozenset({"leader", "referrer"})
"""Who may keep a balance with the store: a merchant's or supplier's money is never collected in another's account."""
CONFIRM_WITHIN = timedelta(hours=24)

RELATIONS: dict[Kind, str] = {
    "merchant": "PARTNER",
    "leader": "DISTRIBUTOR",
    "referrer": "DISTRIBUTOR",
    "supplier": "SUPPLIER",
    "platform": "SERVICE_PROVIDER",
}
SPLIT_MOVES: dict[SplitState, frozenset[SplitState]] = {
    "held": frozenset({"due", "void", "stuck"}),
    "due": frozenset({"done", "stuck", "void"}),
    "stuck": frozenset({"due"}),
    "done": frozenset(),
    "void": frozenset(),
}
WITHDRAWAL_MOVES: dict[WithdrawalState, frozenset[WithdrawalState]] = {
    "requested": frozenset({"approved", "rejected", "cancelled"}),
    "approved": frozenset({"waiting", "paid", "failed", "expired", "cancelled"}),
    "waiting": frozenset({"paid", "failed", "expired", "cancelled"}),
    "paid": frozenset(),
    "failed": frozenset(),
    "expired": frozenset(),
    "rejected": frozenset(),
    "cancelled": frozenset(),
}


class Rule(NamedTuple):
    """A rule in force: `ratio` of what it is about, or `amount` an order (or a unit of its product)."""

    id: UUID
    receiver_id: UUID
    payout: Payout
    product_id: UUID | None
    ratio: int | None
    amount: int | None
    priority: int


class Line(NamedTuple):
    """Goods of an order: what is paid for them, and units."""

    product_id: UUID
    payable: int
    quantity: int


class Share(NamedTuple):
    """What a receiver gets of a payment, and by which rules: (rule id, fen)."""

    receiver_id: UUID
    payout: Payout
    amount: int
    rules: tuple[tuple[UUID, int], ...]


def plan(paid: int, lines: Sequence[Line], rules: Sequence[Rule], max_ratio: int) -> list[Share]:
    """Who gets how much of a payment.

    Ratios of the same thing are shared by largest remainder, so that together they are exact to the fen. The sum never
    passes `max_ratio` of the payment: what comes later by (priority, id) gets less, or nothing. One share a receiver.
    """
    ordered = sorted(rules, key=lambda r: (r.priority, r.id))
    wanted = _wanted(paid, lines, ordered)
    left = paid * max_ratio // WHOLE
    parts: dict[UUID, list[tuple[UUID, int]]] = {}
    payouts: dict[UUID, Payout] = {}
    for rule in ordered:
        got = min(wanted[rule.id], left)
        left -= got
        if got > 0:
            parts.setdefault(rule.receiver_id, []).append((rule.id, got))
            payouts[rule.receiver_id] = rule.payout
    return [
        Share(receiver, payouts[receiver], sum(a for _, a in of), tuple(of)) for receiver, of in parts.items()
    ]


def after_refunds(planned: Sequence[int], paid: int, refunded: int) -> list[int]:
    """The shares that are left when `refunded` of `paid` went back before anything was split; in proportion."""
    kept = sum(planned) * (paid - min(refunded, paid)) // paid
    return allocate(kept, planned)


class Given(NamedTuple):
    """A share as it was paid out, and what came back of it since. `planned` is its part of the whole payment."""

    planned: int
    amount: int
    returned: int


def to_give_back(shares: Sequence[Given], paid: int, refunded: int) -> list[int]:
    """What each receiver gives back so that, with `refunded` of `paid` gone, all keep their proportion.

    Never more than a share has left, and nothing once everybody has given enough.
    """
    left = [s.amount - s.returned for s in shares]
    kept = sum(s.planned for s in shares) * (paid - min(refunded, paid)) // paid
    needed = max(0, sum(left) - kept)
    return allocate(needed, left)


def percent(ratio: int) -> str:
    """Ten-thousandths as people read them: 3000 is 30%, 1250 is 12.5%."""
    whole, rest = divmod(ratio, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%"


def masked(name: str) -> str:
    """A real name as lists show it: 张* for a person, the ends of a firm's."""
    if len(name) <= 1:
        return "*" if name else ""
    return name[0] + "*" * (len(name) - 1) if len(name) <= 4 else f"{name[:2]}***{name[-2:]}"


def _wanted(paid: int, lines: Sequence[Line], rules: Sequence[Rule]) -> dict[UUID, int]:
    """Rule → fen before the maximum is looked at."""
    of_product: dict[UUID, tuple[int, int]] = {}
    for line in lines:
        money, units = of_product.get(line.product_id, (0, 0))
        of_product[line.product_id] = (money + line.payable, units + line.quantity)
    wanted: dict[UUID, int] = {}
    ratios: dict[UUID | None, list[Rule]] = {}
    for rule in rules:
        base, units = (paid, 1) if rule.product_id is None else of_product.get(rule.product_id, (0, 0))
        if rule.amount is not None:
            wanted[rule.id] = min(rule.amount * units, base)
        else:
            ratios.setdefault(rule.product_id, []).append(rule)
    for product_id, together in ratios.items():
        base = paid if product_id is None else of_product.get(product_id, (0, 0))[0]
        weights = [rule.ratio or 0 for rule in together]
        parts = allocate(base * sum(weights) // WHOLE, weights)
        wanted |= {rule.id: part for rule, part in zip(together, parts, strict=True)}
    return wanted
