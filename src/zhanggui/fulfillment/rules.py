"""Machines of the kinds of fulfillment and what they mean for the order; pure."""

from collections.abc import Sequence
from typing import Literal

from zhanggui.stores.rules import DeliveryMethod

Status = Literal["packed", "shipped", "delivered", "making", "ready", "handed_over", "assigned", "picked"]

MOVES: dict[DeliveryMethod, dict[Status, tuple[Status, ...]]] = {
    "express": {"packed": ("shipped",), "shipped": ("delivered",), "delivered": ()},
    "delivery": {"assigned": ("picked",), "picked": ("delivered",), "delivered": ()},
    "pickup": {"making": ("ready", "handed_over"), "ready": ("handed_over",), "handed_over": ()},
    "dine_in": {"making": ("ready", "handed_over"), "ready": ("handed_over",), "handed_over": ()},
}
FIRST: dict[DeliveryMethod, Status] = {
    "express": "packed",
    "delivery": "assigned",
    "pickup": "making",
    "dine_in": "making",
}
# What counts as done from the merchant's side: a parcel that left, a cup that was handed over.
DONE: dict[DeliveryMethod, frozenset[Status]] = {
    "express": frozenset({"shipped", "delivered"}),
    "delivery": frozenset({"delivered"}),
    "pickup": frozenset({"handed_over"}),
    "dine_in": frozenset({"handed_over"}),
}


def may_move(kind: DeliveryMethod, old: Status, new: Status) -> bool:
    """Whether a fulfillment of this kind may go from `old` to `new` in one step."""
    return new in MOVES[kind].get(old, ())


def is_fulfilled(kind: DeliveryMethod, statuses: Sequence[Status], units: int, fulfilled: int) -> bool:
    """Whether the order is fulfilled: every unit is in a fulfillment and each of those is done."""
    return bool(statuses) and fulfilled >= units and all(status in DONE[kind] for status in statuses)
