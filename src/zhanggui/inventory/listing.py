"""The console's stock list and journal: typed selects that never write."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, literal, or_, select
from sqlalchemy.sql.elements import SQLColumnExpression

from zhanggui.catalog.cache import catalogue
from zhanggui.catalog.tables import product, sku
from zhanggui.core import clock
from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.core.schema import metadata
from zhanggui.inventory.shapes import Movement, StockLocation, StockLocations, StockRow
from zhanggui.inventory.tables import stock, stock_location, stock_movement
from zhanggui.media.queries import pictures

PAGE = 50
LOW = 10  # units: at or below it a SKU is on the "low" list


def _available(now: datetime) -> SQLColumnExpression[int]:
    left = func.greatest(0, stock.c.on_hand - stock.c.reserved - stock.c.safety)
    return case((stock.c.sold_out_until > now, 0), else_=left)


def _rows(store_id: UUID, now: datetime, location_id: UUID) -> Select[*tuple[Any, ...]]:
    """Every SKU on the merchant's books: one that never had stock counts as empty."""
    zero, main = func.coalesce, location_id == store_id
    other = stock.alias("other")
    elsewhere = (
        select(func.coalesce(func.sum(other.c.on_hand), 0))
        .where(
            other.c.store_id == sku.c.store_id,
            other.c.sku_id == sku.c.id,
            other.c.location_id != location_id,
        )
        .scalar_subquery()
    )
    return (
        select(
            sku.c.id,
            sku.c.product_id,
            sku.c.code,
            zero(stock.c.on_hand, 0).label("on_hand"),
            zero(stock.c.reserved, 0).label("reserved"),
            (zero(_available(now), 0) if main else literal(0)).label("available"),
            zero(stock.c.sold_out_until > now, False).label("sold_out"),  # SQL's coalesce
            elsewhere.label("elsewhere"),
            zero(stock.c.updated_at, product.c.updated_at).label("updated_at"),
        )
        .join(product, and_(product.c.store_id == sku.c.store_id, product.c.id == sku.c.product_id))
        .outerjoin(
            stock,
            and_(
                stock.c.store_id == sku.c.store_id,
                stock.c.sku_id == sku.c.id,
                stock.c.location_id == location_id,
            ),
        )
        .where(sku.c.store_id == store_id, sku.c.active)
    )


async def list_stock(
    rt: Runtime, store_id: UUID, q: str, low: bool, location_id: UUID | None, cursor: str | None
) -> Page[StockRow]:
    """By SKU code, 50 a page; `q` matches code or product name, `low` only what runs out (units ≤ 10).

    At another location than the main one only what lies there.
    """
    now = clock.now()
    after = decode_cursor(cursor, tuple[str])
    query = _rows(store_id, now, location_id or store_id).order_by(sku.c.code).limit(PAGE + 1)
    if after:
        query = query.where(sku.c.code > after[0])
    if location_id not in {None, store_id}:
        query = query.where(stock.c.on_hand > 0)
    if low:
        query = query.where(func.coalesce(_available(now), 0) <= LOW)
    if q.strip():
        query = query.where(_matches(q.strip()))
    items = await _read(rt, store_id, query)
    return Page(items[:PAGE], encode_cursor(items[PAGE - 1].code) if len(items) > PAGE else None)


async def stock_rows(
    rt: Runtime, store_id: UUID, sku_ids: Sequence[UUID], location_id: UUID | None = None
) -> list[StockRow]:
    """The rows of these SKUs, by code."""
    query = (
        _rows(store_id, clock.now(), location_id or store_id)
        .where(sku.c.id.in_(sku_ids))
        .order_by(sku.c.code)
    )
    return await _read(rt, store_id, query)


async def list_locations(rt: Runtime, store_id: UUID) -> StockLocations:
    """Where the store keeps units, and how many; two statements."""
    held = (
        select(stock.c.location_id, func.sum(stock.c.on_hand).label("units"), func.count().label("skus"))
        .join(sku, and_(sku.c.store_id == stock.c.store_id, sku.c.id == stock.c.sku_id))
        .where(stock.c.store_id == store_id, stock.c.on_hand > 0, sku.c.active)
        .group_by(stock.c.location_id)
    )
    open_ones = (
        select(stock_location.c.id, stock_location.c.name)
        .where(stock_location.c.store_id == store_id, stock_location.c.closed_at.is_(None))
        .order_by(stock_location.c.id)
    )
    async with rt.reads.connect() as conn:
        units = {row.location_id: (row.units, row.skus) for row in await conn.execute(held)}
        named = [(row.id, row.name) for row in await conn.execute(open_ones)]
    return StockLocations(
        [
            StockLocation(id=i, name=name, main=i == store_id, units=count[0], skus=count[1])
            for i, name in [(store_id, ""), *named]
            for count in [units.get(i, (0, 0))]
        ]
    )


async def list_movements(rt: Runtime, store_id: UUID, sku_id: UUID, cursor: str | None) -> Page[Movement]:
    """The journal of a SKU, newest first, 50 a page."""
    after = decode_cursor(cursor, tuple[UUID])
    # An order's number is a higher floor's column, read for display only.
    sales_order = metadata.tables["sales_order"]
    m = stock_movement.c
    query = (
        select(
            m.id,
            m.kind,
            m.on_hand_delta,
            m.reserved_delta,
            m.on_hand_after,
            m.reserved_after,
            m.reason,
            m.actor,
            stock_location.c.name.label("location"),
            sales_order.c.number.label("order_number"),
            m.at,
        )
        .outerjoin(sales_order, and_(sales_order.c.store_id == m.store_id, sales_order.c.id == m.ref_id))
        .outerjoin(
            stock_location,
            and_(stock_location.c.store_id == m.store_id, stock_location.c.id == m.location_id),
        )
        .where(m.store_id == store_id, m.sku_id == sku_id)
        .order_by(m.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(m.id < after[0])
    async with rt.reads.connect() as conn:
        items = [Movement(**row) for row in (await conn.execute(query)).mappings()]
        if (
            not items
            and await conn.scalar(select(sku.c.id).where(sku.c.store_id == store_id, sku.c.id == sku_id))
            is None
        ):
            raise not_found("sku")
    return Page(items[:PAGE], encode_cursor(items[PAGE - 1].id) if len(items) > PAGE else None)


def _matches(q: str) -> ColumnElement[bool]:
    name = func.concat_ws(" ", product.c.name["zh"].astext, product.c.name["en"].astext)
    return or_(sku.c.code.ilike(_like(q), escape="\\"), cast(name, Text).ilike(_like(q), escape="\\"))


def _like(q: str) -> str:
    escaped = q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"


async def _read(rt: Runtime, store_id: UUID, query: Select[*tuple[Any, ...]]) -> list[StockRow]:
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query)).mappings())
    views = (await catalogue(rt, store_id)).skus
    known = [(row, views[row["id"]]) for row in rows if row["id"] in views]
    shown = await pictures(rt, store_id, [view.picture_id for _, view in known])
    return [
        StockRow(
            sku_id=row["id"],
            product_id=row["product_id"],
            code=row["code"],
            name=view.name,
            spec_text=view.spec_text,
            picture=shown.get(view.picture_id) if view.picture_id else None,
            on_hand=row["on_hand"],
            reserved=row["reserved"],
            available=row["available"],
            sold_out=row["sold_out"],
            elsewhere=row["elsewhere"],
            updated_at=row["updated_at"],
        )
        for row, view in known
    ]
