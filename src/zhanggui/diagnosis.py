"""What `zhanggui doctor` looks at. Every check changes nothing and ends in a sentence."""

import asyncio
import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from pathlib import Path

_DISK_BYTES = 1_000_000_000
_CLOCK_SECONDS = 5.0


class Verdict(Enum):
    """How bad it is: GOOD, worth knowing, or in the way."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    verdict: Verdict
    subject: str
    sentence: str


def findings(data_dir: Path) -> Iterator[Finding]:
    """Everything there is to say about this machine, as it is found out."""
    yield _python()
    yield _packages()
    yield _settings()
    yield _disk(data_dir)
    yield from _database(data_dir)
    yield from _abandoned()
    yield _front_ends()
    yield from _ports()
    yield _browser()


def _python() -> Finding:
    present = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(Verdict.GOOD, "python", f"{present} at {sys.executable}")


def _packages() -> Finding:
    names = [re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in requires("zhanggui") or []]
    missing: list[str] = []
    for name in names:
        try:
            version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding(Verdict.BAD, "packages", f"missing: {', '.join(missing)}. Install zhanggui again.")
    return Finding(Verdict.GOOD, "packages", f"zhanggui {version('zhanggui')} with {len(names)} libraries")


def _settings() -> Finding:
    from zhanggui.settings import SettingsError, load

    production = os.environ.get("ZHANGGUI_ENV") == "production"
    if (
        not production
    ):  # outside production, reading the settings would make a key: nothing is to be changed here
        sandbox = os.environ.get("ZHANGGUI_SANDBOX_ORIGIN")
        where = f"the sandbox at {sandbox}" if sandbox else "the real platform (no ZHANGGUI_SANDBOX_ORIGIN)"
        return Finding(Verdict.GOOD, "settings", f"development, talking to {where}")
    try:
        load()
    except SettingsError as error:
        return Finding(Verdict.BAD, "settings", str(error))
    return Finding(Verdict.GOOD, "settings", "complete for production")


def _disk(data_dir: Path) -> Finding:
    there = next(folder for folder in (data_dir, *data_dir.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / 1e9:.1f} GB free for {data_dir}"
    if not os.access(there, os.W_OK):
        return Finding(
            Verdict.BAD, "data folder", f"{there} cannot be written to by this user: choose one with --data."
        )
    if free < _DISK_BYTES:
        return Finding(
            Verdict.BAD, "data folder", f"{said}: too little, {_DISK_BYTES / 1e9:.0f} GB are needed."
        )
    return Finding(Verdict.GOOD, "data folder", said)


def _database(data_dir: Path) -> Iterator[Finding]:
    dsn = os.environ.get("ZHANGGUI_DATABASE_URL")
    if not dsn:
        from zhanggui.embedded import EmbeddedError, account, pidfile, programs

        cluster = data_dir / "postgres" / "cluster"
        try:
            folder = programs.find(account.choose(cluster)).folder
        except EmbeddedError as error:
            yield Finding(Verdict.BAD, "database", str(error))
            return
        if not cluster.exists():
            yield Finding(Verdict.GOOD, "database", f"embedded, not made yet; programs in {folder}")
            return
        running = pidfile.read(cluster.resolve())
        if running is None:
            yield Finding(Verdict.GOOD, "database", f"embedded in {cluster.resolve()}, not running now")
            return
        from zhanggui.embedded.cluster import dsn_of

        dsn = dsn_of(running.socket_folder)
        yield Finding(
            Verdict.GOOD, "database", f"embedded in {cluster.resolve()}, running (process {running.pid})"
        )
    connected = asyncio.run(_connected(dsn))
    yield from connected
    if connected[0].verdict is not Verdict.BAD:
        yield _schema(dsn)


def _abandoned() -> Iterator[Finding]:
    from zhanggui.embedded.place import abandoned

    for cluster in abandoned():
        yield Finding(
            Verdict.NOTE,
            "old database",
            f"the data folder of {cluster} is gone; if it will not come back: rm -r {cluster} {cluster}.origin",
        )


async def _connected(dsn: str) -> list[Finding]:
    import asyncpg

    from zhanggui.core.db import connect_pool

    try:
        pool = await connect_pool(dsn, size=1)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return [Finding(Verdict.BAD, "connection", f"the database cannot be reached: {error}")]
    try:
        before = time.time()
        number = int(await pool.fetchval("SELECT current_setting('server_version_num')::int"))
        now = float(await pool.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8"))
        skew = max(before - now, now - time.time(), 0.0)
    finally:
        await pool.close()
    if number < 150000:
        first = Finding(
            Verdict.BAD, "connection", f"PostgreSQL {number // 10000} is too old: 15 or newer is needed."
        )
    else:
        first = Finding(Verdict.GOOD, "connection", f"PostgreSQL {number // 10000} answers")
    if skew > _CLOCK_SECONDS:
        return [
            first,
            Finding(Verdict.BAD, "clock", f"differs from the database's by {skew:.0f} s: set both by NTP."),
        ]
    return [first, Finding(Verdict.GOOD, "clock", f"within {skew:.1f} s of the database's")]


def _schema(dsn: str) -> Finding:
    import asyncpg

    from zhanggui.core.migrate import revisions

    try:
        applied, newest = revisions(dsn)
    except (OSError, asyncpg.PostgresError) as error:
        return Finding(Verdict.BAD, "schema", f"cannot be read: {error}")
    if applied != newest:
        return Finding(
            Verdict.NOTE, "schema", f"at {applied or 'nothing'}, newest is {newest}: run 'zhanggui migrate'."
        )
    return Finding(Verdict.GOOD, "schema", f"at the newest ({newest})")


def _front_ends() -> Finding:
    web = files("zhanggui") / "web"
    entries = {"shop": "h5/index.html", "console": "console/index.html", "mini-program": "mp-weixin/app.json"}
    missing = [name for name, entry in entries.items() if not (web / entry).is_file()]
    if missing:
        return Finding(
            Verdict.BAD, "front ends", f"not built: {', '.join(missing)}. In a checkout: make setup"
        )
    return Finding(Verdict.GOOD, "front ends", "shop, console and mini-program are here")


def _ports() -> Iterator[Finding]:
    ports: dict[int, str] = {8780: "shop", 8781: "console", 8790: "sandbox"}
    for port, name in ports.items():
        with socket.socket() as probe:
            probe.settimeout(1)
            taken = probe.connect_ex(("127.0.0.1", port)) == 0
        if taken:
            yield Finding(
                Verdict.NOTE, "ports", f"{port} ({name}) is in use; 'zhanggui demo' takes the next free one."
            )
            return
    yield Finding(Verdict.GOOD, "ports", f"{', '.join(map(str, ports))} are free")


def _browser() -> Finding:
    finders: list[Callable[[], str | None]] = [
        lambda: os.environ.get("ZHANGGUI_CHROMIUM"),
        *(lambda name=name: shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")),
    ]
    found = next((path for find in finders if (path := find())), None)
    if found is None:
        return Finding(
            Verdict.NOTE, "browser", "no Chromium: only 'make test' needs one (apt install chromium)."
        )
    return Finding(Verdict.GOOD, "browser", found)
