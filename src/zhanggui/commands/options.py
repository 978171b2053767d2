"""Options that several sub-commands share, and what they stand for in the environment."""

import argparse
import asyncio
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


def secret(file: Path | None) -> str | None:
    """What a file holds, without the line's end; None for no file."""
    try:
        return None if file is None else file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"{file} cannot be read: {error}.") from error


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
            asyncio.run(bring_up_to_date(outside))
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
            asyncio.run(bring_up_to_date(cluster.dsn()))
        yield cluster.dsn()
    finally:
        os.environ.pop("ZHANGGUI_DATABASE_URL", None)
        cluster.stop()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


async def bring_up_to_date(dsn: str) -> None:
    """Run the missing migrations. Raises CommandFailed when the database cannot be reached or does not accept them."""
    from zhanggui.core.migrate import upgrade_async

    with database_faults_explained():
        await upgrade_async(dsn)


@contextmanager
def database_faults_explained() -> Generator[None]:
    """Turn what a database, or the way to it, can do wrong into CommandFailed."""
    import asyncpg
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError) as error:
        raise CommandFailed(f"The database cannot be reached or brought up to date: {error}") from error
