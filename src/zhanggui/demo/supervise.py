"""Keeping child processes running: started again with back-off when they crash, ended together."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhanggui.commands import CommandFailed

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_STABLE_SECONDS = 60.0
"""A child that lived this long was fine: its next crash is a first one again."""
_GIVE_UP_AFTER = 6
_LOG_LIMIT_BYTES = 10_000_000
_SHOWN_LINES = 25


@dataclass(frozen=True)
class Child:
    """A process to keep running. `patience` is how long it may take to end in good order, in seconds."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    patience: float = 15.0


class Supervisor:
    """Starts children, watches them, ends them in the reverse order of their start."""

    def __init__(self, logs: Path, say: Callable[[str], None], inherit: Sequence[int] = ()) -> None:
        """`inherit` are file descriptors that every child keeps open, such as a lock that outlives the supervisor."""
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._say = say
        self._inherit = inherit
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._children: list[Child] = []
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    def log_of(self, name: str) -> Path:
        """Where a child's output goes."""
        return self._logs / f"{name}.log"

    def start(self, child: Child) -> None:
        """Keep `child` running from now on."""
        log = self.log_of(child.name)
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_suffix(".log.1"))
        self._children.append(child)
        self._keepers[child.name] = asyncio.create_task(self._keep(child), name=child.name)

    async def watch(self) -> None:
        """Return only if a child cannot be kept running: raises CommandFailed with the end of its log."""
        done, _ = await asyncio.wait(self._keepers.values(), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """End all children, the last one started first; what does not end in its time is killed. Harmless twice."""
        self._stopping = True
        while self._children:
            child = self._children.pop()
            keeper = self._keepers.pop(child.name)
            process = self._running.get(child.name)
            if process is not None:
                _signal_group(process.pid, signal.SIGTERM)
                done, _ = await asyncio.wait({keeper}, timeout=child.patience)
                if not done:
                    _signal_group(process.pid, signal.SIGKILL)
            else:
                keeper.cancel()  # between two starts
            await asyncio.wait({keeper})

    def kill(self) -> None:
        """End everything at once; for a person who does not want to wait."""
        self._stopping = True
        for process in self._running.values():
            _signal_group(process.pid, signal.SIGKILL)

    async def _keep(self, child: Child) -> None:
        crashes = 0
        while True:
            began = time.monotonic()
            code = await self._run_once(child)
            if self._stopping:
                return
            crashes = 1 if time.monotonic() - began > _STABLE_SECONDS else crashes + 1
            log = self.log_of(child.name)
            if crashes >= _GIVE_UP_AFTER:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:])
                raise CommandFailed(
                    f"The {child.name} ended {crashes} times in a row. The end of {log}:\n{tail}"
                )
            pause = min(_FIRST_PAUSE_SECONDS * 2 ** (crashes - 1), _LONGEST_PAUSE_SECONDS)
            self._say(
                f"The {child.name} ended ({_described(code)}); starting it again in {pause:g} s. See {log}"
            )
            await asyncio.sleep(pause)

    async def _run_once(self, child: Child) -> int:
        with self.log_of(child.name).open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "zhanggui.demo.tether", str(os.getpid()), *child.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **child.environment},
                start_new_session=True,  # Ctrl-C in the terminal reaches the supervisor only
                pass_fds=self._inherit,
            )
        self._running[child.name] = process
        try:
            return await process.wait()
        finally:
            del self._running[child.name]
            _signal_group(process.pid, signal.SIGKILL)  # what a killed child has left of its own children


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def _described(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
