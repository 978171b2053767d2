"""A store with an account at the sandbox, orders made straight in its tables, and the steps of paying them."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

import httpx

from tests.support.sandbox import Sandbox
from tests.support.settled import run_all
from tests.support.three_sides import Sides, three_sides
from zhanggui import inventory
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.inventory import Want
from zhanggui.payments import jobs as payment_jobs
from zhanggui.payments.accounts import Account, KeyMode, provision
from zhanggui.payments.provider import AttemptRecord, CloseResult
from zhanggui.stores.open_store import open_store
from zhanggui.stores.rules import Settings

assert payment_jobs  # importing it registers the handlers
UNITS = 1000
AT_REST = 12
"""Minutes within which what is under way comes to its end."""
PAID = "SELECT id FROM payment_attempt WHERE store_id = $1 AND order_id = $2 AND status = 'succeeded'"
UNDER_WAY = "SELECT EXISTS (SELECT FROM refund WHERE store_id = $1 AND status IN ('requested', 'processing'))"

ORDER = """
    INSERT INTO sales_order (store_id, id, number, customer_id, status, channel, delivery_method, currency, items_total,
      packing_fee, shipping_fee, discount_total, tax, total, quantity, trace, placed_at, pay_by)
    VALUES ($1, $2, $3, $4, 'pending_payment', 'h5', 'pickup', 'CNY', $5, 0, 0, 0, 0, $5, $6, '[]', $7, $8)
"""
LINE = """
    INSERT INTO order_line (store_id, id, order_id, position, sku_id, product_id, sku_code, name, spec_text,
      modifiers_text, modifiers, quantity, unit_price, amount, discount, payable)
    VALUES ($1, $2, $3, 0, $4, $4, 'SKU', $5, $5, $5, '[]', $6, $7, $8, 0, $8)
