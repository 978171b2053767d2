"""Two stores and a buyer who owes both; the steps of paying both at once."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.payments.world import OpenWorld, Order, World
from zhanggui.core.ids import new_id


@dataclass
class Pair:
    """A cart over two stores, placed: `tea` (18.50) and `bag` (99.00)."""

    tea: World
    bag: World
    first: Order
    second: Order

    @property
    def both(self) -> list[tuple[World, Order]]:
        return [(self.tea, self.first), (self.bag, self.second)]

    async def start(
        self, method: str = "wechat_jsapi", *, key: str | None = None, **more: Any
    ) -> httpx.Response:
        orders = [{"store_id": str(w.store_id), "order_id": str(o.id)} for w, o in self.both]
        return await self.tea.shop.post(
            "/api/shop/payments",
            json={"orders": orders, "method": method, **more},
            headers={"Authorization": f"Bearer {self.first.token}", "Idempotency-Key": key or new_id().hex},
        )

    async def check(self, payment_id: str) -> httpx.Response:
        return await self.tea.shop.post(
            f"/api/shop/payments/{payment_id}/check",
            json={},
            headers={"Authorization": f"Bearer {self.first.token}"},
        )

    async def ready(self) -> tuple[str, str]:
        """Start a JSAPI payment and open the cashier: (combined payment's id, prepay_id)."""
        answer = await self.start()
        assert answer.status_code == 201, answer.text
        started = answer.json()
        return started["id"], await self.tea.sandbox.call_up(started["pay"]["jsapi"])

    async def statuses(self) -> list[str]:
        return [await world.status(order) for world, order in self.both]

    async def attempts(self) -> list[list[str]]:
        return [await world.attempts(order) for world, order in self.both]

    async def run_jobs(self) -> None:
        await self.tea.run_jobs()


async def open_pair(opened: OpenWorld) -> Pair:
    tea, bag = await opened(), await opened()
    first = await tea.order(price=1850)
    return Pair(tea, bag, first, await bag.order(price=9900, of=first))
