"""`make bench-chaos`: mixed traffic while server processes are killed with -9 every few seconds and the database once.

Several server processes accept from one listening socket; whoever kills one starts it again, as a supervisor does. Payments
go through the WeChat sandbox. Afterwards the books are compared with what clients were told. The last line is JSON.
"""

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx

from bench import books
from bench.goods import PRICE, buyers, open_shop, runtime
from bench.http_calls import Broken, Line
from bench.shopper import Goods, Shopper
from bench.stage import ROOT, Server, Stage, listen, python, stage
from zhanggui.payments.accounts import provision

SECONDS = float(os.environ.get("BENCH_CHAOS_SECONDS", "60"))
PROCESSES = 3
SHOPPERS = 24
KILL_EVERY = 4.0
SETTLE_SECONDS = 40


@dataclass
class Told:
    """What clients were told, and what was done to the shop."""

    placed: dict[UUID, str] = field(default_factory=dict[UUID, str])
    answers: int = 0
    broken: int = 0
    paid: set[UUID] = field(default_factory=set[UUID])
    server_kills: int = 0
    database_kills: int = 0


async def _order(shopper: Shopper, told: Told) -> str | None:
    """Place one order; a broken line or a busy shop is tried again with the same key, as an app does."""
    key, body = str(uuid4()), shopper.order()
    for _ in range(30):
        try:
            answer = await shopper.place(key, body)
        except Broken:
            told.broken += 1
            await asyncio.sleep(0.2)
            continue
        if answer.status == 201:
            order = answer.json()["orders"][0]["id"]
            told.placed[UUID(order)] = key
            return order
        if answer.status < 500:
            return None
        await asyncio.sleep(0.2)
    return None


async def _pay(shopper: Shopper, sandbox: httpx.AsyncClient, order: str, told: Told) -> None:
    """Pay at the sandbox's cashier; a step that fails is left to the shop's own queries."""
    path = f"/api/shop/stores/{shopper.goods.store}/orders/{order}/payments"
    headers = {**shopper.headers, "Idempotency-Key": str(uuid4())}
    started = await shopper.line.call("POST", path, {"method": "wechat_native"}, headers)
    if started.status != 201:
        return
    attempt = UUID(started.json()["id"]).hex
    known = (await sandbox.get(f"/_sandbox/orders/{attempt}")).json()
    await sandbox.post(f"/_sandbox/cashier/{known['prepay_id']}/approve", json={})
    told.paid.add(UUID(order))


async def _shop_until(end: float, make: "Shoppers", told: Told, sandbox: httpx.AsyncClient) -> None:
    shopper = make.next()
    while time.monotonic() < end:
        try:
            if shopper.draw.random() < 0.15:  # more than five in a hundred: orders are what is proven
                shopper = make.next()  # each buyer may owe for five orders only
                order = await _order(shopper, told)
                if order is not None and shopper.draw.random() < 0.6:
                    await _pay(shopper, sandbox, order, told)
            else:
                await shopper.step()
            told.answers += 1
        except Broken:
            told.broken += 1
            await asyncio.sleep(0.1)
        except httpx.HTTPError:
            told.broken += 1


class Shoppers:
    """Gives out buyers, each once, on lines of the callers' own."""

    def __init__(self, port: int, goods: Goods, tokens: list[str]) -> None:
        self._port, self._goods, self._tokens = port, goods, iter(tokens)
        self._number = 0

    def next(self) -> Shopper:
        self._number += 1
        return Shopper(Line(self._port), self._goods, next(self._tokens), random.Random(self._number))


async def _kill_servers(end: float, servers: list[Server], told: Told) -> None:
    draw = random.Random(3)
    while time.monotonic() + KILL_EVERY < end:
        await asyncio.sleep(KILL_EVERY)
        victim = draw.choice(servers)
        os.kill(victim.pid, signal.SIGKILL)
        if victim.process is not None:
            await asyncio.to_thread(victim.process.wait)
        told.server_kills += 1
        victim.start()


