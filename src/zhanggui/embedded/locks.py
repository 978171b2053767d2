"""Who is using a cluster, as file locks: the kernel lets go of them when a process dies, however it dies."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Hold `path` alone; waits for whoever holds it now. Starting and stopping a cluster happen under this."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class Usage:
    """This process's mark that it uses a cluster, shared with other users of the same one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def alone(self) -> bool:
        """Whether nobody else has the mark. Leaves this process without it: call under `exclusive` only."""
        self.release()
        descriptor = _open(self._path)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    def take(self) -> None:
        """Set the mark; it is lost when this process ends."""
        if self._descriptor is None:
            descriptor = _open(self._path)
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            self._descriptor = descriptor

    def release(self) -> None:
        """Remove the mark; harmless when it is not set."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _open(path: Path) -> int:
    # read-only is enough for flock, and lets root and the folder's owner use each other's files
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
