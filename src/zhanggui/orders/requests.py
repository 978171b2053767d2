"""What a buyer sends to place orders."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Fen
from zhanggui.pricing.shapes import QuoteRequest

MAX_ORDERS = 10
Points = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]


class ContactInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who collects, by name if they like; the phone as people type it."""

    phone: Annotated[str, Meta(min_length=5, max_length=32)]
    name: Annotated[str, Meta(max_length=40)] = ""


class OrderRequest(QuoteRequest, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One order: what was quoted, and the total (fen) and points to be spent that the buyer saw and agreed to.

    With `from_cart` the keys of the lines are cart line ids, which leave the cart when the order is placed.
    """

    expected_total: Fen
    expected_points: Points = 0
    remark: Annotated[str, Meta(max_length=200)] = ""
    from_cart: bool = False
    contact: ContactInput | None = None


class PlaceRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Orders of several stores that are placed together: all or none."""

    orders: Annotated[list[OrderRequest], Meta(min_length=1, max_length=MAX_ORDERS)]
    channel: Literal["mp", "h5"]
