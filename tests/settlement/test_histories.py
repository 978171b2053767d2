"""Random histories of two stores: whatever happens in whatever order, each store's book is zero and is what the platform holds."""

import random
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from tests.ledger.books import balance, book_holds
from tests.payments.together import Pair
from tests.payments.world import OpenWorld, Order, World
from tests.settlement.sharing import Sharing
from tests.settlement.test_withdrawals import approve, ask, left, row
from zhanggui.core.db import Connection, in_transaction
from zhanggui.ledger.chart import clearing
from zhanggui.orders.cancel import cancel_unpaid, close_orders
from zhanggui.orders.rules import SYSTEM, Actor
from zhanggui.payments.refund import NewRefund, request_refunds

STEPS = [
    "pay",
    "pay",
    "together",
    "late",
    "refund",
    "refund",
    "complete",
    "complete",
    "withdraw",
    "jobs",
    "minute",
]
ABNORMAL = "SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE store_id = $1 AND status = 'abnormal'"
FOREIGN = """
    SELECT count(*) FROM ledger_entry e
    WHERE e.store_id = $1 AND e.order_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM sales_order o WHERE o.store_id = $1 AND o.id = e.order_id)
"""


@dataclass
class History:
    """A store that shares its payments, one that does not, and what has happened to both."""

    sharing: Sharing
    other: World
    dice: random.Random
    paid: list[tuple[World, Order]] = field(default_factory=list[tuple[World, Order]])
    late: list[tuple[World, Order]] = field(default_factory=list[tuple[World, Order]])
    left: dict[UUID, int] = field(default_factory=dict[UUID, int])
    open: list[Order] = field(default_factory=list[Order])

    @property
    def world(self) -> World:
        return self.dice.choice([self.sharing.world, self.other])

    def price(self) -> int:
        return self.dice.choice([1, 83, 84, 9_999, self.dice.randint(2, 60_000)])

    def _got(self, world: World, order: Order) -> None:
        self.paid.append((world, order))
        self.left[order.id] = order.total
        if world is self.sharing.world:
            self.open.append(order)

    async def pay(self) -> None:
        world = self.world
        order = await world.order(price=self.price())
        await world.pay(order)
        self._got(world, order)

    async def together(self) -> None:
        """One payment for an order of each store."""
        tea, bag = self.sharing.world, self.other
        first = await tea.order(price=self.price())
        pair = Pair(tea, bag, first, await bag.order(price=self.price(), of=first))
        _, prepay_id = await pair.ready()
        await tea.sandbox.approve(prepay_id)
        for world, order in pair.both:
            self._got(world, order)

    async def late_payment(self) -> None:
        """Money for an order that has been cancelled meanwhile."""
        world = self.world
        order = await world.order(price=self.price())
        _, prepay_id = await world.ready(order)

        async def cancel(conn: Connection) -> None:
            await close_orders(conn, world.store_id, [order.id], SYSTEM, "x")
            await cancel_unpaid(conn, world.store_id, [order.id], SYSTEM, "x")

        await in_transaction(world.rt.db, cancel)
        await world.sandbox.approve(prepay_id)
        self.late.append((world, order))

    async def refund(self) -> None:
        """A part of a paid order goes back, or all that is left of it."""
        due = [(w, o) for w, o in self.paid if self.left[o.id] > 0]
        if not due:
            return
        world, order = self.dice.choice(due)
        rest = self.left[order.id]
        amount = rest if self.dice.random() < 0.3 else self.dice.randint(1, rest)
        self.left[order.id] -= amount

        async def work(conn: Connection) -> None:
            await conn.fetchval("SELECT id FROM sales_order WHERE id = $1 FOR UPDATE", order.id)
            attempt = await conn.fetchval(
                "SELECT id FROM payment_attempt WHERE store_id = $1 AND order_id = $2 AND status = 'succeeded'",
                world.store_id,
                order.id,
            )
            wish = NewRefund(order.id, attempt, amount, "CNY", "退", "after_sale", Actor("system"))
            await request_refunds(conn, world.store_id, [wish])

        await in_transaction(world.rt.db, work)

    async def complete(self) -> None:
        if self.open:
            await self.sharing.complete(self.open.pop(self.dice.randrange(len(self.open))))

    async def withdraw(self) -> None:
        """The leader asks for some of what he has; most of the time he confirms it."""
        have = await left(self.sharing)
        if have < 100:
            return
        withdrawal = await ask(self.sharing, self.dice.randint(100, have))
        await approve(self.sharing, withdrawal)
        package = (await row(self.sharing, withdrawal))["package_info"]
        if package and self.dice.random() < 0.7:
            told = {"openid": self.sharing.openid}
            await self.sharing.world.sandbox.call("POST", f"/transfers/{package}/confirm", told)

    async def step(self, name: str) -> None:
        match name:
            case "late":
                await self.late_payment()
            case "jobs":
                await self.sharing.world.run_jobs()
            case "minute":
                await self.sharing.minute()
            case _:
                await getattr(self, name)()

    async def check(self) -> None:
        """Order, ledger and platform, to the fen, store by store; nothing of one is in the other's book."""
        for world, order in (*self.paid, *self.late):
            await world.three_sides(order)
        for world in (self.sharing.world, self.other):
            db, store = world.rt.db, world.store_id
            await book_holds(db, store)
            assert await db.fetchval(FOREIGN, store) == 0
            there = (await world.sandbox.call("GET", f"/balances/{world.account.mchid}"))["total"]
            held, _ = await balance(db, store, clearing(world.account.id))
            assert held - await db.fetchval(ABNORMAL, store) == there


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_the_books_are_zero_and_what_the_platform_holds(
    sharing: Sharing, opened: OpenWorld, seed: int
) -> None:
    dice = random.Random(seed)
    world = sharing.world
    await sharing.policy(withdraw_max=100_000, withdraw_daily=100, advance_refunds=True)
    history = History(sharing, await opened(), dice)
    outcomes = dice.choices(["SUCCESS", "ABNORMAL", "CLOSED"], [6, 1, 1], k=6)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": outcomes})
    for name in ["pay", "together", *dice.choices(STEPS, k=12)]:
        await history.step(name)
    while history.open:
        await history.complete()
    await sharing.minute()
    await sharing.finish()
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": []})
    await history.check()
