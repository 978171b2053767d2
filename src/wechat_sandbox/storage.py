"""Keeps records in a folder between runs, written behind the requests that change them.

Everything is served from memory. A change only notes which record is dirty; one writer encodes and
stores what gathered, several times a second, so that a payment never waits for the disk.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

FLUSH_EVERY_S = 0.2
T = TypeVar("T")


class StorageInUse(Exception):
    """Another sandbox has this folder open."""


class Storage:
    """Records by (kind, key) in SQLite, or nowhere when there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._dirty: dict[tuple[str, str], Any] = {}
        self._database: sqlite3.Connection | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = _open(folder / "sandbox.sqlite3")

    def put(self, kind: str, key: str, record: Any) -> None:
        """Remember to store `record`; what is stored is its state at the next flush."""
        if self._database is not None:
            self._dirty[kind, key] = record

    def load(self, kind: str, record_type: type[T]) -> list[T]:
        """All records of a kind, ordered by key."""
        if self._database is None:
            return []
        rows = self._database.execute("SELECT body FROM record WHERE kind = ? ORDER BY key", (kind,))
        decoder = msgspec.json.Decoder(record_type)
        return [decoder.decode(row[0]) for row in rows]

    def forget_before(self, kind: str, key: str) -> None:
        """Delete the records of a kind whose key sorts before `key`."""
        if self._database is not None:
            self._database.execute("DELETE FROM record WHERE kind = ? AND key < ?", (kind, key))
            self._database.commit()

    def flush(self) -> None:
        """Store what is dirty, now."""
        if (write := self._take()) is not None:
            write()

    async def run(self) -> None:
        """Store what is dirty several times a second, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            if (write := self._take()) is not None:
                await asyncio.shield(asyncio.to_thread(write))

    def close(self) -> None:
        """Store the rest and let go of the folder."""
        self.flush()
        if self._database is not None:
            self._database.close()
            self._database = None

    def _take(self) -> Callable[[], None] | None:
        database = self._database
        if database is None or not self._dirty:
            return None
        # Encoded here, in the event loop's thread, so that no record changes while it is read.
        rows = [(kind, key, msgspec.json.encode(record)) for (kind, key), record in self._dirty.items()]
        self._dirty.clear()

        def write() -> None:
            database.executemany(
                "INSERT INTO record VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                rows,
            )
            database.commit()

        return write


def _open(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)  # it holds private keys, if only of test accounts
    database = sqlite3.connect(path, check_same_thread=False, timeout=1)
    try:
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS record (kind TEXT, key TEXT, body BLOB, PRIMARY KEY (kind, key))"
            " WITHOUT ROWID"
        )
        database.commit()
    except sqlite3.OperationalError as error:
        database.close()
        raise StorageInUse(f"{path} is in use by another sandbox, or cannot be written: {error}") from error
    return database
