"""One demo per data folder, and no second one before the first has wholly ended."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path

from zhanggui.commands import CommandFailed

_PATIENCE_SECONDS = 30.0


def take(data_dir: Path, say: Callable[[str], None]) -> int:
    """Lock the data folder for this process and return the descriptor of the lock.

    Children inherit it, so after a kill -9 of the supervisor the folder is free when the last of them is gone: we wait
    for that. Raises CommandFailed when another demo is alive and well.
    """
    path = data_dir / "demo.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    waited = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            supervisor = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
            if supervisor.isdigit() and _alive(int(supervisor)):
                os.close(descriptor)
                raise CommandFailed(
                    f"The demo is already running on {data_dir} (process {supervisor}). "
                    "Stop it with Ctrl-C where it runs, or choose another folder with --data."
                ) from None
            if time.monotonic() > deadline:
                os.close(descriptor)
                raise CommandFailed(
                    f"Processes of an earlier demo still use {data_dir} and do not end; 'fuser {path}' names them."
                ) from None
            if not waited:
                say("The last run was killed; waiting for its processes to end …")
                waited = True
            time.sleep(0.2)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return not Path("/proc/self").exists()
