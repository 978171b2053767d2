"""The private folder of a cluster's socket: short, because the kernel allows 107 bytes, and closed to others."""

import hashlib
import os
import stat
from pathlib import Path

from zhanggui.embedded.account import Account
from zhanggui.embedded.errors import EmbeddedError

PORT = 5432
"""Only part of the socket's file name: every cluster has a folder of its own and none listens on TCP."""


def folder_for(cluster: Path, account: Account) -> Path:
    """Make and return the socket folder of `cluster`: mode 0700, owned by the server's account.

    The name is derived from the data folder's path, so several clusters live side by side. Raises EmbeddedError if
    somebody else already owns that name.
    """
    digest = hashlib.sha256(os.fsencode(cluster.resolve())).hexdigest()[:16]
    folder = Path("/tmp") / f"zhanggui-{account.uid}-{digest}"  # noqa: S108  ownership and mode are checked below
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        pass
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in {account.uid, os.geteuid()}:
        raise EmbeddedError(f"{folder} is not ours: remove it, the database's socket belongs there.")
    account.own(folder)
    folder.chmod(0o700)
    return folder


def clear(folder: Path) -> None:
    """Remove what a killed server left in its socket folder. Only call this when no server uses the folder."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / name).unlink(missing_ok=True)
