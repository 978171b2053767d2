"""Under saturation a process refuses at once what it cannot take on, and goes on with the rest."""

import asyncio
from collections import Counter
from typing import Any

import httpx

from tests.support.api import SHOP_ORIGIN, Api
from tests.support.sale import line, order, stock_goods
from zhanggui.app import hot_lanes
from zhanggui.core.gate import Gate
from zhanggui.core.ids import new_id


def through(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=SHOP_ORIGIN)


async def test_what_is_too_much_is_refused_at_once_and_told_when_to_come_back(api: Api) -> None:
    opened, inside = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/api/shop/slow":
            inside.set()
            await opened.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    gate = Gate(slow, api.app.state, most=1)
    async with through(gate) as http:
        waiting = asyncio.create_task(http.get("/api/shop/slow"))
        await inside.wait()
        refused = await http.get("/api/shop/stores", headers={"Accept-Language": "en"})
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["content-type"] == "application/problem+json"
        assert (
            await http.get("/health")
        ).status_code == 204  # or whoever watches would kill what only is busy
        opened.set()
        assert (await waiting).status_code == 204
        assert (await http.get("/api/shop/stores")).status_code == 204


async def test_a_rush_is_answered_or_refused_and_nothing_breaks(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, stock=500)
    buyers = [await api.buyer() for _ in range(40)]
    async with through(Gate(hot_lanes(api.app), api.app.state, most=12)) as http:

        async def place(n: int) -> int:
            headers = {**buyers[n].headers, "Idempotency-Key": str(new_id())}
            body = {"channel": "h5", "orders": [order(store, [line(goods.skus[0], key="a")], 1000)]}
            return (await http.post("/api/shop/orders", json=body, headers=headers)).status_code

        seen = Counter(await asyncio.gather(*(place(n) for n in range(40))))
        assert set(seen) == {201, 503}
        placed = await api.rt.db.fetchval("SELECT count(*) FROM sales_order WHERE store_id = $1", store)
        assert placed == seen[201] >= 12
        assert await place(0) == 201
