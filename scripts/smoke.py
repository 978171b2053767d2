"""make smoke: everything on free ports and a throw-away data folder, then one purchase from sign-in to completed.

The last line of the output is JSON; exit code 0 only if it says "ok": true.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import purchase
from purchase import Caller, PurchaseFailed
from steps import say

T = TypeVar("T")
_START_SECONDS = 90.0
ANY_PORTS = ("--port", "0", "--console-port", "0", "--sandbox-port", "0")


def main() -> int:
    """Start the demo, buy, stop the demo, report."""
    began = time.monotonic()
    report: dict[str, Any] = {"ok": False}
    with tempfile.TemporaryDirectory(prefix="zhanggui-smoke-") as folder:
        Path(folder).chmod(0o755)  # so that the database's own account can enter when root runs this
        data = Path(folder) / "data"
        output = Path(folder) / "demo.log"
        with output.open("wb") as log:
            demo = subprocess.Popen(
                [*(sys.executable, "-m", "zhanggui", "demo", "--data", data), *ANY_PORTS],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            report |= buy(addresses(demo, data))
        except (PurchaseFailed, OSError, KeyError, StopIteration) as error:
            report["error"] = f"{type(error).__name__}: {error}"
            say(output.read_text(errors="replace"))
            for part in sorted((data / "logs").glob("*.log")):
                say(f"--- {part.name}\n{part.read_text(errors='replace')[-3000:]}")
        finally:
            demo.send_signal(signal.SIGTERM)
            code = demo.wait(timeout=60)
        if report["ok"] and (code != 0 or (data / "postgres" / "cluster" / "postmaster.pid").exists()):
            report |= {"ok": False, "error": f"the demo did not stop in good order (exit code {code})"}
    report["seconds"] = round(time.monotonic() - began, 1)
    say(json.dumps(report, ensure_ascii=False))
    return 0 if report["ok"] else 1


def addresses(demo: "subprocess.Popen[bytes]", data: Path) -> dict[str, str]:
    """What the demo says about itself once everything runs."""
    say("→ Starting database, sandbox, server and worker …")
    known = data / "demo.json"
    deadline = time.monotonic() + _START_SECONDS
    while not known.exists():
        if demo.poll() is not None:
            raise PurchaseFailed(f"the demo ended with exit code {demo.returncode}")
        if time.monotonic() > deadline:
            raise PurchaseFailed(f"the demo was not ready after {_START_SECONDS:.0f} s")
        time.sleep(0.1)
    return json.loads(known.read_text())


def buy(at: dict[str, str]) -> dict[str, Any]:
    """All the steps of a purchase; returns what to report."""
    shop, console, sandbox = Caller(at["shop"]), Caller(at["console"]), Caller(at["sandbox"])
    step("sign in", lambda: purchase.sign_in(shop, sandbox))
    store, request = step("choose", lambda: purchase.choose(shop))
    request["address_id"] = step("address", lambda: purchase.address(shop))
    order = step("settle", lambda: purchase.settle(shop, request))
    step("pay", lambda: purchase.pay(shop, sandbox, order))
    step("console", lambda: purchase.open_console(console, at["login"], at["password"]))
    done = step("receive", lambda: purchase.receive(shop, console, order))
    return {
        "ok": done["status"] == "completed" and done["paid_amount"] == order["total"],
        "order": done["number"],
        "status": done["status"],
        "total": done["total"],
        "currency": done["currency"],
        "store": store["slug"],
    }


def step(title: str, work: Callable[[], T]) -> T:
    """Do one step and say how long it took."""
    began = time.monotonic()
    result = work()
    say(f"  {title:<8} {1000 * (time.monotonic() - began):5.0f} ms")
    return result


if __name__ == "__main__":
    sys.exit(main())
