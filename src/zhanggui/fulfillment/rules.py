"""Machines of the kinds of fulfillment; pure."""

from typing import Literal

from zhanggui.stores.rules import DeliveryMethod

Status = Literal["packed", "shipped", "delivered", "making", "ready", "handed_over", "assigned", "picked"]

MOVES: dict[DeliveryMethod, dict[Status, tuple[Status, ...]]] = {
    "express": {"packed": ("shipped",), "shipped": ("delivered",), "delivered": ()},
    "delivery": {"assigned": ("picked",), "picked": ("delivered",), "delivered": ()},
    "pickup": {"making": ("ready", "handed_over"), "ready": ("handed_over",), "handed_over": ()},
    "dine_in": {"making": ("ready", "handed_over"), "ready": ("handed_over",), "handed_over": ()},
    "virtual": {"delivered": ()},
}
FIRST: dict[DeliveryMethod, Status] = {
    "express": "packed",
    "delivery": "assigned",
    "pickup": "making",
    "dine_in": "making",
    "virtual": "delivered",
}


def may_move(kind: DeliveryMethod, old: Status, new: Status) -> bool:
    """Whether a fulfillment of this kind may go from `old` to `new` in one step."""
    return new in MOVES[kind].get(old, ())
