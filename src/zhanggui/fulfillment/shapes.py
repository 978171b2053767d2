"""Bodies of the fulfillment endpoints."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Quantity
from zhanggui.core.i18n import Text
from zhanggui.fulfillment.report_rules import State
from zhanggui.orders.rules import Status
from zhanggui.stores.rules import DeliveryMethod

Waybill = Annotated[str, Meta(min_length=6, max_length=40, pattern=r"^[0-9A-Za-z\-]+$")]
CarrierCode = Annotated[str, Meta(min_length=1, max_length=16)]


class ShipLine(msgspec.Struct, forbid_unknown_fields=True):
    """Units of one order line in a parcel."""

    order_line_id: UUID
    quantity: Quantity


class ShipRequest(msgspec.Struct, forbid_unknown_fields=True):
    """A parcel: carrier code of `GET carriers`, its number, and what is in it (everything left when not given)."""

    carrier: CarrierCode
    waybill: Waybill
    lines: Annotated[list[ShipLine], Meta(max_length=200)] = []


class HandOverRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The code the buyer shows; none at the table."""

    code: Annotated[str, Meta(min_length=4, max_length=8, pattern=r"^\d+$")] | None = None


class Carrier(msgspec.Struct):
    """A carrier by the platform's code."""

    code: str
    name: Text


class Carriers(msgspec.Struct):
    items: list[Carrier]


class CorrectRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The right carrier and number of a parcel that left."""

    carrier: CarrierCode
    waybill: Waybill


class Recognition(msgspec.Struct, frozen=True):
    """Whose number it may be, likeliest first; `sure` only where one carrier alone uses such numbers."""

    number: str
    candidates: list[Carrier]
    sure: bool


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order's shipping report in the list; `told` counts the parcels the platform knows."""

    order_id: UUID
    number: str
    status: Status
    delivery_method: DeliveryMethod
    total: int
    state: State
    code: str | None
    error: str | None
    explanation: Text | None
    tries: int
    told: int
    updated_at: datetime


class RefusedDeclaration(msgspec.Struct, frozen=True, kw_only=True):
    """A pre-sale order whose promise the platform did not accept, and why."""

    order_id: UUID
    number: str
    ships_by: datetime
    code: str | None
    error: str | None
    explanation: Text | None


class ReportPage(msgspec.Struct, frozen=True):
    """The newest order first, and how many reports there are in each state. `declarations`: the newest 50 refused;
    `refused`: how many reports and declarations of the whole store are, whatever was searched for."""

    items: list[ReportRow]
    next: str | None
    counts: dict[str, int]
    declarations: list[RefusedDeclaration]
    refused: int


class Retried(msgspec.Struct, frozen=True):
    """How many refused reports and declarations are told again."""

    asked: int


class TradeManagement(msgspec.Struct, frozen=True):
    """What the platform says of the mini-program: whether shipping is to be reported, whether every merchant number is
    authorised. None where it could not be asked."""

    appid: str | None
    managed: bool | None
    confirmed: bool | None


SheetParcelState = Literal["ready", "known", "shipped", "failed"]


class SheetParcel(msgspec.Struct, frozen=True, kw_only=True):
    """A parcel of a spreadsheet: its rows as the file counts, `guessed` when the carrier was told from the number."""

    order_id: UUID
    number: str
    carrier: Carrier
    guessed: bool
    waybill: str
    units: int
    rows: list[int]
    state: SheetParcelState


class SheetFault(msgspec.Struct, frozen=True):
    """A row at fault, as the spreadsheet counts and names it: its order's number and the `value` given in that column."""

    row: int
    number: str
    column: Text
    value: str
    code: str
    message: Text


class SheetReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a spreadsheet shipped, or would ship (`dry_run`). With a fault found beforehand nothing was shipped.

    `known` parcels left before, `waiting` rows have no number yet.
    """

    dry_run: bool
    orders: int
    shipped: int
    known: int
    waiting: int
    parcels: list[SheetParcel]
    errors: list[SheetFault]
