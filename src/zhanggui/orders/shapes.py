"""Orders as the API answers them; amounts in fen, times UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Reason
from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture
from zhanggui.orders.rules import ActorKind, MerchantAction, OrderAction, RefundStatus, Status
from zhanggui.pricing.shapes import Chosen, TraceStep
from zhanggui.stores.rules import DeliveryMethod
from zhanggui.stores.shapes import StoreCard
from zhanggui.wallets.rules import MOST_BY_HAND


class SummaryLine(msgspec.Struct, frozen=True):
    """A line in a list of orders."""

    name: Text
    spec_text: Text
    picture: Picture | None
    quantity: int


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was when it was sold."""

    id: UUID
    sku_id: UUID
    product_id: UUID
    name: Text
    spec_text: Text
    modifiers_text: Text
    modifiers: list[Chosen]
    picture: Picture | None
    quantity: int
    unit_price: int
    amount: int
    discount: int
    payable: int
    fulfilled: int
    """Units that left the store or were handed over."""
    cancelled: int
    """Units that will not be sent."""


class ConsoleLine(OrderLine, frozen=True, kw_only=True):
    """With what was refunded, in units."""

    refunded: int
    sku_code: str


class FulfilledLine(msgspec.Struct, frozen=True):
    """Units of a line in a fulfillment."""

    order_line_id: UUID
    quantity: int


