"""One demo on free ports and one Chromium for all end-to-end tests of a run."""

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from e2e.money import three_sides_of_all

ROOT = Path(__file__).parent.parent
BUILT = ROOT / "src" / "zhanggui" / "web"
LAST_SEEN = ROOT / ".make" / "e2e"  # what each page showed last, to look at when a test failed
_pages = itertools.count(1)
START_SECONDS = 120
PATIENCE_MS = 15_000
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
DESK: dict[str, Any] = {
    "viewport": {"width": 1440, "height": 900},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
# Without these, Chromium looks its maker's hosts up at every start.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Demo:
    """Addresses of a running demo and how to get into its console."""

    shop: str
    console: str
    sandbox: str
    login: str
    password: str
    data: Path

    @property
    def appid(self) -> str:
        return httpx.get(f"{self.shop}/api/shop/config").json()["wechat"]["appid"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them share one demo, so one worker runs them."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def demo() -> Generator[Demo]:
    """`zhanggui demo` as a person starts it, on free ports, stopped by SIGTERM at the end.

    Not under pytest's own folder: the database's unprivileged account must be able to pass, and pytest closes its folder
    to others whenever another run begins.
    """
    with tempfile.TemporaryDirectory(prefix="zhanggui-e2e-") as folder:
        Path(folder).chmod(0o755)
        yield from running_demo(Path(folder) / "data")


def running_demo(data: Path) -> Generator[Demo]:
    """The demo in that folder while the generator is open."""
    log = data.parent / "demo.log"
    ports = ("--port", "0", "--console-port", "0", "--sandbox-port", "0")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "zhanggui", "demo", "--data", str(data), *ports],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        known = data / "demo.json"
        deadline = time.monotonic() + START_SECONDS
        while not known.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the demo did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.1)
        said = json.loads(known.read_text())
        yield Demo(
            **{name: said[name] for name in ("shop", "console", "sandbox", "login", "password")}, data=data
        )
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def money_agrees(demo: Demo) -> Generator[None]:
    """Whatever a module's tests bought, shared and gave back: in the end order, ledger and the sandbox's bill agree."""
    yield
    assert three_sides_of_all(demo)


@pytest.fixture(scope="module")
def playwright_driver() -> Generator[Playwright]:
    """Ends with the module: as long as it is open an event loop runs in this thread, and asynchronous tests cannot."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def chromium(playwright_driver: Playwright) -> Generator[Browser]:
    """Debian's Chromium, or the one that ZHANGGUI_CHROMIUM names."""
    path = os.environ.get("ZHANGGUI_CHROMIUM", "/usr/bin/chromium")
    browser = playwright_driver.chromium.launch(executable_path=path, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def lenient_chromium(playwright_driver: Playwright) -> Generator[Browser]:
    """A browser without the same-origin rule: a mini-program's requests know none."""
    path = os.environ.get("ZHANGGUI_CHROMIUM", "/usr/bin/chromium")
    browser = playwright_driver.chromium.launch(executable_path=path, args=[*QUIET, "--disable-web-security"])
    yield browser
    browser.close()


@contextmanager
def watched(context: BrowserContext) -> Generator[Page]:
    """A page whose script errors and calls to foreign hosts fail the test."""
    faults: list[str] = []
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: faults.append(f"script: {error.stack or error.message}"))

    def foreign(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            faults.append(f"foreign host: {url}")

    page.on("request", lambda request: foreign(request.url))
    page.on("websocket", lambda socket: foreign(socket.url))
    try:
        yield page
    finally:
        LAST_SEEN.mkdir(parents=True, exist_ok=True)
        page.screenshot(
            path=LAST_SEEN
            / f"{os.environ['PYTEST_CURRENT_TEST'].split('::')[-1].split(' ')[0]}-{next(_pages)}.png"
        )
        context.close()
    assert faults == []


@pytest.fixture
def phone(chromium: Browser) -> Generator[Page]:
    """A phone's browser, 390 × 844."""
    with watched(chromium.new_context(**PHONE)) as page:
        yield page


@pytest.fixture
def desk(chromium: Browser) -> Generator[Page]:
    """The merchant's screen, 1440 × 900."""
    with watched(chromium.new_context(**DESK)) as page:
        yield page


@pytest.fixture
def other_desk(chromium: Browser) -> Generator[Page]:
    """Another person's screen."""
    with watched(chromium.new_context(**DESK)) as page:
        yield page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # named by the base class
        """Requests for files are nothing to report."""


@pytest.fixture(scope="session")
def mini_program(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """Address of the compiled mini-program, written for this demo by `zhanggui miniprogram` and packed for a browser."""
    folder = tmp_path_factory.mktemp("mp")
    command = [
        sys.executable,
        "-m",
        "zhanggui",
        "miniprogram",
        "--appid",
        demo.appid,
        "--api-host",
        demo.shop,
    ]
    subprocess.run([*command, str(folder / "built")], check=True, stdout=subprocess.DEVNULL)
    pack = [
        "node",
        str(ROOT / "e2e" / "miniprogram" / "pack.mjs"),
        str(folder / "built"),
        str(folder / "packed"),
    ]
    subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder / "packed")))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html?sandbox={demo.sandbox}&appid={demo.appid}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def mini_phone(lenient_chromium: Browser) -> Generator[Page]:
    """A phone that runs the mini-program."""
    with watched(lenient_chromium.new_context(**PHONE)) as page:
        yield page
