"""Databases for tests: one server per test run, one migrated template, a clone of it for each module that asks.

The server is the embedded one without durability. Under xdist all workers share it: the first one to come starts it and
migrates the template, the last one to leave stops it. What a killed run left behind, the next run clears away.
"""

import contextlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from zhanggui.core.migrate import upgrade
from zhanggui.embedded import Cluster, EmbeddedError, start
from zhanggui.embedded.locks import Usage, exclusive

TEMPLATE = "zhanggui_template"
_PREFIX = f"zhanggui-tests-{os.getuid()}-"


def _clear_away_killed_runs(own: Path) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        if folder == own or not (folder / "cluster").exists():
            continue
        with exclusive(folder / "starting.lock"):
            abandoned = Usage(folder / "users.lock").alone()
        if abandoned:
            with contextlib.suppress(
                EmbeddedError
            ):  # killed while it was being made: there is no server to stop
                start(folder, durable=False).stop()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Generator[Cluster]:
    """The test run's database server."""
    folder = Path(tempfile.gettempdir()) / f"{_PREFIX}{testrun_uid}"
    _clear_away_killed_runs(folder)
    cluster = start(folder, durable=False)
    yield cluster
    cluster.stop()
    if cluster.pid is None:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(postgres: Cluster) -> str:
    """The name of a database with every migration applied and no rows; clone it, never connect to it."""
    with exclusive(postgres.data_dir / "template.lock"):
        if not postgres.psql(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            postgres.psql("CREATE DATABASE template_incoming")
            upgrade(postgres.dsn("template_incoming"))
            postgres.psql(f"ALTER DATABASE template_incoming RENAME TO {TEMPLATE}")
    return TEMPLATE


@contextmanager
def clone(cluster: Cluster, template: str, label: str) -> Generator[str]:
    """A database of its own for the duration of the block; yields its DSN."""
    name = f"{label}_{uuid.uuid4().hex[:12]}"
    cluster.psql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    yield cluster.dsn(name)
    cluster.psql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def database_url(postgres: Cluster, template_database: str) -> Generator[str]:
    """DSN of a migrated, empty database that one test module has for itself."""
    with clone(postgres, template_database, "module") as dsn:
        yield dsn


@pytest.fixture
def fresh_database_url(postgres: Cluster, template_database: str) -> Generator[str]:
    """DSN of a migrated, empty database that one test has for itself."""
    with clone(postgres, template_database, "test") as dsn:
        yield dsn
