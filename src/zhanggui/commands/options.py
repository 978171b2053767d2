"""Options that several sub-commands share, and what they stand for in the environment."""

import argparse
import os
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from zhanggui.commands import CommandFailed


def add_data(parser: argparse.ArgumentParser) -> None:
    """Declare --data."""
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        help="folder for the database, keys and pictures (default: $ZHANGGUI_DATA_DIR, otherwise .data in a checkout "
        "and ~/.local/share/zhanggui when installed)",
    )


def apply_data(args: argparse.Namespace) -> Path:
    """The data folder that holds for this command; --data is passed on to settings and child processes."""
    from zhanggui.settings import default_data_dir

    if args.data is not None:
        os.environ["ZHANGGUI_DATA_DIR"] = str(args.data.expanduser().absolute())
    return Path(os.environ.get("ZHANGGUI_DATA_DIR") or default_data_dir())


@contextmanager
def database(data_dir: Path, *, migrated: bool = True) -> Generator[str]:
    """The database that the settings name, or the embedded one; brought to the newest schema. Yields its address.

    SIGTERM leaves the block in good order. The embedded server is shared by all commands on one data folder and ends with the last of them. Within the block
    ZHANGGUI_DATABASE_URL holds the address, so that settings and child processes find it.
    """
    signal.signal(signal.SIGTERM, _leave)
    outside = os.environ.get("ZHANGGUI_DATABASE_URL")
    if outside:
        if migrated:
            _upgrade(outside)
        yield outside
        return
    from zhanggui.embedded import EmbeddedError, start

    try:
        cluster = start(data_dir / "postgres")
    except EmbeddedError as error:
        raise CommandFailed(str(error)) from error
    try:
        os.environ["ZHANGGUI_DATABASE_URL"] = cluster.dsn()
        if migrated:
            _upgrade(cluster.dsn())
        yield cluster.dsn()
    finally:
        os.environ.pop("ZHANGGUI_DATABASE_URL", None)
        cluster.stop()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _upgrade(dsn: str) -> None:
    import asyncpg
    from sqlalchemy.exc import DBAPIError

    from zhanggui.core.migrate import upgrade

    try:
        upgrade(dsn)
    except (OSError, asyncpg.PostgresError, DBAPIError) as error:
        raise CommandFailed(f"The database cannot be reached or brought up to date: {error}") from error
