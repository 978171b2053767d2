"""Everything that can happen to a sale, all at once on several connections: nothing deadlocks and every unit is somewhere."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.promotions.flash import FLASH, ask, assert_sale_adds_up, counts, later, on_sale
from tests.support.api import Api, Caller
from tests.support.sale import assert_journal_adds_up, balance, line, order, place
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.orders.cancel import cancel_unpaid
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM
from zhanggui.promotions import schedule
from zhanggui.promotions.expire import expire_due
from zhanggui.worker import register_jobs

pytestmark = pytest.mark.race
CONTACT = {"name": "林小满", "phone": "13800138000"}


@pytest.fixture(autouse=True)
def _jobs_and_clock() -> Generator[None]:
    register_jobs()
    yield
    clock.reset()


@pytest.mark.parametrize("called_off", [False, True])
async def test_places_orders_ends_and_time_at_once(api: Api, called_off: bool) -> None:
    on = await on_sale(api, stock=60, units=30, per_buyer=2, reserve=30, pay=30, lasts=3_600)
    buyers = [await api.buyer() for _ in range(24)]
    paid: list[UUID] = []
    met = asyncio.Event()

    async def shop(i: int, buyer: Caller) -> None:
        for turn in range(3):
            answer = await ask(buyer, on)
            if answer.status_code != 201:
                assert answer.json()["code"] in {"flash_sold_out", "flash_ended", "flash_limit"}
                continue
            if turn == 1:
                met.set()
            if (i + turn) % 4 == 0:
                continue  # left to time
            body = order(on.store, [line(on.sku)], FLASH, flash_token=answer.json()["token"], contact=CONTACT)
            made = await place(buyer, body)
            if made.status_code != 201:
                assert made.json()["code"] == "flash_expired", made.text
                continue
            order_id = UUID(made.json()["orders"][0]["id"])
            if (i + turn) % 2:
                await in_transaction(
                    api.rt.db, lambda c, o=order_id: cancel_unpaid(c, on.store, [o], SYSTEM, "x")
                )
            else:
                payment = Payment(order_id, FLASH, clock.now())
                paid.extend(
                    await in_transaction(api.rt.db, lambda c, p=payment: mark_paid(c, on.store, [p], SYSTEM))
                )

    async def ordinary(buyer: Caller) -> None:
        for _ in range(3):
            await place(buyer, order(on.store, [line(on.sku)], 1000, contact=CONTACT))

    async def time_passes() -> None:
        for _ in range(12):
            clock.turn(timedelta(seconds=3))
            await in_transaction(api.rt.db, lambda c: expire_due(c, on.store, on.sale))
        await met.wait()
        if called_off:
            await schedule.cancel(api.rt, on.store, on.sale)

    await asyncio.gather(
        *(shop(i, buyer) for i, buyer in enumerate(buyers)),
        *(ordinary(buyer) for buyer in buyers[:6]),
        time_passes(),
    )
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert await api.rt.db.fetchval(deadlocks) == 0, "locks are not taken in one order"
    await assert_sale_adds_up(api.rt.db, on.store)
    await assert_journal_adds_up(api.rt.db, on.store)
    for seconds in (60, 3_600, 60):
        await later(api, seconds)
    assert await counts(api.rt.db, on) == (30, 0, 0, len(paid), 30 - len(paid))
    on_hand, reserved = await balance(api, on.store, on.sku)
    assert on_hand == 60 - len(paid)
    assert reserved <= 18  # ordinary orders, unpaid until their own time
    await assert_sale_adds_up(api.rt.db, on.store)
    await assert_journal_adds_up(api.rt.db, on.store)
