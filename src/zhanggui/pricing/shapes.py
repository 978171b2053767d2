"""What the API says of prices; amounts in the store's minor unit (fen)."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.catalog.rules import ReturnException
from zhanggui.core.fields import Code, Quantity
from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture
from zhanggui.stores.rules import DeliveryMethod

MAX_LINES = 100
LineKey = Annotated[str, Meta(min_length=1, max_length=64)]


class Chosen(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """One option of a modifier group: {"group": "milk", "option": "oat"}."""

    group: Code
    option: Code


Choices = Annotated[list[Chosen], Meta(max_length=40)]


class BasketLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be bought; `key` is the client's own name of the line (a cart line's id where it comes from there)."""

    key: LineKey
    sku_id: UUID
    modifiers: Choices
    quantity: Quantity


class QuoteRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lines of one store and how they are to be received. No amounts: those are the server's.

    With `flash_token`, a buyer's place in a flash sale, the line of its SKU has the sale's price; its quantity must be the
    place's. With `use_points` the buyer's points in the store take off as much as they may.
    """

    store_id: UUID
    lines: Annotated[list[BasketLine], Meta(min_length=1, max_length=MAX_LINES)]
    delivery_method: DeliveryMethod
    address_id: UUID | None = None
    region_code: Annotated[str, Meta(pattern=r"^(\d{6}|\d{9})$")] | None = None
    table_code: Code | None = None
    flash_token: UUID | None = None
    use_points: bool = False
    cutlery: Annotated[int, Meta(ge=0, le=99)] = 0


class QuoteLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line with its price now; `payable` is `amount` less the discount allocated to it.

    `return_exception` names why it cannot be returned without a reason within 7 days; None: it can.
    """

    key: str
    sku_id: UUID
    name: Text
    spec_text: Text
    modifiers_text: Text
    picture: Picture | None
    quantity: int
    unit_price: int
    amount: int
    discount: int
    payable: int
    return_exception: ReturnException | None


class Adjustment(msgspec.Struct, frozen=True):
    """A reduction and its reason; `amount` is negative."""

    kind: str
    label: Text
    amount: int


class PointsOffer(msgspec.Struct, frozen=True):
    """Points in this order: `usable` of the buyer's `balance` take `saving` off, `spent` of them with the switch on; `earns`
    are booked when it is completed."""

    balance: int
    usable: int
    saving: int
    spent: int
    earns: int


class TraceStep(msgspec.Struct, frozen=True):
    """One step of "why this price", in both languages."""

    step: str
    text: Text
    amount: int


class QuoteProblem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why it cannot be placed as it is; `key` names the line at fault."""

    code: str
    message: str
    key: str | None = None


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs and why; `shortfall` is what is missing to the minimum for delivery, `points` null where the store has
    none.

    `methods` are the ways in which all of it can be received here, the store's first one first; none: not together.
    """

    store_id: UUID
    currency: str
    lines: list[QuoteLine]
    adjustments: list[Adjustment]
    items_total: int
    packing_fee: int
    shipping_fee: int
    discount_total: int
    tax: int
    total: int
    shortfall: int | None
    problems: list[QuoteProblem]
    trace: list[TraceStep]
    points: PointsOffer | None
    fingerprint: str
    methods: list[DeliveryMethod]
