"""What a durable reservation on one hot SKU costs, over HTTP, with two server processes.

    python bench/flash.py [--buyers 5000] [--units 1000] [--seconds 8] [--clients 256]

Starts its own PostgreSQL (durable: fsync and synchronous_commit on) and two uvicorn processes, then asks for places as buyers
who ask once each: first 5,000 buyers for 1,000 units, then a long run with ample stock under wrk, which takes little from the
two cores that everything shares. The load generators are processes of their own whose time is not counted. Cost is the user and system time of the server processes and of PostgreSQL with all its
backends, from /proc, apart. Prints one JSON object:

`hot_sku_cpu_ms`  server + database CPU for one reservation of the long run, milliseconds
`hot_sku_per_s`   reservations a second of the long run, wall clock, with the load generator on the same cores
`hot_sku_oversold` units that places hold beyond what was set aside, over both runs
"""

import argparse
import asyncio
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

ROOT = Path(__file__).parents[1]
SERVERS = 2
MOST_A_SECOND = 9_000  # buyers made ready for the long run
TICK = os.sysconf("SC_CLK_TCK")
KEYS = "1:" + base64.urlsafe_b64encode(b"a bench key of thirty-two bytes!").decode()


class Cpu(NamedTuple):
    """Seconds of user and system time so far."""

    server: float
    database: float

    def since(self, before: "Cpu") -> "Cpu":
        return Cpu(self.server - before.server, self.database - before.database)


def seconds_of(pid: int, *, children: bool = False) -> float:
    """User and system time of a process; with `children` also of those it has waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    return sum(map(int, fields[11 : 15 if children else 13])) / TICK


def children_of(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


def cpu(servers: list[int], postmaster: int) -> Cpu:
    """The accounts now; a backend that ended is in its parent's account."""
    database = seconds_of(postmaster, children=True) + sum(map(seconds_of, children_of(postmaster)))
    return Cpu(sum(map(seconds_of, servers)), database)


class Sale(NamedTuple):
    """A running sale of one SKU."""

    store: UUID
    sale: UUID
    sku: UUID


async def make_sale(rt: Any, units: int) -> Sale:
    """A store with one product, all of whose units are on sale from now."""
    from tests.promotions.flash import sale_input
    from tests.support.sale import stock_goods
    from zhanggui.core.db import in_transaction
    from zhanggui.core.i18n import Text
    from zhanggui.core.ids import new_id
    from zhanggui.promotions import schedule
    from zhanggui.stores.open_store import open_store
    from zhanggui.stores.rules import Settings

    slug = f"bench-{new_id().hex[-8:]}"
    store = await in_transaction(
        rt.db,
        lambda conn: open_store(
            conn, slug, Text("店", "Store"), "grid", Settings(delivery_methods=["pickup"])
        ),
    )

    class Owner:
        def __init__(self) -> None:
            self.rt = rt

    goods = await stock_goods(Owner(), store, stock=units)  # type: ignore[arg-type]  # it needs the runtime only
    data = sale_input(goods.skus, units=units, reserve=3_600)
    sale = await schedule.save(rt, store, None, data, "bench")
    await schedule.schedule(rt, store, sale, "bench")
    return Sale(store, sale, goods.skus[0])


def requests(rt: Any, sale: Sale, buyers: int) -> list[bytes]:
    """One request for each of that many new buyers, as bytes."""
    from zhanggui.core.ids import new_id

    body = json.dumps({"sku_id": str(sale.sku), "quantity": 1}).encode()
    path = f"/api/shop/stores/{sale.store}/flash/{sale.sale}/places"
    made: list[bytes] = []
    for _ in range(buyers):
        token = rt.signer.sign("access", new_id(), 7_200, guest=False, sid=str(new_id()))
        made.append(
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Idempotency-Key: {new_id()}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
    return made


def as_line(request: bytes) -> str:
    """A request as lua/post.lua takes it: "path<TAB>header: value<TAB>…<TAB><TAB>body"."""
    head, _, body = request.decode().partition("\r\n\r\n")
    first, *headers = head.split("\r\n")
    kept = [h for h in headers if not h.startswith(("Host:", "Content-Length:"))]
    return "\t".join([first.split(" ")[1], *kept, "", body])


async def reserved(rt: Any, sale: Sale) -> int:
    """Units that places hold. Raises SystemExit when the sale's own count says otherwise."""
    held, counted = await rt.db.fetchrow(
        "SELECT (SELECT coalesce(sum(quantity), 0)::int FROM flash_place WHERE sale_id = $1),"
        " (SELECT held FROM flash_item WHERE sale_id = $1)",
        sale.sale,
    )
    if held != counted:
        raise SystemExit(f"places hold {held}, the sale counts {counted}")
    return held


class Run(NamedTuple):
    """One run; CPU milliseconds by request."""

    requests: int
    units: int
    reserved: int
    seconds: float
    server_ms: float
    database_ms: float

    @classmethod
    def of(cls, requests: int, units: int, held: int, seconds: float, used: Cpu) -> "Run":
        return cls(
            requests, units, held, seconds, used.server / requests * 1e3, used.database / requests * 1e3
        )

    def told(self) -> dict[str, float]:
        return {"requests": self.requests, "units": self.units, "reserved": self.reserved,
                "seconds": round(self.seconds, 2), "requests_per_s": round(self.requests / self.seconds),
                "server_cpu_ms": round(self.server_ms, 4), "database_cpu_ms": round(self.database_ms, 4),
                "cpu_ms": round(self.server_ms + self.database_ms, 4)}  # fmt: skip


def send_all(ports: list[int], wanted: list[bytes], clients: int) -> dict[int, int]:
    """Send every request once over `clients` kept connections; answers by status. Runs in a process of its own."""
    import uvloop

    return uvloop.run(_send_all(ports, wanted, clients))


async def _send_all(ports: list[int], wanted: list[bytes], clients: int) -> dict[int, int]:
    waiting, seen = iter(wanted), dict[int, int]()

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            await reader.readexactly(int(length))
            status = int(head[9:12])
            seen[status] = seen.get(status, 0) + 1
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client(ports[i % len(ports)]) for i in range(clients)))
    return seen


