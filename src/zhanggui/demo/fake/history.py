"""Made-up orders over the past days: more in the evening and at weekends, a few goods in most of them.

They are completed and carry no stock movements or payment attempts: the stock was counted after them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.demo.fake.catalogue import FakeSku
from zhanggui.demo.fake.chance import Chance, Popularity

BUYERS_A_HUNDRED = 30
HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 10, 12, 9, 8, 8, 9, 10, 12, 15, 16, 14, 9, 4)
SHIPPING = 800
TOTALS = {"zh": "合计", "en": "Total"}


class OrderRows(NamedTuple):
    """One order's rows by table."""

    order: tuple[Any, ...]
    lines: list[tuple[Any, ...]]
    events: list[tuple[Any, ...]]


def buyers(chance: Chance, orders: int, until: datetime, days: int) -> list[tuple[Any, ...]]:
    """Rows of the customer table: about 30 buyers for each hundred orders."""
    at = until - timedelta(days=days + 1)
    count = max(1, orders * BUYERS_A_HUNDRED // 100)
    return [(chance.id_at(at), False, None, f"买家{n:06d}", None, None, None, "zh", at) for n in range(count)]


def orders(  # what a history is made of
    chance: Chance,
    store_id: UUID,
    customers: list[UUID],
    skus: list[FakeSku],
    count: int,
    until: datetime,
    days: int,
) -> Iterator[OrderRows]:
    """`count` orders over `days` days before `until` (UTC), in order of time."""
    wanted, regulars = Popularity(chance, len(skus)), Popularity(chance, len(customers), 0.6)
    times = sorted(_moment(chance, until, days) for _ in range(count))
    for n, at in enumerate(times):
        picked = {wanted.pick() for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4)))}
        lines = [(skus[i], chance.choice((1, 1, 1, 1, 2, 2, 3))) for i in sorted(picked)]
        yield _one(chance, store_id, customers[regulars.pick()], lines, n, at)


def _moment(chance: Chance, until: datetime, days: int) -> datetime:
    """An hour weighted as people shop; weekends a third more (others are drawn again)."""
    while True:
        day = until - timedelta(days=chance.randrange(1, days + 1))
        if day.weekday() >= 5 or chance.random() < 0.75:
            hour = chance.choices(range(24), HOURS)[0]
            return day.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
                hours=hour - 8, seconds=chance.randrange(3600)
            )


def _one(
    chance: Chance, store_id: UUID, customer: UUID, lines: list[tuple[FakeSku, int]], n: int, at: datetime
) -> OrderRows:
    order_id = chance.id_at(at)
    items = sum(sku.price * quantity for sku, quantity in lines)
    quantity = sum(q for _, q in lines)
    total = items + SHIPPING
    paid, done = at + timedelta(seconds=40), at + timedelta(days=3)
    order = (store_id, order_id, f"F{at:%y%m%d}{n:08d}", customer, "completed", None, "mp", "express", "CNY", items, 0, SHIPPING,
             0, 0, total, total, 0, quantity, [{"step": "total", "text": TOTALS, "amount": total}], "", 0, None, None,
             None, None, "", None, None, at, at + timedelta(minutes=15), paid, None, done, 0)  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (store_id, chance.id_at(at), order_id, position, sku.id, sku.product_id, sku.code,
         {"zh": sku.name.zh, "en": sku.name.en}, {"zh": sku.spec.zh, "en": sku.spec.en}, {"zh": "", "en": ""}, [], None, q,
         sku.price, sku.price * q, 0, sku.price * q, q, 0, sku.weight_g)
        for position, (sku, q) in enumerate(lines)
    ]  # fmt: skip
    steps = (("placed", None, "pending_payment", "buyer", at), ("paid", "pending_payment", "paid", "platform", paid),
             ("completed", "fulfilled", "completed", "system", done))  # fmt: skip
    events: list[tuple[Any, ...]] = [
        (store_id, chance.id_at(when), order_id, kind, before, after, actor, None, "", "", {}, when)
        for kind, before, after, actor, when in steps
    ]
    return OrderRows(order, rows, events)
