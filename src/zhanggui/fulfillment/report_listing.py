"""The console's list of shipping reports; never writes."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import RowMapping, and_, func, select

from zhanggui.core.http import decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.report_rules import State
from zhanggui.fulfillment.shapes import RefusedDeclaration, ReportPage, ReportRow
from zhanggui.fulfillment.tables import order_presale, shipping_report
from zhanggui.orders.page_parts import explained
from zhanggui.orders.tables import sales_order

r, o, p = shipping_report.c, sales_order.c, order_presale.c
MOST_DECLARATIONS = 50


async def list_reports(
    rt: Runtime, store_id: UUID, states: list[State], q: str, cursor: str | None, limit: int
) -> ReportPage:
    """Newest order first (`q`: the beginning of its number), with how many there are in each state and which declarations
    were refused; four statements."""
    after = decode_cursor(cursor, tuple[UUID])
    joined = shipping_report.join(sales_order, and_(o.store_id == r.store_id, o.id == r.order_id))
    conditions = [r.store_id == store_id]
    if q.strip():
        conditions.append(o.number.startswith(q.strip(), autoescape=True))
    count = select(r.state, func.count()).select_from(joined).where(*conditions).group_by(r.state)
    if states:
        conditions.append(r.state.in_(states))
    if after:
        conditions.append(r.order_id < after[0])
    page = (
        select(
            r.order_id,
            o.number,
            o.status,
            o.delivery_method,
            o.total,
            r.state,
            r.code,
            r.error,
            r.tries,
            func.jsonb_array_length(r.told).label("told"),
            r.updated_at,
        )
        .select_from(joined)
        .where(*conditions)
        .order_by(r.order_id.desc())
        .limit(limit + 1)
    )
    refused = (
        select(p.order_id, o.number, p.ships_by, p.code, p.error)
        .select_from(order_presale.join(sales_order, and_(o.store_id == p.store_id, o.id == p.order_id)))
        .where(p.store_id == store_id, p.state == "failed")
        .order_by(p.order_id.desc())
        .limit(MOST_DECLARATIONS)
    )
    both = select(
        select(func.count()).where(r.store_id == store_id, r.state == "failed").scalar_subquery()
        + select(func.count()).where(p.store_id == store_id, p.state == "failed").scalar_subquery()
    )
    async with rt.reads.connect() as conn:
        counts: dict[str, int] = {state: n for state, n in await conn.execute(count)}
        rows = list((await conn.execute(page)).mappings())
        declarations = [_shown(row, RefusedDeclaration) for row in (await conn.execute(refused)).mappings()]
        all_refused = int(await conn.scalar(both) or 0)
    items = [_shown(row, ReportRow) for row in rows[:limit]]
    following = encode_cursor(items[-1].order_id) if len(rows) > limit else None
    return ReportPage(items, following, {**counts, "all": sum(counts.values())}, declarations, all_refused)


def _shown(row: RowMapping, shape: type[Any]) -> Any:
    named = {str(name): value for name, value in row.items()}
    return msgspec.convert({**named, "explanation": explained(row["code"])}, shape)
