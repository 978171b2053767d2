"""How costs grow with the catalogue and with past orders, the memory of a large one, and searching it (`zhanggui fake`)."""

import asyncio
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx

from bench.accounts import rss_mb
from bench.figures import Figure
from bench.goods import Shop, access_token, runtime
from bench.place import CLIENTS, write_errands
from bench.quote import write_quotes
from bench.stage import ROOT, Stage, python
from bench.wrk import expect_clean, wrk
from zhanggui.core.runtime import Runtime
from zhanggui.demo.fake.write import Wanted, fill

PRODUCTS = (1_000, 10_000, 100_000)
ORDERS = (10_000, 100_000, 1_000_000)
SECONDS = 3
COPIED = ("sales_order", "order_line")  # the tables of the past that placing and a buyer's list touch


def _script() -> Path:
    return ROOT / "bench" / "search.py"


async def _fill(rt: Runtime, stage: Stage, products: int, orders: int) -> Shop:
    slug = f"large-{products}-{orders}"
    now = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    store = await fill(rt, stage.cluster.dsn(), Wanted(slug, products, 2, orders, 365, 1, now), _quiet)
    sold = await rt.db.fetch(
        "SELECT s.id, s.product_id, s.price FROM sku s JOIN product p ON p.store_id = s.store_id AND p.id = s.product_id"
        " JOIN stock k ON k.store_id = s.store_id AND k.sku_id = s.id"
        " WHERE s.store_id = $1 AND s.active AND p.status = 'on' AND p.modifiers = '[]' AND (cardinality(p.delivery_methods) = 0 OR 'pickup' = ANY(p.delivery_methods))"
        " ORDER BY s.id LIMIT 1000",
        store,
    )
    await rt.db.execute("UPDATE stock SET on_hand = on_hand + 1000000 WHERE store_id = $1", store)
    prices = {row["id"]: row["price"] for row in sold}
    return Shop(store, slug, [row["product_id"] for row in sold], list(prices), prices)


def _quiet(_: str) -> None:
    """The filler's progress is nobody's concern here."""


def multiply(stage: Stage, store: UUID, times: int, step: int) -> None:
    """Let the past be `times` as long: each order with its lines again, of other buyers, under ids and numbers of their own.

    Ids keep their time, so they lie as close as real ones; `step` keeps apart what is multiplied twice.
    """
    psql = stage.cluster.psql
    for table in COPIED:
        columns = psql(
            f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped",
            "zhanggui",
        ).split()
        fresh: dict[str, str] = {}
        for name in ("id", "order_id", "customer_id"):
            drawn = f"md5({name}::text || '/{step}/' || n)"
            fresh[name] = (
                f"(left({name}::text, 19) || left({drawn}, 4) || '-' || substr({drawn}, 5, 12))::uuid"
            )
        fresh["number"] = f"number || '-{step}.' || n"
        taken = ", ".join(fresh.get(column, column) for column in columns)
        psql(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table}, generate_series(1, {times - 1}) AS n"
            f" WHERE store_id = '{store}'",
            "zhanggui",
        )
        psql(f"VACUUM ANALYZE {table}", "zhanggui")


def _cost(stage: Stage, script: str, lines: Path, env: dict[str, str] | None = None) -> float:
    """CPU ms, server and database, of one request."""
    urls = [server.url for server in stage.servers]
    expect_clean(wrk(script, urls, lines, connections=CLIENTS, seconds=2, env=env), share=0.01)
    stage.cluster.psql("VACUUM ANALYZE", "zhanggui")
    clock = stage.clock()
    load = expect_clean(wrk(script, urls, lines, connections=CLIENTS, seconds=SECONDS, env=env), share=0.01)
    return sum(clock.read()) / load.requests


