"""What both pages of a return are made of: its rows, a fixed number of statements however many lines and messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.catalog.cache import catalogue
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.i18n import Text, both
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.carriers import CARRIERS
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.orders.page_parts import as_shape, as_text
from zhanggui.orders.shapes import ConsoleRefund
from zhanggui.returns import shapes
from zhanggui.returns.records import ReturnRecord
from zhanggui.returns.rules import EXCEPTIONS, FREE, LIMITS, Status, path, why
from zhanggui.returns.steps import freight_by
from zhanggui.returns.talk import messages_of
from zhanggui.wallets.queries import Moved, of_return
from zhanggui.wallets.rules import gone

LINES = statement(
    "returns.pages.lines",
    """
    SELECT r.order_line_id, r.sku_id, r.exchange_sku_id, r.quantity, r.accepted, r.entitled, r.amount, r.shelved,
           r.written_off, o.name, o.spec_text, o.picture_id, o.sku_code, o.quantity AS bought, o.unit_price, o.payable,
           o.fulfilled AS sent, o.refunded, o.return_exception AS exception, o.points, p.name AS location
    FROM return_line r JOIN order_line o ON o.store_id = r.store_id AND o.id = r.order_line_id
    LEFT JOIN stock_location p ON p.store_id = r.store_id AND p.id = r.location_id
    WHERE r.store_id = $1 AND r.return_id = $2 ORDER BY r.position
    """,
)
EVENTS = statement(
    "returns.pages.events",
    """
    SELECT from_status, to_status, actor, actor_name, reason, data, at FROM return_event
    WHERE store_id = $1 AND return_id = $2 ORDER BY id
    """,
)
REFUNDS = statement(
    "returns.pages.refunds",
    """
    SELECT id, amount, amount - coalesce(payer_amount, amount) AS coupon_amount, status, reason, created_at AS at, stuck
    FROM refund WHERE store_id = $1 AND cause_id = $2 ORDER BY id
    """,
)


class Parts(NamedTuple):
    """Rows of one return, and the pictures and specifications they name."""

    request: ReturnRecord
    lines: Sequence[Row]
    events: Sequence[Row]
    messages: Sequence[Row]
    refunds: list[ConsoleRefund]
    pictures: Mapping[UUID, Picture]
    specs: Mapping[UUID, Text]
    points: Moved

    @property
    def refund_stuck(self) -> bool:
        """A refund was refused by the provider, ended abnormal, or was closed there every time."""
        return any(refund.stuck for refund in self.refunds)


async def load_parts(rt: Runtime, conn: Connection, request: ReturnRecord) -> Parts:
    """Five statements; pictures and specifications from memory where they are known."""
    store_id = request.store_id
    lines = await conn.fetch(LINES, store_id, request.id)
    events = await conn.fetch(EVENTS, store_id, request.id)
    messages = await messages_of(conn, store_id, request.id)
    refunds = [as_shape(r, ConsoleRefund) for r in await conn.fetch(REFUNDS, store_id, request.id)]
    wanted = [*request.picture_ids, *request.appeal_picture_ids, *(x["picture_id"] for x in lines)]
    wanted += [i for m in messages for i in m["picture_ids"]]
    shown = await pictures(rt, store_id, wanted)
    specs: dict[UUID, Text] = {}
    exchanged = [x["exchange_sku_id"] for x in lines if x["exchange_sku_id"]]
    if exchanged:
        goods = (await catalogue(rt, store_id)).skus
        specs = {i: sku.spec_text for i in exchanged if (sku := goods.get(i)) is not None}
    points = await of_return(conn, store_id, request.order_id, request.id)
    return Parts(request, lines, events, messages, refunds, shown, specs, points)


def line_fields(parts: Parts, row: Row) -> dict[str, Any]:
    """What both sides see of a line."""
    return {
        "order_line_id": row["order_line_id"],
        "sku_id": row["sku_id"],
        "name": as_text(row["name"]),
        "spec_text": as_text(row["spec_text"]),
        "picture": parts.pictures.get(row["picture_id"]) if row["picture_id"] else None,
        "quantity": row["quantity"],
        "accepted": row["accepted"],
        "amount": row["amount"],
        "exchange_sku_id": row["exchange_sku_id"],
        "exchange_text": parts.specs.get(row["exchange_sku_id"]) if row["exchange_sku_id"] else None,
    }


def common_fields(parts: Parts) -> dict[str, Any]:
    """What both pages say of a return."""
    r = parts.request
    return {
        "id": r.id,
        "number": r.number,
        "order_id": r.order_id,
        "kind": r.kind,
        "reason": r.reason,
        "reason_text": why(r.reason, r.rule, r.description),
        "status": r.status,
        "description": r.description if r.rule else "",
        "fees": r.fees,
        "amount": r.amount,
        "currency": r.currency,
        "decided_by": r.decided_by,
        "reject_reason": r.reject_reason,
        "return_freight_by": freight_by(r.kind, r.reason),
        "created_at": r.created_at,
        "finished_at": r.finished_at,
        "pictures": chosen(parts, r.picture_ids),
        "carrier": r.carrier,
        "carrier_name": carrier_name(r.carrier),
        "waybill": r.waybill,
        "reship_carrier": r.reship_carrier,
        "reship_carrier_name": carrier_name(r.reship_carrier),
        "reship_waybill": r.reship_waybill,
        "appeal": _appeal(parts),
        "due_at": r.due_at,
        "due_outcome": due_outcome(r.status, r.due_at),
        "steps": _steps(parts),
        "events": [_event(row) for row in parts.events],
        "messages": [_message(parts, row) for row in parts.messages],
        "points": _points(parts),
    }


def _points(parts: Parts) -> shapes.ReturnPoints:
    """What the return has moved; before it is paid back, what the points on its units would give as the order is now."""
    request = parts.request
    if request.status in {"refunding", "refunded"}:
        return shapes.ReturnPoints(*parts.points, booked=True)
    if request.kind == "exchange" or request.status in FREE:
        return shapes.ReturnPoints(0, 0, booked=False)
    back = 0
    for row in parts.lines:
        units = row["quantity"] if row["accepted"] is None else row["accepted"]
        before, spent, bought = row["refunded"], row["points"], row["bought"]
        back += gone(spent, min(before + units, bought), bought) - gone(spent, before, bought)
    return shapes.ReturnPoints(back, 0, booked=False)


def chosen(parts: Parts, ids: Sequence[UUID]) -> list[Picture]:
    return [parts.pictures[i] for i in ids if i in parts.pictures]


def carrier_name(code: str | None) -> Text | None:
    return CARRIERS.get(code, Text(code, code)) if code else None


def due_outcome(status: Status, due_at: datetime | None) -> str | None:
    """What follows by itself at `due_at`."""
    limit = LIMITS.get(status)
    return limit.outcome if limit and due_at else None


def exception_text(code: str | None) -> Text | None:
    return EXCEPTIONS.get(code, Text(code, code)) if code else None


def _appeal(parts: Parts) -> shapes.AppealView | None:
    r = parts.request
    if r.appeal is None or r.appealed_at is None:
        return None
    return shapes.AppealView(
        state=r.appeal,
        reason=r.appeal_reason,
        pictures=chosen(parts, r.appeal_picture_ids),
        note=r.appeal_note,
        at=r.appealed_at,
    )


def _steps(parts: Parts) -> list[shapes.Step]:
    reached = {row["to_status"]: row["at"] for row in parts.events if row["from_status"] != row["to_status"]}
    r = parts.request
    return [shapes.Step(status, reached.get(status)) for status in path(r.kind, r.facts())]


def _event(row: Row) -> shapes.ReturnEvent:
    return shapes.ReturnEvent(
        from_status=row["from_status"],
        to_status=row["to_status"],
        text=both(f"timeline_return_{row['data'].get('what', row['to_status'])}", **row["data"]),
        actor=row["actor"],
        actor_name=row["actor_name"],
        reason=row["reason"],
        at=row["at"],
    )


def _message(parts: Parts, row: Row) -> shapes.Message:
    return shapes.Message(
        seq=row["seq"],
        side=row["side"],
        author=row["author"],
        text=row["body"],
        pictures=chosen(parts, row["picture_ids"]),
        at=row["at"],
    )
