"""Durable reservations on one hot SKU over HTTP: a rush of 5,000 buyers for 1,000 units, and a long run with ample stock."""

import asyncio
import json
import time
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from bench.each_once import sender
from bench.figures import Figure
from bench.goods import access_token, open_shop, runtime
from bench.stage import Stage
from bench.wrk import Load, expect_clean, wrk
from zhanggui.catalog.shapes import BoundedText
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.promotions import schedule
from zhanggui.promotions.shapes import FlashItemInput, FlashSaleInput

CLIENTS = 1_024
BUYERS, UNITS = 5_000, 1_000
SECONDS = 8
MOST_A_SECOND = 12_000
"""Buyers made ready for the long run: each asks once."""
PRICE = 600  # fen


class Sale(NamedTuple):
    """A running sale of one SKU."""

    store: UUID
    id: UUID
    sku: UUID

    @property
    def path(self) -> str:
        return f"/api/shop/stores/{self.store}/flash/{self.id}/places"


async def measure(stage: Stage) -> list[Figure]:
    """`hot_sku_cpu_ms`, `hot_sku_per_s`, `hot_sku_oversold`."""
    ports = [server.port for server in stage.servers]
    async with runtime(stage) as rt:
        with sender() as send:
            warm = await _open_sale(rt, 2_000)
            await send(ports, _requests(rt, warm, 2_000), CLIENTS)
            rush = await _open_sale(rt, UNITS)
            wanted = _requests(rt, rush, BUYERS)
            began = time.perf_counter()
            seen = await send(ports, wanted, CLIENTS)
            took = time.perf_counter() - began
        given = await _reserved(rt, rush)
        if seen.get(201, 0) != given or sum(seen.values()) != BUYERS:
            raise RuntimeError(f"rush: answered {seen}, places hold {given}")
        most = SECONDS * MOST_A_SECOND
        long = await _open_sale(rt, most)
        load, server, database = await _long_run(stage, long, rt, most)
        held = await _reserved(rt, long)
        if not load.requests <= held <= load.requests + CLIENTS:  # what was under way when wrk left
            raise RuntimeError(f"long run: answered {load.requests}, places hold {held}")
    note = f"server {server:.3f} + database {database:.3f}"
    oversold = max(0, given - UNITS) + max(0, held - most)
    return [
        Figure("hot_sku_cpu_ms", server + database, note),
        Figure("hot_sku_per_s", load.per_second, "two processes, wrk on the same two cores"),
        Figure(
            "hot_sku_oversold",
            oversold,
            f"{BUYERS} buyers for {UNITS} units in {took:.1f} s, and the long run",
        ),
    ]


async def _open_sale(rt: Runtime, units: int) -> Sale:
    """A store with one product, of which `units` are on sale from now."""
    shop = await open_shop(rt, 1)
    start = clock.now() - timedelta(seconds=5)
    terms = FlashSaleInput(
        name=BoundedText(zh="午夜秒杀", en="Midnight"),
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        reserve_seconds=3_600,
        pay_seconds=300,
        items=[FlashItemInput(shop.skus[0], PRICE, units, 1)],
    )
    sale = await schedule.save(rt, shop.id, None, terms, "bench")
    await schedule.schedule(rt, shop.id, sale, "bench")
    return Sale(shop.id, sale, shop.skus[0])


def _asks(rt: Runtime, sale: Sale, buyers: int) -> list[tuple[list[str], str]]:
    """Headers and body of one request for each of that many new buyers."""
    body = json.dumps({"sku_id": str(sale.sku), "quantity": 1})
    return [
        (
            [
                f"Authorization: Bearer {access_token(rt, new_id())}",
                f"Idempotency-Key: {new_id()}",
                "Content-Type: application/json",
            ],
            body,
        )
        for _ in range(buyers)
    ]


def _requests(rt: Runtime, sale: Sale, buyers: int) -> list[bytes]:
    """`_asks` as bytes."""
    start = [f"POST {sale.path} HTTP/1.1", "Host: bench"]
    return [
        "\r\n".join([*start, *headers, f"Content-Length: {len(body)}", "", body]).encode()
        for headers, body in _asks(rt, sale, buyers)
    ]


async def _long_run(stage: Stage, sale: Sale, rt: Runtime, buyers: int) -> tuple[Load, float, float]:
    """Under wrk, which takes little from the cores that everything shares; CPU ms of server and database for one request."""
    asks = stage.folder / "asks"
    asks.write_text(
        "\n".join("\t".join([sale.path, *headers, "", body]) for headers, body in _asks(rt, sale, buyers))
    )
    urls = [server.url for server in stage.servers]
    used = stage.clock()
    load = await asyncio.to_thread(
        wrk, "post", urls, asks, connections=CLIENTS, seconds=SECONDS, env={"BENCH_WANTED": "201"}
    )
    server, database = used.read()
    expect_clean(load)
    return load, server / load.requests, database / load.requests


async def _reserved(rt: Runtime, sale: Sale) -> int:
    """Units that places hold. Raises RuntimeError when the sale's own count says otherwise."""
    held, counted = await rt.db.fetchrow(
        "SELECT (SELECT coalesce(sum(quantity), 0)::int FROM flash_place WHERE sale_id = $1),"
        " (SELECT held FROM flash_item WHERE sale_id = $1)",
        sale.id,
    ) or (0, 0)
    if held != counted:
        raise RuntimeError(f"places hold {held}, the sale counts {counted}")
    return held
