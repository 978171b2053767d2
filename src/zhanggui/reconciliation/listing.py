"""The console's runs and differences: typed selects that never write."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, func, or_, select

from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.orders.tables import sales_order
from zhanggui.payments.tables import payment_account
from zhanggui.reconciliation.rules import Difference, DifferenceStatus, Kind, can_finish, corrections
from zhanggui.reconciliation.shapes import BillDifference, BillRun, BillRuns
from zhanggui.reconciliation.tables import bill_difference, bill_run

PAGE = 50


class DifferenceFilter(msgspec.Struct, frozen=True):
    """Which differences to show; what is None does not count."""

    status: DifferenceStatus | None = "open"
    kind: Kind | None = None
    bill_date: date | None = None


async def list_runs(rt: Runtime, store_id: UUID, cursor: str | None) -> BillRuns:
    """By day, newest first, 50 a page."""
    r, d = bill_run.c, bill_difference.c
    left = (
        select(func.count())
        .where(
            d.store_id == r.store_id,
            d.account_id == r.account_id,
            d.bill_date == r.bill_date,
            d.status == "open",
        )
        .scalar_subquery()
    )
    query = (
        select(bill_run, payment_account.c.mchid, left.label("open"))
        .join(
            payment_account,
            and_(payment_account.c.store_id == r.store_id, payment_account.c.id == r.account_id),
        )
        .where(r.store_id == store_id)
        .order_by(r.bill_date.desc(), r.id.desc())
        .limit(PAGE + 1)
    )
    before = decode_cursor(cursor, tuple[date, UUID])
    if before:
        query = query.where(or_(r.bill_date < before[0], and_(r.bill_date == before[0], r.id < before[1])))
    waiting = select(func.count()).where(d.store_id == store_id, d.status == "open")
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).mappings().all()
        total = await conn.scalar(waiting) or 0
    items = [BillRun(**{name: row[name] for name in BillRun.__struct_fields__}) for row in rows[:PAGE]]
    following = encode_cursor(items[-1].bill_date, items[-1].id) if len(rows) > PAGE else None
    return BillRuns(items, following, total)


async def list_differences(
    rt: Runtime, store_id: UUID, wanted: DifferenceFilter, cursor: str | None
) -> Page[BillDifference]:
    """Newest first, 50 a page."""
    d = bill_difference.c
    query = _differences(store_id).order_by(d.id.desc()).limit(PAGE + 1)
    if wanted.status is not None:
        query = query.where(d.status == wanted.status)
    if wanted.kind is not None:
        query = query.where(d.kind == wanted.kind)
    if wanted.bill_date is not None:
        query = query.where(d.bill_date == wanted.bill_date)
    before = decode_cursor(cursor, tuple[UUID])
    if before:
        query = query.where(d.id < before[0])
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).mappings().all()
    items = [_difference(row) for row in rows[:PAGE]]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


async def one_difference(rt: Runtime, store_id: UUID, difference_id: UUID) -> BillDifference:
    """A difference of the store. Raises 404."""
    query = _differences(store_id).where(bill_difference.c.id == difference_id)
    async with rt.reads.connect() as conn:
        row = (await conn.execute(query)).mappings().one_or_none()
    if row is None:
        raise not_found("difference")
    return _difference(row)


def _differences(store_id: UUID) -> Select[Any]:
    d, account, order = bill_difference.c, payment_account.c, sales_order.c
    return (
        select(bill_difference, account.mchid, order.number.label("order_number"))
        .join(payment_account, and_(account.store_id == d.store_id, account.id == d.account_id))
        .outerjoin(sales_order, and_(order.store_id == d.store_id, order.id == d.order_id))
        .where(d.store_id == store_id)
    )


def _difference(row: Mapping[Any, Any]) -> BillDifference:
    found = msgspec.convert({name: row[name] for name in Difference.__struct_fields__}, Difference)
    held, fee = corrections(found)
    shown = {
        name: row[name]
        for name in BillDifference.__struct_fields__
        if name not in {"can_finish", "correction", "fee_correction"}
    }
    is_open = row["status"] == "open"
    return BillDifference(
        **shown, can_finish=is_open and can_finish(found), correction=held, fee_correction=fee
    )
