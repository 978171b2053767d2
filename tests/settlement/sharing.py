"""A store that shares its payments, the steps of an order's life, and the three sides compared: splits, ledger, platform."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.payments.world import Order, World
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.orders.moves import move
from zhanggui.orders.rules import SYSTEM, Actor
from zhanggui.payments.refund import NewRefund, request_refunds
from zhanggui.settings import Settings
from zhanggui.settlement import jobs as settlement_jobs
from zhanggui.settlement.policy import Policy, save_policy
from zhanggui.settlement.receivers import NewReceiver, add
from zhanggui.settlement.rule_book import add_rule
from zhanggui.settlement.shapes import RuleInput

assert settlement_jobs  # importing it registers the handlers

DELTA = """
    SELECT coalesce(sum(CASE WHEN credit_id = a.id THEN e.amount ELSE -e.amount END), 0)::bigint
    FROM ledger_account a JOIN ledger_entry e ON e.store_id = a.store_id AND a.id IN (e.debit_id, e.credit_id)
    WHERE a.store_id = $1 AND a.code = $2 AND e.phase IN ('posted', 'settled')
"""


@dataclass
class Sharing:
    """`partner` and `supplier` are merchants the provider pays, `leader` a person with a balance."""

    world: World
    mchids: dict[str, str]
    receivers: dict[str, UUID]
    openid: str
    leader_id: UUID
    settings: Settings

    @property
    def store_id(self) -> UUID:
        return self.world.store_id

    @property
    def returns_at(self) -> str:
        """Where receivers are asked to give back."""
        below = self.world.account.sub_mchid is not None
        return "/v3/ecommerce/profitsharing/returnorders" if below else "/v3/profitsharing/return-orders"

    async def paid(self, price: int = 10_000, quantity: int = 1) -> Order:
        """An order that was paid; its plan is made."""
        order = await self.world.order(price=price, quantity=quantity)
        await self.world.pay(order)
        await self.world.run_jobs()
        return order

    async def complete(self, order: Order) -> None:
        """The order is fulfilled and completed; nothing is split yet."""

        async def work(conn: Connection) -> None:
            await move(conn, self.store_id, [order.id], "paid", "fulfilled", SYSTEM)
            await move(conn, self.store_id, [order.id], "fulfilled", "completed", SYSTEM)

        await in_transaction(self.world.rt.db, work)

    async def minute(self) -> None:
        """Both clocks go on for more than a minute."""
        await self.world.sandbox.settle(61)
        await self.world.turn(70)

    async def finish(self) -> None:
        """Run jobs until splits, returns and refunds have come to their end."""
        for _ in range(12):
            await self.world.run_jobs()
            await self.world.sandbox.settle(61)
            await self.world.turn(61)
        await self.world.run_jobs()

    async def split(self, order: Order) -> None:
        """Complete the order and split its payment to the end."""
        await self.complete(order)
        await self.minute()
        await self.finish()

    async def refund(self, order: Order, amount: int) -> UUID:
        """Ask for a refund; its job waits to be run."""
        attempt = await self.attempt(order)

        async def work(conn: Connection) -> UUID:
            await conn.fetchval(
                "SELECT id FROM sales_order WHERE store_id = $1 AND id = $2 FOR UPDATE",
                self.store_id,
                order.id,
            )
            new = NewRefund(order.id, attempt["id"], amount, "CNY", "退一部分", "after_sale", Actor("system"))
            return (await request_refunds(conn, self.store_id, [new]))[0]

        return await in_transaction(self.world.rt.db, work)

    async def attempt(self, order: Order) -> Row:
        row = await self.world.rt.db.fetchrow(
            "SELECT id, transaction_id, profit_sharing FROM payment_attempt WHERE store_id = $1 AND order_id = $2",
            self.store_id,
            order.id,
        )
        assert row is not None
        return row

    async def row(self, order: Order) -> Row:
        """The order's split."""
        row = await self.world.rt.db.fetchrow(
            "SELECT * FROM order_split WHERE store_id = $1 AND order_id = $2", self.store_id, order.id
        )
        assert row is not None
        return row

    async def shares(self, order: Order) -> dict[str, tuple[str, int, int]]:
        """Receiver → (state, fen, fen given back)."""
        rows = await self.world.rt.db.fetch(
            """
            SELECT s.receiver_id, s.state, s.amount, s.returned FROM split_share s
            JOIN order_split o ON o.store_id = s.store_id AND o.id = s.split_id
            WHERE s.store_id = $1 AND o.order_id = $2
            """,
            self.store_id,
            order.id,
        )
        names = {i: name for name, i in self.receivers.items()}
        return {names[r["receiver_id"]]: (r["state"], r["amount"], r["returned"]) for r in rows}

    def known(self, shares: dict[str, tuple[str, int, int]]) -> dict[str, tuple[str, int, int]]:
        """Of these shares those whose receivers the store has."""
        return {name: share for name, share in shares.items() if name in self.receivers}

    async def refund_states(self, order: Order) -> list[tuple[str, int]]:
        return [(status, amount) for _, status, amount in await self.world.refunds(order)]

    async def held(self, order: Order) -> Any:
        """What the platform knows of the payment: total, refunded, split, returned, unsplit, own, ended."""
        return await self.world.sandbox.call(
            "GET", f"/sharing/{(await self.attempt(order))['transaction_id']}"
        )

    async def results(self, *, receivers: list[str] | None = None, returns: list[str] | None = None) -> None:
        """How the platform's next parts and returns fail; "" for success."""
        told = {"receivers": receivers or [], "returns": returns or []}
        await self.world.sandbox.call("POST", "/sharing/results", told)

    async def policy(self, **changes: Any) -> None:
        await save_policy(self.world.rt.db, self.store_id, Policy(**changes))

    async def agrees(self, *orders: Order) -> None:
        """Trial balance zero, balances the sums, clearing and shares as the platform has them, its bill too."""
        for order in orders:
            await self.world.three_sides(order)
        db = self.world.rt.db
        sides = await db.fetchrow(
            "SELECT sum(debits_posted) AS d, sum(credits_posted) AS c FROM ledger_account WHERE store_id = $1",
            self.store_id,
        )
        assert sides is not None
        assert sides["d"] == sides["c"]
        split = returned = at_platform = refunded = total = 0
        for order in orders:
            held = await self.held(order)
            split += held["split"]
            returned += held["returned"]
            at_platform += held["own"]
            refunded += held["refunded"]
            total += held["total"]
            shares = await self.shares(order)
            mine = [s for name, s in shares.items() if name != "leader" and s[0] == "paid"]
            assert sum(s[1] for s in mine) == held["split"]
            assert sum(s[2] for s in mine) == held["returned"]
        assert at_platform == total - refunded - split + returned
        clearing = -await db.fetchval(DELTA, self.store_id, "provider.clearing")
        assert clearing == at_platform


