"""Placing orders: HTTP against pgbench in turns, and what an order costs in CPU time."""

import random
from pathlib import Path

from bench import pgbench
from bench.figures import Figure
from bench.goods import Shop, buyers, open_shop, runtime
from bench.stage import Stage
from bench.wrk import Load, expect_clean, wrk
from zhanggui.core.runtime import Runtime

SKUS = 200
BUYERS = 30_000  # each may hold five unpaid orders
CLIENTS = 64
PGBENCH_CLIENTS = 16
ROUNDS = 3
SECONDS = 5


def write_errands(rt: Runtime, shop: Shop, count: int, file: Path) -> None:
    """A line for each buyer: token, two different SKUs, store; the same ones whenever it is run."""
    draw = random.Random(7)
    with file.open("w") as out:
        for _, token in buyers(rt, count):
            one, two = draw.sample(shop.skus, 2)
            total = 2 * shop.prices[one] + shop.prices[two]
            out.write(f"{token}\t{one}\t{two}\t{shop.id}\t{total}\n")


async def measure(stage: Stage) -> list[Figure]:
    """`place_http_vs_pgbench`, `place_cpu_ms`."""
    errands = stage.folder / "errands"
    async with runtime(stage) as rt:
        shop = await open_shop(rt, SKUS)
        write_errands(rt, shop, BUYERS, errands)
        await pgbench.prepare(rt.db, shop.skus)
    urls = [server.url for server in stage.servers]
    expect_clean(wrk("place", urls, errands, connections=CLIENTS, seconds=3))
    stage.cluster.psql("VACUUM ANALYZE", "zhanggui")  # what autovacuum does within a minute of a first order
    loads: list[Load] = []
    rates: list[float] = []
    server = database = 0.0
    for run in range(ROUNDS):
        clock = stage.clock()
        loads.append(expect_clean(wrk("place", urls, errands, connections=CLIENTS, seconds=SECONDS)))
        of_server, of_database = clock.read()
        server, database = server + of_server, database + of_database
        _, rate = pgbench.orders_per_second(
            stage.cluster, shop.id, SKUS, clients=PGBENCH_CLIENTS, seconds=SECONDS, run=run + 1
        )
        rates.append(rate)
    orders = sum(load.requests for load in loads)
    per_second = sum(load.per_second for load in loads) / ROUNDS
    tps = sum(rates) / ROUNDS
    return [
        Figure(
            "place_http_vs_pgbench", per_second / tps, f"{per_second:.0f} orders/s ÷ {tps:.0f} by pgbench"
        ),
        Figure(
            "place_cpu_ms",
            (server + database) / orders,
            f"server {server / orders:.2f} + database {database / orders:.2f}, p99 {loads[-1].p99_ms:.0f} ms",
        ),
    ]
