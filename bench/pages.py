"""Pages from memory against a bare ASGI application that sends the same bytes: requests per server CPU second."""

import json
from pathlib import Path

import httpx

from bench.accounts import cpu_ms
from bench.figures import Figure
from bench.goods import Shop, open_shop, runtime
from bench.stage import ROOT, Server, Stage, listen
from bench.wrk import expect_clean, wrk

PRODUCTS = 1000
CONNECTIONS = 32
ROUNDS = 3
SECONDS = 3
BY_CONNECTION = {"date", "connection", "transfer-encoding"}


def keep_answer(url: str, folder: Path) -> None:
    """The answer as it travels (still packed), for the bare application."""
    folder.mkdir()
    with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip"}, trust_env=False) as answer:
        body = b"".join(answer.iter_raw())
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}")
        headers = [(n, v) for n, v in answer.headers.multi_items() if n not in BY_CONNECTION]
    (folder / "body").write_bytes(body)
    (folder / "headers.json").write_text(json.dumps(headers))


def per_cpu_second(server: Server, paths: Path, seconds: float = SECONDS) -> tuple[int, float]:
    """(requests, CPU seconds of the server)."""
    before = cpu_ms([server.pid])
    load = expect_clean(wrk("get", [server.url], paths, connections=CONNECTIONS, seconds=seconds))
    return load.requests, (cpu_ms([server.pid]) - before) / 1000


def compare(stage: Stage, key: str, paths: list[str]) -> Figure:
    """The real server and the bare one in turns, over the same paths."""
    server = stage.servers[0]
    folder = stage.folder / key
    keep_answer(server.url + paths[0], folder)
    file = stage.folder / f"{key}.paths"
    file.write_text("\n".join(paths))
    env = {**stage.env, "BENCH_ANSWER": str(folder), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    bare = Server("bench.bare:application", env, listen())
    bare.start()
    try:
        bare.wait()
        per_cpu_second(server, file, 2)
        turns = [(per_cpu_second(server, file), per_cpu_second(bare, file)) for _ in range(ROUNDS)]
    finally:
        bare.stop()
        bare.listener.close()
    rate = sum(requests for (requests, _), _ in turns) / sum(cpu for (_, cpu), _ in turns)
    bound = sum(requests for _, (requests, _) in turns) / sum(cpu for _, (_, cpu) in turns)
    return Figure(key, rate / bound, f"{rate:.0f} requests a CPU second ÷ {bound:.0f} bare")


def product_paths(shop: Shop) -> list[str]:
    return [f"/api/shop/stores/{shop.slug}/products/{product}" for product in shop.products[:200]]


def list_paths(shop: Shop) -> list[str]:
    return [
        f"/api/shop/stores/{shop.slug}/products?sort={sort}&limit=20"
        for sort in ("default", "sales", "newest")
    ]


async def measure(stage: Stage) -> list[Figure]:
    """`product_page_vs_asgi`, `list_page_vs_asgi`."""
    async with runtime(stage) as rt:
        shop = await open_shop(rt, PRODUCTS)
    return [
        compare(stage, "product_page_vs_asgi", product_paths(shop)),
        compare(stage, "list_page_vs_asgi", list_paths(shop)),
    ]
