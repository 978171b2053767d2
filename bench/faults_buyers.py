"""Buyers over HTTP: they order, pay at the cashier, look whether it was seen, and try again like people do."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx

from bench.faults_setting import Town
from bench.goods import PRICE, Shop
from bench.http_calls import Answer, Broken, Line

TRIES = 60
METHODS = ("wechat_jsapi", "wechat_h5", "wechat_native")
TWO_STORES, CANCELS, SLOW_BANK, PAYS_AGAIN, PROBES, TOO_LATE = 0.15, 0.03, 0.05, 0.02, 0.02, 0.01


@dataclass
class Told:
    """What buyers meant and what they saw."""

    meant: dict[int, list[UUID]] = field(default_factory=dict[int, list[UUID]], repr=False)
    """Orders of each buyer who meant to pay; none of one who did not even get an order."""
    took: list[float] = field(default_factory=list[float], repr=False)
    """Seconds that those who meant to pay were in the shop, whatever came of it."""
    gave_up: int = 0
    cancelled: int = 0
    seen: int = 0
    broken: int = 0
    hung: int = 0
    too_late: int = 0
    probes: int = 0
    probes_accepted: int = 0


Forget = Callable[[UUID], Awaitable[None]]
"""Makes the shop's row of an attempt say closed, which the platform is not told."""


class GaveUp(Exception):
    """The shop did not let this buyer go on, however patient."""


class Crowd:
    """All buyers, so many at once."""

    def __init__(  # where they come from and what they deal with
        self, town: Town, port: int, sandbox: httpx.AsyncClient, told: Told, forget: Forget, seed: int
    ) -> None:
        self._town, self._port, self._sandbox, self._told = town, port, sandbox, told
        self._forget, self._seed = forget, seed
        self._next = iter(range(town.purchases))

    async def shop(self, at_once: int) -> None:
        """Until everybody has been here."""
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(self._come())

    async def _come(self) -> None:
        line = Line(self._port)
        for number in self._next:
            draw = random.Random(self._seed * 1_000_003 + number)
            buyer = _Buyer(self._town, line, self._sandbox, self._told, self._forget, number, draw)
            try:
                await buyer.buy()
            except GaveUp:
                self._told.gave_up += 1


