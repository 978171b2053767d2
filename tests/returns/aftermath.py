"""Orders that were paid at the sandbox, sent and delivered, for tests of returns; amounts in fen."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from PIL import Image

from tests.support.api import Api, Caller
from tests.support.paid import ADDRESS
from tests.support.sale import line, order, placed, stock_goods
from tests.support.sandbox import Sandbox
from tests.support.three_sides import Sides, three_sides
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.core.money import allocate
from zhanggui.payments.accounts import provision
from zhanggui.payments.refund import carry_out, load_refund
from zhanggui.payments.refund_result import apply_refund
from zhanggui.stores.rules import Express, ExpressRule, Settings

FREIGHT = 600
WAYBILL = "SF1234567890123"
SETTINGS = Settings(
    delivery_methods=["express", "pickup"],
    express=Express(rules=[ExpressRule([], 1_000_000, FREIGHT, 1_000, 0)]),
)
OPEN_REFUNDS = """
    SELECT id FROM refund WHERE store_id = $1 AND order_id = $2 AND status IN ('requested', 'processing') ORDER BY id
"""
TAX = "UPDATE sales_order SET tax = $3, total = total + $3 WHERE store_id = $1 AND id = $2"
DELIVERED = """
    UPDATE fulfillment SET status = 'delivered', delivered_at = $3, shipped_at = $3::timestamptz - interval '2 days'
    WHERE store_id = $1 AND order_id = $2
"""
SENT = "UPDATE fulfillment SET shipped_at = $3 WHERE store_id = $1 AND order_id = $2"


SALES: "list[Sale]" = []
"""Those that a test made, which are looked at when it is over."""


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

    async def agrees(self) -> Sides:
        """What was asked back is carried out to its end at the sandbox; then order, ledger and provider say the same."""
        while rows := await self.api.rt.db.fetch(OPEN_REFUNDS, self.store, self.order_id):
            for row in rows:
                refund = await load_refund(self.api.rt.db, self.store, row["id"])
                assert refund is not None
                fact = await carry_out(self.api.rt, refund)
                if fact is not None:
                    await apply_refund(self.api.rt, self.store, fact)
        return await three_sides(self.api.rt.db, self.store, self.order_id, sandbox_of(self.api))

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
    tax: int = 0,
    store: UUID | None = None,
    buyer: Caller | None = None,
    owner: Caller | None = None,
    method: str = "express",
) -> Sale:
    """An order of one product with these SKUs, paid; freight comes on top of goods that are sent.

    `discount` and `tax` are put on before it is paid, the discount allocated over the lines as the quote does it.
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
    if tax:
        await api.rt.db.execute(TAX, store, order_id, tax)
    await pay(api, store, buyer, order_id)
    page = (await owner.get(f"/orders/{order_id}")).json()
    sale = Sale(
        api, store, buyer, owner, order_id, page["lines"], goods.skus, total - discount + tax, page["number"]
    )
    SALES.append(sale)
    return sale


def sandbox_of(api: Api) -> Sandbox:
    """The sandbox that this application pays at."""
    assert api.sandbox is not None, "sales are paid at a sandbox: use an application that has one"
    return api.sandbox


async def pay(api: Api, store: UUID, buyer: Caller, order_id: UUID) -> None:
    """The buyer pays at the cashier and comes back, upon which the provider is asked."""
    await provision(api.rt, store)
    path = f"/stores/{store}/orders/{order_id}/payments"
    started = await buyer.post(path, {"method": "wechat_h5"})
    assert started.status_code == 201, started.text
    address: str = started.json()["pay"]["h5_url"]
    (prepay_id,) = parse_qs(urlsplit(address).query)["prepay_id"]
    await sandbox_of(api).call("POST", f"/cashier/{prepay_id}/approve", {})
    checked = await buyer.post(f"{path}/{started.json()['id']}/check")
    assert checked.json()["status"] == "succeeded", checked.text


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
