"""Numbers that people read: order number, pick-up number, pick-up code; and the time to pay."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import many_digits
from zhanggui.orders.rules import local_day
from zhanggui.promotions.rules import FlashHold
from zhanggui.stores.rules import DeliveryMethod, Store

SPARE = 4
"""Drawn besides half as many again as are wanted: at 100,000 orders a day one draw in ten is taken already."""

DRAWS = 20
NOT_CALLED: frozenset[DeliveryMethod] = frozenset({"express", "virtual"})

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
    """Numbers for new orders, one per method; two statements, unless a store has sold most of a day's numbers.

    Candidates are drawn and those taken left out. A concurrent order may still take one first: the unique indexes
    refuse that, and placing runs again (`submit.CLASHES`). Pick-up numbers are counted for what a counter hands out.
    """
    day = local_day(store.timezone, at)
    prefix = day[2:].replace("-", "")
    called = [m not in NOT_CALLED for m in methods]
    last = await conn.fetchval(COUNT, store.id, day, sum(called)) if any(called) else 0
    serial = iter(range(last - sum(called) + 1, last + 1))
    numbers, codes = await _free(conn, store, prefix, len(methods), methods.count("pickup"))
    return [
        Numbers(
            numbers.pop(),
            f"{next(serial):03d}" if is_called else None,
            codes.pop() if method == "pickup" else None,
        )
        for method, is_called in zip(methods, called, strict=True)
    ]


async def _free(
    conn: Connection, store: Store, prefix: str, numbers: int, codes: int
) -> tuple[list[str], list[str]]:
    """At least so many order numbers and pick-up codes that nobody has. Raises 503 `busy` when nearly all are taken."""
    free_numbers, free_codes = list[str](), list[str]()
    for _ in range(DRAWS):
        drawn, secret = _distinct(prefix, numbers), _distinct("", codes)
        taken = {r["taken"] for r in await conn.fetch(TAKEN, store.id, drawn, secret)}
        free_numbers = [n for n in drawn if n not in taken]
        free_codes = [c for c in secret if c not in taken]
        if len(free_numbers) >= numbers and len(free_codes) >= codes:
            return free_numbers, free_codes
    raise ShopError("busy", 503, retry_after=60)


def _distinct(prefix: str, wanted: int) -> list[str]:
    count = wanted + wanted // 2 + SPARE if wanted else 0
    return list(dict.fromkeys(prefix + drawn for drawn in many_digits(6, count)))
