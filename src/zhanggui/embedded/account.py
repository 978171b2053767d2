"""The account that the server runs as. PostgreSQL refuses to run as root, and rightly."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhanggui.embedded.errors import EmbeddedError

_UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user that owns a cluster's files and runs its processes.

    `switch` is true when this process is root and has to become that user first.
    """

    uid: int
    gid: int
    switch: bool

    def run(
        self, command: Sequence[str | Path], timeout_seconds: float
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program as this account, with an empty environment so that no PG* variable reaches it.

        The working directory is `/`, because the caller's may be one that the account cannot enter. Never raises on a
        non-zero exit code; `subprocess.TimeoutExpired` after `timeout_seconds`.
        """
        arguments = [str(part) for part in command]
        environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        if self.switch:
            return subprocess.run(  # noqa: S603  the programs are our own, the arguments are paths we made
                arguments,
                user=self.uid,
                group=self.gid,
                extra_groups=[],
                umask=0o077,
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_seconds,
                check=False,
            )
        return subprocess.run(  # noqa: S603  as above
            arguments,
            umask=0o077,
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
        )

    def own(self, path: Path) -> None:
        """Give `path` (not what is under it) to this account; does nothing when that is what we run as."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can reach `folder` through all its parents. Asked of the kernel, not of mode bits."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], timeout_seconds=30).returncode == 0


def choose(cluster: Path) -> Account:
    """The account for the cluster in `cluster`: its present owner if it exists, otherwise ourselves or `nobody`.

    An ordinary user is always itself. Raises EmbeddedError if the cluster belongs to somebody else.
    """
    me = os.geteuid()
    owner = _owner(cluster)
    if me != 0:
        if owner is not None and owner != me:
            raise EmbeddedError(
                f"The database in {cluster} belongs to {_name(owner)}, not to {_name(me)}: "
                "start it as that user or as root, or choose another data folder."
            )
        _require_passwd_entry(me)
        return Account(uid=me, gid=os.getegid(), switch=False)
    if owner:
        return Account(uid=owner, gid=cluster.stat().st_gid, switch=True)
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL must not run as root, and this machine has no '{_UNPRIVILEGED}' account to run it as. "
            "Start zhanggui as an ordinary user."
        ) from None
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, switch=True)


def _owner(cluster: Path) -> int | None:
    try:
        return cluster.stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError:
        raise EmbeddedError(
            f"{cluster} cannot be read by {_name(os.geteuid())}: choose another data folder."
        ) from None


def _name(uid: int) -> str:
    try:
        return f"user '{pwd.getpwuid(uid).pw_name}'"
    except KeyError:
        return f"user id {uid}"


def _require_passwd_entry(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL needs an account name and user id {uid} has none (no line in /etc/passwd). "
            "Add one, or set ZHANGGUI_DATABASE_URL to a server elsewhere."
        ) from None
