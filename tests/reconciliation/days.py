"""Stores, a day of theirs at the provider, and the next morning's run."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from tests.payments.world import Order, World, open_world
from tests.support.sandbox import Sandbox
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import Actor
from zhanggui.payments.refund import NewRefund, request_refunds
from zhanggui.reconciliation.lines import Day
from zhanggui.reconciliation.rules import CHINA
from zhanggui.reconciliation.run import Outcome, run_day

STAFF = Actor("merchant", UUID(int=7), "店员")


@dataclass
class Days:
    """The module's platform and shop."""

    rt: Runtime
    sandbox: Sandbox
    shop: httpx.AsyncClient

    async def world(self, needs: timedelta = timedelta(minutes=10)) -> World:
        """A new store. Near midnight the platform goes ahead first, so that a test's day (`needs` of it) is one day."""
        now = await self.now()
        if (now + needs).date() != now.date():
            ahead = needs + timedelta(minutes=5)
            await self.sandbox.settle(ahead.total_seconds())
            clock.turn(ahead)
        return await open_world(self.rt, self.sandbox, self.shop)

    async def now(self) -> datetime:
        """The platform's time in Beijing."""
        return datetime.fromisoformat((await self.sandbox.call("GET", "/clock"))["time"]).astimezone(CHINA)

    async def today(self) -> date:
        return (await self.now()).date()

    async def morning(self, hour: int = 11) -> None:
        """Turn the platform to the next day, when the bills of this one are ready (from ten o'clock)."""
        now = await self.now()
        goal = (now + timedelta(days=1)).replace(hour=hour, minute=0, second=0)
        await self.sandbox.settle((goal - now).total_seconds())

    async def run(self, world: World, day: date) -> Outcome:
        return await run_day(self.rt, Day(world.store_id, world.account.id, day))

    async def differences(self, world: World, status: str = "open") -> list[Row]:
        """By subject, number and kind."""
        return await self.rt.db.fetch(
            "SELECT * FROM bill_difference WHERE store_id = $1 AND status = $2 ORDER BY subject, number, kind",
            world.store_id,
            status,
        )

    async def put(self, world: World, day: date, kind: str, number: str, **more: Any) -> None:
        """Have the platform's bills say something else."""
        order: dict[str, Any] = {
            "mchid": world.account.mchid,
            "bill_date": day.isoformat(),
            "kind": kind,
            "number": number,
            **more,
        }
        await self.sandbox.call("POST", "/bill-differences", order)


def open_days(rt: Runtime, sandbox: Sandbox, shop: httpx.AsyncClient) -> Days:
    return Days(rt, sandbox, shop)


async def give_back(world: World, order: Order, attempt_id: str, amount: int) -> str:
    """A partial refund, carried out to its end; returns its number at the provider."""

    async def work(conn: Connection) -> list[UUID]:
        await conn.fetchval("SELECT id FROM sales_order WHERE id = $1 FOR UPDATE", order.id)
        wish = NewRefund(order.id, UUID(attempt_id), amount, "CNY", "少一份", "after_sale", STAFF)
        return await request_refunds(conn, world.store_id, [wish])

    (refund_id,) = await in_transaction(world.rt.db, work)
    await world.run_jobs()
    await world.sandbox.settle(61)
    return refund_id.hex
