"""Saturation: wrk (Debian package `wrk`) with the scripts in lua/, one run of it for each server process."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LUA = Path(__file__).parent / "lua"


class MissingTool(Exception):
    """A sentence that says what to install."""


@dataclass(frozen=True)
class Load:
    """What came of it over all runs. `bad`: answers with another status; `broken`: sockets that failed."""

    requests: int
    seconds: float
    bad: int
    broken: int
    p99_ms: float
    example: str

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def wrk(
    script: str,
    urls: Sequence[str],
    lines: Path,
    *,
    connections: int,
    seconds: float,
    env: dict[str, str] | None = None,
) -> Load:
    """Load all `urls` at once, `connections` over all of them. Raises MissingTool without wrk, RuntimeError on failure."""
    program = shutil.which("wrk")
    if program is None:
        raise MissingTool("wrk is missing: install Debian's package `wrk` (apt-get install wrk).")
    runs: list[subprocess.Popen[str]] = []
    for i, url in enumerate(urls):
        given = {**os.environ, "BENCH_LUA": str(LUA), "BENCH_LINES": str(lines), "BENCH_SLICE": f"{i}/{len(urls)}",
                 "BENCH_RUN": f"{os.urandom(8).hex()}", **(env or {})}  # fmt: skip
        command = [program, "-t1", f"-c{connections // len(urls)}", f"-d{seconds:g}s", "--timeout", "30s", "-s",
                   str(LUA / f"{script}.lua"), url]  # fmt: skip
        runs.append(
            subprocess.Popen(command, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
    return _sum([_result(run) for run in runs])


def _result(run: subprocess.Popen[str]) -> dict[str, float | str]:
    out, err = run.communicate()
    found = [line for line in out.splitlines() if line.startswith("BENCH ")]
    if run.returncode != 0 or not found:
        raise RuntimeError(f"wrk failed: {err.strip() or out.strip()}")
    return json.loads(found[0].removeprefix("BENCH "))


def _sum(results: Sequence[dict[str, float | str]]) -> Load:
    def total(key: str) -> int:
        return sum(int(result[key]) for result in results)

    return Load(
        requests=total("requests"),
        seconds=max(float(result["seconds"]) for result in results),
        bad=total("bad"),
        broken=total("broken"),
        p99_ms=max(float(result["p99_ms"]) for result in results),
        example=next((str(result["example"]) for result in results if result["example"]), ""),
    )


def expect_clean(load: Load, share: float = 0.0) -> Load:
    """Raises RuntimeError when more than `share` of the answers were bad or a socket broke: such a figure says nothing."""
    if load.broken or load.bad > share * load.requests or not load.requests:
        raise RuntimeError(f"{load.bad} bad, {load.broken} broken of {load.requests}: {load.example}")
    return load
