"""Numbers that people read: order number, pick-up number, pick-up code; and the time to pay."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from zhanggui.core.db import Connection, statement
from zhanggui.core.ids import digits
from zhanggui.orders.rules import local_day
from zhanggui.promotions.rules import FlashHold
from zhanggui.stores.rules import DeliveryMethod, Store

CANDIDATES = 4  # drawn per number wanted; at 100 000 orders a day one draw in ten is taken already

COUNT = statement(
    "orders.numbers.count",
    """
    INSERT INTO daily_counter (store_id, name, day, value) VALUES ($1, 'pickup', $2, $3)
    ON CONFLICT (store_id, name, day) DO UPDATE SET value = daily_counter.value + excluded.value RETURNING value
    """,
)
TAKEN = statement(
    "orders.numbers.taken",
    """
    SELECT number AS taken FROM sales_order WHERE store_id = $1 AND number = ANY($2::text[])
    UNION ALL
    SELECT pickup_code FROM sales_order
    WHERE store_id = $1 AND pickup_code = ANY($3::text[]) AND pickup_code IS NOT NULL
      AND status NOT IN ('cancelled', 'completed')
    """,
)


class Numbers(NamedTuple):
    """`number` is unique in its store; the pick-up number runs per store and day; the code is secret and short-lived."""

    number: str
    pickup_number: str | None
    pickup_code: str | None


def pay_by(store: Store, placed_at: datetime, flash: FlashHold | None = None) -> datetime:
    """When an unpaid order is closed (UTC); a flash sale's own time holds where it is shorter."""
    seconds = store.settings.payment_minutes * 60
    return placed_at + timedelta(seconds=min(seconds, flash.pay_seconds) if flash else seconds)


async def give(
    conn: Connection, store: Store, at: datetime, methods: Sequence[DeliveryMethod]
) -> list[Numbers]:
    """Numbers for new orders, one per method; two statements.

    Candidates are drawn and those taken left out. A concurrent order may still take one first: the unique indexes
    refuse that, and placing runs again (`submit.CLASHES`). Pick-up numbers are counted for what a counter hands out.
    """
    day = local_day(store.timezone, at)
    prefix = day[2:].replace("-", "")
    called = [m != "express" for m in methods]
    last = await conn.fetchval(COUNT, store.id, day, sum(called)) if any(called) else 0
    serial = iter(range(last - sum(called) + 1, last + 1))
    drawn = _distinct(prefix, 6, CANDIDATES * len(methods))
    codes = _distinct("", 6, CANDIDATES * methods.count("pickup"))
    taken = {r["taken"] for r in await conn.fetch(TAKEN, store.id, drawn, codes)}
    free_numbers = iter([n for n in drawn if n not in taken])
    free_codes = iter([c for c in codes if c not in taken])
    return [
        Numbers(
            next(free_numbers),
            f"{next(serial):03d}" if is_called else None,
            next(free_codes) if method == "pickup" else None,
        )
        for method, is_called in zip(methods, called, strict=True)
    ]


def _distinct(prefix: str, length: int, count: int) -> list[str]:
    return list(dict.fromkeys(prefix + digits(length) for _ in range(count)))
