"""Running the steps of a set-up or a check: what is being done, how long it takes, and why it failed."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".make"
_HEARTBEAT_SECONDS = 15
_SHOWN_LINES = 40


class StepFailed(Exception):
    """A step did not succeed; the message is for the person at the keyboard."""


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    folder: Path = ROOT,
    log_name: str,
    environment: Mapping[str, str] | None = None,
) -> float:
    """Run a command with its output in .make/logs, a sign of life every 15 s; returns seconds.

    Raises StepFailed with the end of the output.
    """
    log = STATE / "logs" / f"{log_name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    say(f"→ {title} …")
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
        )
        try:
            while True:
                try:
                    code = process.wait(timeout=_HEARTBEAT_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    say(f"  … still at it ({time.monotonic() - began:.0f} s)")
        except BaseException:
            process.terminate()
            process.wait()
            raise
    seconds = time.monotonic() - began
    if code != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-_SHOWN_LINES:])
        raise StepFailed(
            f"{title}: failed after {seconds:.0f} s (exit code {code}).\n{tail}\nAll of it: {log}"
        )
    say(f"  done in {seconds:.0f} s")
    return seconds


def fingerprint(paths: Iterable[Path], *extra: str) -> str:
    """A hash of files (folders are walked, without what tools generate) and of some words."""
    digest = hashlib.sha256()
    for word in extra:
        digest.update(word.encode() + b"\0")
    for path in paths:
        for file in _files(path):
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found: list[Path] = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(set(folders) - {"node_modules", "dist", "unpackage", "tests", "__pycache__"})
        found.extend(Path(folder, name) for name in sorted(names))
    return found


def fresh(name: str, value: str) -> bool:
    """Whether the stamp `name` says that work with this fingerprint has been done."""
    stamp = STATE / name
    return stamp.is_file() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    """Remember that the work is done; called only after it has succeeded."""
    STATE.mkdir(exist_ok=True)
    (STATE / name).write_text(value)


def main(steps: "object") -> None:
    """Call `steps()` and turn what goes wrong into a sentence and an exit code."""
    if not callable(steps):
        raise TypeError("steps must be callable")
    try:
        steps()
    except StepFailed as failure:
        print(f"\n{failure}", file=sys.stderr, flush=True)
        sys.exit(1)
    except KeyboardInterrupt:
        print(
            "\nStopped. Nothing is half-done that the next run will not do again.",
            file=sys.stderr,
            flush=True,
        )
        sys.exit(130)
