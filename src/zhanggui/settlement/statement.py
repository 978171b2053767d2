"""A store's account of a period, added up from its ledger: what changed the merchant's own money, and by which orders."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, or_, select

from zhanggui.core.errors import ShopError
from zhanggui.core.http import decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.ledger.chart import STORE_PAYABLE, account_id
from zhanggui.ledger.tables import ledger_entry
from zhanggui.orders.tables import sales_order
from zhanggui.settlement.shapes import Statement, StatementFigures, StatementOrder
from zhanggui.stores.queries import load as load_store

MOST_DAYS = 92
PAGE = 100
DONE = ("posted", "settled")
FIGURE: dict[str, str] = {
    "payment": "gross",
    "late_payment": "gross",
    "refund": "refunds",
    "refund_dropped": "refunds",
    "fee": "fees",
    "fee_returned": "fees",
    "split": "splits",
    "split_returned": "splits",
    "coupon_refund": "refunds",
    "subsidy": "subsidies",
    "subsidy_returned": "subsidies",
    "discount": "discounts",
    "discount_returned": "discounts",
    "withdrawal": "withdrawals",
}
"""Kind of entry → figure of the statement; every other kind is an adjustment."""
e = ledger_entry.c


class Period(NamedTuple):
    """The store's days, both included, and the instants (UTC) that they begin and end at."""

    from_: date
    to: date
    since: datetime
    until: datetime


async def period(rt: Runtime, store_id: UUID, from_: date, to: date) -> Period:
    """Raises 422 `statement_period` for days in the wrong order or more than 92."""
    if not timedelta() <= to - from_ < timedelta(days=MOST_DAYS):
        raise ShopError("statement_period", 422, field="to")
    zone = ZoneInfo((await load_store(rt, store_id)).timezone)
    since = datetime.combine(from_, time(), zone).astimezone(UTC)
    return Period(from_, to, since, datetime.combine(to + timedelta(days=1), time(), zone).astimezone(UTC))


async def statement(rt: Runtime, store_id: UUID, of: Period, cursor: str | None) -> Statement:
    """Figures of the period and its orders, a hundred a page; five statements."""
    after = decode_cursor(cursor, tuple[str])
    async with rt.reads.connect() as conn:
        opening = await _balance(conn, store_id, of.since)
        closing = await _balance(conn, store_id, of.until)
        grouped = await conn.execute(
            select(e.kind, func.sum(_signed(store_id))).where(*_within(store_id, of)).group_by(e.kind)
        )
        figures = _figures((kind, int(amount)) for kind, amount in grouped)
        people = await conn.scalar(
            select(func.coalesce(func.sum(e.amount), 0)).where(
                e.store_id == store_id,
                e.kind == "withdrawal",
                e.phase == "settled",
                e.key.like("receiver-withdrawal/%"),
                e.at >= of.since,
                e.at < of.until,
            )
        )
        orders = await _orders(conn, store_id, of, after[0] if after else None, PAGE + 1)
    following = encode_cursor(str(orders[PAGE - 1].order_id or "")) if len(orders) > PAGE else None
    return Statement(of.from_, of.to, opening, figures, closing, int(people or 0), orders[:PAGE], following)


async def all_orders(rt: Runtime, store_id: UUID, of: Period, most: int) -> list[StatementOrder]:
    """The period's orders for a spreadsheet, at most `most`."""
    async with rt.reads.connect() as conn:
        return await _orders(conn, store_id, of, None, most)


def _payable(store_id: UUID) -> UUID:
    return account_id(store_id, STORE_PAYABLE)


def _signed(store_id: UUID) -> ColumnElement[int]:
    return case((e.credit_id == _payable(store_id), e.amount), else_=-e.amount)


def _within(store_id: UUID, of: Period) -> list[ColumnElement[bool]]:
    payable = _payable(store_id)
    return [
        e.store_id == store_id,
        or_(e.debit_id == payable, e.credit_id == payable),
        e.phase.in_(DONE),
        e.at >= of.since,
        e.at < of.until,
    ]


async def _balance(conn: Any, store_id: UUID, until: datetime) -> int:
    payable = _payable(store_id)
    query = select(func.coalesce(func.sum(_signed(store_id)), 0)).where(
        e.store_id == store_id,
        or_(e.debit_id == payable, e.credit_id == payable),
        e.phase.in_(DONE),
        e.at < until,
    )
    return int(await conn.scalar(query))


async def _orders(
    conn: Any, store_id: UUID, of: Period, after: str | None, most: int
) -> list[StatementOrder]:
    """Newest order first; what concerns no order comes last."""
    ids = select(e.order_id).where(*_within(store_id, of)).group_by(e.order_id)
    if after is not None:
        ids = ids.where(e.order_id < UUID(after)) if after else ids.where(e.order_id.is_(None))
    page = ids.order_by(e.order_id.desc().nulls_last()).limit(most).subquery()
    query = (
        select(e.order_id, sales_order.c.number, e.kind, func.sum(_signed(store_id)))
        .select_from(
            ledger_entry.join(page, page.c.order_id.is_not_distinct_from(e.order_id)).outerjoin(
                sales_order,
                (sales_order.c.store_id == e.store_id) & (sales_order.c.id == e.order_id),
            )
        )
        .where(*_within(store_id, of))
        .group_by(e.order_id, sales_order.c.number, e.kind)
        .order_by(e.order_id.desc().nulls_last())
    )
    found: dict[tuple[UUID | None, str], list[tuple[str, int]]] = {}
    for order_id, number, kind, amount in await conn.execute(query):
        found.setdefault((order_id, number or ""), []).append((kind, int(amount)))
    return [StatementOrder(order_id, number, _figures(sums)) for (order_id, number), sums in found.items()]


def _figures(sums: Iterable[tuple[str, int]]) -> StatementFigures:
    named: dict[str, int] = {}
    for kind, amount in sums:
        name = FIGURE.get(kind, "adjustments")
        named[name] = named.get(name, 0) + amount
    fields = (
        "gross", "refunds", "fees", "splits", "subsidies", "discounts", "withdrawals", "adjustments",
    )  # fmt: skip
    return StatementFigures(**{f: named.get(f, 0) for f in fields}, net=sum(named.values()))
