"""A store's settings document and what follows from it; pure."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Fen, Line
from zhanggui.core.i18n import Text

StoreMethod = Literal["express", "delivery", "pickup", "dine_in"]
"""A way that a store offers. What has no body (a code, a link) needs none: its product says that it is virtual."""
DeliveryMethod = Literal["express", "delivery", "pickup", "dine_in", "virtual"]
MessageEvent = Literal["paid", "ready", "shipped", "refunded", "return_approved", "return_rejected"]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Colour = Annotated[str, Meta(pattern=r"^#[0-9A-Fa-f]{6}$")]


class OpenHours(msgspec.Struct, frozen=True):
    """One stretch of a weekday, local time; `day` 1 is Monday. A close not after open runs past midnight."""

    day: Annotated[int, Meta(ge=1, le=7)]
    open: Clock
    close: Clock


class ExpressRule(msgspec.Struct, frozen=True):
    """Freight to regions whose code begins with one of `regions` (empty: everywhere else), by weight in grams."""

    regions: list[Annotated[str, Meta(pattern=r"^[0-9]{2,9}$")]]
    first_g: Annotated[int, Meta(ge=1, le=1_000_000)]
    first_fee: Fen
    next_g: Annotated[int, Meta(ge=1, le=1_000_000)]
    next_fee: Fen


class Express(msgspec.Struct, frozen=True):
    """Parcel delivery: the rule with the longest matching prefix holds; `free_over` is goods value in fen."""

    rules: Annotated[list[ExpressRule], Meta(max_length=50)] = []
    free_over: Fen | None = None
    refused_regions: list[Annotated[str, Meta(pattern=r"^[0-9]{2,9}$")]] = []


class DistanceBand(msgspec.Struct, frozen=True):
    """Fee up to a straight-line distance in metres."""

    up_to_m: Annotated[int, Meta(ge=1, le=100_000)]
    fee: Fen


class Delivery(msgspec.Struct, frozen=True):
    """Own delivery around the store: bands in ascending distance, minimum goods value in fen."""

    radius_m: Annotated[int, Meta(ge=0, le=100_000)] = 0
    bands: Annotated[list[DistanceBand], Meta(max_length=20)] = []
    min_total: Fen = 0
    free_over: Fen | None = None


class Points(msgspec.Struct, frozen=True):
    """What a store gives in points, and takes; both halves are off until the merchant switches them on.

    `per_yuan` points for each yuan paid for goods; `worth` points are one yuan at checkout, for at most `percent` % of the
    goods' amount.
    """

    earning: bool = False
    per_yuan: Annotated[int, Meta(ge=1, le=1_000)] = 1
    spending: bool = False
    worth: Annotated[int, Meta(ge=1, le=100_000)] = 100
    percent: Annotated[int, Meta(ge=1, le=100)] = 50


class MessageTemplate(msgspec.Struct, frozen=True):
    """The platform's template id for one kind of message."""

    event: MessageEvent
    template_id: Annotated[str, Meta(min_length=1, max_length=64)]


class Licence(msgspec.Struct, frozen=True):
    """Business or food licence shown to buyers."""

    name: Line
    number: Line


class LegalEntity(msgspec.Struct, frozen=True):
    """Whose business the store is (商户主体): a payment account collects for one of them only."""

    name: Line
    code: Line
    """Unified social credit code, as `stores.entity.is_credit_code` wants it."""


class Theme(msgspec.Struct, frozen=True, omit_defaults=True):
    """A store may replace the seal colour only."""

    seal: Colour | None = None
    seal_dark: Colour | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Stored whole in store.settings; amounts in fen, weights in grams, distances in metres."""

    phone: Line = ""
    address: Text = Text()
    notice: Text = Text()
    logo_id: UUID | None = None
    banner_ids: Annotated[list[UUID], Meta(max_length=10)] = []
    theme: Theme = Theme()
    hours: Annotated[list[OpenHours], Meta(max_length=28)] = []
    delivery_methods: list[StoreMethod] = []
    packing_fee: Fen = 0
    cutlery: bool = False
    payment_minutes: Annotated[int, Meta(ge=1, le=1440)] = 15
    auto_complete_days: Annotated[int, Meta(ge=1, le=60)] = 10
    express: Express = Express()
    delivery: Delivery = Delivery()
    message_templates: Annotated[list[MessageTemplate], Meta(max_length=20)] = []
    licence: Licence | None = None
    entity: LegalEntity | None = None
    points: Points = Points()


class Store(msgspec.Struct, frozen=True):
    """A store as every domain reads it."""

    id: UUID
    slug: str
    name: Text
    layout: Literal["menu", "grid"]
    currency: str
    timezone: str
    status: Literal["on", "off"]
    settings: Settings
    paused: bool
    pause_reason: Text | None
    paused_until: datetime | None
    lat: float | None
    lng: float | None
    version: int


def is_open(hours: list[OpenHours], timezone: str, at: datetime) -> bool:
    """Whether `at` (UTC) falls into the hours; a store without hours is always open."""
    if not hours:
        return True
    local = at.astimezone(ZoneInfo(timezone))
    today, yesterday = local.isoweekday(), (local - timedelta(days=1)).isoweekday()
    time = local.strftime("%H:%M")
    for h in hours:
        overnight = h.close <= h.open
        if h.day == today and h.open <= time and (overnight or time < h.close):
            return True
        if h.day == yesterday and overnight and time < h.close:
            return True
    return False


def is_paused(store: Store, at: datetime) -> bool:
    """Whether the counter takes no orders at `at`; a pause with an end resumes by itself."""
    return store.paused and (store.paused_until is None or at < store.paused_until)
