"""postmaster.pid: who PostgreSQL says is running a cluster, checked against the processes that really are."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_READY = "ready"


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A live server process of a cluster, as its own lock file describes it."""

    pid: int
    port: int
    socket_folder: Path
    ready: bool


def read(cluster: Path) -> Postmaster | None:
    """The live postmaster of `cluster`, or None if the lock file is missing, stale, or another process's number.

    Lines of the file: pid, data folder, start time, port, socket folder, listen address, shared memory, status
    (PostgreSQL source, src/include/utils/pidfile.h). A server that has only just begun has not written them all: its
    `ready` is then false.
    """
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    pid = int(lines[0])
    if not is_postgres(pid, cluster):
        return None
    complete = len(lines) >= 8
    return Postmaster(
        pid=pid,
        port=int(lines[3]) if complete else 0,
        socket_folder=Path(lines[4]) if complete else Path(),
        ready=complete and lines[7].strip() == _READY,
    )


def is_postgres(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is alive (a zombie is not) and is a postgres server on the data folder `cluster`."""
    found = _process(pid)
    if found is None:
        return False
    state, command = found
    if (
        state.startswith("Z")
        or not command
        or Path(command[0]).name != "postgres"
        or "-D" not in command[:-1]
    ):
        return False
    return Path(command[command.index("-D") + 1]).resolve() == cluster.resolve()


def _process(pid: int) -> tuple[str, list[str]] | None:
    """State letter and arguments of a process, or None if there is none."""
    proc = Path("/proc") / str(pid)
    if Path("/proc/self/stat").exists():
        try:
            # the name is in brackets and may hold anything; the state is the first field after the last bracket
            state = (proc / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            arguments = (proc / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
        except (FileNotFoundError, ProcessLookupError):
            return None
        return state, [part for part in arguments if part]
    listed = subprocess.run(  # noqa: S603  a system without /proc (macOS)
        ["/bin/ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        return None
    state, _, line = listed.stdout.strip().partition(" ")
    before, _, after = line.strip().partition(" -D ")
    return state, [before, "-D", after.strip()]
