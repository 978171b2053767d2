"""Stock as the API speaks of it; units."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Count, Quantity, Reason
from zhanggui.core.i18n import Text
from zhanggui.inventory.rules import MovementKind
from zhanggui.media.shapes import Picture

Delta = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]


class ShopStock(msgspec.Struct, frozen=True):
    """What is left of a SKU, told up to 99; `sold_out` when nothing can be bought."""

    sku_id: UUID
    product_id: UUID
    available: int
    sold_out: bool


class ShopStocks(msgspec.Struct, frozen=True):
    """Stock of the SKUs asked for; unknown ones are left out."""

    items: list[ShopStock]


class StockRow(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU's balance at one location; `sold_out` when it was taken off sale by hand.

    `available` can be bought: nothing at a location that is not the main one. `elsewhere` lies at the store's others.
    """

    sku_id: UUID
    product_id: UUID
    code: str
    name: Text
    spec_text: Text
    picture: Picture | None
    on_hand: int
    reserved: int
    available: int
    sold_out: bool
    elsewhere: int
    updated_at: datetime


class StockRows(msgspec.Struct, frozen=True):
    """Balances after a change."""

    items: list[StockRow]


class AdjustItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A correction by `delta`, or to a counted `on_hand`; exactly one of them."""

    sku_id: UUID
    delta: Delta | None = None
    on_hand: Count | None = None


class AdjustInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Corrections that are made together or not at all, at the main location when none is named."""

    items: Annotated[list[AdjustItem], Meta(min_length=1, max_length=500)]
    reason: Reason
    location_id: UUID | None = None


class SoldOutInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take SKUs off sale until the store's next opening day, or put them back."""

    sku_ids: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
    sold_out: bool


class Movement(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the journal with the balance after it, there; `location` None is the main one."""

    id: UUID
    kind: MovementKind
    on_hand_delta: int
    reserved_delta: int
    on_hand_after: int
    reserved_after: int
    reason: str
    actor: str
    location: str | None
    order_number: str | None
    at: datetime


LocationName = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"\S")]


class StockLocation(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the store keeps units: `units` of `skus` different SKUs. The main one has no name and is sold from."""

    id: UUID
    name: str
    main: bool
    units: int
    skus: int


class StockLocations(msgspec.Struct, frozen=True):
    """The open ones, the main one first, then by age."""

    items: list[StockLocation]


class LocationInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place as it is called; outer blanks do not count."""

    name: LocationName


class MoveItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units of a SKU that change places."""

    sku_id: UUID
    quantity: Quantity


class MoveInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Units that go from one location to another together or not at all; the store's own id is its main location."""

    items: Annotated[list[MoveItem], Meta(min_length=1, max_length=500)]
    from_location: UUID
    to_location: UUID
    reason: Reason
