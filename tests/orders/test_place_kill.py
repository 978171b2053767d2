"""kill -9 of the server in the middle of placing: what was acknowledged is there once, and the journal adds up."""

import asyncio
import base64
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.api import Api, Caller
from tests.support.sale import assert_journal_adds_up, line, order, stock_goods
from zhanggui.core.ids import new_id

pytestmark = pytest.mark.race
ROOT = Path(__file__).parents[2]
KEYS = "1:" + base64.urlsafe_b64encode(b"a test key of thirty-two bytes!!").decode()
CLIENTS, ORDERS_EACH, KILLS = 8, 5, 3


@asynccontextmanager
async def server(dsn: str, data_dir: Path) -> AsyncGenerator[tuple[Process, str]]:
    """A server process and its address, once it listens; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "uvicorn", "zhanggui.app:create_app", "--factory", "--port", "0", "--no-access-log",
        stdout=PIPE, stderr=STDOUT, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src:.", "ZHANGGUI_DATABASE_URL": dsn, "ZHANGGUI_DATA_DIR": str(data_dir),
             "ZHANGGUI_MASTER_KEYS": KEYS},
    )  # fmt: skip
    assert process.stdout is not None
    said: list[str] = []
    try:
        while True:
            text = (await process.stdout.readline()).decode()
            assert text, "".join(said)
            said.append(text)
            if found := re.search(r"running on (http://[\d.:]+)", text):
                break
        reading = asyncio.create_task(process.stdout.read())
        yield process, found.group(1)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    await reading


class Shop:
    """Where the server is at the moment; clients wait for it while it is down."""

    def __init__(self) -> None:
        self.address = ""
        self.up = asyncio.Event()
        self.acknowledged: dict[str, list[str]] = {}
        self.enough = asyncio.Event()

    async def buy(self, buyer: Caller, body: dict[str, object], key: str, goal: int) -> None:
        """Send until answered, under the same key: a lost answer says nothing about the order."""
        async with httpx.AsyncClient(timeout=30) as http:
            while True:
                await self.up.wait()
                try:
                    answer = await http.post(
                        f"{self.address}/api/shop/orders",
                        json=body,
                        headers={**buyer.headers, "Idempotency-Key": key},
                    )
                except httpx.TransportError:
                    continue  # `up` was cleared before the kill
                assert answer.status_code == 201, answer.text
                self.acknowledged.setdefault(key, []).append(answer.json()["orders"][0]["id"])
                if len(self.acknowledged) >= goal:
                    self.enough.set()
                return


async def test_acknowledged_orders_survive_kill_9_exactly_once(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    """macrozheng #185: overselling, with a crash in the middle."""
    store = await api.store()
    (sku,) = (await stock_goods(api, store, stock=1000)).skus
    buyers = [await api.buyer() for _ in range(CLIENTS)]
    shop, total = Shop(), CLIENTS * ORDERS_EACH

    async def client(buyer: Caller, goal: list[int]) -> None:
        for _ in range(ORDERS_EACH):
            body: dict[str, object] = {"orders": [order(store, [line(sku)], 1000)], "channel": "h5"}
            await shop.buy(buyer, body, str(new_id()), goal[0])

    goal = [2]
    clients = asyncio.gather(*(client(buyer, goal) for buyer in buyers))
    for _ in range(KILLS):
        async with server(database_url, tmp_path) as (process, address):
            shop.enough.clear()
            shop.address = address
            shop.up.set()
            await shop.enough.wait()
            shop.up.clear()
            process.send_signal(signal.SIGKILL)
        goal[0] = min(len(shop.acknowledged) + 6, total)
    async with server(database_url, tmp_path) as (_, address):
        shop.address = address
        shop.up.set()
        await clients

    assert len(shop.acknowledged) == total
    ids = {made for answers in shop.acknowledged.values() for made in answers}
    assert len(ids) == total
    rows = await api.rt.db.fetch("SELECT id FROM sales_order WHERE store_id = $1", store)
    assert {str(r["id"]) for r in rows} == ids
    assert await api.rt.db.fetchval("SELECT reserved FROM stock WHERE sku_id = $1", sku) == total
    await assert_journal_adds_up(api.rt.db, store)
