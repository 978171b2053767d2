"""Sales in the console: the list, the form's sale, the figures. Typed selects that never write."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, and_, func, select

from zhanggui.catalog.cache import SkuView, catalogue
from zhanggui.core import clock
from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.inventory.tables import reservation
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.promotions.rules import Status
from zhanggui.promotions.shapes import (
    ConsoleFlashItem,
    ConsoleFlashSale,
    FlashFigures,
    FlashMinute,
    FlashSaleRow,
)
from zhanggui.promotions.tables import flash_item, flash_movement, flash_place, flash_sale

PAGE = 50
MINUTES = 1_440


async def list_sales(
    rt: Runtime, store_id: UUID, status: Status | None, cursor: str | None
) -> Page[FlashSaleRow]:
    """Sales, the newest first."""
    of_item = flash_item.c
    query = (
        select(
            flash_sale.c.id,
            flash_sale.c.name,
            flash_sale.c.status,
            flash_sale.c.starts_at,
            flash_sale.c.ends_at,
            flash_sale.c.version,
            func.count(of_item.sku_id),
            func.coalesce(func.sum(of_item.units), 0),
            func.coalesce(func.sum(of_item.free), 0),
            func.coalesce(func.sum(of_item.held), 0),
            func.coalesce(func.sum(of_item.ordered), 0),
            func.coalesce(func.sum(of_item.returned), 0),
        )
        .outerjoin(
            flash_item, and_(of_item.store_id == flash_sale.c.store_id, of_item.sale_id == flash_sale.c.id)
        )
        .where(flash_sale.c.store_id == store_id)
        .group_by(flash_sale.c.store_id, flash_sale.c.id)
        .order_by(flash_sale.c.id.desc())
        .limit(PAGE + 1)
    )
    if status is not None:
        query = query.where(flash_sale.c.status == status)
    before = decode_cursor(cursor, tuple[UUID])
    if before is not None:
        query = query.where(flash_sale.c.id < before[0])
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).all()
    items = [
        FlashSaleRow(
            id=r[0],
            name=msgspec.convert(r[1], Text),
            status=r[2],
            starts_at=r[3],
            ends_at=r[4],
            version=r[5],
            items=r[6],
            units=int(r[7]),
            free=int(r[8]),
            held=int(r[9]),
            ordered=int(r[10]),
            returned=int(r[11]),
        )
        for r in rows[:PAGE]
    ]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


async def read_sale(rt: Runtime, store_id: UUID, sale_id: UUID) -> ConsoleFlashSale:
    """One sale with its items. Raises 404."""
    async with rt.reads.connect() as conn:
        sale = (
            await conn.execute(
                select(flash_sale).where(flash_sale.c.store_id == store_id, flash_sale.c.id == sale_id)
            )
        ).first()
        if sale is None:
            raise not_found("flash sale")
        rows = (
            await conn.execute(
                select(flash_item)
                .where(flash_item.c.store_id == store_id, flash_item.c.sale_id == sale_id)
                .order_by(flash_item.c.position)
            )
        ).all()
    skus = (await catalogue(rt, store_id)).skus
    views = {r.sku_id: skus[r.sku_id] for r in rows if r.sku_id in skus}
    shown = await pictures(rt, store_id, (v.picture_id for v in views.values()))
    coming = sale.status == "scheduled" and clock.now() < sale.starts_at
    return ConsoleFlashSale(
        id=sale.id,
        name=msgspec.convert(sale.name, Text),
        status=sale.status,
        starts_at=sale.starts_at,
        ends_at=sale.ends_at,
        reserve_seconds=sale.reserve_seconds,
        pay_seconds=sale.pay_seconds,
        version=sale.version,
        editable=sale.status == "draft" or coming,
        items=[_item(r, views.get(r.sku_id), shown) for r in rows],
    )


def _item(row: Row[Any], view: SkuView | None, shown: Mapping[UUID, Picture]) -> ConsoleFlashItem:
    return ConsoleFlashItem(
        sku_id=row.sku_id,
        sku_code=view.sku_code if view else "",
        name=view.name if view else Text(),
        spec_text=view.spec_text if view else Text(),
        picture=shown.get(view.picture_id) if view and view.picture_id else None,
        price=row.price,
        sku_price=view.price if view else row.price,
        per_buyer=row.per_buyer,
        stock_units=row.planned,
        units=row.units,
        free=row.free,
        held=row.held,
        ordered=row.ordered,
        returned=row.returned,
    )


async def figures(rt: Runtime, store_id: UUID, sale_id: UUID) -> FlashFigures:
    """How a sale goes, by minute (the last MINUTES that something happened in). Raises 404."""
    await read_sale(rt, store_id, sale_id)
    of = flash_movement.c
    minute = func.date_trunc("minute", of.at)
    moved = (
        select(minute, of.kind, func.sum(of.places))
        .where(of.store_id == store_id, of.sale_id == sale_id, of.places > 0)
        .group_by(minute, of.kind)
    )
    paid_minute = func.date_trunc("minute", reservation.c.settled_at)
    paid = (
        select(paid_minute, func.count())
        .select_from(flash_place)
        .join(
            reservation,
            and_(
                reservation.c.store_id == flash_place.c.store_id,
                reservation.c.holder_id == flash_place.c.order_id,
                reservation.c.sku_id == flash_place.c.sku_id,
            ),
        )
        .where(
            flash_place.c.store_id == store_id,
            flash_place.c.sale_id == sale_id,
            flash_place.c.state == "ordered",  # one that was paid and given back is no sale
            reservation.c.state == "consumed",
        )
        .group_by(paid_minute)
    )
    async with rt.reads.connect() as conn:
        rows = [(r[0], r[1], int(r[2])) for r in (await conn.execute(moved)).all()]
        rows += [(r[0], "paid", int(r[1])) for r in (await conn.execute(paid)).all()]
    return _figures(rows)


def _figures(rows: Sequence[tuple[datetime, str, int]]) -> FlashFigures:
    total: dict[str, int] = {}
    by_minute: dict[datetime, dict[str, int]] = {}
    for at, kind, count in rows:
        total[kind] = total.get(kind, 0) + count
        minute = by_minute.setdefault(at, {})
        minute[kind] = minute.get(kind, 0) + count
    return FlashFigures(
        places=total.get("hold", 0),
        orders=total.get("order", 0),
        paid=total.get("paid", 0),
        expired=total.get("expire", 0),
        returned=total.get("give_back", 0),
        by_minute=[
            FlashMinute(
                at,
                m.get("hold", 0),
                m.get("order", 0),
                m.get("paid", 0),
                m.get("expire", 0) + m.get("give_back", 0),
            )
            for at, m in sorted(by_minute.items())[-MINUTES:]
        ],
    )
