"""What the API says of stores."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Code, Fen, Latitude, Line, Longitude
from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture
from zhanggui.stores.hours import hours_text
from zhanggui.stores.rules import (
    Delivery,
    Express,
    LegalEntity,
    Licence,
    MessageEvent,
    MessageTemplate,
    OpenHours,
    Points,
    Store,
    StoreMethod,
    Theme,
    is_open,
    is_paused,
)


class StoreCard(msgspec.Struct, frozen=True, kw_only=True):
    """A store in a list, on a cart and on an order; `open` follows the opening hours."""

    id: UUID
    slug: str
    name: Text
    layout: Literal["menu", "grid"]
    logo: Picture | None
    open: bool
    hours_text: Text
    address: Text
    lat: float | None
    lng: float | None


class StoreDetail(StoreCard, frozen=True, kw_only=True):
    """Everything a buyer's page needs to know of a store; amounts in fen. `delivery`: how far it brings things itself."""

    currency: str
    phone: str
    notice: Text
    banner: list[Picture]
    theme: Theme
    delivery_methods: list[StoreMethod]
    cutlery: bool
    packing_fee: int
    delivery_min: int | None
    delivery: Delivery | None
    free_shipping_over: int | None
    hours: list[OpenHours]
    licence: Licence | None


class StoreCards(msgspec.Struct, frozen=True):
    """All stores of this installation."""

    items: list[StoreCard]


class CounterState(msgspec.Struct, frozen=True):
    """The counter this moment: within hours, taking orders, and how many paid orders wait."""

    store_id: UUID
    open: bool
    accepting: bool
    pause_reason: Text | None
    orders_before: int


class WechatConfig(msgspec.Struct, frozen=True):
    """The shop's own mini-program."""

    appid: str


class SandboxConfig(msgspec.Struct, frozen=True):
    """The local stand-in of the platform."""

    origin: str


class StoreTemplate(msgspec.Struct, frozen=True):
    """A store's template for one kind of message; consent to it is asked for after paying in that store."""

    store_id: UUID
    event: MessageEvent
    template_id: str


class AppConfig(msgspec.Struct, frozen=True):
    """What a front end asks first."""

    wechat: WechatConfig
    message_templates: list[StoreTemplate]
    privacy_version: str
    sandbox: SandboxConfig | None


class TableCard(msgspec.Struct, frozen=True):
    """The table a buyer scanned."""

    code: str
    name: str


class ConsoleTable(msgspec.Struct, frozen=True):
    """A table and where its printable code is."""

    id: UUID
    code: str
    name: str
    qr_url: str


class ConsoleTables(msgspec.Struct, frozen=True):
    """All tables of a store."""

    items: list[ConsoleTable]


class TableInput(msgspec.Struct, forbid_unknown_fields=True):
    """A new table: `code` goes into its QR code, `name` is what is painted on it."""

    code: Code
    name: Annotated[str, Meta(min_length=1, max_length=40)]


class PauseInput(msgspec.Struct, forbid_unknown_fields=True):
    """Stop or resume taking orders; with `minutes` it resumes by itself."""

    paused: bool
    reason: Text | None = None
    minutes: Annotated[int, Meta(ge=1, le=1440)] | None = None


class StoreSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a merchant may set; amounts in fen. `pictures` is for reading, whatever is sent there is ignored."""

    version: Annotated[int, Meta(ge=1)]
    name: Text
    phone: Line
    address: Text
    lat: Latitude | None
    lng: Longitude | None
    notice: Text
    logo_id: UUID | None
    banner_ids: Annotated[list[UUID], Meta(max_length=10)]
    pictures: list[Picture] = []
    theme: Theme
    hours: Annotated[list[OpenHours], Meta(max_length=28)]
    delivery_methods: Annotated[list[StoreMethod], Meta(max_length=4)]
    packing_fee: Fen
    cutlery: bool
    payment_minutes: Annotated[int, Meta(ge=1, le=1440)]
    auto_complete_days: Annotated[int, Meta(ge=1, le=60)]
    express: Express
    delivery: Delivery
    message_templates: Annotated[list[MessageTemplate], Meta(max_length=20)]
    licence: Licence | None
    entity: LegalEntity | None
    points: Points


def store_card(store: Store, pictures: Mapping[UUID, Picture], now: datetime) -> StoreCard:
    """The card of `store` at `now` (UTC); `pictures` holds its logo when it has one."""
    return StoreCard(**_card(store, pictures, now))


def store_detail(store: Store, pictures: Mapping[UUID, Picture], now: datetime) -> StoreDetail:
    """The store's own page; `pictures` holds logo and banners."""
    s = store.settings
    return StoreDetail(
        **_card(store, pictures, now),
        currency=store.currency,
        phone=s.phone,
        notice=s.notice,
        banner=[pictures[i] for i in s.banner_ids if i in pictures],
        theme=s.theme,
        delivery_methods=s.delivery_methods,
        cutlery=s.cutlery,
        packing_fee=s.packing_fee,
        delivery_min=s.delivery.min_total if "delivery" in s.delivery_methods else None,
        delivery=s.delivery if "delivery" in s.delivery_methods else None,
        free_shipping_over=s.express.free_over,
        hours=s.hours,
        licence=s.licence,
    )


def counter_state(store: Store, orders_before: int, now: datetime) -> CounterState:
    """Whether an order placed at `now` (UTC) would be taken."""
    paused = is_paused(store, now)
    open_ = _open(store, now)
    return CounterState(
        store_id=store.id,
        open=open_,
        accepting=open_ and not paused,
        pause_reason=store.pause_reason if paused else None,
        orders_before=orders_before,
    )


def _open(store: Store, now: datetime) -> bool:
    return store.status == "on" and is_open(store.settings.hours, store.timezone, now)


def _card(store: Store, pictures: Mapping[UUID, Picture], now: datetime) -> dict[str, Any]:
    logo = store.settings.logo_id
    return {
        "id": store.id,
        "slug": store.slug,
        "name": store.name,
        "layout": store.layout,
        "logo": pictures.get(logo) if logo else None,
        "open": _open(store, now),
        "hours_text": hours_text(store.settings.hours),
        "address": store.settings.address,
        "lat": store.lat,
        "lng": store.lng,
    }


def store_settings(store: Store, pictures: Mapping[UUID, Picture]) -> StoreSettings:
    """The settings as the merchant edits them; `pictures` holds logo and banners."""
    s = store.settings
    return StoreSettings(
        version=store.version,
        name=store.name,
        lat=store.lat,
        lng=store.lng,
        pictures=list(pictures.values()),
        **{field: getattr(s, field) for field in s.__struct_fields__},
    )