def _costs(stage: Stage, rt: Runtime, shop: Shop) -> dict[str, float]:
    pages, quotes, errands = (stage.folder / name for name in ("pages", "quotes", "errands"))
    pages.write_text(
        "\n".join(f"/api/shop/stores/{shop.slug}/products/{p}" for p in dict.fromkeys(shop.products))
    )
    write_quotes(rt, shop, 300, quotes)
    write_errands(rt, shop, 20_000, errands)
    for server in stage.servers:  # the first to ask waits until the catalogue is in memory
        httpx.get(f"{server.url}/api/shop/stores/{shop.slug}/categories", timeout=180, trust_env=False)
    return {
        "page": _cost(stage, "get", pages),
        "quote": _cost(stage, "post", quotes, {"BENCH_AGAIN": "1"}),
        "place": _cost(stage, "place", errands),
    }


def _growth(key: str, costs: list[float], sizes: tuple[int, ...]) -> Figure:
    told = ", ".join(f"{size:,}: {cost:.2f} ms" for size, cost in zip(sizes, costs, strict=True))
    return Figure(key, costs[-1] / costs[0], told)


async def measure_products(stage: Stage) -> list[Figure]:
    """`growth_products_*`, `rss_mb`, `search_p99_ms`."""
    found: list[dict[str, float]] = []
    slug = ""
    async with runtime(stage) as rt:
        for size in PRODUCTS:
            shop = await _fill(rt, stage, size, 0)
            slug = shop.slug
            found.append(_costs(stage, rt, shop))
    for path in ("products?limit=20&facets=true", "search?q=%E5%92%96%E5%95%A1"):
        file = stage.folder / "paths"
        file.write_text(f"/api/shop/stores/{slug}/{path}")
        wrk("get", [stage.servers[0].url], file, connections=4, seconds=2)
    memory = rss_mb(stage.servers[0].pid)
    figures = [
        _growth(f"growth_products_{what}", [one[what] for one in found], PRODUCTS) for what in found[0]
    ]
    figures.append(
        Figure("rss_mb", memory, f"{PRODUCTS[-1]:,} products in two languages, pages and search in use")
    )
    return [*figures, await asyncio.to_thread(_search, stage, slug)]


def _search(stage: Stage, slug: str) -> Figure:
    command = python(str(_script()), "--database", stage.cluster.dsn(), "--store", slug)
    done = subprocess.run(command, env=stage.env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"bench/search.py failed: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.strip().splitlines()[-1])
    note = f"CPU time, cold, {told['products']:,} products; p50 {told['search_p50_ms']} ms; warm p99 {told['warm_p99_ms']} ms"
    return Figure("search_p99_ms", told["search_p99_ms"], note)


async def measure_orders(stage: Stage) -> list[Figure]:
    """`growth_orders_*`: the past grows tenfold and tenfold again."""
    placing: list[float] = []
    listing: list[float] = []
    async with runtime(stage) as rt:
        shop = await _fill(rt, stage, 1_000, ORDERS[0])
        for step, size in enumerate(ORDERS):
            if step:
                multiply(stage, shop.id, size // ORDERS[step - 1], step - 1)
            errands, lists = stage.folder / "errands", stage.folder / "lists"
            write_errands(rt, shop, 20_000, errands)
            placing.append(_cost(stage, "place", errands))
            lists.write_text("\n".join(await _owners(rt, shop.id)))
            listing.append(_cost(stage, "list", lists))
            await rt.db.execute(
                "DELETE FROM sales_order WHERE store_id = $1 AND status = 'pending_payment'", shop.id
            )
    return [
        _growth("growth_orders_place", placing, ORDERS),
        _growth("growth_orders_history", listing, ORDERS),
    ]


async def _owners(rt: Runtime, store: UUID) -> list[str]:
    """Tokens of buyers who have orders."""
    rows = await rt.db.fetch(
        "SELECT DISTINCT customer_id AS id FROM sales_order WHERE store_id = $1 LIMIT 300", store
    )
    return [access_token(rt, row["id"]) for row in rows]
