"""Everything that `zhanggui demo` runs, in order, and what it says about it."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from zhanggui.commands import CommandFailed
from zhanggui.commands.options import bring_up_to_date
from zhanggui.demo import first_password, lock, ports
from zhanggui.demo.first_password import FirstPassword
from zhanggui.demo.supervise import Child, Supervisor
from zhanggui.embedded import Cluster, EmbeddedError, start

_NEEDED_BYTES = 600_000_000
_HEALTH_SECONDS = 90.0
_WATCH_SECONDS = 1.0
_SALES_SECONDS = 3_600.0
_LOADED = "stores-loaded"


@dataclass(frozen=True)
class Wanted:
    """What the person asked for. A port of 0 is any free one."""

    data_dir: Path
    port: int = 8780
    console_port: int = 8781
    sandbox_port: int = 8790
    processes: int = 1


@dataclass(frozen=True)
class Addresses:
    """Where things are, without trailing slash."""

    shop: str
    console: str
    sandbox: str


def say(text: str) -> None:
    """One line to the console, also into a pipe, at once."""
    print(text, flush=True)


def run(wanted: Wanted) -> int:
    """Run the demo until Ctrl-C, SIGTERM or SIGHUP. Raises CommandFailed when it cannot start."""
    if os.environ.get("ZHANGGUI_ENV") == "production":
        raise CommandFailed(
            "The demo is for trying out, and ZHANGGUI_ENV is production: use 'serve' and 'worker'."
        )
    _prepare_folder(wanted.data_dir)
    return asyncio.run(_run(wanted))


def _prepare_folder(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandFailed(
            f"The data folder {data_dir} cannot be made ({error.strerror}): choose one with --data."
        ) from error
    if not os.access(data_dir, os.W_OK):
        raise CommandFailed(
            f"The data folder {data_dir} cannot be written to by this user: choose one with --data."
        )
    free = shutil.disk_usage(data_dir).free
    if free < _NEEDED_BYTES:
        raise CommandFailed(
            f"The demo needs {_NEEDED_BYTES // 1_000_000} MB for its data and {data_dir} has {free // 1_000_000} MB "
            "free: make room, or choose a folder on another disk with --data."
        )


async def _run(wanted: Wanted) -> int:
    began = time.monotonic()
    data_dir = wanted.data_dir
    say(f"掌柜 Zhanggui demo, data in {data_dir}")
    held = lock.take(data_dir, say)
    try:
        taken: set[int] = set()
        addresses = Addresses(
            shop=_origin(ports.choose(wanted.port, taken, "shop", say)),
            console=_origin(ports.choose(wanted.console_port, taken, "console", say)),
            sandbox=_origin(ports.choose(wanted.sandbox_port, taken, "sandbox", say)),
        )
        supervisor = Supervisor(data_dir / "logs", say, inherit=[held])
        supervisor.start(_sandbox(addresses, data_dir))  # needs no database, so it starts beside it
        try:
            async with _database(data_dir) as (dsn, watch_database):
                _set_environment(data_dir, dsn, addresses)
                live = _live(wanted, addresses, dsn, supervisor, began)
                try:
                    await _until_told_to_stop(live, watch_database, supervisor)
                finally:
                    (data_dir / "demo.json").unlink(missing_ok=True)
                    await supervisor.stop()
        finally:
            await supervisor.stop()
        say("Stopped. Nothing is left running.")
    finally:
        os.close(held)
    return 0


async def _live(wanted: Wanted, addresses: Addresses, dsn: str, supervisor: Supervisor, began: float) -> None:
    """Start all processes in order, say where they are, and stay as long as they run."""
    data_dir = wanted.data_dir

    def serve() -> None:
        supervisor.start(_server(addresses, wanted.processes))
        supervisor.start(_worker())

    loaded = await _loaded(data_dir, dsn)
    if loaded:
        serve()
    watching = asyncio.create_task(supervisor.watch())
    await _first(watching, _answers(f"{addresses.sandbox}/_sandbox/health", "sandbox", supervisor))
    if not loaded:
        await _first(watching, _load(data_dir))
        watching.cancel()
        serve()
        watching = asyncio.create_task(supervisor.watch())
    await _first(watching, _answers(f"{addresses.shop}/health", "server", supervisor))
    await _first(watching, _schedule_sales())
    first = first_password.prepare(data_dir)
    password = first if await first_password.still_valid(dsn, first.login) else None
    _announce(data_dir, addresses, password, time.monotonic() - began)
    await _first(watching, _keep_sales())


async def _first(watching: "asyncio.Task[None]", work: Coroutine[Any, Any, Any]) -> Any:
    """The result of `work`, unless a child cannot be kept running in the meantime: then its error."""
    task = asyncio.create_task(work)
    await asyncio.wait({task, watching}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
        watching.result()
    return await task


async def _until_told_to_stop(
    live: Coroutine[Any, Any, None],
    watch_database: Callable[[], Coroutine[Any, Any, None]],
    supervisor: Supervisor,
) -> None:
    """Run until a signal comes or something cannot go on; a second signal ends everything at once."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if told.is_set():
            supervisor.kill()
        else:
            say("\nStopping …")
            told.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)

    tasks: list[asyncio.Task[Any]] = [
        asyncio.create_task(live),
        asyncio.create_task(watch_database()),
        asyncio.create_task(told.wait()),
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


@asynccontextmanager
async def _database(data_dir: Path) -> AsyncGenerator[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
    """The outside database of the settings or the embedded one, migrated; with a coroutine that keeps it running."""
    outside = os.environ.get("ZHANGGUI_DATABASE_URL")
    if outside:
        say("  database   the one in ZHANGGUI_DATABASE_URL")
        await bring_up_to_date(outside)
        yield outside, _wait_for_ever
        return
    began = time.monotonic()
    fresh = not (data_dir / "postgres").exists()
    say("  database   making a new one …" if fresh else "  database   starting …")
    try:
        cluster = await asyncio.to_thread(start, data_dir / "postgres")
    except EmbeddedError as error:
        raise CommandFailed(str(error)) from error
    try:
        await bring_up_to_date(cluster.dsn())
        say(f"  database   embedded PostgreSQL, ready in {time.monotonic() - began:.1f} s")
        yield cluster.dsn(), lambda: _keep_database(cluster)
    finally:
        await asyncio.to_thread(cluster.stop)


async def _wait_for_ever() -> None:
    await asyncio.Event().wait()


async def _keep_database(cluster: Cluster) -> None:
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        if cluster.pid is None and await asyncio.to_thread(cluster.ensure_running):
            say(f"The database had ended; it runs again and has recovered. See {cluster.log}")


def _set_environment(data_dir: Path, dsn: str, addresses: Addresses) -> None:
    os.environ.update(
        ZHANGGUI_ENV="development",
        ZHANGGUI_DATA_DIR=str(data_dir),
        ZHANGGUI_DATABASE_URL=dsn,
        ZHANGGUI_SHOP_ORIGIN=addresses.shop,
        ZHANGGUI_CONSOLE_ORIGIN=addresses.console,
        ZHANGGUI_SANDBOX_ORIGIN=addresses.sandbox,
        PYTHONUNBUFFERED="1",
    )


def _origin(port: int) -> str:
    return f"http://{ports.HOST}:{port}"


def _sandbox(addresses: Addresses, data_dir: Path) -> Child:
    port = addresses.sandbox.rpartition(":")[2]
    command = [sys.executable, "-m", "wechat_sandbox", "--port", port, "--data", str(data_dir / "sandbox")]
    return Child("sandbox", command, {}, patience=5)


def _server(addresses: Addresses, processes: int) -> Child:
    shop, console = addresses.shop.rpartition(":")[2], addresses.console.rpartition(":")[2]
    options = ["--port", shop, "--console-port", console, "--workers", str(processes)]
    return Child("server", [sys.executable, "-m", "zhanggui", "serve", *options], {})


def _worker() -> Child:
    return Child("worker", [sys.executable, "-m", "zhanggui", "worker"], {})


async def _loaded(data_dir: Path, dsn: str) -> bool:
    """Whether an earlier start has finished loading the stores of this folder into this database."""
    first = first_password.prepare(data_dir)
    return (data_dir / _LOADED).exists() and await first_password.is_known(dsn, first.login)


async def _load(data_dir: Path) -> None:
    """Load the demo stores; what an interrupted first start has done is not done twice."""
    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.demo import after_sale, load

    began = time.monotonic()
    say("  stores     loading two of them, with pictures …")
    first = first_password.prepare(data_dir)
    async with open_runtime(settings.load(), pool_size=4) as rt:
        await load.ensure(rt, login=first.login, password=first.password, say=say)
        found = await load.stores(rt)
        if found is not None:
            await after_sale.ensure(rt, found.southwind, found.coffee, first.password, say)
    (data_dir / _LOADED).touch()
    say(f"  stores     loaded in {time.monotonic() - began:.1f} s")


async def _schedule_sales() -> None:
    """The daily flash sales that are not scheduled yet."""
    from zhanggui import settings
    from zhanggui.app import open_runtime
    from zhanggui.demo import flash, load

    async with open_runtime(settings.load(), pool_size=2) as rt:
        found = await load.stores(rt)
        if found is not None:
            await flash.ensure(rt, found)


async def _keep_sales() -> None:
    """Schedule the next days' sales for as long as the demo runs."""
    while True:
        await asyncio.sleep(_SALES_SECONDS)
        try:
            await _schedule_sales()
        except Exception as fault:  # the database may be starting anew; the next hour sees to it
            say(f"The daily flash sale could not be scheduled: {fault}")


async def _answers(address: str, name: str, supervisor: Supervisor) -> None:
    """Wait until `address` answers without a server error."""
    began = time.monotonic()
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
        while time.monotonic() - began < _HEALTH_SECONDS:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(address)).status_code < 500:
                    say(f"  {name:<10} ready in {time.monotonic() - began:.1f} s")
                    return
            await asyncio.sleep(0.1)
    raise CommandFailed(
        f"The {name} does not answer after {_HEALTH_SECONDS:.0f} s. See {supervisor.log_of(name)}"
    )


def _announce(data_dir: Path, addresses: Addresses, password: FirstPassword | None, seconds: float) -> None:
    known = {"shop": addresses.shop, "console": addresses.console, "sandbox": addresses.sandbox}
    if password:
        known |= password._asdict()
    fresh = data_dir / "demo.json.incoming"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(known | {"pid": os.getpid()}, out)
    fresh.replace(data_dir / "demo.json")
    signing_in = (
        f"sign in as {password.login} with {password.password} (you choose a new password then)"
        if password
        else "sign in with the password that you chose"
    )
    say(
        f"\nReady in {seconds:.0f} s.\n"
        f"  Shop       {addresses.shop}\n"
        f"  Console    {addresses.console}   {signing_in}\n"
        f"  Sandbox    {addresses.sandbox}   the stand-in for WeChat: cashier, messages, faults\n"
        f"  Logs       {data_dir / 'logs'}\n"
        "Ctrl-C stops everything."
    )
