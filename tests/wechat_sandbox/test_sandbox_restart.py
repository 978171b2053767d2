"""What survives a restart, and how the command starts and refuses to start."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.wechat_sandbox.local_servers import Receiver, ServerThread
from tests.wechat_sandbox.sandbox_actions import notification, place, place_paid, settle
from tests.wechat_sandbox.sandbox_oracle import Oracle
from wechat_sandbox import SandboxConfig
from wechat_sandbox.clock import Agenda, Clock


def client(server: ServerThread) -> httpx.Client:
    return httpx.Client(base_url=server.url, trust_env=False, headers={"X-Sandbox-Key": "k"})


def test_accounts_payments_and_pending_messages_survive(tmp_path: Path, receiver: Receiver) -> None:
    config = SandboxConfig(data_dir=tmp_path, sms_key="k", notify_timeout_s=0.4)
    receiver.answers = [500]
    first = ServerThread(config)
    with client(first) as control:
        account = control.post("/_sandbox/merchants", json={"mchid": "1900000301"}).json()
        shop = Oracle(first.url, account, public_key=True, notify_url=receiver.url)
        paid = place_paid(shop, control)
        open_order, prepay_id = place(shop)
        refused = control.post(
            "/_sandbox/sms", json={"phone": "13800138000", "text": "x"}, headers={"X-Sandbox-Key": "wrong"}
        )
        assert refused.status_code == 401
        control.post("/_sandbox/sms", json={"phone": "13800138000", "text": "code"}).raise_for_status()
        settle(control, 5)
        before = control.get("/_sandbox/clock").json()["now"]
        seen = control.get("/_sandbox/events").json()["last_id"]
    first.stop()

    second = ServerThread(config)
    with client(second) as control:
        assert control.post("/_sandbox/merchants", json={"mchid": "1900000301"}).json() == account
        assert control.get("/_sandbox/clock").json()["now"] >= before
        assert control.get("/_sandbox/events").json()["last_id"] >= seen
        assert control.get("/_sandbox/sms").json()["messages"][0]["text"] == "code"
        shop = Oracle(second.url, account, public_key=True, notify_url=receiver.url)
        assert shop.query(out_trade_no=paid)[1]["trade_state"] == "SUCCESS"
        assert shop.query(out_trade_no=open_order)[1]["trade_state"] == "NOTPAY"
        settle(control, 15)
        assert notification(control, paid)["status"] == "delivered"
        assert len(receiver.got) == 2
        control.post(f"/_sandbox/cashier/{prepay_id}/approve").raise_for_status()
        settle(control)
        assert len(receiver.got) == 3
    second.stop()
    assert (tmp_path / "sandbox.sqlite3").stat().st_mode & 0o077 == 0


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wechat_sandbox", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("--port", str(port))
    assert refused.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    server = ServerThread(SandboxConfig(data_dir=tmp_path))
    refused = run("--port", "0", "--data", str(tmp_path))
    server.stop()
    assert refused.returncode == 2
    assert "in use by another sandbox" in refused.stderr
    assert "--clock-speed" in run("--help").stdout


async def test_turning_the_clock_runs_jobs_in_order_at_their_own_times() -> None:
    clock = Clock(speed=0)
    agenda = Agenda(clock)
    start = clock.now()
    ran: list[tuple[str, float]] = []

    def job_at(name: str, when: float, again_after: float = 0) -> None:
        async def work() -> None:
            ran.append((name, round(clock.now() - start)))
            if again_after:
                job_at(f"{name} again", clock.now() + again_after)

        agenda.at(when, work)

    job_at("late", start + 100)
    job_at("early", start + 10, again_after=20)
    job_at("never", start + 1000)
    await agenda.advance(200)
    assert ran == [("early", 10), ("early again", 30), ("late", 100)]
    assert round(clock.now() - start) == 200


async def test_a_failing_job_is_logged_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    agenda = Agenda(Clock(speed=0))

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("broken")

    agenda.at(0, fail)
    await agenda.settle()
    assert "A timed job of the sandbox failed" in caplog.text
