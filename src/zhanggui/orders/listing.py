"""The console's list of orders: typed selects on the reading engine, filters and sort from fixed lists; never writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Label, exists, func, or_, select

from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.http import decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.core.schema import metadata
from zhanggui.customers.phones import parse_phone
from zhanggui.orders.drafts import PHONE_PURPOSE
from zhanggui.orders.page_parts import buyer_text, open_contact, ticket_line
from zhanggui.orders.rules import Facts, Status, is_partly_shipped, merchant_actions
from zhanggui.orders.shapes import ConsoleOrderPage, ConsoleOrderRow, TicketLine
from zhanggui.orders.tables import order_line, sales_order
from zhanggui.stores.rules import DeliveryMethod

o = sales_order.c
COLUMNS = (o.id, o.number, o.status, o.refund_status, o.delivery_method, o.total, o.quantity, o.pickup_number,
           o.table_name, o.placed_at, o.paid_at, o.paid_amount, o.remark, o.contact_sealed)  # fmt: skip


ON_TICKET = 4  # lines of an order that its row shows


class Filter(NamedTuple):
    """What to list; `from_` inclusive and `to` exclusive are UTC, `q` is a number, phone, waybill or pick-up number,
    `presale` only what was sold in advance, `refund_stuck` only what has a refund that does not go on."""

    statuses: Sequence[Status] = ()
    methods: Sequence[DeliveryMethod] = ()
    from_: datetime | None = None
    to: datetime | None = None
    q: str = ""
    presale: bool = False
    refund_stuck: bool = False


async def list_orders(
    rt: Runtime, store_id: UUID, wanted: Filter, cursor: str | None, limit: int
) -> ConsoleOrderPage:
    """Newest first, with how many there are in each status under the other filters; five statements."""
    after = decode_cursor(cursor, tuple[UUID])
    conditions = _conditions(rt, store_id, wanted)
    count = select(o.status, func.count()).where(*conditions).group_by(o.status)
    if wanted.statuses:
        conditions.append(o.status.in_(wanted.statuses))
    if after:
        conditions.append(o.id < after[0])
    page = select(*COLUMNS, _ships_by()).where(*conditions).order_by(o.id.desc()).limit(limit + 1)
    async with rt.reads.connect() as conn:
        counts: dict[str, int] = {status: n for status, n in await conn.execute(count)}
        rows = list((await conn.execute(page)).mappings())
    shown = rows[:limit]
    items = await _rows(rt, store_id, shown)
    following = encode_cursor(shown[-1]["id"]) if len(rows) > limit else None
    return ConsoleOrderPage(items, following, {**counts, "all": sum(counts.values())})


async def find_by_code(rt: Runtime, store_id: UUID, pickup_code: str) -> ConsoleOrderRow:
    """The open order with this pick-up code. Raises 404 `not_found`."""
    query = select(*COLUMNS, _ships_by()).where(
        o.store_id == store_id,
        o.pickup_code == pickup_code,
        o.status.not_in(["cancelled", "completed"]),
    )
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query)).mappings())
    if not rows:
        raise not_found("order", "pickup_code")
    return (await _rows(rt, store_id, rows))[0]


def _ships_by() -> Label[Any]:
    """What an order promised when something in it was sold in advance: a higher floor's row, read only."""
    promise = metadata.tables["order_presale"].c
    found = select(promise.ships_by).where(promise.store_id == o.store_id, promise.order_id == o.id)
    return found.scalar_subquery().label("ships_by")


def _conditions(rt: Runtime, store_id: UUID, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [o.store_id == store_id]
    if wanted.methods:
        found.append(o.delivery_method.in_(wanted.methods))
    if wanted.from_:
        found.append(o.placed_at >= wanted.from_)
    if wanted.to:
        found.append(o.placed_at < wanted.to)
    if wanted.presale:
        promise = metadata.tables["order_presale"].c
        found.append(exists().where(promise.store_id == o.store_id, promise.order_id == o.id))
    if wanted.refund_stuck:
        refund = metadata.tables["refund"].c  # a higher floor's rows, read only
        found.append(
            exists().where(refund.store_id == o.store_id, refund.order_id == o.id, refund.stuck.is_not(None))
        )
    q = wanted.q.strip()
    if q:
        parcel = metadata.tables["fulfillment"].c  # a higher floor's rows, read only
        matches = [
            o.number.startswith(q, autoescape=True),
            o.pickup_number == q,
            exists().where(parcel.store_id == o.store_id, parcel.order_id == o.id, parcel.waybill == q),
        ]
        index = phone_index(rt, q)
        if index is not None:
            matches.append(o.contact_phone_index == index)
        found.append(or_(*matches))
    return found


def phone_index(rt: Runtime, q: str) -> bytes | None:
    """What orders of this phone number are found by; None for what is no phone number."""
    try:
        return rt.sealer.blind_index(parse_phone(q), PHONE_PURPOSE)
    except ShopError:  # not a phone number: the other columns are searched
        return None


async def _rows(rt: Runtime, store_id: UUID, rows: Sequence[Any]) -> list[ConsoleOrderRow]:
    """What a row shows beside its own columns: first lines, number of lines, states of fulfillments; three statements."""
    ids = [row["id"] for row in rows]
    line = order_line.c
    firsts = (
        select(line.order_id, line.name, line.spec_text, line.modifiers_text, line.quantity, line.cancelled)
        .where(line.store_id == store_id, line.order_id.in_(ids), line.position < ON_TICKET)
        .order_by(line.order_id, line.position)
    )
    numbers = (
        select(line.order_id, func.count())
        .where(line.store_id == store_id, line.order_id.in_(ids))
        .group_by(line.order_id)
    )
    travel = metadata.tables["fulfillment"].c
    states = select(travel.order_id, travel.status).where(
        travel.store_id == store_id, travel.order_id.in_(ids)
    )
    async with rt.reads.connect() as conn:
        tickets: dict[UUID, list[TicketLine]] = {}
        for row in (await conn.execute(firsts)).mappings():
            tickets.setdefault(row["order_id"], []).append(ticket_line(row))
        number: dict[UUID, int] = {i: n for i, n in await conn.execute(numbers)}
        state: dict[UUID, list[str]] = {}
        for i, status in await conn.execute(states):
            state.setdefault(i, []).append(status)
    facts = {
        row["id"]: Facts(
            row["status"],
            row["refund_status"],
            row["delivery_method"],
            row["paid_amount"],
            tuple(state.get(row["id"], ())),
        )
        for row in rows
    }
    return [
        ConsoleOrderRow(
            id=row["id"],
            number=row["number"],
            status=row["status"],
            refund_status=row["refund_status"],
            delivery_method=row["delivery_method"],
            total=row["total"],
            quantity=row["quantity"],
            first_line=tickets[row["id"]][0].name,
            line_count=number[row["id"]],
            ticket=tickets[row["id"]],
            remark=row["remark"],
            buyer=buyer_text(open_contact(rt.sealer, row)),
            pickup_number=row["pickup_number"],
            table=row["table_name"],
            placed_at=row["placed_at"],
            paid_at=row["paid_at"],
            partly_shipped=is_partly_shipped(facts[row["id"]]),
            ships_by=row["ships_by"],
            actions=merchant_actions(facts[row["id"]]),
        )
        for row in rows
    ]