async def _kill_database(at: float, one: Stage, told: Told) -> None:
    await asyncio.sleep(at - time.monotonic())
    os.kill(one.database_pid, signal.SIGKILL)
    told.database_kills += 1
    await asyncio.to_thread(one.cluster.ensure_running)


@contextmanager
def sandbox_process() -> Generator[str]:
    """The WeChat sandbox on a free port; yields its address."""
    process = subprocess.Popen(
        python("-m", "wechat_sandbox", "--port", "0"),
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("WeChat sandbox: http"):
            raise RuntimeError(f"the sandbox did not start: {line}")
        yield line.split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait(20)
        if process.stdout:
            process.stdout.close()


def _start_worker(one: Stage) -> subprocess.Popen[bytes]:
    with (one.folder / "log").open("ab") as log:
        return subprocess.Popen(
            python("-m", "zhanggui", "worker"), env=one.env, cwd=ROOT, stdout=log, stderr=log
        )


@asynccontextmanager
async def worker_process(one: Stage) -> AsyncGenerator[None]:
    """The worker: queries, expiry, jobs."""
    process = await asyncio.to_thread(_start_worker, one)
    try:
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(process.wait, 20)
        process.kill()
        await asyncio.to_thread(process.wait)


async def soak(one: Stage, servers: list[Server], sandbox_url: str) -> dict[str, object]:
    """Traffic and kills, then quiet until nothing is open any more, then the books."""
    async with runtime(one) as rt:
        shop = await open_shop(rt, 60)
        await provision(rt, shop.id)
        tokens = [token for _, token in buyers(rt, 40_000)]
    goods = Goods(
        str(shop.id), shop.slug, [str(p) for p in shop.products], [str(s) for s in shop.skus], PRICE
    )
    told, began = Told(), time.monotonic()
    end = began + SECONDS
    make = Shoppers(servers[0].port, goods, tokens)
    async with (
        worker_process(one),
        httpx.AsyncClient(base_url=sandbox_url, trust_env=False, timeout=20) as sandbox,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(SHOPPERS):
            group.create_task(_shop_until(end, make, told, sandbox))
        group.create_task(_kill_servers(end, servers, told))
        group.create_task(_kill_database(began + SECONDS / 2, one, told))
    async with runtime(one) as rt, worker_process(one):
        unpaid = 0
        for _ in range(SETTLE_SECONDS):
            unpaid = await books.unsettled(rt.db, shop.id, list(told.paid))
            if not unpaid:
                break
            await asyncio.sleep(1)
        found = await books.check(rt.db, shop.id, list(told.placed))
    print(
        f"{told.answers} steps, {told.broken} broken lines, {len(told.paid)} orders paid at the cashier of which {unpaid}"
        f" are not known to be paid; {found}",
        flush=True,
    )
    ok = (
        not unpaid
        and found.clean
        and told.placed
        and found.found == len(told.placed)
        and told.server_kills > 0
    )
    return {
        "ok": bool(ok and told.database_kills == 1),
        "acknowledged": len(told.placed),
        "found": found.found,
        "duplicated": found.duplicated,
        "orphaned_reservations": found.orphaned,
        "paid_twice": found.paid_twice,
        "server_kills": told.server_kills,
        "database_kills": told.database_kills,
    }


def main() -> int:
    with sandbox_process() as sandbox_url, contextlib.closing(listen()) as listener:
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with stage(sandbox_url=sandbox_url, extra={"ZHANGGUI_SHOP_ORIGIN": origin}) as one:
            servers = [
                Server("zhanggui.app:create_app", one.env, listener, log=one.folder / "log")
                for _ in range(PROCESSES)
            ]
            try:
                for server in servers:
                    server.start()
                servers[0].wait()
                result = asyncio.run(soak(one, servers, sandbox_url))
            finally:
                for server in servers:
                    server.stop()
    print(json.dumps(result), flush=True)
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
