"""Flash sales as the API takes and answers them; amounts in fen, times UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.catalog.shapes import BoundedText
from zhanggui.core.fields import Fen, Quantity
from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture
from zhanggui.promotions.rules import PlaceState, Status

Seconds = Annotated[int, Meta(ge=30, le=3_600)]
Instant = Annotated[datetime, Meta(tz=True)]


class PlaceInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a buyer wants of a sale."""

    sku_id: UUID
    quantity: Quantity = 1


class FlashPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place: send `token` as `flash_token` with the quote and the order before `expires_at`."""

    token: UUID
    sale_id: UUID
    sku_id: UUID
    quantity: int
    price: int
    state: PlaceState
    expires_at: datetime


class FlashQueued(msgspec.Struct, frozen=True):
    """Many are before this request: ask for `ticket` after `wait_ms_estimate`; `position` counts requests, 1 is next."""

    ticket: UUID
    position: int
    wait_ms_estimate: int


class FlashRefusal(msgspec.Struct, frozen=True):
    """Why a queued request got no place."""

    code: str
    message: str


class FlashTicket(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a ticket.

    `again`: nothing is known of it (its process went down); send the request again under the same Idempotency-Key.
    """

    status: Literal["waiting", "placed", "refused", "again"]
    position: int | None = None
    wait_ms_estimate: int | None = None
    place: FlashPlace | None = None
    refusal: FlashRefusal | None = None


class FlashItem(msgspec.Struct, frozen=True, kw_only=True):
    """What is offered: `left` units nobody has yet of `units`, `progress` in per cent taken, as of at most a second ago."""

    sku_id: UUID
    product_id: UUID
    name: Text
    spec_text: Text
    picture: Picture | None
    price: int
    list_price: int
    per_buyer: int
    units: int
    left: int
    progress: int


class FlashSale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale as buyers see it; `utc_offset` is how many minutes the store's clock is ahead of UTC when it starts."""

    id: UUID
    store_id: UUID
    name: Text
    state: Literal["coming", "running", "over"]
    starts_at: datetime
    ends_at: datetime
    utc_offset: int
    reserve_seconds: int
    pay_seconds: int
    items: list[FlashItem]
    now: datetime


class FlashSales(msgspec.Struct, frozen=True):
    """Running and coming sales, the earliest first; `now` is the server's clock."""

    items: list[FlashSale]
    now: datetime


class FlashItemInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item: fen a unit, units to set aside, most units for one buyer."""

    sku_id: UUID
    price: Fen
    stock_units: Annotated[int, Meta(ge=1, le=1_000_000)]
    per_buyer: Annotated[int, Meta(ge=1, le=999)] = 1


class FlashSaleInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sale as the form sends it; `version` is needed to change one."""

    name: BoundedText
    starts_at: Instant
    ends_at: Instant
    reserve_seconds: Seconds = 300
    pay_seconds: Seconds = 300
    items: Annotated[list[FlashItemInput], Meta(min_length=1, max_length=50)]
    version: int | None = None


class ConsoleFlashItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item with where its units are: units = free + held + ordered + returned."""

    sku_id: UUID
    sku_code: str
    name: Text
    spec_text: Text
    picture: Picture | None
    price: int
    sku_price: int
    per_buyer: int
    stock_units: int
    units: int
    free: int
    held: int
    ordered: int
    returned: int


class FlashSaleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sale in the console's list; sums over its items."""

    id: UUID
    name: Text
    status: Status
    starts_at: datetime
    ends_at: datetime
    version: int
    items: int
    units: int
    free: int
    held: int
    ordered: int
    returned: int


class ConsoleFlashSale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale as the form edits it; `editable` until it starts."""

    id: UUID
    name: Text
    status: Status
    starts_at: datetime
    ends_at: datetime
    reserve_seconds: int
    pay_seconds: int
    version: int
    editable: bool
    items: list[ConsoleFlashItem]


class FlashMinute(msgspec.Struct, frozen=True):
    """Counts of one minute, which begins at `at`."""

    at: datetime
    places: int
    orders: int
    paid: int
    returned: int


class FlashFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How a sale goes: places given, redeemed by orders, paid, given back (expired or cancelled), and by minute."""

    places: int
    orders: int
    paid: int
    expired: int
    returned: int
    by_minute: list[FlashMinute]
