"""Starting, adopting and stopping one cluster."""

import contextlib
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from zhanggui.embedded import config, pidfile, place, sockets
from zhanggui.embedded.errors import EmbeddedError
from zhanggui.embedded.locks import Usage, exclusive
from zhanggui.embedded.place import Place

_PATIENCE_SECONDS = 300
"""As long as crash recovery of a busy server may take before we give up on it."""
_LOG_LIMIT_BYTES = 10_000_000


class Cluster:
    """A running embedded PostgreSQL that this process uses. Made by `start`; a context manager that stops it."""

    def __init__(self, data_dir: Path, where: Place, socket_folder: Path, usage: Usage) -> None:
        self.data_dir = data_dir
        self._place = where
        self._socket_folder = socket_folder
        self._usage = usage

    def dsn(self, database: str = "zhanggui") -> str:
        """The address of a database in this cluster, for asyncpg and for `ZHANGGUI_DATABASE_URL`."""
        return dsn_of(self._socket_folder, database)

    @property
    def pid(self) -> int | None:
        """The server's process id, or None when it is not running (killed from outside, for example)."""
        server = pidfile.read(self._place.cluster)
        return server.pid if server else None

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._place.cluster / "server.log"

    def psql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement by psql and return its unaligned output. For creating databases and for diagnosis.

        Raises EmbeddedError with the server's message.
        """
        program = self._place.programs.path("psql")
        where = ["-h", self._socket_folder, "-p", str(sockets.PORT), "-U", "zhanggui", "-d", database]
        result = self._place.account.run(
            [program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, "-c", statement],
            timeout_seconds=_PATIENCE_SECONDS,
        )
        if result.returncode != 0:
            raise EmbeddedError(result.stderr.strip())
        return result.stdout.strip()

    def ensure_database(self, name: str) -> None:
        """Create a database if there is none of that name. `name` is an identifier from our own code."""
        if not self.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608  see the docstring
            self.psql(f'CREATE DATABASE "{name}"')

    def ensure_running(self) -> bool:
        """Start the server again if it died. Returns whether that was necessary."""
        with exclusive(_starting(self.data_dir)):
            server = _await_ready(self._place.cluster)
            if server is None:
                _launch(self._place, self._socket_folder)
            return server is None

    def stop(self) -> None:
        """Stop using the cluster. The server ends with its last user; running transactions are rolled back."""
        with exclusive(_starting(self.data_dir)):
            if self._usage.alone():
                _shut_down(self._place)
                sockets.clear(self._socket_folder)
                with contextlib.suppress(OSError):  # somebody's file in it: not ours to remove
                    self._socket_folder.rmdir()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()


def dsn_of(socket_folder: Path, database: str = "zhanggui") -> str:
    """The address of a database whose server has its socket in `socket_folder`."""
    host = quote(str(socket_folder), safe="")
    return f"postgresql://zhanggui@/{quote(database, safe='')}?host={host}&port={sockets.PORT}"


def start(data_dir: Path, *, durable: bool = True) -> Cluster:
    """Make sure that the cluster in `data_dir` runs, and return it with a database named `zhanggui` in it.

    A server that an earlier process left behind is adopted; one that other processes use is shared. With
    `durable=False` nothing is forced to disk: a power cut destroys the data, so this is for tests.
    Blocks until the server answers (at most 300 s, of which a first start takes about two). Raises EmbeddedError.
    """
    data_dir = data_dir.expanduser().absolute()
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"The data folder {data_dir} cannot be made: {error.strerror}.") from error
    with exclusive(_starting(data_dir)):
        usage = Usage(data_dir / "users.lock")
        alone = usage.alone()
        where = place.prepare(data_dir, durable=durable)
        socket_folder = sockets.folder_for(where.cluster, where.account)
        settings = config.text(socket_folder, durable=durable)
        server = _await_ready(where.cluster)
        if server is not None and alone and not _serves(where, socket_folder, settings):
            _shut_down(where)
            server = None
        if server is None:
            _write_settings(where, settings)
            _launch(where, socket_folder)
        elif not alone and durable and not _serves(where, socket_folder, settings):
            raise EmbeddedError(
                f"The database in {data_dir} is in use with other settings: stop what uses it first."
            )
        usage.take()
        cluster = Cluster(data_dir, where, socket_folder, usage)
        cluster.ensure_database("zhanggui")
    return cluster


def _starting(data_dir: Path) -> Path:
    return data_dir / "starting.lock"


def _serves(where: Place, socket_folder: Path, settings: str) -> bool:
    """Whether a running server has today's settings and still has its socket (a cleaner of /tmp may have taken it)."""
    written = where.cluster / config.FILE
    same = written.is_file() and written.read_text() == settings
    return same and (socket_folder / f".s.PGSQL.{sockets.PORT}").exists()


def _write_settings(where: Place, settings: str) -> None:
    fresh = where.cluster / f"{config.FILE}.incoming"
    fresh.unlink(missing_ok=True)
    fresh.write_text(settings)
    where.account.own(fresh)
    fresh.replace(where.cluster / config.FILE)


def _await_ready(cluster: Path) -> pidfile.Postmaster | None:
    """The running server once it accepts connections; None if there is none, or if it dies while we wait."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (server := pidfile.read(cluster)) is not None and not server.ready:
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"PostgreSQL (process {server.pid}) is not ready after {_PATIENCE_SECONDS} s."
            )
        time.sleep(0.05)
    return server


def _launch(where: Place, socket_folder: Path) -> None:
    """Start a server that is known not to run; anything its predecessor left behind is stale."""
    (where.cluster / "postmaster.pid").unlink(missing_ok=True)
    sockets.clear(socket_folder)
    log = where.cluster / "server.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    deadline = time.monotonic() + 30
    while True:
        seen = log.stat().st_size if log.exists() else 0
        result = where.account.run(
            [
                where.programs.path("pg_ctl"),
                *("start", "-D", where.cluster, "-l", log, "-w", "-t", str(_PATIENCE_SECONDS), "-s"),
            ],
            timeout_seconds=_PATIENCE_SECONDS + 30,
        )
        if result.returncode == 0:
            return
        said = log.read_bytes()[seen:].decode(errors="replace").strip() if log.exists() else ""
        # A server that was killed leaves children for a moment; PostgreSQL refuses to start beside them.
        if "pre-existing shared memory block" in said and time.monotonic() < deadline:
            time.sleep(0.2)
            continue
        reason = " ".join(said.splitlines()[-4:]) or result.stderr.strip() or result.stdout.strip()
        hint = "The disk is full. " if "No space left" in said else ""
        raise EmbeddedError(
            f"{hint}PostgreSQL did not start in {where.cluster}: {reason} (all of it in {log})"
        )


def _shut_down(where: Place) -> None:
    if pidfile.read(where.cluster) is None:
        return
    result = where.account.run(
        [
            where.programs.path("pg_ctl"),
            *("stop", "-D", where.cluster, "-m", "fast", "-w", "-t", str(_PATIENCE_SECONDS), "-s"),
        ],
        timeout_seconds=_PATIENCE_SECONDS + 30,
    )
    if result.returncode != 0 and pidfile.read(where.cluster) is not None:
        raise EmbeddedError(f"PostgreSQL in {where.cluster} did not stop: {result.stderr.strip()}")
