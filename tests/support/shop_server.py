"""The real application in a process of its own, so that the sandbox can reach it and a test can kill it."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from zhanggui.settings import Settings, load

SOURCES = Path(__file__).parents[2] / "src"
MASTER_KEY = "1:YSB0ZXN0IGtleSBvZiB0aGlydHktdHdvIGJ5dGVzISE"


class ShopServer:
    """uvicorn with `zhanggui.app:create_app` on a port that is bound before the process starts."""

    def __init__(self, database_url: str, data_dir: Path, sandbox_url: str) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.env = {
            **os.environ,
            "PYTHONPATH": str(SOURCES),
            "ZHANGGUI_DATABASE_URL": database_url,
            "ZHANGGUI_DATA_DIR": str(data_dir),
            "ZHANGGUI_SHOP_ORIGIN": self.url,
            "ZHANGGUI_MASTER_KEYS": MASTER_KEY,
            "ZHANGGUI_SANDBOX_ORIGIN": sandbox_url,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again too: the port stays the same, and what connects meanwhile waits."""
        handle = self._socket.fileno()
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "uvicorn",
                "zhanggui.app:create_app",
                "--factory",
                "--fd",
                str(handle),
                "--log-level",
                "warning",
            ],
            env=self.env,
            pass_fds=(handle,),
        )
        self._wait_until_ready(self._process)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """The port is bound already, so a call waits for the process rather than being refused."""
        for _ in range(60):
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode} before it answered")
            try:
                httpx.get(f"{self.url}/health", timeout=1, trust_env=False)
            except httpx.TimeoutException:
                continue
            return
        raise RuntimeError("the server did not answer within a minute")

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None
        self._socket.close()

    @property
    def settings(self) -> Settings:
        """The settings the process runs with, for use cases called in the test's own process."""
        return load(self.env)
