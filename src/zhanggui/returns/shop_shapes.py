"""What buyers ask for and see of returns; amounts in fen, times UTC."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Quantity
from zhanggui.core.i18n import Text
from zhanggui.fulfillment.shapes import CarrierCode, Waybill
from zhanggui.media.shapes import Picture
from zhanggui.orders.shapes import RefundView
from zhanggui.returns.policy import ReturnAddress
from zhanggui.returns.rules import BuyerAction, Kind, Payer, Reason
from zhanggui.returns.shapes import Paragraph, Pictures, ReturnCard, ReturnLine, ReturnPage
from zhanggui.stores.shapes import StoreCard


class ReasonChoice(msgspec.Struct, frozen=True):
    """A reason and the kinds it goes with; `pictures` when pictures are asked for."""

    code: Reason
    name: Text
    kinds: list[Kind]
    fault: Payer
    pictures: bool


class ExchangeSku(msgspec.Struct, frozen=True):
    """Another SKU of the same product at the same price, with units in stock."""

    sku_id: UUID
    spec_text: Text
    available: int


class ReturnableLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order that may be asked for.

    `available` units may be asked for, `sent` of the line have left the store. `amounts[n - 1]` is what n units give
    back without fees. `no_reason_until`: end of the 7 days, None before delivery; `exception` names why they do not hold.
    """

    order_line_id: UUID
    sku_id: UUID
    name: Text
    spec_text: Text
    picture: Picture | None
    quantity: int
    available: int
    sent: int
    amounts: list[int]
    no_reason_until: datetime | None
    exception: str | None
    exception_text: Text | None
    exchange: list[ExchangeSku]


class Returnable(msgspec.Struct, frozen=True, kw_only=True):
    """What of an order may be asked for, and how. `blocked` is the code of why nothing may, None otherwise."""

    order_id: UUID
    order_number: str
    currency: str
    blocked: str | None
    kinds: list[Kind]
    reasons: list[ReasonChoice]
    lines: list[ReturnableLine]


class WantedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units of an order line; `exchange_sku_id` for an exchange (the same SKU when not given)."""

    order_line_id: UUID
    quantity: Quantity
    exchange_sku_id: UUID | None = None


class ApplyInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the buyer asks for."""

    kind: Kind
    reason: Reason
    lines: Annotated[list[WantedLine], Meta(min_length=1, max_length=100)]
    description: Paragraph = ""
    picture_ids: Pictures = []


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a return would give back, before it is asked for; `lines` in the order asked."""

    lines: list[int]
    fees: int
    total: int
    return_freight_by: Payer | None
    at_once: bool


class ReturnSummary(ReturnCard, frozen=True, kw_only=True):
    """A return in the buyer's list."""

    store: StoreCard
    actions: list[BuyerAction]


class Returns(msgspec.Struct, frozen=True):
    """The returns of one order, newest first."""

    items: list[ReturnSummary]


class Return(ReturnPage, frozen=True, kw_only=True):
    """The buyer's page of a return."""

    store: StoreCard
    order_number: str
    lines: list[ReturnLine]
    refunds: list[RefundView]
    return_to: ReturnAddress | None
    appeal_until: datetime | None
    actions: list[BuyerAction]


class SendBackInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parcel the buyer sent; the carrier is recognised from the number when not given."""

    waybill: Waybill
    carrier: CarrierCode | None = None


class AppealInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why the refusal was wrong."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    picture_ids: Pictures = []
