"""Orders that were paid, sent and delivered, for tests of returns; amounts in fen.

They are paid without a provider: an attempt is written as if it had succeeded, so that refunds have something to take from.
"""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from PIL import Image

from tests.support.api import Api, Caller
from tests.support.paid import ADDRESS
from tests.support.sale import line, order, placed, stock_goods
from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.money import allocate
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM
from zhanggui.stores.rules import Express, ExpressRule, Settings

FREIGHT = 600
WAYBILL = "SF1234567890123"
SETTINGS = Settings(
    delivery_methods=["express", "pickup"],
    express=Express(rules=[ExpressRule([], 1_000_000, FREIGHT, 1_000, 0)]),
)
ATTEMPT = """
    INSERT INTO payment_attempt (store_id, id, order_id, customer_id, account_id, provider, method, status, amount, currency,
      transaction_id, paid_amount, expires_at, succeeded_at, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, 'wechat_pay', 'wechat_jsapi', 'succeeded', $6, 'CNY', $2::uuid::text, $6, $7, $7, $7, $7)
"""

DELIVERED = """
    UPDATE fulfillment SET status = 'delivered', delivered_at = $3, shipped_at = $3::timestamptz - interval '2 days'
    WHERE store_id = $1 AND order_id = $2
"""
SENT = "UPDATE fulfillment SET shipped_at = $3 WHERE store_id = $1 AND order_id = $2"


