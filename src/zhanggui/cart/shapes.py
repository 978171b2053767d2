"""The cart as the API speaks of it; amounts in fen."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture
from zhanggui.pricing.shapes import Choices, Chosen
from zhanggui.stores.shapes import StoreCard

Units = Annotated[int, Meta(ge=1, le=999)]
Flag = Literal["off_shelf", "sold_out", "short", "price_changed"]


class LineInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to put in; the same SKU with the same modifiers adds up."""

    store_id: UUID
    sku_id: UUID
    modifiers: Choices
    quantity: Units


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a line; what is left out stays."""

    quantity: Units | None = None
    selected: bool | None = None


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lines to tick or untick together."""

    line_ids: Annotated[list[UUID], Meta(max_length=200)]
    selected: bool


class CartLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line at its price now, with modifiers; `flag` says what stands against buying it as it is."""

    id: UUID
    sku_id: UUID
    product_id: UUID
    name: Text
    spec_text: Text
    modifiers_text: Text
    modifiers: list[Chosen]
    picture: Picture | None
    quantity: int
    selected: bool
    unit_price: int
    added_unit_price: int
    amount: int
    flag: Flag | None
    available: int
    limit: int | None


class StoreCart(msgspec.Struct, frozen=True):
    """One store's part; `selected_total` is of ticked lines that can be bought."""

    store: StoreCard
    lines: list[CartLine]
    selected_total: int


class Cart(msgspec.Struct, frozen=True):
    """The whole cart; counts are units."""

    stores: list[StoreCart]
    count: int
    selected_count: int
    selected_total: int
