"""The dashboard's selects; they only read."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, String, and_, cast, distinct, extract, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from zhanggui.core import clock
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.core.tables import job
from zhanggui.fulfillment.tables import shipping_report
from zhanggui.insights.shapes import Dashboard, Figures, Hour, Todo, TopProduct
from zhanggui.inventory.tables import stock
from zhanggui.orders.tables import order_line, sales_order
from zhanggui.payments.tables import refund
from zhanggui.reconciliation.tables import bill_difference, bill_run
from zhanggui.settlement.listing import waiting_splits
from zhanggui.settlement.tables import order_split, receiver_withdrawal
from zhanggui.stores.queries import load as load_store

LOW_STOCK = 5
TOP = 5
OPEN_REFUNDS = ("requested", "processing", "abnormal")


async def dashboard(rt: Runtime, store_id: UUID, *, money: bool) -> Dashboard:
    """Today so far (store's local day) against the same weekday last week until the same time.

    `money`: what the store's money needs is counted too.
    """
    store = await load_store(rt, store_id)
    now = clock.now()
    midnight = now.astimezone(ZoneInfo(store.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    since, week = midnight.astimezone(UTC), timedelta(days=7)
    async with rt.reads.connect() as conn:
        return Dashboard(
            today=await _figures(conn, store_id, since, now),
            last_week=await _figures(conn, store_id, since - week, now - week),
            by_hour=await _by_hour(conn, store_id, since, now, store.timezone),
            todo=await _todo(conn, store_id, money=money),
            top=await _top(conn, store_id, since, now),
        )


def _paid_within(store_id: UUID, since: datetime, until: datetime) -> ColumnElement[bool]:
    o = sales_order.c
    return and_(o.store_id == store_id, o.paid_at >= since, o.paid_at < until)


async def _figures(conn: AsyncConnection, store_id: UUID, since: datetime, until: datetime) -> Figures:
    o, r = sales_order.c, refund.c
    paid = (
        await conn.execute(
            select(
                func.coalesce(func.sum(o.paid_amount), 0), func.count(), func.count(distinct(o.customer_id))
            ).where(_paid_within(store_id, since, until))
        )
    ).one()
    back = await conn.scalar(
        select(func.coalesce(func.sum(r.amount), 0)).where(
            r.store_id == store_id, r.status == "succeeded", r.succeeded_at >= since, r.succeeded_at < until
        )
    )
    amount, orders, buyers = int(paid[0]), int(paid[1]), int(paid[2])
    return Figures(amount, orders, buyers, amount // orders if orders else 0, int(back or 0))


async def _by_hour(
    conn: AsyncConnection, store_id: UUID, since: datetime, until: datetime, timezone: str
) -> list[Hour]:
    o = sales_order.c
    hour = extract("hour", func.timezone(timezone, o.placed_at))
    rows = await conn.execute(
        select(hour, func.count(), func.coalesce(func.sum(o.paid_amount), 0))
        .where(o.store_id == store_id, o.placed_at >= since, o.placed_at < until)
        .group_by(hour)
    )
    found = {int(row[0]): Hour(int(row[0]), int(row[1]), int(row[2])) for row in rows}
    return [found.get(h, Hour(h, 0, 0)) for h in range(24)]


async def _todo(conn: AsyncConnection, store_id: UUID, *, money: bool) -> Todo:
    o = sales_order.c

    async def count(table: Any, *where: Any) -> int:
        return int(await conn.scalar(select(func.count()).select_from(table).where(*where)) or 0)

    paid = (o.store_id == store_id, o.status == "paid")
    made_here = o.delivery_method.in_(("pickup", "dine_in", "delivery"))
    todo = Todo(
        to_ship=await count(
            sales_order,
            o.store_id == store_id,
            o.status.in_(("paid", "preparing")),
            o.delivery_method == "express",
        ),
        to_prepare=await count(sales_order, *paid, or_(made_here, o.delivery_method == "virtual")),
        to_hand_over=await count(sales_order, o.store_id == store_id, o.status == "preparing", made_here),
        refunds=await count(refund, refund.c.store_id == store_id, refund.c.status.in_(OPEN_REFUNDS)),
        reports_failed=await count(
            shipping_report, shipping_report.c.store_id == store_id, shipping_report.c.state == "failed"
        ),
        low_stock=await count(
            stock,
            stock.c.store_id == store_id,
            stock.c.location_id == store_id,
            stock.c.on_hand - stock.c.reserved - stock.c.safety <= LOW_STOCK,
        ),
        dead_jobs=await count(job, job.c.store_id == store_id, job.c.state == "dead"),
        stuck_refunds=await count(refund, refund.c.store_id == store_id, refund.c.stuck.is_not(None)),
    )
    if money:
        d, run, split, w = bill_difference.c, bill_run.c, order_split.c, receiver_withdrawal.c
        todo.differences = await count(bill_difference, d.store_id == store_id, d.status == "open")
        todo.failed_bills = await count(
            bill_run, run.store_id == store_id, or_(run.status == "failed", run.book_holds.is_(False))
        )
        todo.withdrawals = await count(receiver_withdrawal, w.store_id == store_id, w.state == "requested")
        todo.stuck_splits = await count(order_split, split.store_id == store_id, split.state == "stuck")
        todo.unreturned_shares = await count(waiting_splits(store_id).subquery())
    return todo


async def _top(conn: AsyncConnection, store_id: UUID, since: datetime, until: datetime) -> list[TopProduct]:
    line = order_line.c
    units, amount = func.sum(line.quantity), func.sum(line.payable)
    name: ColumnElement[Any] = func.min(cast(line.name, String))
    rows = await conn.execute(
        select(line.product_id, name, units, amount)
        .join(sales_order, and_(sales_order.c.store_id == line.store_id, sales_order.c.id == line.order_id))
        .where(_paid_within(store_id, since, until), line.store_id == store_id)
        .group_by(line.product_id)
        .order_by(amount.desc(), line.product_id)
        .limit(TOP)
    )
    return [
        TopProduct(row[0], msgspec.json.decode(row[1], type=Text), int(row[2]), int(row[3])) for row in rows
    ]
