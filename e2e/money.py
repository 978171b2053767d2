"""The demo's money from behind: what order, ledger and the sandbox's bill say of whatever was bought."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import httpx

from tests.support.sandbox import Sandbox
from tests.support.three_sides import Sides, three_sides
from zhanggui.core.db import Pool, connect_pool
from zhanggui.embedded.cluster import dsn_of

PATIENCE_S = 60
OPEN = "SELECT EXISTS (SELECT FROM refund WHERE status IN ('requested', 'processing'))"
ORDERS = "SELECT store_id, id, number FROM sales_order ORDER BY store_id, id"


class Behind(Protocol):
    """What is needed of a demo."""

    @property
    def data(self) -> Path: ...

    @property
    def sandbox(self) -> str: ...


def with_database(demo: Behind, work: Callable[[Pool], Awaitable[Any]]) -> Any:
    """Run `work` on the demo's database, in a thread of its own: the browser's event loop runs in this one."""
    (pidfile,) = (demo.data / "postgres").rglob("postmaster.pid")
    dsn = dsn_of(Path(pidfile.read_text().splitlines()[4]))

    async def run() -> Any:
        pool = await connect_pool(dsn, size=1)
        try:
            return await work(pool)
        finally:
            await pool.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(run())).result()


def three_sides_of_all(demo: Behind) -> dict[str, Sides]:
    """Number → money of every order there is, once no refund is under way; fails where the three sides differ."""

    async def work(pool: Pool) -> dict[str, Sides]:
        async with asyncio.timeout(PATIENCE_S):
            while await pool.fetchval(OPEN):  # noqa: ASYNC110  other processes work on it, no event can tell
                await asyncio.sleep(0.2)
        async with httpx.AsyncClient(base_url=demo.sandbox, trust_env=False, timeout=30) as http:
            sandbox = Sandbox(demo.sandbox, http)
            rows = await pool.fetch(ORDERS)
            return {r["number"]: await _sides(pool, r["store_id"], r["id"], sandbox) for r in rows}

    return with_database(demo, work)


async def _sides(pool: Pool, store_id: UUID, order_id: UUID, sandbox: Sandbox) -> Sides:
    async with pool.acquire() as conn:
        return await three_sides(conn, store_id, order_id, sandbox)
