"""A store with points, for tests of them: three points a yuan, ten points are one yuan, at most half of the goods."""

from typing import Any, NamedTuple
from uuid import UUID

from tests.returns.aftermath import SALES, Sale, pay
from tests.support.api import Api, Caller
from tests.support.paid import ADDRESS
from tests.support.sale import Goods, line, order, placed, stock_goods
from zhanggui import wallets
from zhanggui.core.db import in_transaction
from zhanggui.core.jobs import Job, relay_events
from zhanggui.orders.jobs import earn_points
from zhanggui.stores.rules import Points, Settings

RULE = Points(earning=True, per_yuan=3, spending=True, worth=10, percent=50)


class Club(NamedTuple):
    """A store with points, its goods, a buyer with some, its owner."""

    api: Api
    store: UUID
    buyer: Caller
    owner: Caller
    goods: Goods

    async def balance(self) -> int:
        """What the buyer's page says; the journal must add up to it."""
        page = (await self.buyer.get(f"/stores/{self.store}/points")).json()
        await assert_points_add_up(self.api, self.store)
        return page["points"]["balance"]

    async def quote(self, *units: int, use: bool = True) -> dict[str, Any]:
        body = {
            "store_id": str(self.store),
            "lines": self.lines(*units),
            "delivery_method": "express",
            "use_points": use,
        }
        return (await self.buyer.post("/quote", body)).json()

    def lines(self, *units: int) -> list[dict[str, Any]]:
        pairs = enumerate(zip(self.goods.skus, units, strict=False))
        return [line(sku, n, key=f"line-{i}") for i, (sku, n) in pairs if n]

    async def body(self, *units: int, use: bool = True) -> dict[str, Any]:
        """One order as the storefront sends it after its quote."""
        quoted = await self.quote(*units, use=use)
        address = (await self.buyer.get("/addresses")).json()["items"][0]["id"]
        spent = quoted["points"]["spent"] if quoted["points"] else 0
        return order(
            self.store,
            self.lines(*units),
            quoted["total"],
            delivery_method="express",
            address_id=address,
            use_points=use,
            expected_points=spent,
        )

    async def bought(self, *units: int, use: bool = True) -> Sale:
        """An order that was placed and paid."""
        (made,) = await placed(self.buyer, await self.body(*units, use=use))
        order_id, total = UUID(made["id"]), made["total"]
        await pay(self.api, self.store, self.buyer, order_id)
        lines, skus = made["lines"], self.goods.skus
        sale = Sale(
            self.api, self.store, self.buyer, self.owner, order_id, lines, skus, total, made["number"]
        )
        SALES.append(sale)
        return sale

    async def completed(self, *units: int, use: bool = True) -> Sale:
        """An order that was sent, arrived and was received; its points are booked."""
        sale = await self.bought(*units, use=use)
        await sale.ship()
        await sale.deliver(1)
        answer = await self.buyer.post(f"{sale.shop}/orders/{sale.order_id}/receive")
        assert answer.status_code == 200, answer.text
        await earning(self.api)
        return sale

    async def page(self, sale: Sale) -> Any:
        """What the buyer's page of an order says of points; None where there are none."""
        return (await self.buyer.get(f"{sale.shop}/orders/{sale.order_id}")).json()["points"]


async def earning(api: Api) -> None:
    """What follows from completed orders, twice: a job may run again."""
    while await relay_events(api.rt):
        pass
    rows = await api.rt.db.fetch("SELECT * FROM job WHERE kind = 'orders.earn_points'")
    jobs = [Job(r["store_id"], r["id"], r["kind"], r["key"], r["payload"], 1) for r in rows]
    for job in [*jobs, *jobs]:
        await earn_points(api.rt, job)


async def club(
    api: Api, *, balance: int = 0, prices: tuple[int, ...] = (1000, 333), rule: Points = RULE
) -> Club:
    """Three points a yuan, ten points a yuan off, at most half; the buyer has `balance` points."""
    store = await api.store(Settings(delivery_methods=["express"], points=rule))
    buyer, owner = await api.buyer(), await api.staff(store)
    assert (await buyer.post("/addresses", ADDRESS)).status_code == 201
    goods = await stock_goods(api, store, prices=list(prices))
    made = Club(api, store, buyer, owner, goods)
    if balance:
        await give(api, store, buyer, balance)
    return made


async def give(api: Api, store: UUID, buyer: Caller, points: int) -> None:
    """Points by hand."""
    assert buyer.id is not None
    entry = wallets.Entry(buyer.id, "adjust", points, actor="test")
    await in_transaction(api.rt.db, lambda conn: wallets.post(conn, store, [entry]))


async def assert_points_add_up(api: Api, store: UUID) -> None:
    """Balances are the sums of their entries, and every entry names the balance after it."""
    wrong = await api.rt.db.fetch(
        """
        SELECT customer_id FROM points_balance b
        LEFT JOIN (SELECT store_id, customer_id, sum(delta) AS total FROM points_entry GROUP BY 1, 2) e
          USING (store_id, customer_id)
        WHERE b.store_id = $1 AND b.balance <> coalesce(e.total, 0)
        UNION ALL
        SELECT customer_id FROM (
          SELECT customer_id, balance_after, sum(delta) OVER (PARTITION BY customer_id ORDER BY id) AS running
          FROM points_entry WHERE store_id = $1) r
        WHERE balance_after <> running
        """,
        store,
    )
    assert wrong == []
