"""A store whose buyers pay at a real sandbox in the mini-program, so that the platform has something to be told of."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.support.api import Api, Caller
from tests.support.paid import ADDRESS
from tests.support.sale import line, order, placed, stock_goods
from tests.support.sandbox import Sandbox
from tests.support.settled import run_all
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.payments.accounts import Account, provision
from zhanggui.stores.rules import DeliveryMethod
from zhanggui.worker import register_jobs

register_jobs()
MINUTE = 61


@dataclass
class ShippingWorld:
    """One store; every buyer is a new one who signed in with WeChat."""

    api: Api
    sandbox: Sandbox
    store: UUID
    account: Account
    staff: Caller

    async def buyer(self) -> Caller:
        buyer = await self.api.buyer()
        await self.api.rt.db.execute(
            "INSERT INTO customer_identity (customer_id, id, provider, appid, subject, created_at)"
            " VALUES ($1, $2, 'wechat_mp', $3, $4, $5)",
            buyer.id,
            new_id(),
            self.account.appid,
            f"openid-{new_id().hex[-20:]}",
            clock.now(),
        )
        return buyer

    async def paid(
        self, method: str = "express", *, quantities: tuple[int, ...] = (2,), known: bool = True
    ) -> "PaidOrder":
        """An order paid at the platform; `known` to its shipping side unless told otherwise."""
        buyer = await self.buyer()
        only: tuple[DeliveryMethod, ...] = ("virtual",) if method == "virtual" else ()
        goods = await stock_goods(self.api, self.store, prices=[1000] * len(quantities), methods=only)
        rest: dict[str, Any] = {}
        if method in {"express", "delivery"}:
            rest["address_id"] = (await buyer.post("/addresses", ADDRESS, key=new_id().hex)).json()["id"]
        if method == "pickup":
            rest["contact"] = {"name": "林小满", "phone": "13800138000"}
        lines = [line(sku, n) for sku, n in zip(goods.skus, quantities, strict=True)]
        total = 1000 * sum(quantities)
        (made,) = await placed(buyer, order(self.store, lines, total, delivery_method=method, **rest))
        path = f"/stores/{self.store}/orders/{made['id']}"
        started = await buyer.post(f"{path}/payments", {"method": "wechat_jsapi"}, key=new_id().hex)
        assert started.status_code == 201, started.text
        prepay_id = await self.sandbox.call_up(started.json()["pay"]["jsapi"])
        await self.sandbox.fault("notify", "drop", final=True, count=1)
        await self.sandbox.approve(prepay_id)
        checked = await buyer.post(f"{path}/payments/{started.json()['id']}/check")
        assert checked.json()["status"] == "succeeded", checked.text
        if known:
            await self.sandbox.settle(MINUTE)
        lines_of = [row["id"] for row in made["lines"]]
        return PaidOrder(self, buyer, UUID(made["id"]), UUID(started.json()["id"]).hex, lines_of)

    async def report(self, order_id: UUID) -> dict[str, Any]:
        """The row of the order's report."""
        row = await self.api.rt.db.fetchrow(
            "SELECT * FROM shipping_report WHERE store_id = $1 AND order_id = $2", self.store, order_id
        )
        assert row is not None
        return dict(row)

    async def uploads(self, about: str) -> int:
        """How many reports about it the platform took."""
        found = await self.sandbox.call("GET", f"/events?kind=shipping&q={about}&limit=1000")
        return len(found["events"])

    async def work(self, seconds: float = 0) -> None:
        """Turn the shop's clock and run all jobs that are due."""
        if seconds:
            clock.turn(timedelta(seconds=seconds))
        await run_all(self.api.rt)


@dataclass
class PaidOrder:
    """A paid order: its own buyer, its number at the platform, its lines' ids."""

    world: ShippingWorld
    buyer: Caller
    id: UUID
    out_trade_no: str
    lines: list[str]

    async def ship(
        self, waybill: str, carrier: str = "ZTO", units: dict[int, int] | None = None
    ) -> dict[str, Any]:
        """Send a parcel; `units` by place of the line, everything left without."""
        body: dict[str, Any] = {"carrier": carrier, "waybill": waybill}
        if units:
            body["lines"] = [{"order_line_id": self.lines[i], "quantity": n} for i, n in units.items()]
        answer = await self.world.staff.post(f"/orders/{self.id}/ship", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shipping(self) -> dict[str, Any] | None:
        """What the platform knows of it."""
        return (await self.world.sandbox.order(self.out_trade_no))["shipping"]

    async def numbers(self) -> list[str]:
        """The waybills that the platform knows."""
        told = await self.shipping()
        return [p["tracking_no"] for p in told["parcels"]] if told else []

    async def page(self) -> dict[str, Any]:
        """The buyer's page of the order."""
        return (await self.buyer.get(f"/stores/{self.world.store}/orders/{self.id}")).json()


async def shipping_world(api: Api, sandbox: Sandbox) -> ShippingWorld:
    """A new store with an account of its own at the sandbox."""
    store = await api.store()
    account = await provision(api.rt, store)
    return ShippingWorld(api, sandbox, store, account, await api.staff(store))