class Fulfillment(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel, a collection or a service at the table."""

    id: UUID
    kind: DeliveryMethod
    status: str
    carrier: str | None
    carrier_name: Text | None
    waybill: str | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    lines: list[FulfilledLine]


class TimelineEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened; `text` in both languages."""

    id: UUID
    kind: str
    text: Text
    actor: ActorKind
    actor_name: str
    reason: str
    at: datetime
    fulfillment_id: UUID | None
    """The parcel that it is about."""


class RefundView(msgspec.Struct, frozen=True):
    """Money on its way back; `coupon_amount` of it goes to who paid for a coupon of the payment platform, as far as is known."""

    id: UUID
    amount: int
    coupon_amount: int
    status: Literal["requested", "processing", "succeeded", "abnormal", "closed"]
    reason: str
    at: datetime


class ConsoleRefund(RefundView, frozen=True):
    """With why it does not go on: the provider's code of refusal, ABNORMAL or CLOSED; null while all is well."""

    stuck: str | None


class TableRef(msgspec.Struct, frozen=True):
    """The table it is served at."""

    code: str
    name: str


class MaskedContact(msgspec.Struct, frozen=True):
    """Who collects, masked."""

    name: str
    phone_masked: str


class MaskedAddress(msgspec.Struct, frozen=True):
    """Where it goes, the phone masked."""

    recipient: str
    phone_masked: str
    text: str


class OrderPoints(msgspec.Struct, frozen=True):
    """Points of an order: spent and of these given back; earned, less those taken back; what completing it will earn."""

    spent: int
    given_back: int
    earned: int
    to_earn: int


class BuyerPoints(msgspec.Struct, frozen=True):
    """The balance of an order's buyer in the store, and what the order did to it."""

    balance: int
    order: OrderPoints | None


class AdjustPoints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points to be given to an order's buyer, or taken when below nothing, and why."""

    delta: Annotated[int, Meta(ge=-MOST_BY_HAND, le=MOST_BY_HAND)]
    reason: Reason


class PointsBalance(msgspec.Struct, frozen=True):
    """A buyer's points after an adjustment."""

    balance: int


class _OrderHead(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    number: str
    store: StoreCard
    status: Status
    refund_status: RefundStatus | None
    delivery_method: DeliveryMethod
    total: int
    currency: str
    quantity: int
    placed_at: datetime
    pay_by: datetime | None
    pickup_number: str | None
    partly_shipped: bool
    actions: list[OrderAction]


class OrderSummary(_OrderHead, frozen=True, kw_only=True):
    """An order in the buyer's list; `pay_by` only while it can be paid."""

    lines: list[SummaryLine]


class Receipt(msgspec.Struct, frozen=True):
    """What the platform's component for confirming receipt wants to know (`wx.openBusinessView`)."""

    merchant_id: str
    merchant_trade_no: str
    transaction_id: str


class Order(_OrderHead, frozen=True, kw_only=True):
    """The buyer's page of an order; `receipt` once the platform knows its shipping and waits for the buyer's word.

    `coupon_amount` of what was paid came from coupons of the payment platform, the rest from the buyer.
    """

    lines: list[OrderLine]
    items_total: int
    packing_fee: int
    shipping_fee: int
    discount_total: int
    tax: int
    paid_amount: int
    coupon_amount: int
    refunded_amount: int
    trace: list[TraceStep]
    remark: str
    cutlery: int
    table: TableRef | None
    address: MaskedAddress | None
    pickup_code: str | None
    orders_before: int | None
    fulfillments: list[Fulfillment]
    timeline: list[TimelineEvent]
    paid_at: datetime | None
    completed_at: datetime | None
    refunds: list[RefundView]
    receipt: Receipt | None
    points: OrderPoints | None


class Orders(msgspec.Struct, frozen=True):
    """The orders that a request placed, in the order asked for."""

    orders: list[Order]


class TicketLine(msgspec.Struct, frozen=True):
    """A line as the counter needs it; `quantity` without units that were taken out again."""

    name: Text
    spec_text: Text
    modifiers_text: Text
    quantity: int


class ConsoleOrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the console's list; `buyer` is masked, `ticket` has its first lines, four at most. `ships_by`: what was
    promised when something in it was sold in advance."""

    id: UUID
    number: str
    status: Status
    refund_status: RefundStatus | None
    delivery_method: DeliveryMethod
    total: int
    quantity: int
    first_line: Text
    line_count: int
    ticket: list[TicketLine]
    remark: str
    buyer: str
    pickup_number: str | None
    table: str | None
    placed_at: datetime
    paid_at: datetime | None
    partly_shipped: bool
    ships_by: datetime | None
    actions: list[MerchantAction]


class ConsoleOrderPage(msgspec.Struct, frozen=True):
    """A page of the list and how many orders there are in each status, whatever the filter of the status."""

    items: list[ConsoleOrderRow]
    next: str | None
    counts: dict[str, int]


class PaymentView(msgspec.Struct, frozen=True):
    """An attempt to be paid."""

    id: UUID
    method: str
    status: str
    amount: int
    transaction_id: str | None
    created_at: datetime


ReportState = Literal["none", "waiting", "partly", "sent", "failed", "unneeded"]


class ShippingReport(msgspec.Struct, frozen=True):
    """What the platform was told of the shipping; `explanation` says what its `code` means and what to do."""

    state: ReportState
    code: str | None = None
    error: str | None = None
    explanation: Text | None = None
    tries: int = 0
    updated_at: datetime | None = None


class ConsoleOrder(ConsoleOrderRow, frozen=True, kw_only=True):
    """The merchant's page of an order; coupons of the payment platform paid `coupon_amount` of what was paid."""

    currency: str
    lines: list[ConsoleLine]
    items_total: int
    packing_fee: int
    shipping_fee: int
    discount_total: int
    tax: int
    paid_amount: int
    coupon_amount: int
    refunded_amount: int
    trace: list[TraceStep]
    cutlery: int
    contact: MaskedContact | None
    address: MaskedAddress | None
    fulfillments: list[Fulfillment]
    timeline: list[TimelineEvent]
    refunds: list[ConsoleRefund]
    payments: list[PaymentView]
    shipping_report: ShippingReport
    points: BuyerPoints | None


class OpenContact(msgspec.Struct, frozen=True):
    """Unmasked; looking at it is recorded."""

    recipient: str
    phone: str
    text: str
