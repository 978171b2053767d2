"""What a filled-in spreadsheet would ship: parcels, and every row at fault; pure.

Rows with the same order and number are one parcel. A row without a number is an order that is not sent yet. A row that
names no line takes everything that is left, which only one parcel of an order can do.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core.sheets import SheetRow
from zhanggui.fulfillment.carriers import by_word
from zhanggui.fulfillment.recognise import recognise
from zhanggui.wechat.shipping import MAX_PARCELS

WAYBILL = re.compile(r"[0-9A-Za-z\-]{6,40}")
QUANTITY = re.compile(r"[0-9]{1,6}")


class OpenLine(NamedTuple):
    """A line of an order: its place as the sheet counts (from 1) and the units that have not left."""

    id: UUID
    place: int
    unsent: int


class OpenOrder(NamedTuple):
    """An order as the plan needs it. `refusal`: why nothing of it can be sent now; `sent`: its parcels by number."""

    id: UUID
    number: str
    refusal: str | None
    lines: Sequence[OpenLine]
    sent: Mapping[tuple[str, str], Mapping[UUID, int]]


class RowFault(NamedTuple):
    """A row that cannot be done; `params` fill the message."""

    row: int
    column: str
    code: str
    params: dict[str, Any] = {}  # noqa: RUF012  # never changed, only read


class PlannedParcel(NamedTuple):
    """A parcel to send: units by line, the rows it came from. `guessed`: the carrier was told from the number; `known`:
    it left before."""

    order: OpenOrder
    carrier: str
    waybill: str
    units: dict[UUID, int]
    rows: tuple[int, ...]
    guessed: bool
    known: bool


class Plan(NamedTuple):
    """All parcels of a sheet, what is wrong with it, and rows that are left out because they have no number yet."""

    parcels: list[PlannedParcel]
    faults: list[RowFault]
    waiting: int


class _Piece(NamedTuple):
    row: int
    order: OpenOrder
    carrier: str
    waybill: str
    guessed: bool
    line: OpenLine | None
    quantity: int | None


def plan_sheet(rows: Sequence[SheetRow], orders: Mapping[str, OpenOrder]) -> Plan:
    """Parcels in the order in which their first rows stand."""
    faults: list[RowFault] = []
    pieces: list[_Piece] = []
    waiting = 0
    for row in rows:
        if not row.get("waybill"):
            waiting += 1
            continue
        piece = _piece(row, orders)
        if isinstance(piece, RowFault):
            faults.append(piece)
        else:
            pieces.append(piece)
    groups: dict[tuple[UUID, str, str], list[_Piece]] = {}
    for piece in pieces:
        groups.setdefault((piece.order.id, piece.carrier, piece.waybill), []).append(piece)
    left = {line.id: line.unsent for order in orders.values() for line in order.lines}
    number = {order.id: len(order.sent) for order in orders.values()}
    parcels: list[PlannedParcel] = []
    for group in groups.values():
        planned = _parcel(group, left, number)
        if isinstance(planned, RowFault):
            faults.append(planned)
        else:
            parcels.append(planned)
    return Plan(parcels, sorted(faults, key=lambda fault: fault.row), waiting)


def _piece(row: SheetRow, orders: Mapping[str, OpenOrder]) -> _Piece | RowFault:
    order = orders.get(row.get("number"))
    if order is None:
        return RowFault(row.number, "number", "sheet_order_unknown", {"number": row.get("number")})
    waybill = recognise(row.get("waybill")).number
    if not WAYBILL.fullmatch(waybill):
        return RowFault(row.number, "waybill", "sheet_waybill")
    found = recognise(waybill)
    carrier, guessed = by_word(row.get("carrier")), False
    if row.get("carrier") and carrier is None:
        return RowFault(row.number, "carrier", "unknown_carrier")
    if carrier is None:
        carrier, guessed = found.carrier, True
    if carrier is None:
        code = "sheet_carrier_choose" if found.candidates else "sheet_carrier_needed"
        return RowFault(row.number, "carrier", code, {"carriers": found.candidates})
    line, quantity = None, None
    if row.get("line"):
        line = next((one for one in order.lines if str(one.place) == row.get("line")), None)
        if line is None:
            return RowFault(row.number, "line", "sheet_line_unknown", {"line": row.get("line")})
    if line is not None and row.get("quantity"):
        quantity = int(row.get("quantity")) if QUANTITY.fullmatch(row.get("quantity")) else 0
        if quantity == 0:
            return RowFault(row.number, "quantity", "sheet_quantity")
    return _Piece(row.number, order, carrier, waybill, guessed, line, quantity)


def _parcel(
    group: Sequence[_Piece], left: dict[UUID, int], number: dict[UUID, int]
) -> PlannedParcel | RowFault:
    first = group[0]
    order, rows = first.order, tuple(piece.row for piece in group)
    sent = order.sent.get((first.carrier, first.waybill))
    units: dict[UUID, int] = {}
    for piece in group:
        chosen = order.lines if piece.line is None else (piece.line,)
        for line in chosen:
            most = left[line.id] if sent is None else sent.get(line.id, 0)
            units[line.id] = units.get(line.id, 0) + (most if piece.quantity is None else piece.quantity)
    units = {line_id: n for line_id, n in units.items() if n}
    if sent is not None:
        if units != dict(sent):
            return RowFault(first.row, "waybill", "waybill_known")
        return PlannedParcel(order, first.carrier, first.waybill, units, rows, first.guessed, known=True)
    if order.refusal is not None:
        return RowFault(first.row, "number", order.refusal)
    if not units:
        return RowFault(first.row, "quantity", "nothing_to_ship")
    over = next(
        (piece for piece in group if piece.line and units.get(piece.line.id, 0) > left[piece.line.id]), None
    )
    if over is not None or any(n > left[line_id] for line_id, n in units.items()):
        return RowFault((over or first).row, "quantity", "more_than_left")
    number[order.id] += 1
    if number[order.id] > MAX_PARCELS:
        return RowFault(first.row, "waybill", "too_many_parcels", {"most": MAX_PARCELS})
    for line_id, n in units.items():
        left[line_id] -= n
    return PlannedParcel(order, first.carrier, first.waybill, units, rows, first.guessed, known=False)
