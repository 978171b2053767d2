"""The merchant's queue of returns and the operator's appeals: typed selects on the reading engine; never writes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from zhanggui.core import clock
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.orders.page_parts import buyer_text, open_contact
from zhanggui.orders.tables import order_line, sales_order
from zhanggui.returns.console_shapes import AppealRow, ConsoleReturnPage, ConsoleReturnRow
from zhanggui.returns.page_parts import due_outcome
from zhanggui.returns.rules import (
    WAITING,
    Appeal,
    Facts,
    Kind,
    Reason,
    Status,
    is_overdue,
    merchant_actions,
    why,
)
from zhanggui.returns.tables import return_line, return_request

r = return_request.c
o = sales_order.c
COLUMNS = (r.id, r.number, r.order_id, r.kind, r.reason, r.status, r.amount, r.currency, r.decided_by, r.rule,
           r.description, r.appeal, r.due_at, r.created_at, o.number.label("order_number"), o.contact_sealed)  # fmt: skip
JOINED = return_request.join(sales_order, and_(o.store_id == r.store_id, o.id == r.order_id))


class Filter(NamedTuple):
    """What to list; `waiting` leaves what the merchant has to act on, the most urgent first, `overdue` money that should have arrived; `q` is a number or waybill."""

    statuses: Sequence[Status] = ()
    kinds: Sequence[Kind] = ()
    reasons: Sequence[Reason] = ()
    waiting: bool = False
    overdue: bool = False
    q: str = ""


async def list_returns(
    rt: Runtime, store_id: UUID, wanted: Filter, cursor: str | None, limit: int
) -> ConsoleReturnPage:
    """Newest first (with `waiting` the earliest limit first), and counts by state; four statements."""
    conditions = _conditions(store_id, wanted)
    late = and_(r.status == "refunding", r.due_at <= clock.now())
    count = (
        select(r.status, func.count(), func.count().filter(late))
        .select_from(JOINED)
        .where(*conditions)
        .group_by(r.status)
    )
    if wanted.statuses:
        conditions.append(r.status.in_(wanted.statuses))
    urgent_first = wanted.waiting or wanted.overdue
    if urgent_first:
        urgent = decode_cursor(cursor, tuple[datetime, UUID])
        conditions.append(late if wanted.overdue else or_(r.status.in_(WAITING), late))
        if urgent:
            conditions.append(or_(r.due_at > urgent[0], and_(r.due_at == urgent[0], r.id > urgent[1])))
        order = (r.due_at, r.id)
    else:
        after = decode_cursor(cursor, tuple[UUID])
        if after:
            conditions.append(r.id < after[0])
        order = (r.id.desc(),)
    page = select(*COLUMNS).select_from(JOINED).where(*conditions).order_by(*order).limit(limit + 1)
    async with rt.reads.connect() as conn:
        found = list(await conn.execute(count))
        rows = list((await conn.execute(page)).mappings())
    shown = rows[:limit]
    following = None
    if len(rows) > limit:
        last = shown[-1]
        following = encode_cursor(last["due_at"], last["id"]) if urgent_first else encode_cursor(last["id"])
    counts: dict[str, int] = {status: n for status, n, _ in found}
    overdue = sum(n for _, _, n in found)
    waiting = sum(counts.get(s, 0) for s in WAITING) + overdue
    totals = {"all": sum(counts.values()), "waiting": waiting, "overdue": overdue}
    return ConsoleReturnPage(await _rows(rt, store_id, shown), following, {**counts, **totals})


async def list_appeals(
    rt: Runtime, store_id: UUID, state: Appeal, cursor: str | None, limit: int
) -> Page[AppealRow]:
    """The appeals of a store, the oldest first; one statement."""
    after = decode_cursor(cursor, tuple[UUID])
    conditions = [r.store_id == store_id, r.appeal == state]
    if after:
        conditions.append(r.id > after[0])
    query = (
        select(*COLUMNS, r.reject_reason, r.appeal_reason, r.appealed_at)
        .select_from(JOINED)
        .where(*conditions)
        .order_by(r.id)
        .limit(limit + 1)
    )
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query)).mappings())
    items = [
        AppealRow(
            id=row["id"],
            number=row["number"],
            order_number=row["order_number"],
            kind=row["kind"],
            reason_text=why(row["reason"], row["rule"], row["description"]),
            amount=row["amount"],
            currency=row["currency"],
            reject_reason=row["reject_reason"],
            appeal_reason=row["appeal_reason"],
            appeal_state=row["appeal"],
            due_at=row["due_at"],
            appealed_at=row["appealed_at"],
        )
        for row in rows[:limit]
    ]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > limit else None)


def _conditions(store_id: UUID, wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [r.store_id == store_id]
    if wanted.kinds:
        found.append(r.kind.in_(wanted.kinds))
    if wanted.reasons:
        found.append(r.reason.in_(wanted.reasons))
    q = wanted.q.strip()
    if q:
        found.append(or_(r.number == q, r.waybill == q, o.number == q))
    return found


async def _rows(rt: Runtime, store_id: UUID, rows: Sequence[Any]) -> list[ConsoleReturnRow]:
    """What a row shows beside its own columns: first line, units; one statement, pictures from memory."""
    line, bought = return_line.c, order_line.c
    query = (
        select(line.return_id, line.position, line.quantity, bought.name, bought.picture_id)
        .join(order_line, and_(bought.store_id == line.store_id, bought.id == line.order_line_id))
        .where(line.store_id == store_id, line.return_id.in_([row["id"] for row in rows]))
        .order_by(line.return_id, line.position)
    )
    lines: dict[UUID, list[Any]] = {row["id"]: [] for row in rows}
    async with rt.reads.connect() as conn:
        for found in (await conn.execute(query)).mappings():
            lines[found["return_id"]].append(found)
    shown = await pictures(rt, store_id, [x["picture_id"] for found in lines.values() for x in found[:1]])
    return [_row(rt, row, lines[row["id"]], shown) for row in rows]


def _row(rt: Runtime, row: Any, lines: Sequence[Any], shown: Any) -> ConsoleReturnRow:
    first = lines[0] if lines else None
    sealed = {"id": row["order_id"], "contact_sealed": row["contact_sealed"]}
    return ConsoleReturnRow(
        id=row["id"],
        number=row["number"],
        order_id=row["order_id"],
        order_number=row["order_number"],
        kind=row["kind"],
        reason=row["reason"],
        reason_text=why(row["reason"], row["rule"], row["description"]),
        status=row["status"],
        quantity=sum(x["quantity"] for x in lines),
        amount=row["amount"],
        currency=row["currency"],
        first_line=msgspec.convert(first["name"], Text) if first else Text(),
        picture=shown.get(first["picture_id"]) if first else None,
        buyer=buyer_text(open_contact(rt.sealer, sealed)),
        decided_by=row["decided_by"],
        rule=row["rule"],
        waiting=row["status"] in WAITING or is_overdue(row["status"], row["due_at"], clock.now()),
        due_at=row["due_at"],
        due_outcome=due_outcome(row["status"], row["due_at"]),
        created_at=row["created_at"],
        actions=merchant_actions(Facts(row["status"], row["kind"], row["appeal"], None)),
    )