def start_servers(env: dict[str, str]) -> tuple[list["subprocess.Popen[bytes]"], list[int]]:
    """Two server processes as `zhanggui serve` runs them, each on a port of its own, ready."""
    import httpx

    processes: list[subprocess.Popen[bytes]] = []
    ports: list[int] = []
    for _ in range(SERVERS):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1_024)
            ports.append(listener.getsockname()[1])
            command = [sys.executable, "-m", "uvicorn", "zhanggui.app:create_app", "--factory", "--fd",
                       str(listener.fileno()), "--loop", "uvloop", "--http", "httptools", "--no-access-log",
                       "--log-level", "warning"]  # fmt: skip
            processes.append(
                subprocess.Popen(  # this interpreter and fixed arguments
                    command, env=env, cwd=ROOT, pass_fds=(listener.fileno(),)
                )
            )
    for port in ports:
        httpx.get(f"http://127.0.0.1:{port}/health", timeout=60, trust_env=False).raise_for_status()
    return processes, ports


async def measure(args: argparse.Namespace, folder: Path, dsn: str, postmaster: int) -> dict[str, Any]:
    """Both runs; see the module."""
    from bench.wrk import expect_clean, wrk
    from zhanggui import settings
    from zhanggui.app import open_runtime

    env = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "ZHANGGUI_DATABASE_URL": dsn,
        "ZHANGGUI_DATA_DIR": str(folder),
        "ZHANGGUI_MASTER_KEYS": KEYS,
    }
    processes, ports = start_servers(env)
    pids = [p.pid for p in processes]
    figures: dict[str, Any] = {}
    oversold = 0
    try:
        async with open_runtime(settings.load(env)) as rt:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as generator:
                warm = await make_sale(rt, 2_000)
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(
                    generator, send_all, ports, requests(rt, warm, 2_000), args.clients
                )
                sale = await make_sale(rt, args.units)
                wanted = requests(rt, sale, args.buyers)
                before, began = cpu(pids, postmaster), time.perf_counter()
                seen = await loop.run_in_executor(generator, send_all, ports, wanted, args.clients)
                took, used = time.perf_counter() - began, cpu(pids, postmaster).since(before)
                held = await reserved(rt, sale)
                if seen.get(201, 0) != held or sum(seen.values()) != args.buyers:
                    raise SystemExit(f"rush: answered {seen}, places {held}")
                oversold += max(0, held - args.units)
                figures["rush"] = Run.of(args.buyers, args.units, held, took, used).told()
            most = int(args.seconds * MOST_A_SECOND)
            sale = await make_sale(rt, most)
            (folder / "asks").write_text("\n".join(as_line(one) for one in requests(rt, sale, most)))
            before = cpu(pids, postmaster)
            load = await asyncio.to_thread(
                wrk,
                "post",
                [f"http://127.0.0.1:{port}" for port in ports],
                folder / "asks",
                connections=args.clients,
                seconds=args.seconds,
                env={"BENCH_WANTED": "201"},
            )
            used = cpu(pids, postmaster).since(before)
            expect_clean(load)
            held = await reserved(rt, sale)
            if not load.requests <= held <= load.requests + args.clients:  # what was under way when wrk left
                raise SystemExit(f"long: answered {load.requests}, places {held}")
            oversold += max(0, held - most)
            figures["long"] = Run.of(load.requests, most, held, load.seconds, used).told()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
    return {
        "hot_sku_cpu_ms": figures["long"]["cpu_ms"],
        "hot_sku_per_s": figures["long"]["requests_per_s"],
        "hot_sku_oversold": oversold,
        **figures,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--buyers", type=int, default=5_000, help="of the rush (default: %(default)s)")
    parser.add_argument("--units", type=int, default=1_000, help="of the rush (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=8, help="of the long run (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=256, help="kept connections (default: %(default)s)")
    args = parser.parse_args()
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    from zhanggui.core.migrate import upgrade
    from zhanggui.embedded import start

    with tempfile.TemporaryDirectory(prefix="zhanggui-flash-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = start(folder / "data")
        try:
            cluster.psql("CREATE DATABASE bench")
            upgrade(cluster.dsn("bench"))
            if cluster.pid is None:
                raise SystemExit("the database does not say its process id")
            found = asyncio.run(measure(args, folder, cluster.dsn("bench"), cluster.pid))
        finally:
            cluster.stop()
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
