"""What a search costs in the server at a large catalogue: CPU ms at the 50th and 99th of a hundred, build time, memory.

    .venv/bin/python bench/search.py [--products 100000] [--skus-per-product 4] [--rounds 5] [--database URL --store SLUG]

Starts its own database in a throw-away folder and fills it, unless --database names one that holds the store already. Every
query is asked cold (nothing kept of an earlier search) and warm, through the whole handler: find, stock, cards, facets, encoding.
The last line is JSON.
"""

import argparse
import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

SYLLABLES = ("kafei", "kf", "beizi", "maojin", "chahu", "mkb", "dami", "fengyi", "shubao", "yujin")


class Query(NamedTuple):
    """A search as a buyer makes it: what kind of test it is, its text, further parameters."""

    kind: str
    text: str
    more: dict[str, Any]


def queries(names: list[tuple[str, str]], rounds: int) -> list[Query]:
    """Words, whole names, pinyin, initials, slips and filters, drawn from the catalogue's own names."""
    chance = random.Random(7)  # repeatable, not a secret
    found: list[Query] = []
    for _ in range(rounds * 10):
        zh, en = chance.choice(names)
        words = en.split()
        slip = chance.choice([w for w in words if len(w) > 4] or words)
        at = chance.randrange(1, max(2, len(slip) - 1))
        cut = chance.randrange(0, len(zh) - 2)
        wrong = zh[cut] + "口" + zh[cut + 2 : cut + 3]
        found += [
            Query("word", zh[-2:], {}),
            Query("part", zh[cut : cut + 3], {}),
            Query("name", zh, {}),
            Query("english", " ".join(words[-2:]), {}),
            Query("typo", slip[:at] + slip[at + 1 :], {}),
            Query("typo_zh", wrong, {}),
            Query("pinyin", chance.choice(SYLLABLES), {}),
            Query(
                "filters",
                zh[-2:],
                {"in_stock": True, "price_min": 2_000, "price_max": 20_000, "sort": "price"},
            ),
            Query("prefix", words[-1][:3], {"sort": "sales"}),
        ]
    return found


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


async def measure(database: str, slug: str, rounds: int, data_dir: Path) -> dict[str, Any]:
    """Build the index in this process and ask everything twice."""
    import msgspec

    from zhanggui.app import open_runtime
    from zhanggui.catalog.narrow import Filters
    from zhanggui.core.runtime import Config
    from zhanggui.search import stock_watch
    from zhanggui.search.find import Search, find
    from zhanggui.search.index import index_of
    from zhanggui.search.settings import settings_of
    from zhanggui.search.shapes import SearchPage
    from zhanggui.search.shop_api import product_cards
    from zhanggui.settings import Settings
    from zhanggui.stores.queries import by_slug

    nowhere = "http://127.0.0.1:1"
    config = Config(data_dir, nowhere, nowhere, nowhere, nowhere, None, production=False)
    empty = memory_mb()
    async with open_runtime(Settings(config, database, {1: bytes(32)}), pool_size=2) as rt:
        rt.singletons["event_follower"] = None  # this process keeps its catalogue, as a server does
        store_id: UUID = (await by_slug(rt, slug)).id
        wall, cpu = time.monotonic(), time.process_time()
        store, index = await index_of(rt, store_id)
        await stock_watch.current(rt, store_id, store)
        build = {
            "build_s": round(time.monotonic() - wall, 1),
            "build_cpu_s": round(time.process_time() - cpu, 1),
        }
        built = memory_mb()
        names = [
            (p.name.zh, p.name.en)
            for p in (store.products[i] for i in store.columns.ids[:: max(1, store.columns.size // 400)])
        ]
        asked = queries(names, rounds)
        cold: dict[str, list[float]] = {}
        warm: list[float] = []
        hits: dict[str, int] = {}
        settings = await settings_of(rt, store_id)

        async def ask(query: Query) -> int:
            filters = Filters(**{k: v for k, v in query.more.items() if k != "sort"})
            found = find(
                store, index, settings, Search(query.text, filters, query.more.get("sort", "relevance"))
            )
            cards = await product_cards(rt, store_id, store, found.page)
            total = found.narrowed.number.bit_count()
            page = SearchPage(
                items=cards,
                next=found.following,
                total=total,
                facets=found.narrowed.facets(),
                corrected=found.corrected,
            )
            msgspec.json.encode(page)
            return total

        await ask(Query("first", "咖啡", {}))
        for query in asked:
            index.forget()
            began = time.process_time()
            total = await ask(query)
            cold.setdefault(query.kind, []).append((time.process_time() - began) * 1000)
            began = time.process_time()
            await ask(query)
            warm.append((time.process_time() - began) * 1000)
            hits[query.kind] = hits.get(query.kind, 0) + (total > 0)
        every = [ms for times in cold.values() for ms in times]
        return {
            "products": store.columns.size,
            "skus": len(store.skus),
            **build,
            "search_p50_ms": percentile(every, 0.5),
            "search_p99_ms": percentile(every, 0.99),
            "search_max_ms": round(max(every), 2),
            "warm_p50_ms": percentile(warm, 0.5),
            "warm_p99_ms": percentile(warm, 0.99),
            "by_kind": {k: {"p50": percentile(v, 0.5), "p99": percentile(v, 0.99), "found": round(hits[k] / len(v), 2)} for k, v in cold.items()},
            "rss_mb_before": empty,
            "rss_mb_built": built,
            "rss_mb": memory_mb(),
            "rss_mb_peak": peak_mb(),
        }  # fmt: skip


def memory_mb() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 // 1_000_000


def peak_mb() -> int:
    """The most it ever had."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--skus-per-product", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--database", help="a PostgreSQL address that holds the store already")
    parser.add_argument("--store", default="everything")
    args = parser.parse_args()
    if args.database:
        print(  # its output
            json.dumps(
                asyncio.run(measure(args.database, args.store, args.rounds, Path(tempfile.gettempdir())))
            )
        )
        return
    import subprocess

    from zhanggui.embedded import start

    folder = Path(tempfile.mkdtemp(prefix="zhanggui-bench-"))
    cluster = start(folder / "postgres", durable=False)
    try:
        import os

        environment = {**os.environ, "ZHANGGUI_DATABASE_URL": cluster.dsn(), "ZHANGGUI_DATA_DIR": str(folder)}
        amounts = ["--products", str(args.products), "--skus-per-product", str(args.skus_per_product)]
        fill = [sys.executable, "-m", "zhanggui", "fake", "--store", args.store, *amounts]
        subprocess.run(fill, env=environment, check=True, stdout=sys.stderr)  # our own command
        again = [sys.executable, __file__, "--database", cluster.dsn(), "--store", args.store]
        subprocess.run(
            [*again, "--rounds", str(args.rounds)], check=True
        )  # a process of its own, for its memory
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
