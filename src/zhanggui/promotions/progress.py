"""What buyers see of sales: encoded once, made anew at most every HALF_SECOND however many ask."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from zhanggui.catalog.cache import SkuView, catalogue
from zhanggui.core import clock
from zhanggui.core.db import Row, json_bytes, statement
from zhanggui.core.errors import not_found
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.promotions.shapes import FlashItem, FlashSale, FlashSales
from zhanggui.stores import queries as stores

HALF_SECOND = 0.5

LIVE = statement(
    "promotions.live",
    """
    SELECT id, name, status, starts_at, ends_at, reserve_seconds, pay_seconds FROM flash_sale
    WHERE store_id = $1 AND status = 'scheduled' AND ends_at > $2 ORDER BY starts_at, id LIMIT 20
    """,
)
ONE = statement(
    "promotions.one",
    """
    SELECT id, name, status, starts_at, ends_at, reserve_seconds, pay_seconds FROM flash_sale
    WHERE store_id = $1 AND id = $2 AND status <> 'draft'
    """,
)
ITEMS = statement(
    "promotions.live_items",
    """
    SELECT sale_id, sku_id, price, per_buyer, units, free FROM flash_item
    WHERE store_id = $1 AND sale_id = ANY($2::uuid[]) ORDER BY sale_id, position
    """,
)


class _Made(NamedTuple):
    at: float
    body: bytes


class Pages:
    """This process's encoded pages by store, and by sale for those that are over."""

    def __init__(self) -> None:
        self._made: dict[tuple[UUID, UUID | None], _Made] = {}
        self._making: dict[tuple[UUID, UUID | None], asyncio.Lock] = {}

    async def get(self, rt: Runtime, store_id: UUID, sale_id: UUID | None) -> bytes:
        """The page of a store's sales, or of one sale; one caller makes it and the others wait for that one."""
        key = (store_id, sale_id)
        known = self._made.get(key)
        if known is not None and time.monotonic() - known.at < HALF_SECOND:
            return known.body
        async with self._making.setdefault(key, asyncio.Lock()):
            known = self._made.get(key)
            if known is None or time.monotonic() - known.at >= HALF_SECOND:
                at = time.monotonic()
                body = json_bytes(await _make(rt, store_id, sale_id))
                if len(self._made) > 1_000:
                    self._made.clear()
                    self._making.clear()
                known = self._made[key] = _Made(at, body)
        return known.body


def pages(rt: Runtime) -> Pages:
    return rt.once("promotions.pages", Pages)


async def _make(rt: Runtime, store_id: UUID, sale_id: UUID | None) -> FlashSales | FlashSale:
    now = clock.now()
    sales = (
        await rt.db.fetch(LIVE, store_id, now)
        if sale_id is None
        else await rt.db.fetch(ONE, store_id, sale_id)
    )
    if sale_id is not None and not sales:
        raise not_found("flash sale")
    rows = await rt.db.fetch(ITEMS, store_id, [s["id"] for s in sales])
    skus = (await catalogue(rt, store_id)).skus
    views = {r["sku_id"]: skus[r["sku_id"]] for r in rows if r["sku_id"] in skus}
    shown = await pictures(rt, store_id, (v.picture_id for v in views.values()))
    zone = ZoneInfo((await stores.load(rt, store_id)).timezone)
    made = [
        _sale(store_id, zone, sale, [r for r in rows if r["sale_id"] == sale["id"]], views, shown, now)
        for sale in sales
    ]
    return made[0] if sale_id is not None else FlashSales(made, now)


def _sale(
    store_id: UUID,
    zone: ZoneInfo,
    sale: Row,
    rows: Sequence[Row],
    views: Mapping[UUID, SkuView],
    shown: Mapping[UUID, Picture],
    now: datetime,
) -> FlashSale:
    over = sale["status"] != "scheduled" or now >= sale["ends_at"]
    return FlashSale(
        id=sale["id"],
        store_id=store_id,
        name=msgspec.convert(sale["name"], Text),
        state="over" if over else "coming" if now < sale["starts_at"] else "running",
        starts_at=sale["starts_at"],
        ends_at=sale["ends_at"],
        utc_offset=int((sale["starts_at"].astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60),
        reserve_seconds=sale["reserve_seconds"],
        pay_seconds=sale["pay_seconds"],
        items=[_item(r, views[r["sku_id"]], shown) for r in rows if r["sku_id"] in views],
        now=now,
    )


def _item(row: Row, view: SkuView, shown: Mapping[UUID, Picture]) -> FlashItem:
    units, free = row["units"], row["free"]
    return FlashItem(
        sku_id=view.sku_id,
        product_id=view.product_id,
        name=view.name,
        spec_text=view.spec_text,
        picture=shown.get(view.picture_id) if view.picture_id else None,
        price=row["price"],
        list_price=view.price,
        per_buyer=row["per_buyer"],
        units=units,
        left=free,
        progress=100 * (units - free) // units if units else 0,
    )
