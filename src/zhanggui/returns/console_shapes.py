"""What the merchant and the platform's operator see of returns and decide; amounts in fen, times UTC."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Fen, Quantity
from zhanggui.core.fields import Reason as Words
from zhanggui.core.i18n import Text
from zhanggui.core.money import MAX_AMOUNT
from zhanggui.fulfillment.shapes import CarrierCode, Waybill
from zhanggui.orders.rules import Status as OrderStatus
from zhanggui.orders.shapes import ConsoleRefund, Fulfillment, MaskedContact
from zhanggui.returns.policy import Outcome, Policy, Rule
from zhanggui.returns.rules import Appeal, DecidedBy, Kind, MerchantAction, Payer, Reason, Restock, Status
from zhanggui.returns.shapes import ReturnCard, ReturnLine, ReturnPage
from zhanggui.stores.rules import DeliveryMethod


class ConsoleReturnRow(ReturnCard, frozen=True, kw_only=True):
    """A return in the merchant's queue; `buyer` is masked. `waiting`: the merchant has to do something."""

    buyer: str
    decided_by: DecidedBy | None
    rule: Rule | None
    waiting: bool
    due_outcome: str | None
    actions: list[MerchantAction]


class ConsoleReturnPage(msgspec.Struct, frozen=True):
    """A page of the queue and how many returns there are in each state, whatever the filter of the state."""

    items: list[ConsoleReturnRow]
    next: str | None
    counts: dict[str, int]


class ConsoleReturnLine(ReturnLine, frozen=True, kw_only=True):
    """With what is known of the order's line; `entitled` is what the units are worth by the allocation.

    `location`: where the shelved ones lie, None on the store's own shelf.
    """

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
    location: str | None


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


class ConsoleReturn(ReturnPage, frozen=True, kw_only=True):
    """Everything for the decision on one screen. `most` is the largest amount that may be given back now; `restock` is
    where units go that come back with nothing said about them."""

    order: OrderFacts
    fault: Payer
    restock: Restock
    lines: list[ConsoleReturnLine]
    refunds: list[ConsoleRefund]
    most: int
    buyer: MaskedContact | None
    record: BuyerRecord
    rule: RuleView | None
    actions: list[MerchantAction]


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
    """What became of the units of a line that came back: `accepted` of them are taken; where those go.

    `restock` left out: written off when the return's reason is the goods' own fault, else to the shelf. `location_id`
    says which shelf: one of the store's stock locations, its own shelf when left out.
    """

    order_line_id: UUID
    accepted: Annotated[int, Meta(ge=0, le=9_999)]
    restock: Restock | None = None
    location_id: UUID | None = None


class ReshipInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The parcel with the new goods; the carrier is recognised from the number when not given."""

    waybill: Waybill
    carrier: CarrierCode | None = None


class InspectInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What came back. Lines not named are accepted whole.

    Nothing accepted refuses the return and needs a `reason`; less than asked for or a lower `amount` needs one too. The
    refund follows at once; an exchange waits for `reship` unless it comes along.
    """

    lines: Annotated[list[InspectedLine], Meta(max_length=100)] = []
    amount: Fen | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""
    reship: ReshipInput | None = None


class TakeInInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What came back after its money; lines not named came back whole."""

    lines: Annotated[list[InspectedLine], Meta(max_length=100)] = []


class RefundInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pay back without waiting for the goods."""

    amount: Fen | None = None
    reason: Annotated[str, Meta(max_length=200)] = ""


class RefundedUnits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Units of an order line that the merchant pays back by himself; `restock` None leaves the stock as it is.

    `location_id`: the shelf of units that came back; what never left stays on the store's own.
    """

    order_line_id: UUID
    quantity: Quantity
    restock: Restock | None = None
    location_id: UUID | None = None


class ManualRefundInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A refund that nobody asked for: units, fees or a sum. Without `amount` the computed one is given back.

    `unsent`: the units are those that have not left; 409 `units_left` when some of them have by now.
    """

    lines: Annotated[list[RefundedUnits], Meta(max_length=100)] = []
    unsent: bool = False
    fees: bool = False
    amount: Annotated[int, Meta(ge=1, le=MAX_AMOUNT)] | None = None
    reason: Words
    notify: bool = True


class OperatorDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The platform's last word on an appeal, with a note that both sides read."""

    granted: bool
    note: Words


class NamedReason(msgspec.Struct, frozen=True):
    """A reason that buyers may give."""

    code: Reason
    name: Text


class PolicyView(msgspec.Struct, frozen=True):
    """The store's rules, the version to send back, and the reasons that there are rules for."""

    policy: Policy
    version: int
    reasons: list[NamedReason]


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
