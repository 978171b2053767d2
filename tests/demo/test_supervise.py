"""The demo's processes: started again when they crash, ended together, and tied to their supervisor."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from zhanggui.commands import CommandFailed
from zhanggui.demo import lock, ports, supervise
from zhanggui.demo.supervise import Child, Supervisor

SOURCE = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
WAIT_FOR_EVER = "import signal; print('up', flush=True); signal.pause()"


def child(name: str, program: str, patience: float = 5) -> Child:
    return Child(name, [sys.executable, "-c", program], SOURCE, patience=patience)


async def lines(log: Path, count: int) -> list[str]:
    """What a child has said, once it has said `count` lines."""
    while not log.exists() or len(log.read_text().splitlines()) < count:  # noqa: ASYNC110, ASYNC240  another process writes
        await asyncio.sleep(0.02)
    return log.read_text().splitlines()  # noqa: ASYNC240


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def gone(pids: list[int]) -> None:
    """Wait until none of these processes is alive (a zombie is not)."""
    while any(alive(pid) for pid in pids):  # noqa: ASYNC110  other processes end, no event can tell
        await asyncio.sleep(0.02)


async def test_a_crashed_child_is_started_again_with_back_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "_FIRST_PAUSE_SECONDS", 0.01)
    said: list[str] = []
    supervisor = Supervisor(tmp_path, said.append)
    supervisor.start(child("crasher", "import os; print(os.getpid(), flush=True); os.kill(os.getpid(), 9)"))
    pids = await asyncio.wait_for(lines(supervisor.log_of("crasher"), 3), 20)
    await supervisor.stop()
    assert len(set(pids)) >= 3
    assert "ended (SIGKILL); starting it again in 0.01 s" in said[0]
    assert "in 0.02 s" in said[1]


async def test_a_child_that_never_works_ends_the_demo_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "_FIRST_PAUSE_SECONDS", 0.001)
    supervisor = Supervisor(tmp_path, lambda _: None)
    supervisor.start(child("broken", "raise SystemExit('no such setting')"))
    with pytest.raises(CommandFailed, match="no such setting"):
        await asyncio.wait_for(supervisor.watch(), 30)
    await supervisor.stop()


async def test_stop_ends_grandchildren_and_those_that_do_not_listen(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, lambda _: None)
    program = textwrap.dedent("""
        import os, signal, subprocess, sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        below = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        print(os.getpid(), flush=True)
        print(below.pid, flush=True)
        while True:
            signal.pause()
    """)
    supervisor.start(child("deaf", program, patience=0.2))
    pids = [int(line) for line in await asyncio.wait_for(lines(supervisor.log_of("deaf"), 2), 20)]
    await asyncio.wait_for(supervisor.stop(), 10)
    await asyncio.wait_for(gone(pids), 10)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux")
async def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(f"""
        import asyncio, sys
        from pathlib import Path
        from zhanggui.demo.supervise import Child, Supervisor
        async def run():
            supervisor = Supervisor(Path(sys.argv[1]), print)
            supervisor.start(Child("one", [sys.executable, "-c", {"import os;print(os.getpid());" + WAIT_FOR_EVER!r}], {{"PYTHONUNBUFFERED": "1"}}))
            await supervisor.watch()
        asyncio.run(run())
    """)
    killed = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], env={**os.environ, **SOURCE})  # noqa: ASYNC220
    pid = int((await asyncio.wait_for(lines(tmp_path / "one.log", 2), 20))[0])
    killed.kill()
    killed.wait()
    await asyncio.wait_for(gone([pid]), 10)


def test_a_port_in_use_is_replaced_by_the_next_free_one() -> None:
    said: list[str] = []
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        busy = other.getsockname()[1]
        taken: set[int] = set()
        first = ports.choose(busy, taken, "shop", said.append)
        second = ports.choose(busy, taken, "console", said.append)
    assert busy not in {first, second}
    assert first != second
    assert said[0] == f"Port {busy} is taken; the shop gets {first}."
    assert ports.choose(0, taken, "sandbox", said.append) >= 20000


def test_one_demo_per_folder(tmp_path: Path) -> None:
    held = lock.take(tmp_path, lambda _: None)
    with pytest.raises(CommandFailed, match="already running"):
        lock.take(tmp_path, lambda _: None)
    os.close(held)
    os.close(lock.take(tmp_path, lambda _: None))


def test_the_next_demo_waits_for_what_a_killed_one_left(tmp_path: Path) -> None:
    """The supervisor is gone, a child of it still holds the lock for a moment."""
    held = lock.take(tmp_path, lambda _: None)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    os.ftruncate(held, 0)
    os.pwrite(held, f"{dead.pid}\n".encode(), 0)
    heir = subprocess.Popen([sys.executable, "-c", WAIT_FOR_EVER], pass_fds=[held], stdout=subprocess.PIPE)
    assert heir.stdout is not None
    heir.stdout.readline()
    os.close(held)
    said: list[str] = []

    def end_the_heir(text: str) -> None:
        said.append(text)
        heir.send_signal(signal.SIGKILL)
        heir.communicate()

    os.close(lock.take(tmp_path, end_the_heir))
    assert said == ["The last run was killed; waiting for its processes to end …"]
