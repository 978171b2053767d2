"""Who gets a place and what a change does to a sale's units; pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.core.i18n import Text

Status = Literal["draft", "scheduled", "ended", "cancelled"]
PlaceState = Literal["held", "ordered", "expired", "withdrawn", "returned"]
MoveKind = Literal["set_aside", "take_down", "hold", "expire", "order", "give_back", "close"]
ItemKey = tuple[UUID, UUID]
"""(sale, SKU)"""


class Wish(NamedTuple):
    """What a buyer asks for. `token` names the place if there will be a new one, `key` is the Idempotency-Key."""

    customer_id: UUID
    sale_id: UUID
    sku_id: UUID
    quantity: int
    key: str
    token: UUID


class Place(NamedTuple):
    """A buyer's place as it stands."""

    token: UUID
    customer_id: UUID
    sale_id: UUID
    sku_id: UUID
    quantity: int
    price: int
    state: PlaceState
    key: str
    expires_at: datetime


class Refused(NamedTuple):
    """Why there is no place: a message code, its HTTP status, and what may help (units left, when it starts)."""

    code: str
    status: int = 409
    left: int | None = None
    limit: int | None = None
    starts_at: datetime | None = None


Outcome = Place | Refused


class Sale(NamedTuple):
    """A sale as the transaction read it; times UTC."""

    id: UUID
    status: Status
    starts_at: datetime
    ends_at: datetime
    reserve_seconds: int

    def running(self, at: datetime) -> bool:
        """Whether places are given at `at`, and what comes back is offered again."""
        return self.status == "scheduled" and self.starts_at <= at < self.ends_at


class Item(NamedTuple):
    """A locked item: fen a unit, most units for one buyer, units nobody has."""

    price: int
    per_buyer: int
    free: int


class Move(NamedTuple):
    """A change of an item's counters, in units; `places` is how many places it concerns."""

    sale_id: UUID
    sku_id: UUID
    kind: MoveKind
    places: int = 0
    units: int = 0
    free: int = 0
    held: int = 0
    ordered: int = 0
    returned: int = 0


class FlashHold(NamedTuple):
    """A place as pricing and orders see it; `price` in fen, `sale_status` and `state` as read."""

    token: UUID
    customer_id: UUID
    sale_id: UUID
    sku_id: UUID
    quantity: int
    price: int
    state: PlaceState
    expires_at: datetime
    name: Text
    sale_status: Status
    pay_seconds: int

    def good(self, at: datetime) -> bool:
        """Whether an order may be placed with it at `at` (UTC); the end of the sale does not cut it short."""
        return self.state == "held" and at < self.expires_at and self.sale_status in {"scheduled", "ended"}


class Facts(NamedTuple):
    """What the transaction read after it had locked the items. `places` are the buyers' own in these sales."""

    items: Mapping[ItemKey, Item]
    sales: Mapping[UUID, Sale]
    places: Sequence[Place]
    at: datetime


def decide(wishes: Sequence[Wish], facts: Facts) -> tuple[list[Outcome], list[Place]]:
    """One outcome per wish, in order of arrival, and the places to write.

    A buyer has at most one held place of an item: asking again answers it, and so does the same key. What an earlier
    wish takes is gone for the later ones.
    """
    free = {key: item.free for key, item in facts.items.items()}
    mine: dict[tuple[UUID, UUID, UUID], list[Place]] = {}
    for place in facts.places:
        mine.setdefault((place.customer_id, place.sale_id, place.sku_id), []).append(place)
    outcomes: list[Outcome] = []
    made: list[Place] = []
    for wish in wishes:
        at_item = (wish.sale_id, wish.sku_id)
        item, sale = facts.items.get(at_item), facts.sales.get(wish.sale_id)
        if item is None or sale is None or sale.status == "draft":
            outcomes.append(Refused("not_found", 404))
            continue
        own = mine.setdefault((wish.customer_id, *at_item), [])
        outcome = _standing(wish, own, facts.at) or _refusal(wish, own, item, sale, free[at_item], facts.at)
        if outcome is None:
            free[at_item] -= wish.quantity
            outcome = Place(
                wish.token,
                wish.customer_id,
                wish.sale_id,
                wish.sku_id,
                wish.quantity,
                item.price,
                "held",
                wish.key,
                facts.at + timedelta(seconds=sale.reserve_seconds),
            )
            own.append(outcome)
            made.append(outcome)
        outcomes.append(outcome)
    return outcomes, made


def _standing(wish: Wish, own: Sequence[Place], at: datetime) -> Outcome | None:
    """The place that stands already: under this key, or held for this item."""
    for place in own:
        if place.key == wish.key:
            return place if place.quantity == wish.quantity else Refused("idempotency_key_reused")
    for place in own:
        if place.state == "held" and at < place.expires_at:
            return place
    return None


def _refusal(
    wish: Wish, own: Sequence[Place], item: Item, sale: Sale, free: int, at: datetime
) -> Refused | None:
    if sale.status != "scheduled" or at >= sale.ends_at:
        return Refused("flash_ended")
    if at < sale.starts_at:
        return Refused("flash_not_started", starts_at=sale.starts_at)
    taken = sum(p.quantity for p in own if p.state in {"held", "ordered"})
    if taken + wish.quantity > item.per_buyer:
        return Refused("flash_limit", limit=item.per_buyer)
    if wish.quantity > free:
        return Refused("flash_sold_out", left=free)
    return None
