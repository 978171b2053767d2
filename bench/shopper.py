"""Mixed traffic: a buyer who browses (80 %), fills a cart (15 %) and buys (5 %)."""

import random
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from bench.http_calls import Answer, Line

BROWSE, CART = 0.80, 0.95  # what a draw between 0 and 1 below these leads to; above them it is a purchase


@dataclass(frozen=True)
class Goods:
    """What shoppers know: the store and its SKUs, as the page of the store names them."""

    store: str
    slug: str
    products: list[str]
    skus: list[str]
    price: int


class Shopper:
    """One signed-in buyer's way through the shop over a connection of their own."""

    def __init__(self, line: Line, goods: Goods, token: str, draw: random.Random) -> None:
        self.line, self.goods, self.draw = line, goods, draw
        self.headers = {"Authorization": f"Bearer {token}"}

    async def step(self) -> tuple[str, Answer]:
        """One request of the mix: its kind (browse, cart or buy) and the answer. Raises Broken."""
        at = self.draw.random()
        if at < BROWSE:
            return "browse", await self.browse()
        if at < CART:
            return "cart", await self.cart()
        return "buy", await self.place(str(uuid4()), self.order())

    async def browse(self) -> Answer:
        slug, draw = self.goods.slug, self.draw
        if draw.random() < 0.5:
            path = f"/api/shop/stores/{slug}/products/{draw.choice(self.goods.products)}"
        else:
            path = (
                f"/api/shop/stores/{slug}/products?limit=20&sort={draw.choice(['default', 'sales', 'price'])}"
            )
        return await self.line.call("GET", path)

    async def cart(self) -> Answer:
        if self.draw.random() < 0.5:
            return await self.line.call("GET", "/api/shop/cart", headers=self.headers)
        body = {
            "store_id": self.goods.store,
            "sku_id": self.draw.choice(self.goods.skus),
            "modifiers": list[str](),
            "quantity": 1,
        }
        once = {**self.headers, "Idempotency-Key": str(uuid4())}
        return await self.line.call("POST", "/api/shop/cart/lines", body, once)

    def order(self, units: int = 1) -> dict[str, Any]:
        """A place request of two lines."""
        chosen = self.draw.sample(self.goods.skus, 2)
        lines = [{"key": sku, "sku_id": sku, "modifiers": list[str](), "quantity": units} for sku in chosen]
        one = {"store_id": self.goods.store, "delivery_method": "pickup", "lines": lines,
               "expected_total": 2 * units * self.goods.price,
               "contact": {"name": "林小满", "phone": "13800138000"}}  # fmt: skip
        return {"channel": "h5", "orders": [one]}

    async def place(self, key: str, body: dict[str, Any]) -> Answer:
        return await self.line.call(
            "POST", "/api/shop/orders", body, {**self.headers, "Idempotency-Key": key}
        )