async def add_person(sharing: Sharing) -> UUID:
    """The leader as a receiver whose balance is kept here."""
    person = NewReceiver("leader", "balance", "PERSONAL_OPENID", sharing.openid, "团长", "张三")
    return await add(sharing.world.rt, sharing.store_id, new_id(), person, new_id().hex)


async def add_paid_person(sharing: Sharing) -> None:
    """A guide whom the provider pays 3 % directly."""
    guide = NewReceiver("referrer", "sharing", "PERSONAL_OPENID", f"openid-{new_id().hex}", "导购", "")
    sharing.receivers["guide"] = await add(sharing.world.rt, sharing.store_id, new_id(), guide, new_id().hex)
    await sharing.world.run_jobs()
    body = RuleInput(receiver_id=sharing.receivers["guide"], ratio=300)
    await add_rule(sharing.world.rt, sharing.store_id, new_id(), body, new_id().hex)


async def told(sharing: Sharing, order: Order) -> list[str]:
    """What people were told of the order's split, oldest first."""
    rows = await sharing.world.rt.db.fetch(
        "SELECT payload FROM event_log WHERE store_id = $1 AND topic = 'split.attention' AND entity_id = $2 ORDER BY id",
        sharing.store_id,
        order.id,
    )
    return [row["payload"]["error"] for row in rows]


async def open_sharing(world: World, settings: Settings, *, person: bool = True) -> Sharing:
    """Receivers registered at the platform and rules in force."""
    leader_id = new_id()
    sharing = Sharing(world, {}, {}, f"openid-{leader_id.hex}", leader_id, settings)
    await world.rt.db.execute(
        "INSERT INTO customer_identity (customer_id, id, provider, appid, subject, created_at)"
        " VALUES ($1, $2, 'wechat_mp', $3, $4, $5)",
        leader_id,
        new_id(),
        world.account.appid,
        sharing.openid,
        clock.now(),
    )
    for name, kind in (("partner", "merchant"), ("supplier", "supplier")):
        made = await world.sandbox.call("POST", "/merchants", {"name": f"{name}-{new_id().hex[-8:]}"})
        sharing.mchids[name] = made["mchid"]
        new = NewReceiver(kind, "sharing", "MERCHANT_ID", made["mchid"], name, made["name"])  # type: ignore[arg-type]  # from the list above
        sharing.receivers[name] = await add(world.rt, world.store_id, new_id(), new, new_id().hex)
    if person:
        sharing.receivers["leader"] = await add_person(sharing)
    await world.run_jobs()
    for name, ratio in (("partner", 1000), ("supplier", 500), ("leader", 200)):
        if name in sharing.receivers:
            body = RuleInput(receiver_id=sharing.receivers[name], ratio=ratio)
            await add_rule(world.rt, world.store_id, new_id(), body, new_id().hex)
    return sharing
