"""Mixed traffic (80 % browse, 15 % cart, 5 % buy): latencies when saturated and at half of that."""

from bench.figures import Figure, percentile
from bench.goods import PRICE, buyers, open_shop, runtime
from bench.open_loop import Plan, Seen, run
from bench.shopper import Goods
from bench.stage import Stage

BUYERS = 6000
LINES = 64
SECONDS = 10


async def measure(stage: Stage) -> list[Figure]:
    """`p99_ms_saturated`, `p99_ms_half_load`."""
    async with runtime(stage) as rt:
        shop = await open_shop(rt, 500)
        tokens = [token for _, token in buyers(rt, BUYERS)]
    goods = Goods(
        str(shop.id), shop.slug, [str(p) for p in shop.products], [str(s) for s in shop.skus], PRICE
    )
    ports = [server.port for server in stage.servers]
    run(Plan(ports, goods, tokens, 3, LINES, None, 1))
    stage.cluster.psql("VACUUM ANALYZE", "zhanggui")
    full = _clean(run(Plan(ports, goods, tokens, SECONDS, LINES, None, 2)))
    rate = len(full.all_ms) / SECONDS
    half = _clean(run(Plan(ports, goods, tokens, SECONDS, 4 * LINES, rate / 2, 3)))
    return [
        Figure(
            "p99_ms_half_load",
            percentile(half.all_ms, 0.99),
            f"{rate / 2:.0f} requests/s open loop: {_by_kind(half)}",
        ),
        Figure(
            "p99_ms_saturated",
            percentile(full.all_ms, 0.99),
            f"{rate:.0f} requests/s, {LINES} clients: {_by_kind(full)}",
        ),
    ]


def _by_kind(seen: Seen) -> str:
    return ", ".join(
        f"{kind} p50 {percentile(ms, 0.5):.0f} p99 {percentile(ms, 0.99):.0f}"
        for kind, ms in sorted(seen.ms.items())
    )


def _clean(seen: Seen) -> Seen:
    """Raises RuntimeError when more than one answer in a hundred was a refusal."""
    bad = sum(count for status, count in seen.statuses.items() if status >= 400)
    if bad * 100 > len(seen.all_ms):
        raise RuntimeError(f"too many refusals for a figure: {seen.statuses}")
    return seen
