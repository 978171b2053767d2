"""Returns as both sides see them, and what they say to each other; amounts in fen, times UTC."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.i18n import Text
from zhanggui.media.shapes import Picture
from zhanggui.orders.rules import ActorKind
from zhanggui.returns.rules import Appeal, DecidedBy, Kind, Payer, Reason, Status

Pictures = Annotated[list[UUID], Meta(max_length=9)]
Paragraph = Annotated[str, Meta(max_length=500)]


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


class ReturnCard(msgspec.Struct, frozen=True, kw_only=True):
    """A return in a list, as both sides see it."""

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
    due_at: datetime | None
    created_at: datetime


class ReturnPoints(msgspec.Struct, frozen=True):
    """Spent points that go back to the buyer, and earned ones that go; `booked` once it was paid back."""

    given_back: int
    taken_back: int
    booked: bool


class ReturnPage(msgspec.Struct, frozen=True, kw_only=True):
    """A return as both sides see it. `amount` = lines + `fees`; `due_at` and `due_outcome` say what follows by itself."""

    id: UUID
    number: str
    order_id: UUID
    kind: Kind
    reason: Reason
    reason_text: Text
    status: Status
    description: str
    pictures: list[Picture]
    fees: int
    amount: int
    currency: str
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
    points: ReturnPoints
    created_at: datetime
    finished_at: datetime | None


class SayInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A line of the conversation: words, pictures or both."""

    text: Paragraph = ""
    picture_ids: Pictures = []
