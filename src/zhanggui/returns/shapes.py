"""Returns as the API answers them; amounts in fen, times UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Fen, Quantity
from zhanggui.core.fields import Reason as Words
from zhanggui.core.i18n import Text
from zhanggui.core.money import MAX_AMOUNT
from zhanggui.media.shapes import Picture
from zhanggui.orders.rules import ActorKind
from zhanggui.orders.rules import Status as OrderStatus
from zhanggui.orders.shapes import Fulfillment, MaskedContact, RefundView
from zhanggui.returns.policy import Outcome, Policy, ReturnAddress, Rule
from zhanggui.returns.rules import (
    Appeal,
    BuyerAction,
    DecidedBy,
    Kind,
    MerchantAction,
    Payer,
    Reason,
    Restock,
    Status,
)
from zhanggui.stores.rules import DeliveryMethod
from zhanggui.stores.shapes import StoreCard

Pictures = Annotated[list[UUID], Meta(max_length=9)]
Paragraph = Annotated[str, Meta(max_length=500)]
Waybill = Annotated[str, Meta(min_length=6, max_length=40, pattern=r"^[0-9A-Za-z\-]+$")]
CarrierCode = Annotated[str, Meta(min_length=1, max_length=16)]


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
    """What the buyer asks for. `received`: whether the goods have arrived, as the buyer says."""

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


class ReturnLine(msgspec.Struct, frozen=True, kw_only=True):
    """Units of an order line in a return; `accepted` after inspection, `amount` what they give back."""

    order_line_id: UUID
    sku_id: UUID
    name: Text
    spec_text: Text
    picture: Picture | None
    quantity: int
    accepted: int | None
    amount: int
    exchange_sku_id: UUID | None
    exchange_text: Text | None


class Step(msgspec.Struct, frozen=True):
    """A state on the way; `at` when it was reached."""

    status: Status
    at: datetime | None


class ReturnEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A move: who, when and why."""

    from_status: Status | None
    to_status: Status
    text: Text
    actor: ActorKind
    actor_name: str
    reason: str
    at: datetime


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the conversation; `seq` runs from 1 without gaps."""

    seq: int
    side: Literal["buyer", "merchant", "platform"]
    author: str
    text: str
    pictures: list[Picture]
    at: datetime


class AppealView(msgspec.Struct, frozen=True, kw_only=True):
    """The buyer's appeal to the platform and its outcome."""

    state: Appeal
    reason: str
    pictures: list[Picture]
    note: str
    at: datetime


class ReturnSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A return in the buyer's list."""

    id: UUID
    number: str
    store: StoreCard
    order_id: UUID
    order_number: str
    kind: Kind
    reason: Reason
    reason_text: Text
    status: Status
    quantity: int
    amount: int
    currency: str
    first_line: Text
    picture: Picture | None
    due_at: datetime | None
    actions: list[BuyerAction]
    created_at: datetime


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """The buyer's page of a return. `amount` = lines + `fees`; `due_at` and `due_outcome` say what follows by itself."""

    id: UUID
    number: str
    store: StoreCard
    order_id: UUID
    order_number: str
    kind: Kind
    reason: Reason
    reason_text: Text
    status: Status
    description: str
    pictures: list[Picture]
    lines: list[ReturnLine]
    fees: int
    amount: int
    currency: str
    decided_by: DecidedBy | None
    reject_reason: str
    return_to: ReturnAddress | None
    return_freight_by: Payer | None
    carrier: str | None
    carrier_name: Text | None
    waybill: str | None
    reship_carrier: str | None
    reship_carrier_name: Text | None
    reship_waybill: str | None
    appeal: AppealView | None
    appeal_until: datetime | None
    due_at: datetime | None
    due_outcome: str | None
    steps: list[Step]
    events: list[ReturnEvent]
    messages: list[Message]
    refunds: list[RefundView]
    actions: list[BuyerAction]
    created_at: datetime
    finished_at: datetime | None


class Returns(msgspec.Struct, frozen=True):
    """The returns of one order, newest first."""

    items: list[ReturnSummary]


class SayInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of the conversation: words, pictures or both."""

    text: Paragraph = ""
    picture_ids: Pictures = []


class SendBackInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parcel the buyer sent; the carrier is recognised from the number when not given."""

    waybill: Waybill
    carrier: CarrierCode | None = None


class AppealInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why the refusal was wrong."""

    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    picture_ids: Pictures = []


class ConsoleReturnRow(msgspec.Struct, frozen=True, kw_only=True):
    """A return in the merchant's queue; `buyer` is masked. `waiting`: the merchant has to do something."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str
    kind: Kind
    reason: Reason
    reason_text: Text
    status: Status
    quantity: int
    amount: int
    currency: str
    first_line: Text
    picture: Picture | None
    buyer: str
    decided_by: DecidedBy | None
    rule: Rule | None
    waiting: bool
    due_at: datetime | None
    due_outcome: str | None
    created_at: datetime
    actions: list[MerchantAction]


class ConsoleReturnPage(msgspec.Struct, frozen=True):
    """A page of the queue and how many returns there are in each state, whatever the filter of the state."""

    items: list[ConsoleReturnRow]
    next: str | None
    counts: dict[str, int]