@dataclass
class Sale:
    """An order with everybody around it. Paths of its buyer and its merchant are under the store."""

    api: Api
    store: UUID
    buyer: Caller
    owner: Caller
    order_id: UUID
    lines: list[dict[str, Any]]
    skus: list[UUID]
    total: int

    order_number: str = ""

    @property
    def shop(self) -> str:
        return f"/stores/{self.store}"

    async def ship(self, *units: tuple[int, int], waybill: str = "SF0000000000001") -> None:
        """Send a parcel: (line position, quantity) each, everything when none are given."""
        body: dict[str, Any] = {"carrier": "SF", "waybill": waybill}
        if units:
            body["lines"] = [{"order_line_id": self.lines[i]["id"], "quantity": n} for i, n in units]
        answer = await self.owner.post(f"/orders/{self.order_id}/ship", body)
        assert answer.status_code == 200, answer.text

    async def deliver(self, days_ago: float = 0, *, arrived: bool = True) -> None:
        """Everything that was sent has arrived so many days ago, or only left then."""
        at = clock.now() - timedelta(days=days_ago)
        await self.api.rt.db.execute(DELIVERED if arrived else SENT, self.store, self.order_id, at)

    async def apply(
        self, kind: str, reason: str, *units: tuple[int, int], key: str | None = None, **more: Any
    ) -> Any:
        """Ask for (line position, quantity) each; returns the response."""
        lines = [{"order_line_id": self.lines[i]["id"], "quantity": n} for i, n in units]
        body: dict[str, Any] = {"kind": kind, "reason": reason, "lines": lines, **more}
        return await self.buyer.post(
            f"{self.shop}/orders/{self.order_id}/returns", body, key=key or str(new_id())
        )

    async def applied(self, kind: str, reason: str, *units: tuple[int, int], **more: Any) -> dict[str, Any]:
        answer = await self.apply(kind, reason, *units, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def decide(
        self, made: dict[str, Any], verb: str, body: Any = None, who: Caller | None = None
    ) -> Any:
        """POST one of the merchant's verbs; returns the response."""
        return await (who or self.owner).post(f"/returns/{made['id']}/{verb}", body or {}, key=str(new_id()))

    async def decided(self, made: dict[str, Any], verb: str, body: Any = None) -> dict[str, Any]:
        answer = await self.decide(made, verb, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def by_buyer(self, made: dict[str, Any], verb: str, body: Any = None) -> Any:
        return await self.buyer.post(f"{self.shop}/returns/{made['id']}/{verb}", body or {})

    async def page(self, made: dict[str, Any]) -> dict[str, Any]:
        return (await self.buyer.get(f"{self.shop}/returns/{made['id']}")).json()

    async def order(self) -> dict[str, Any]:
        return (await self.owner.get(f"/orders/{self.order_id}")).json()

    async def stock(self, position: int = 0) -> int:
        return await self.api.rt.db.fetchval(
            "SELECT on_hand FROM stock WHERE store_id = $1 AND location_id = $1 AND sku_id = $2",
            self.store,
            self.skus[position],
        )

    async def sent_back(self, made: dict[str, Any]) -> dict[str, Any]:
        """The buyer sends the goods of a return back."""
        answer = await self.by_buyer(made, "send-back", {"waybill": WAYBILL})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def picture(self) -> str:
        """A picture as a buyer takes one; returns its id."""
        out = io.BytesIO()
        Image.new("RGB", (40, 30), (200, 40, 20)).save(out, "PNG")
        files = {"file": ("broken.png", out.getvalue(), "image/png")}
        answer = await self.buyer.post(f"{self.shop}/orders/{self.order_id}/returns/pictures", files=files)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def reserved(self) -> int:
        """Units of this store that somebody holds."""
        return await self.api.rt.db.fetchval(
            "SELECT sum(reserved)::int FROM stock WHERE store_id = $1", self.store
        )

    async def refunds(self) -> list[int]:
        rows = await self.api.rt.db.fetch(
            "SELECT amount FROM refund WHERE store_id = $1 AND order_id = $2 AND status <> 'closed' ORDER BY id",
            self.store,
            self.order_id,
        )
        return [r["amount"] for r in rows]

    async def policy(self, **changes: Any) -> None:
        """Change some of the store's rules."""
        now = (await self.owner.get("/return-policy")).json()
        body = {"policy": {**now["policy"], **changes}, "version": now["version"]}
        answer = await self.owner.put("/return-policy", body)
        assert answer.status_code == 200, answer.text


async def paid_sale(
    api: Api,
    *,
    prices: tuple[int, ...] = (1000,),
    quantities: tuple[int, ...] = (2,),
    discount: int = 0,
    store: UUID | None = None,
    buyer: Caller | None = None,
    owner: Caller | None = None,
    method: str = "express",
) -> Sale:
    """An order of one product with these SKUs, paid; freight comes on top of goods that are sent.

    `discount` is put on afterwards, allocated over the lines as the quote does it.
    """
    store = store or await api.store(SETTINGS)
    buyer = buyer or await api.buyer()
    owner = owner or await api.staff(store)
    goods = await stock_goods(api, store, prices=list(prices))
    rest: dict[str, Any] = {"contact": {"name": "林小满", "phone": "13800138000"}}
    if method == "express":
        rest = {"address_id": (await buyer.post("/addresses", ADDRESS)).json()["id"]}
    lines = [line(sku, n) for sku, n in zip(goods.skus, quantities, strict=True)]
    total = sum(p * n for p, n in zip(prices, quantities, strict=True))
    total += FREIGHT if method == "express" else 0
    (made,) = await placed(buyer, order(store, lines, total, delivery_method=method, **rest))
    order_id = UUID(made["id"])
    if discount:
        await _discount(api, store, order_id, discount)
    paid = total - discount

    async def pay(conn: Connection) -> None:
        now = clock.now()
        await conn.execute(ATTEMPT, store, new_id(), order_id, buyer.id, new_id(), paid, now)
        await mark_paid(conn, store, [Payment(order_id, paid, now)], SYSTEM)

    await in_transaction(api.rt.db, pay)
    page = (await owner.get(f"/orders/{order_id}")).json()
    return Sale(api, store, buyer, owner, order_id, page["lines"], goods.skus, paid, page["number"])


async def delivered(api: Api, **more: Any) -> Sale:
    """A `paid_sale` that was sent whole and arrived yesterday."""
    sale = await paid_sale(api, **more)
    await sale.ship()
    await sale.deliver(1)
    return sale


async def one_dear(api: Api) -> Sale:
    """One unit for ¥90, delivered: too much for the rules to give back without the goods."""
    return await delivered(api, prices=(9000,), quantities=(1,))


async def _discount(api: Api, store: UUID, order_id: UUID, discount: int) -> None:
    rows = await api.rt.db.fetch(
        "SELECT id, amount FROM order_line WHERE store_id = $1 AND order_id = $2 ORDER BY position",
        store,
        order_id,
    )
    for row, part in zip(rows, allocate(discount, [r["amount"] for r in rows]), strict=True):
        await api.rt.db.execute(
            "UPDATE order_line SET discount = $3, payable = amount - $3 WHERE store_id = $1 AND id = $2",
            store,
            row["id"],
            part,
        )
    await api.rt.db.execute(
        "UPDATE sales_order SET discount_total = $3, total = total - $3 WHERE store_id = $1 AND id = $2",
        store,
        order_id,
        discount,
    )
