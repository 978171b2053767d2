"""Races between processes: each is told its errands, says `ready`, waits for `go` and does all of them at once.

`race` is the side of the test. The other side is `python -m tests.support.racing MODULE DSN DATA_DIR`; MODULE has
`act(rt, errand)`, which answers {"code": …} and what else the test wants to know, and `unguard()`, which takes the locks out:
that is how a race is shown to exist. Batches take no turns here, with the locks or without: what is right must be so by its
locks alone.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.support.api import settings_for
from zhanggui.app import open_runtime
from zhanggui.core import batching
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime

ROOT = Path(__file__).parents[2]
Errand = dict[str, Any]
Outcome = dict[str, Any]


async def race(
    module: str,
    dsn: str,
    data_dir: Path,
    errands: list[list[Errand]],
    *,
    unguarded: bool = False,
    sandbox: str | None = None,
    kill_first_when: Callable[[], Awaitable[Any]] | None = None,
    after_kill: Callable[[], None] | None = None,
) -> list[list[Outcome]]:
    """Let one process for each list do its errands, all starting together; returns their outcomes, process by process.

    `sandbox` is the platform's address, where errands need one.

    With `kill_first_when` the first process goes alone until that returns; then the others go and it is killed with -9, and
    has no outcomes. `after_kill` is called when it is dead.
    """
    racers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.support.racing", module, dsn, str(data_dir), stdin=PIPE, stdout=PIPE, cwd=ROOT,
            env={"PYTHONPATH": "src:.", "PATH": "/usr/bin:/bin"}, limit=1 << 20,
        )
        for _ in errands
    ]  # fmt: skip
    try:
        pipes = [(racer.stdin, racer.stdout) for racer in racers if racer.stdin and racer.stdout]
        for (told, _), task in zip(pipes, errands, strict=True):
            told.write(
                json.dumps({"errands": task, "unguarded": unguarded, "sandbox": sandbox}).encode() + b"\n"
            )
        for _, heard in pipes:
            assert await heard.readline() == b"ready\n"
        left = racers if kill_first_when is None else racers[1:]
        if kill_first_when is not None:
            pipes[0][0].write(b"go\n")
            await kill_first_when()
        for told, _ in pipes[len(racers) - len(left) :]:
            told.write(b"go\n")
        if kill_first_when is not None:
            racers[0].kill()
            await racers[0].wait()
        if after_kill is not None:
            after_kill()
        outcomes = [(await racer.communicate())[0] for racer in left]
        assert not any(racer.returncode for racer in left)
        return [json.loads(out.splitlines()[-1]) for out in outcomes]
    finally:
        for racer in racers:
            if racer.returncode is None:  # the test went wrong before it was told to end
                racer.kill()
                await racer.wait()


async def _one(rt: Runtime, act: Callable[[Runtime, Errand], Awaitable[Outcome]], errand: Errand) -> Outcome:
    try:
        return await act(rt, errand)
    except ShopError as refused:
        return {"code": refused.code}
    except Exception as fault:  # told to the test, which judges it
        return {"code": type(fault).__name__, "fault": str(fault)}


async def main(module: str, dsn: str, data_dir: str) -> None:
    racer, task = import_module(module), json.loads(sys.stdin.readline())
    batching.TURN = "SELECT $1::text, $2::uuid"
    if task["unguarded"]:
        racer.unguard()
    settings = settings_for(dsn, Path(data_dir), sandbox_origin=task["sandbox"])
    async with open_runtime(settings, pool_size=4) as rt:
        await rt.db.fetchval("SELECT 1")
        print("ready", flush=True)  # noqa: T201  # the protocol with the test
        sys.stdin.readline()
        outcomes = await asyncio.gather(*(_one(rt, racer.act, errand) for errand in task["errands"]))
    print(json.dumps(outcomes), flush=True)  # noqa: T201  # the protocol with the test


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
