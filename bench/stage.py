"""What is measured: an embedded, durable PostgreSQL and server processes of the real application."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench import accounts
from zhanggui.core.migrate import upgrade
from zhanggui.embedded import Cluster, start
from zhanggui.settings import Settings, load

ROOT = Path(__file__).resolve().parents[1]
MASTER_KEY = "1:YSBiZW5jaCBrZXkgb2YgMzIgYnl0ZXMgbG9uZyEhISE"


def listen() -> socket.socket:
    """A listening socket on a free port of the loopback that children can inherit."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    listener.set_inheritable(True)
    return listener


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


@dataclass
class Server:
    """One process of an ASGI application, as `zhanggui serve` runs each of its own."""

    application: str
    env: dict[str, str]
    listener: socket.socket
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the server is not running")
        return self.process.pid

    def start(self) -> None:
        handle = self.listener.fileno()
        factory = ["--factory"] if self.application.startswith("zhanggui") else []
        options = ["--loop", "uvloop", "--http", "httptools", "--ws", "websockets-sansio", "--no-access-log",
                   "--no-server-header", "--log-level", "warning"]  # fmt: skip
        command = python("-m", "uvicorn", self.application, *factory, "--fd", str(handle), *options)
        with open(self.log or os.devnull, "ab") as out:
            self.process = subprocess.Popen(
                command,
                env=self.env,
                pass_fds=(handle,),
                cwd=ROOT,
                stdout=out if self.log else None,
                stderr=out if self.log else None,
            )

    def wait(self, path: str = "/health", seconds: float = 60) -> None:
        """Until it answers. Raises RuntimeError when it ends or stays silent."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"{self.application} ended before it answered")
            with contextlib.suppress(httpx.TransportError):
                httpx.get(self.url + path, timeout=5, trust_env=False)
                return
        raise RuntimeError(f"{self.application} did not answer within {seconds} s")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


@dataclass
class Stage:
    """A database with its migrations and the environment of processes that use it."""

    cluster: Cluster
    folder: Path
    env: dict[str, str]
    servers: list[Server] = field(default_factory=list[Server])

    @property
    def settings(self) -> Settings:
        return load(self.env)

    @property
    def database_pid(self) -> int:
        pid = self.cluster.pid
        if pid is None:
            raise RuntimeError("the database is not running")
        return pid

    def serve(self, count: int) -> list[Server]:
        """Start `count` server processes, each on a port of its own: the load generator is the balancer."""
        for _ in range(count):
            server = Server("zhanggui.app:create_app", self.env, listen())
            server.start()
            self.servers.append(server)
        for server in self.servers:
            server.wait()
        return self.servers

    def stop_servers(self) -> None:
        for server in self.servers:
            server.stop()
            server.listener.close()
        self.servers.clear()

    def clock(self) -> "Clock":
        """Accounts of the present servers and of the database, from now on."""
        return Clock([s.pid for s in self.servers], self.database_pid)


class Clock:
    """CPU milliseconds since it was made, server processes and database apart."""

    def __init__(self, servers: Sequence[int], database: int) -> None:
        self._servers, self._database = list(servers), database
        self._from = self._read()

    def _read(self) -> tuple[float, float]:
        return accounts.cpu_ms(self._servers), accounts.cpu_ms([self._database])

    def read(self) -> tuple[float, float]:
        """(server ms, database ms)."""
        now = self._read()
        return now[0] - self._from[0], now[1] - self._from[1]


@contextmanager
def stage(*, sandbox_url: str | None = None, extra: dict[str, str] | None = None) -> Generator[Stage]:
    """A stage in a folder of its own, taken down again at the end."""
    with tempfile.TemporaryDirectory(prefix="zhanggui-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = start(folder / "database")
        try:
            upgrade(cluster.dsn())
            env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "ZHANGGUI_DATABASE_URL": cluster.dsn(),
                   "ZHANGGUI_DATA_DIR": str(folder / "data"), "ZHANGGUI_MASTER_KEYS": MASTER_KEY,
                   **(extra or {})}  # fmt: skip
            if sandbox_url:
                env["ZHANGGUI_SANDBOX_ORIGIN"] = sandbox_url
            made = Stage(cluster, folder, env)
            try:
                yield made
            finally:
                made.stop_servers()
        finally:
            cluster.stop()
