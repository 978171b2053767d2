"""Kills servers and the worker with -9 now and then and starts them again, as a supervisor does."""

import asyncio
import contextlib
import os
import signal
import subprocess
from typing import Self

from bench.stage import ROOT, Server, Stage, python

SERVER_EVERY, WORKER_EVERY = 10.0, 15.0
STARTS = 3  # times the seconds that a process needs to start lie between two kills: one of two serves


class Killer:
    """The worker runs while this is open; both kinds die until `rest` is called."""

    def __init__(self, one: Stage, servers: list[Server], start_seconds: float) -> None:
        self._server_every = max(SERVER_EVERY, STARTS * start_seconds)
        self._worker_every = max(WORKER_EVERY, STARTS * start_seconds)
        self._one, self._servers = one, servers
        self.servers_killed = self.workers_killed = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._worker = self._start_worker()

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self._kill_servers()), asyncio.create_task(self._kill_workers())]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.rest()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        self._worker.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._worker.wait, 20)
        self._worker.kill()
        await asyncio.to_thread(self._worker.wait)
        for fault in ended:  # a killer that broke down would have let everybody live
            if isinstance(fault, Exception):
                raise fault

    def rest(self) -> None:
        """No more killing; what runs goes on running."""
        for task in self._tasks:
            task.cancel()

    async def _kill_servers(self) -> None:
        while True:
            await asyncio.sleep(self._server_every)
            victim = self._servers[self.servers_killed % len(self._servers)]
            os.kill(victim.pid, signal.SIGKILL)
            if victim.process is not None:
                victim.process.wait()  # it is dead already; no pause in which nobody starts it again
            victim.start()
            self.servers_killed += 1

    async def _kill_workers(self) -> None:
        while True:
            await asyncio.sleep(self._worker_every)
            self._worker.kill()
            self._worker.wait()
            self._worker = self._start_worker()
            self.workers_killed += 1

    def _start_worker(self) -> subprocess.Popen[bytes]:
        with (self._one.folder / "worker-log").open("ab") as log:
            return subprocess.Popen(
                python("-m", "zhanggui", "worker"), env=self._one.env, cwd=ROOT, stdout=log, stderr=log
            )
