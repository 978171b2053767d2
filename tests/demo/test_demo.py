"""`zhanggui demo` as a person uses it: start, look, be unlucky, stop."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path

import httpx
import psutil
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 240.0  # how long a hang may hold up the run, not how fast a start must be


class Demo:
    """A running demo on ports of its own."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.output = data.parent / "output.log"
        command = [sys.executable, "-m", "zhanggui", "demo", "--data", str(data), *options]
        with self.output.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            )

    def addresses(self) -> dict[str, str]:
        known = self.data / "demo.json"
        until(lambda: known.exists() or self.process.poll() is not None, self.said)
        return json.loads(known.read_text())

    def said(self) -> str:
        return self.output.read_text()

    def family(self) -> list[psutil.Process]:
        """The demo's processes, and the database's, which is nobody's child."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        database = int((self.data / "postgres/cluster/postmaster.pid").read_text().split()[0])
        return [*below, psutil.Process(database)]

    def child(self, word: str) -> psutil.Process | None:
        return next(
            (one for one in psutil.Process(self.process.pid).children() if word in one.cmdline()), None
        )


def until(reached: Callable[[], object], said: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, said()
        time.sleep(0.05)  # other processes work meanwhile, and none of them can tell us


@pytest.fixture(scope="module")
def busy_port() -> Generator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture(scope="module")
def demo(busy_port: int) -> Generator[Demo]:
    # not pytest's own folder: others cannot enter that one, and root's database would go to /var/lib
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-demo-"))
    folder.chmod(0o755)
    running = Demo(folder / "data", "--port", str(busy_port), "--console-port", "0", "--sandbox-port", "0")
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.wait(timeout=60)
    shutil.rmtree(folder)


def test_it_says_where_everything_is(demo: Demo, busy_port: int) -> None:
    at = demo.addresses()
    said = demo.said()
    assert f"Port {busy_port} is taken; the shop gets {at['shop'].rpartition(':')[2]}." in said
    for name in ("shop", "console", "sandbox", "login", "password"):
        assert at[name] in said
    assert (demo.data / "demo.json").stat().st_mode & 0o777 == 0o600
    assert (demo.data / "first-password.json").stat().st_mode & 0o777 == 0o600


def test_shop_and_console_answer_on_their_own_origins_only(demo: Demo) -> None:
    at = demo.addresses()
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{at['shop']}/health").json()["status"] == "ok"
        stores = client.get(f"{at['shop']}/api/shop/stores").json()["items"]
        assert {store["layout"] for store in stores} == {"menu", "grid"}
        assert client.get(f"{at['console']}/api/shop/stores").status_code == 404
        credentials = {"login": at["login"], "password": at["password"]}
        assert client.post(f"{at['shop']}/api/console/session", json=credentials).status_code == 404
        signed_in = client.post(f"{at['console']}/api/console/session", json=credentials).json()
        assert signed_in["staff"]["must_change_password"] is True


def test_a_second_one_on_the_same_folder_is_refused(demo: Demo) -> None:
    demo.addresses()
    second = subprocess.run(
        [sys.executable, "-m", "zhanggui", "demo", "--data", str(demo.data)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"already running on {demo.data} (process {demo.process.pid})" in second.stderr


def test_a_killed_worker_and_a_killed_database_come_back(demo: Demo) -> None:
    at = demo.addresses()
    worker = demo.child("worker")
    assert worker is not None
    worker.kill()
    database = demo.family()[-1]
    database.kill()
    until(lambda: (again := demo.child("worker")) is not None and again.pid != worker.pid, demo.said)
    until(lambda: "it runs again and has recovered" in demo.said(), demo.said)
    with httpx.Client(trust_env=False) as client:
        until(lambda: client.get(f"{at['shop']}/api/shop/stores").is_success, demo.said)


def test_killed_and_started_again_it_adopts_the_database(demo: Demo, busy_port: int) -> None:
    demo.addresses()
    family = demo.family()
    database = family.pop()
    demo.process.kill()
    demo.process.wait()
    (demo.data / "demo.json").unlink()
    again = Demo(demo.data, "--port", "0", "--console-port", "0", "--sandbox-port", "0")
    again.addresses()
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)
    assert again.family()[-1].pid == database.pid
    assert "goods      importing" not in again.said().rpartition("Zhanggui demo")[2]
    demo.process = again.process


def test_stopping_leaves_nothing_running(demo: Demo) -> None:
    demo.addresses()
    family = demo.family()
    assert len(family) >= 4
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(timeout=60) == 0
    assert demo.said().rstrip().endswith("Stopped. Nothing is left running.")
    assert not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family)
    assert not (demo.data / "demo.json").exists()
