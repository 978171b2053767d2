"""Where a cluster's files lie: in the data folder that was asked for, or where the server's account can reach them."""

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from zhanggui.embedded import account as accounts
from zhanggui.embedded import config, programs
from zhanggui.embedded.account import Account
from zhanggui.embedded.errors import EmbeddedError
from zhanggui.embedded.programs import Programs

MAJOR = "18"
_NEEDED_BYTES = 300_000_000
_ORIGIN = ".origin"
_UNSAFE = frozenset('"$`\\\n')


@dataclass(frozen=True, slots=True)
class Place:
    """A prepared cluster: its files exist, belong to `account`, and can be served by `programs`."""

    cluster: Path
    account: Account
    programs: Programs


def prepare(data_dir: Path, *, durable: bool) -> Place:
    """Find or make the cluster of `data_dir`. Call it under the data folder's start lock.

    Run by root with a folder that an unprivileged account cannot enter (root's home), the files go to
    /var/lib/zhanggui/clusters/… and the data folder holds a link to them.
    Raises EmbeddedError with a sentence for everything that a person can put right.
    """
    link = data_dir / "cluster"
    if _UNSAFE & set(str(link.resolve())):
        raise EmbeddedError(
            f"PostgreSQL cannot be started in {data_dir}: a path must not hold quotation marks, $, ` or \\."
        )
    account = accounts.choose(link.resolve())
    if not link.exists():
        if link.is_symlink():
            raise EmbeddedError(
                f"{link} points to {link.readlink()}, which is gone: the database was deleted or not copied along. "
                f"Put it back, or remove {link} to start with an empty one."
            )
        _room_for(data_dir)
        _create(data_dir, link, account, durable=durable)
    cluster = link.resolve()
    if not account.can_enter(cluster):
        raise EmbeddedError(
            f"The account that runs PostgreSQL (user id {account.uid}) cannot enter {cluster}: "
            "allow others to enter its parent folders (chmod o+x), or move the data folder."
        )
    found = _version(cluster)
    if found != MAJOR:
        raise EmbeddedError(f"The database in {cluster} was made by PostgreSQL {found}, this is {MAJOR}.")
    return Place(cluster, account, programs.find(account))


def abandoned() -> list[Path]:
    """Clusters under /var/lib/zhanggui whose data folder was deleted, or holds another database now."""
    return [
        origin.with_suffix("")
        for origin in sorted((programs.SHARED_ROOT / "clusters").glob(f"*{_ORIGIN}"))
        if Path(origin.read_text()).resolve() != origin.with_suffix("")
    ]


def _version(cluster: Path) -> str:
    try:
        return (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedError(
            f"{cluster} exists but holds no database: remove it or choose another data folder."
        ) from None


def _room_for(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise EmbeddedError(
            f"A new database needs {_NEEDED_BYTES // 1_000_000} MB and {folder} has {free // 1_000_000} MB free: "
            "make room, or choose a data folder on another disk."
        )


def _create(data_dir: Path, link: Path, account: Account, *, durable: bool) -> None:
    """Initialise beside the final name and rename: a half-made cluster never bears it."""
    if account.can_enter(data_dir):
        _initialise(data_dir / "cluster.incoming", account, durable=durable)
        (data_dir / "cluster.incoming").rename(link)
        return
    home = programs.SHARED_ROOT / "clusters"
    try:
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
        programs.SHARED_ROOT.chmod(0o755)
        home.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(
            f"{data_dir} cannot be entered by the account that runs PostgreSQL, and {home} cannot be made ({error}). "
            "Choose another data folder, or start zhanggui as an ordinary user."
        ) from error
    _room_for(home)
    target = home / uuid.uuid4().hex
    target.with_suffix(_ORIGIN).write_text(str(link))
    _initialise(target, account, durable=durable)
    link.symlink_to(target)


def _initialise(folder: Path, account: Account, *, durable: bool) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    account.own(folder)
    initdb = programs.find(account).path("initdb")
    # C.UTF-8 and not plain C: with C, trigram search drops Chinese characters
    arguments = [
        "--username=zhanggui",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-instructions",
    ]
    result = account.run(
        [initdb, "-D", folder, *arguments, *([] if durable else ["--no-sync"])], timeout_seconds=300
    )
    if result.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        detail = (result.stderr or result.stdout).strip()
        raise EmbeddedError(f"PostgreSQL could not make a database in {folder}: {detail}")
    with (folder / "postgresql.conf").open("a") as settings:
        settings.write(config.INCLUDE)
