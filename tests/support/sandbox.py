"""A real sandbox process for the session, and what tests tell it through its control API."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.wechat_sandbox.local_servers import ServerThread
from wechat_sandbox import SandboxConfig

SOURCES = Path(__file__).parents[2] / "src"


@dataclass
class Sandbox:
    """The control API of a running sandbox; every method raises for a refusal."""

    url: str
    http: httpx.AsyncClient
    mchid: str | None = None  # whose notifications faults concern: others' retries must not use them up

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.http.request(method, f"/_sandbox{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    async def settle(self, seconds: float = 0) -> None:
        """Turn the platform's clock forward and wait until everything due by then has been sent and answered."""
        await self.call("POST", "/clock", {"advance_s": seconds})

    async def fault(self, target: str, kind: str, **more: Any) -> None:
        whose = {"mchid": self.mchid} if self.mchid and target.startswith("notify") else {}
        await self.call("POST", "/faults", {"target": target, "kind": kind, **whose, **more})

    async def clear(self) -> None:
        await self.call("DELETE", "/faults")

    async def approve(self, prepay_id: str, **more: Any) -> Any:
        """The buyer pays; the notification has been sent and answered when this returns."""
        paid = await self.call("POST", f"/cashier/{prepay_id}/approve", more)
        await self.settle()
        return paid

    async def call_up(self, jsapi: dict[str, str]) -> str:
        """wx.requestPayment: the sandbox checks paySign and answers the prepay_id."""
        return (await self.call("POST", "/jsapi-pay", jsapi))["prepay_id"]

    async def order(self, out_trade_no: str) -> Any:
        """What the platform knows of a payment: state, refunds, notifications with every attempt."""
        return await self.call("GET", f"/orders/{out_trade_no}")

    async def calls(self, text: str) -> list[str]:
        """Titles of the API calls seen that mention `text`, oldest first."""
        found = await self.call("GET", f"/events?kind=pay&q={text}&limit=1000")
        return [event["title"] for event in sorted(found["events"], key=lambda e: e["id"])]


@pytest.fixture(scope="session")
def sandbox_url() -> Generator[str]:
    """Address of a sandbox that lives as long as the test run, on a free port, without any file."""
    with sandbox_process() as url:
        yield url


@contextmanager
def sandbox_process() -> Generator[str]:
    """A sandbox of its own, for tests that turn the platform's clock by days."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wechat_sandbox", "--port", "0"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("WeChat sandbox: http"), line
    yield line.split()[-1].rstrip("/")
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.fixture(scope="module")
def quick_sandbox() -> Generator[str]:
    """Address of a sandbox of the module's own: refunds end at once, and may follow each other at once."""
    server = ServerThread(SandboxConfig(refund_settles_s=0, refund_interval_s=0))
    yield server.url
    server.stop()


@pytest.fixture
async def sandbox(sandbox_url: str) -> AsyncGenerator[Sandbox]:
    """The sandbox without faults; they are cleared again after the test."""
    async with httpx.AsyncClient(base_url=sandbox_url, trust_env=False, timeout=30) as http:
        one = Sandbox(sandbox_url, http)
        await one.clear()
        yield one
        await one.clear()