"""


@dataclass
class Order:
    """An order as a test made it; total in fen."""

    id: UUID
    customer_id: UUID
    total: int
    token: str


@dataclass
class World:
    """One store on one server. `rt` is this process's own runtime on the same database."""

    rt: Runtime
    sandbox: Sandbox
    shop: httpx.AsyncClient
    store_id: UUID
    sku_id: UUID
    account: Account
    beside: "World | None" = None
    """Another store; its orders are paid together with this one's."""
    aside: set[UUID] = field(default_factory=set[UUID])
    """Orders of which a test broke the money on purpose."""

    async def order(
        self, *, price: int = 1200, quantity: int = 1, minutes: float = 15, of: Order | None = None
    ) -> Order:
        """An unpaid order whose units are reserved, of a buyer who has signed in with WeChat (or the buyer `of` one)."""
        order_id, customer_id, now = new_id(), of.customer_id if of else new_id(), clock.now()
        total, nothing = price * quantity, {"zh": "拿铁", "en": "Latte"}
        pay_by = now + timedelta(minutes=minutes)

        async def work(conn: Connection) -> None:
            await conn.execute(
                ORDER, self.store_id, order_id, order_id.hex, customer_id, total, quantity, now, pay_by
            )
            await conn.execute(
                LINE, self.store_id, new_id(), order_id, self.sku_id, nothing, quantity, price, total
            )
            wants = [Want(order_id, self.sku_id, quantity)]
            assert not await inventory.reserve(conn, self.store_id, wants)
            await conn.execute(
                "INSERT INTO customer_identity (customer_id, id, provider, appid, subject, created_at)"
                " VALUES ($1, $2, 'wechat_mp', $3, $4, $5) ON CONFLICT DO NOTHING",
                customer_id,
                new_id(),
                self.account.appid,
                f"openid-{customer_id.hex}",
                now,
            )
            expire = NewJob(
                self.store_id, "payments.expire", str(order_id), {"order_id": str(order_id)}, pay_by
            )
            await enqueue(conn, [expire])

        await in_transaction(self.rt.db, work)
        token = self.rt.signer.sign("access", customer_id, 900, sid=str(new_id()), guest=False)
        return Order(order_id, customer_id, total, token)

    async def start(
        self, order: Order, method: str = "wechat_jsapi", *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        """POST payments as the order's buyer."""
        return await self.shop.post(
            f"/api/shop/stores/{self.store_id}/orders/{order.id}/payments",
            json={"method": method, **more},
            headers={"Authorization": f"Bearer {order.token}", "Idempotency-Key": key or new_id().hex},
        )

    async def ready(self, order: Order) -> tuple[str, str]:
        """Start a JSAPI payment and open the cashier: (attempt id, prepay_id)."""
        answer = await self.start(order)
        assert answer.status_code == 201, answer.text
        started = answer.json()
        return started["id"], await self.sandbox.call_up(started["pay"]["jsapi"])

    async def check(self, order: Order, attempt_id: str) -> httpx.Response:
        return await self.shop.post(
            f"/api/shop/stores/{self.store_id}/orders/{order.id}/payments/{attempt_id}/check",
            json={},
            headers={"Authorization": f"Bearer {order.token}"},
        )

    async def cancel(self, order: Order, reason: str = "不想要了") -> httpx.Response:
        return await self.shop.post(
            f"/api/shop/stores/{self.store_id}/orders/{order.id}/cancel",
            json={"reason": reason},
            headers={"Authorization": f"Bearer {order.token}"},
        )

    async def pay(self, order: Order, **more: Any) -> str:
        """Start and pay (`coupons` a part); the notification has been answered. Returns the attempt's id."""
        if self.beside:
            return await self._pay_together(order, self.beside, **more)
        attempt_id, prepay_id = await self.ready(order)
        await self.sandbox.approve(prepay_id, **more)
        return attempt_id

    async def _pay_together(self, order: Order, beside: "World", **more: Any) -> str:
        """The buyer has bought in both stores and pays at once."""
        both = [(self, order), (beside, await beside.order(price=700, of=order))]
        answer = await self.shop.post(
            "/api/shop/payments",
            json={
                "method": "wechat_jsapi",
                "orders": [{"store_id": str(w.store_id), "order_id": str(o.id)} for w, o in both],
            },
            headers={"Authorization": f"Bearer {order.token}", "Idempotency-Key": new_id().hex},
        )
        assert answer.status_code == 201, answer.text
        await self.sandbox.approve(await self.sandbox.call_up(answer.json()["pay"]["jsapi"]), **more)
        return str(await self.rt.db.fetchval(PAID, self.store_id, order.id))

    async def turn(self, seconds: float) -> None:
        """Turn this process's clock forward (the server's and the platform's stay)."""
        clock.turn(timedelta(seconds=seconds))

    def before_close(self, step: Callable[[], Awaitable[Any]]) -> None:
        """Do `step` once, after the query and right before the call that closes at the provider."""
        provider, close = self.account.provider, self.account.provider.close

        async def first(attempt: AttemptRecord) -> CloseResult:
            provider.close = close
            await step()
            return await close(attempt)

        provider.close = first

    async def forget_attempt(self, attempt_id: str) -> None:
        """Mark an attempt closed here while the provider still takes money for it."""
        await self.rt.db.execute(
            "UPDATE payment_attempt SET status = 'closed' WHERE store_id = $1 AND id = $2",
            self.store_id,
            UUID(attempt_id),
        )

    async def run_jobs(self) -> None:
        """Run everything that is due by this process's clock, and what follows from what has happened."""
        await run_all(self.rt)

    async def row(self, order: Order) -> Row:
        """status, refund_status, paid_amount, refunded_amount."""
        row = await self.rt.db.fetchrow(
            "SELECT status, refund_status, paid_amount, refunded_amount FROM sales_order"
            " WHERE store_id = $1 AND id = $2",
            self.store_id,
            order.id,
        )
        assert row is not None
        return row

    async def status(self, order: Order) -> str:
        return (await self.row(order))["status"]

    async def attempts(self, order: Order) -> list[str]:
        rows = await self.rt.db.fetch(
            "SELECT status FROM payment_attempt WHERE store_id = $1 AND order_id = $2 ORDER BY id",
            self.store_id,
            order.id,
        )
        return [r["status"] for r in rows]

    async def refunds(self, order: Order) -> list[tuple[str, str, int]]:
        """(kind, status, amount in fen) of each, oldest first."""
        rows = await self.rt.db.fetch(
            "SELECT kind, status, amount FROM refund WHERE store_id = $1 AND order_id = $2 ORDER BY id",
            self.store_id,
            order.id,
        )
        return [(r["kind"], r["status"], r["amount"]) for r in rows]

    async def timeline(self, order: Order) -> list[str]:
        rows = await self.rt.db.fetch(
            "SELECT kind FROM order_event WHERE store_id = $1 AND order_id = $2 ORDER BY id",
            self.store_id,
            order.id,
        )
        return [r["kind"] for r in rows]

    async def held(self, order: Order) -> str:
        """State of the order's reservation: held, consumed or released."""
        return await self.rt.db.fetchval(
            "SELECT state FROM reservation WHERE store_id = $1 AND holder_id = $2", self.store_id, order.id
        )

    async def inbox(self) -> list[str]:
        """Outcomes of all verified messages kept, oldest first."""
        rows = await self.rt.db.fetch(
            "SELECT outcome FROM provider_inbox WHERE store_id = $1 AND direction = 'in'"
            " AND kind NOT IN ('SIGNTEST', 'UNVERIFIED') ORDER BY received_at",
            self.store_id,
        )
        return [r["outcome"] for r in rows]

    @property
    def refunds_at(self) -> str:
        """Where the store's refunds are asked for and asked about."""
        return "/v3/ecommerce/refunds" if self.account.sub_mchid else "/v3/refund/domestic"

    async def three_sides(self, order: Order) -> Sides:
        """What order, ledger and provider say alike of an order's money; fails when they do not."""
        return await three_sides(self.rt.db, self.store_id, order.id, self.sandbox)

    async def agrees(self) -> None:
        """The same of every order of the store, once every refund that can come to its end has."""
        await self.sandbox.clear()
        for _ in range(AT_REST):
            await self.run_jobs()
            if not await self.rt.db.fetchval(UNDER_WAY, self.store_id):
                break
            await self.sandbox.settle(61)
            await self.turn(61)
        rows = await self.rt.db.fetch("SELECT id FROM sales_order WHERE store_id = $1", self.store_id)
        for order_id in {row["id"] for row in rows} - self.aside:
            await three_sides(self.rt.db, self.store_id, order_id, self.sandbox)

    def set_aside(self, orders: Iterable[Order]) -> None:
        """Leave these out when all are looked at."""
        self.aside |= {order.id for order in orders}

    async def stock_is_exact(self) -> None:
        """Balance = sum of movements, and reserved = what reservations hold."""
        row = await self.rt.db.fetchrow(
            """
            SELECT s.on_hand, s.reserved,
              (SELECT sum(on_hand_delta) FROM stock_movement m WHERE m.store_id = s.store_id AND m.sku_id = s.sku_id) AS moved,
              (SELECT sum(reserved_delta) FROM stock_movement m WHERE m.store_id = s.store_id AND m.sku_id = s.sku_id) AS promised,
              (SELECT coalesce(sum(quantity), 0) FROM reservation r
               WHERE r.store_id = s.store_id AND r.sku_id = s.sku_id AND state = 'held') AS held
            FROM stock s WHERE store_id = $1 AND sku_id = $2
            """,
            self.store_id,
            self.sku_id,
        )
        assert row is not None
        assert row["on_hand"] == row["moved"]
        assert row["reserved"] == row["promised"] == row["held"]


class OpenWorld(Protocol):
    """Opens another store whose money is looked at when the test is over."""

    async def __call__(self, mode: KeyMode = "both") -> World: ...


async def open_world(rt: Runtime, sandbox: Sandbox, shop: httpx.AsyncClient, mode: KeyMode = "both") -> World:
    """A new store with one SKU in stock and its own merchant account."""
    sku_id = new_id()

    async def work(conn: Connection) -> UUID:
        store_id = await open_store(
            conn, f"store-{sku_id.hex[-12:]}", Text("店", "Store"), "menu", Settings()
        )
        await inventory.receive_initial(conn, store_id, [(sku_id, UNITS)], "test")
        return store_id

    store_id = await in_transaction(rt.db, work)
    account = await provision(rt, store_id, mode=mode)
    return World(rt, sandbox, shop, store_id, sku_id, account)