class ConsoleReturnLine(ReturnLine, frozen=True, kw_only=True):
    """With what is known of the order's line; `entitled` is what the units are worth by the allocation."""

    sku_code: str
    bought: int
    unit_price: int
    payable: int
    entitled: int
    sent: int
    refunded: int
    exception: str | None
    exception_text: Text | None
    shelved: int
    written_off: int


class BuyerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the store knows of this buyer: paid orders and fen ever; returns, refused ones and fen given back in 90 days."""

    orders: int
    spent: int
    cases: int
    refused: int
    refunded: int


class RuleView(msgspec.Struct, frozen=True):
    """What the store's rules said, and why."""

    outcome: Outcome
    rule: Rule
    text: Text


class OrderFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The order as far as it matters for the decision."""

    number: str
    status: OrderStatus
    delivery_method: DeliveryMethod
    total: int
    shipping_fee: int
    packing_fee: int
    paid_amount: int
    refunded_amount: int
    placed_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    no_reason_until: datetime | None
    fulfillments: list[Fulfillment]


class ConsoleReturn(msgspec.Struct, frozen=True, kw_only=True):
    """Everything for the decision on one screen. `most` is the largest amount that may be given back now."""

    id: UUID
    number: str
    order_id: UUID
    order: OrderFacts
    kind: Kind
    reason: Reason
    reason_text: Text
    fault: Payer
    status: Status
    description: str
    pictures: list[Picture]
    lines: list[ConsoleReturnLine]
    fees: int
    amount: int
    most: int
    currency: str
    buyer: MaskedContact | None
    record: BuyerRecord
    rule: RuleView | None
    decided_by: DecidedBy | None
    reject_reason: str
    return_freight_by: Payer | None
    carrier: str | None
    carrier_name: Text | None
    waybill: str | None
    reship_carrier: str | None
    reship_carrier_name: Text | None
    reship_waybill: str | None
    appeal: AppealView | None
    due_at: datetime | None
    due_outcome: str | None
    steps: list[Step]
    events: list[ReturnEvent]
    messages: list[Message]
    refunds: list[RefundView]
    actions: list[MerchantAction]
    created_at: datetime
    finished_at: datetime | None


class ApproveInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Agree. `amount` lowers what a refund without goods gives back; `restock` is for units that never left."""

    amount: Fen | None = None
    restock: Restock = "shelf"
    note: Annotated[str, Meta(max_length=200)] = ""


class RejectInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Refuse, with a reason that the buyer reads."""

    reason: Words


class BatchApproveInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Agree to several at once, each at its computed amount."""

    ids: Annotated[list[UUID], Meta(min_length=1, max_length=100)]


class BatchRow(msgspec.Struct, frozen=True):
    """What became of one: its state now, or the code and text of why not."""

    id: UUID
    ok: bool
    status: Status | None
    code: str | None
    message: Text | None


class BatchResult(msgspec.Struct, frozen=True):
    """Rows in the order asked."""

    items: list[BatchRow]


class InspectedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What became of the units of a line that came back: `accepted` of them are good; where those go."""

    order_line_id: UUID
    accepted: Annotated[int, Meta(ge=0, le=9_999)]
    restock: Restock = "shelf"
    location_id: UUID | None = None


class ReshipInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parcel with the new goods; the carrier is recognised from the number when not given."""

    waybill: Waybill
    carrier: CarrierCode | None = None


class InspectInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What came back. Lines not named are accepted whole and go to the shelf.

    Nothing accepted refuses the return and needs a `reason`; less than asked for or a lower `amount` needs one too. The
    refund follows at once; an exchange waits for `reship` unless it comes along.
    """

    lines: Annotated[list[InspectedLine], Meta(max_length=100)] = []
    amount: Fen | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""
    reship: ReshipInput | None = None


class RefundInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pay back without waiting for the goods."""

    amount: Fen | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class RefundedUnits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Units of an order line that the merchant pays back by himself; `restock` None leaves the stock as it is."""

    order_line_id: UUID
    quantity: Quantity
    restock: Restock | None = None


class ManualRefundInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A refund that nobody asked for: units, fees or a sum. Without `amount` the computed one is given back."""

    lines: Annotated[list[RefundedUnits], Meta(max_length=100)] = []
    fees: bool = False
    amount: Annotated[int, Meta(ge=1, le=MAX_AMOUNT)] | None = None
    reason: Words
    notify: bool = True


class OperatorDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The platform's last word on an appeal, with a note that both sides read."""

    granted: bool
    note: Words


class PolicyView(msgspec.Struct, frozen=True):
    """The store's rules and the version to send back."""

    policy: Policy
    version: int


class PolicyInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New rules over the version that was read (0 when none were ever saved)."""

    policy: Policy
    version: Annotated[int, Meta(ge=0, le=1_000_000_000)]


class AppealRow(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal in the operator's list."""

    id: UUID
    number: str
    order_number: str
    kind: Kind
    reason_text: Text
    amount: int
    currency: str
    reject_reason: str
    appeal_reason: str
    appeal_state: Appeal
    due_at: datetime | None
    appealed_at: datetime
