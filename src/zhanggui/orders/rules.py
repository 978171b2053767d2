"""States of an order, who may do what in which, and numbers people read; pure."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from zhanggui.stores.rules import DeliveryMethod

Status = Literal["pending_payment", "closing", "cancelled", "paid", "preparing", "fulfilled", "completed"]
RefundStatus = Literal["processing", "refunded"]
ActorKind = Literal["buyer", "merchant", "system", "platform"]
OrderAction = Literal["pay", "cancel", "receive", "reorder"]
MerchantAction = Literal[
    "prepare",
    "ready",
    "ship",
    "out_for_delivery",
    "deliver",
    "hand_over",
    "hand_out",
    "complete",
    "cancel_rest",
    "cancel",
]

MOVES: dict[Status, frozenset[Status]] = {
    "pending_payment": frozenset({"closing", "cancelled", "paid"}),
    "closing": frozenset({"cancelled", "paid"}),
    "paid": frozenset({"preparing", "fulfilled", "cancelled"}),
    "preparing": frozenset({"fulfilled", "cancelled"}),
    "fulfilled": frozenset({"completed"}),
    "completed": frozenset(),
    "cancelled": frozenset(),
}
"""Legal moves. `pending_payment → cancelled` only without a payment attempt to close first; `paid → fulfilled` where
goods leave at once without preparation (a parcel)."""

UNPAID: frozenset[Status] = frozenset({"pending_payment", "closing"})
ACTIVE: frozenset[Status] = frozenset({"paid", "preparing", "fulfilled"})
DONE: frozenset[Status] = frozenset({"completed", "cancelled"})
GONE = frozenset({"shipped", "delivered", "handed_over"})  # states of a fulfillment whose goods have left
MAX_OPEN_UNPAID = 5  # per buyer and store: unpaid orders hold stock, so nobody may hold it without end


class Actor(NamedTuple):
    """Who does it, as the timeline says."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""


SYSTEM = Actor("system")
PLATFORM = Actor("platform")


class Facts(NamedTuple):
    """What decides the actions on an order. `fulfillments` are the states of its fulfillments."""

    status: Status
    refund_status: RefundStatus | None
    delivery_method: DeliveryMethod
    paid_amount: int
    fulfillments: tuple[str, ...] = ()


def is_legal(from_: Status, to: Status) -> bool:
    return to in MOVES[from_]


def buyer_actions(facts: Facts) -> list[OrderAction]:
    """What the buyer is offered, most important first. `refund_status` as `shown_refund` says it."""
    if facts.status == "pending_payment":
        return ["pay", "cancel"]
    if facts.status == "closing":
        return []
    if facts.status == "paid" and facts.refund_status is None:
        return ["cancel", "reorder"]
    if facts.status == "fulfilled" and facts.delivery_method in {"express", "delivery", "virtual"}:
        return ["receive", "reorder"]
    return ["reorder"]


def shown_refund(facts: Facts, refunded: int, *, under_way: bool) -> RefundStatus | None:
    """What the buyer reads of the money: a paid order whose whole price goes back (fen) is a refunded one too."""
    if facts.refund_status is not None or not 0 < facts.paid_amount <= refunded:
        return facts.refund_status
    return "processing" if under_way else "refunded"


def merchant_actions(facts: Facts) -> list[MerchantAction]:
    """What the merchant is offered, most important first."""
    if facts.status in UNPAID:
        return ["cancel"] if facts.status == "pending_payment" else []
    if facts.status not in {"paid", "preparing", "fulfilled"} or facts.refund_status is not None:
        return []
    if facts.status == "fulfilled":
        return ["complete"]
    steps: list[MerchantAction]
    if facts.delivery_method == "express":
        steps = ["ship"]
    elif facts.delivery_method == "virtual":
        steps = ["hand_out"]
    elif facts.status == "paid":
        steps = ["prepare"]
    else:
        steps = _at_counter(facts)
    if is_partly_shipped(facts):
        return [*steps, "cancel_rest"]
    return steps if GONE.intersection(facts.fulfillments) else [*steps, "cancel"]


def is_partly_shipped(facts: Facts) -> bool:
    """Whether some parcels of the order have left and others have not."""
    sending = facts.delivery_method == "express" and facts.status in {"paid", "preparing"}
    return sending and bool(GONE.intersection(facts.fulfillments))


def _at_counter(facts: Facts) -> list[MerchantAction]:
    """The steps open to an order in preparation, told by its fulfillment's state."""
    if facts.delivery_method == "delivery":
        return ["deliver"] if "picked" in facts.fulfillments else ["out_for_delivery"]
    return ["hand_over"] if "ready" in facts.fulfillments else ["ready", "hand_over"]


def local_day(timezone: str, at: datetime) -> str:
    """The store's date at `at`, YYYY-MM-DD."""
    return at.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d")
