"""A cart of twenty lines priced over HTTP."""

import json
from pathlib import Path

from bench.figures import Figure
from bench.goods import PRICE, Shop, buyers, open_shop, runtime
from bench.stage import Stage
from bench.wrk import expect_clean, wrk
from zhanggui.core.runtime import Runtime

LINES = 20
CONNECTIONS = 32
SECONDS = 8


def write_quotes(rt: Runtime, shop: Shop, count: int, file: Path, lines: int = LINES) -> None:
    """Requests for a quote, each of other SKUs, in the form that lua/post.lua reads."""
    with file.open("w") as out:
        plain: list[str] = []
        for i, (_, token) in enumerate(buyers(rt, count)):
            chosen = [shop.skus[(i * lines + n) % len(shop.skus)] for n in range(lines)]
            asked = [
                {"key": str(n), "sku_id": str(s), "modifiers": plain, "quantity": 1}
                for n, s in enumerate(chosen)
            ]
            body = {"store_id": str(shop.id), "delivery_method": "pickup", "lines": asked}
            out.write(
                f"/api/shop/quote\tAuthorization: Bearer {token}\tContent-Type: application/json"
                f"\tAccept-Encoding: gzip\t\t{json.dumps(body)}\n"
            )


async def measure(stage: Stage) -> list[Figure]:
    """`cart_quote_cpu_ms`."""
    requests = stage.folder / "quotes"
    async with runtime(stage) as rt:
        shop = await open_shop(rt, 200)
        write_quotes(rt, shop, 500, requests)
    urls = [server.url for server in stage.servers]
    env = {"BENCH_AGAIN": "1"}
    expect_clean(wrk("post", urls, requests, connections=CONNECTIONS, seconds=2, env=env))
    stage.cluster.psql("VACUUM ANALYZE", "zhanggui")
    clock = stage.clock()
    load = expect_clean(wrk("post", urls, requests, connections=CONNECTIONS, seconds=SECONDS, env=env))
    server, database = (ms / load.requests for ms in clock.read())
    note = f"server {server:.2f} + database {database:.2f}, {LINES} lines of {PRICE} fen"
    return [Figure("cart_quote_cpu_ms", server + database, note)]
