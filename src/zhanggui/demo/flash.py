"""The demo stores' daily flash sale, scheduled through the merchant's use cases: there is always one that runs or comes."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from zhanggui import inventory
from zhanggui.catalog.cache import SkuView, catalogue
from zhanggui.catalog.shapes import BoundedText
from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime
from zhanggui.promotions import schedule
from zhanggui.promotions.shapes import FlashItemInput, FlashSaleInput
from zhanggui.stores.queries import load as load_store

ACTOR = "掌柜"
NAME = BoundedText(zh="每日秒杀", en="Daily flash sale")
OPENS = time(7)
"""Local time; it ends at midnight."""

DAYS_AHEAD = 1
ITEMS = 3
UNITS = 4
PER_BUYER = 2
PLENTY = 4 * UNITS
KEPT_OUT = frozenset({"latte", "canvas-bag"})
"""What the walk-through buys at its ordinary price."""

SCHEDULED = statement(
    "demo.flash_sales",
    "SELECT starts_at FROM flash_sale WHERE store_id = $1 AND created_by = $2 AND status = 'scheduled'",
)


async def ensure(rt: Runtime, store_ids: tuple[UUID, ...]) -> int:
    """Schedule the sales of today and the days ahead that are missing; returns how many. Nothing where too little is left."""
    added = 0
    for store_id in store_ids:
        known = {row["starts_at"] for row in await rt.db.fetch(SCHEDULED, store_id, ACTOR)}
        zone = ZoneInfo((await load_store(rt, store_id)).timezone)
        for starts_at, ends_at in _days(zone):
            if starts_at in known:
                continue
            items = await _items(rt, store_id)
            if not items:
                break
            data = FlashSaleInput(name=NAME, starts_at=starts_at, ends_at=ends_at, items=items)
            sale_id = await schedule.save(rt, store_id, None, data, ACTOR)
            await schedule.schedule(rt, store_id, sale_id, ACTOR)
            added += 1
    return added


def _days(zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """(start, end) in UTC of today's sale and of those on the days ahead."""
    today = clock.now().astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
    return [
        (
            datetime.combine(day, OPENS, zone).astimezone(UTC),
            datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
        )
        for day in days
    ]


async def _items(rt: Runtime, store_id: UUID) -> list[FlashItemInput]:
    """The first few products that come in one piece and are there in plenty, a third off, to the jiao."""
    store = await catalogue(rt, store_id)
    firsts: list[SkuView] = [
        p.active_skus[0]
        for p in store.on_shelf
        if p.active_skus and not p.modifiers and p.code not in KEPT_OUT
    ]
    left = await inventory.availability(rt.db, store_id, [sku.sku_id for sku in firsts])
    chosen = [sku for sku in firsts if sku.sku_id in left and left[sku.sku_id].available >= PLENTY]
    return [
        FlashItemInput(sku.sku_id, max(10, sku.price * 2 // 3 // 10 * 10), UNITS, PER_BUYER)
        for sku in chosen[:ITEMS]
        if sku.price > 10
    ]