class _Buyer:
    """One buyer's purchase."""

    def __init__(  # what a buyer deals with
        self,
        town: Town,
        line: Line,
        sandbox: httpx.AsyncClient,
        told: Told,
        forget: Forget,
        number: int,
        draw: random.Random,
    ) -> None:
        self._forget = forget
        self._town, self._line, self._sandbox, self._told = town, line, sandbox, told
        self._number, self._draw = number, draw
        self._headers = {"Authorization": f"Bearer {town.tokens[number]}"}

    async def buy(self) -> None:
        """One purchase, by dice: in one store or two, meant or cancelled half-way, with a quick or a slow bank."""
        draw, told = self._draw, self._told
        shops = draw.sample(self._town.shops, 2 if draw.random() < TWO_STORES else 1)
        too_late = len(shops) == 1 and draw.random() < TOO_LATE
        cancels = not too_late and draw.random() < CANCELS
        if too_late or cancels:
            await self._buy(await self._order(shops), too_late=too_late, cancels=cancels)
            return
        told.meant[self._number] = []  # who means to pay counts from the first step on, however far it leads
        began = time.monotonic()
        try:
            orders = await self._order(shops)
            told.meant[self._number] = [order for _, order in orders]
            await self._buy(orders)
        finally:
            told.took.append(time.monotonic() - began)

    async def _buy(
        self, orders: list[tuple[UUID, UUID]], *, too_late: bool = False, cancels: bool = False
    ) -> None:
        draw, told = self._draw, self._told
        if draw.random() < PROBES:
            await self._probe()
        if too_late:
            await self._pay_too_late(orders)
            return
        forgets = not cancels and len(orders) == 1 and draw.random() < PAYS_AGAIN
        old = await self._start(orders, "wechat_native") if forgets else None
        paid = asyncio.create_task(self._pay(orders, draw.choice(METHODS)))
        if cancels:
            await asyncio.sleep(draw.random() * 1.5)
            window = Line(self._line.port)  # beside the one in which the payment is under way
            for store, order in orders:
                path = f"/api/shop/stores/{store}/orders/{order}/cancel"
                await self._call("POST", path, {"reason": "不要了"}, line=window)
            window.close()
            told.cancelled += 1
        await paid
        if old is not None:  # a second window still shows the code of before: nobody may pay by it
            await self._approve(old["pay"])

    async def _pay_too_late(self, orders: list[tuple[UUID, UUID]]) -> None:
        """Pay by a code that the shop has forgotten (its row says closed, the platform was never told) after cancelling."""
        started = await self._start(orders, "wechat_native")
        if started is None or started["pay"] is None:
            return
        ((store, order),) = orders
        await self._forget(UUID(started["id"]))
        await self._call("POST", f"/api/shop/stores/{store}/orders/{order}/cancel", {"reason": "不要了"})
        self._told.too_late += await self._approve(started["pay"])

    async def _order(self, shops: list[Shop]) -> list[tuple[UUID, UUID]]:
        key, wanted = str(uuid4()), [self._wish(shop) for shop in shops]
        answer = await self._call("POST", "/api/shop/orders", {"channel": "h5", "orders": wanted}, key)
        if answer.status != 201:
            raise GaveUp(answer.body.decode())
        return [(UUID(one["store"]["id"]), UUID(one["id"])) for one in answer.json()["orders"]]

    def _wish(self, shop: Shop) -> dict[str, Any]:
        chosen = {str(sku): self._draw.randint(1, 3) for sku in self._draw.sample(shop.skus, 2)}
        lines = [{"key": s, "sku_id": s, "modifiers": list[str](), "quantity": n} for s, n in chosen.items()]
        units = sum(chosen.values())
        return {"store_id": str(shop.id), "delivery_method": "pickup", "lines": lines,
                "expected_total": units * PRICE, "contact": {"name": "林小满", "phone": "13800138000"}}  # fmt: skip

    async def _pay(self, orders: list[tuple[UUID, UUID]], method: str) -> None:
        for _ in range(TRIES):
            started = await self._start(orders, method)
            if started is None or started["status"] == "succeeded":
                return
            if started["pay"] is None or not await self._approve(started["pay"]):
                await asyncio.sleep(0.2)
                continue
            if await self._sees(orders, started["id"]):
                self._told.seen += 1
            return
        raise GaveUp("never got as far as the cashier")

    async def _start(self, orders: list[tuple[UUID, UUID]], method: str) -> dict[str, Any] | None:
        """The payment as the shop answers it; None when there is nothing to pay any more."""
        body: dict[str, Any] = {"method": method}
        if len(orders) == 1:
            ((store, order),) = orders
            path = f"/api/shop/stores/{store}/orders/{order}/payments"
        else:
            path, body["orders"] = (
                "/api/shop/payments",
                [{"store_id": str(store), "order_id": str(order)} for store, order in orders],
            )
        for _ in range(TRIES):
            answer = await self._call("POST", path, body, str(uuid4()))
            if answer.status == 201:
                return answer.json()
            code = answer.json().get("code")
            if code in {"already_paid", "order_not_payable", "order_expired"}:
                return None
            await asyncio.sleep(0.3)
        raise GaveUp("the shop never started the payment")

    async def _approve(self, pay: dict[str, Any]) -> bool:
        """Pay at the cashier; False when it does not take money for this (closed, paid, gone)."""
        if pay.get("jsapi"):
            prepay = pay["jsapi"]["package"].removeprefix("prepay_id=")
        else:
            page = str(pay.get("h5_url") or pay["code_url"])
            prepay = parse_qs(urlsplit(page).query)["prepay_id"][0]
        slow = {"after_s": 60} if self._draw.random() < SLOW_BANK else {}
        answer = await self._sandbox.post(f"/_sandbox/cashier/{prepay}/approve", json=slow)
        return answer.status_code == 200

    async def _sees(self, orders: list[tuple[UUID, UUID]], payment: str) -> bool:
        """Come back to the shop and look, as its pay page does: five times, then leave it to the order page."""
        ((store, order), *others) = orders
        path = f"/api/shop/payments/{payment}/check"
        if not others:
            path = f"/api/shop/stores/{store}/orders/{order}/payments/{payment}/check"
        for _ in range(5):
            answer = await self._call("POST", path, {})
            if answer.status == 200 and answer.json()["status"] == "succeeded":
                return True
            await asyncio.sleep(0.8)
        return False

    async def _probe(self) -> None:
        at = self._draw.randrange(len(self._town.mchids))
        url = f"http://127.0.0.1:{self._line.port}/hooks/wechat-pay/{self._town.accounts[at]}"
        body = {"mchid": self._town.mchids[at], "url": url}
        answer = (await self._sandbox.post("/_sandbox/probe", json=body)).json()
        self._told.probes += 1
        status = answer["attempt"]["status_code"]
        self._told.probes_accepted += status is not None and status < 400

    async def _call(
        self, method: str, path: str, body: Any, key: str | None = None, line: Line | None = None
    ) -> Answer:
        """Send with the same key until there is an answer that is one."""
        headers = {**self._headers, "Idempotency-Key": key} if key else self._headers
        for _ in range(TRIES):
            try:
                answer = await (line or self._line).call(method, path, body, headers)
            except Broken:
                self._told.broken += 1
                await asyncio.sleep(0.2)
                continue
            except TimeoutError:
                self._told.hung += 1
                continue
            if answer.status < 500 and answer.status != 429:
                return answer
            await asyncio.sleep(0.3)
        raise GaveUp(f"no answer to {path}")
