"""PostgreSQL through asyncpg: the pool, registered statements and retried transactions.

Every statement a hot path or a write uses is made with `statement()`, so that one test can PREPARE them all against the
real schema. Parameters only; nothing is ever formatted into SQL.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar, cast

import asyncpg
import msgspec
from asyncpg.protocol import protocol


class Row(Protocol):
    """A record: columns by name (asyncpg.Record)."""

    def __getitem__(self, key: str, /) -> Any: ...
    def keys(self) -> Iterable[str]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """The part of an asyncpg connection that use cases need; a Pool serves for single statements too."""

    async def execute(self, query: str, /, *args: Any) -> str: ...
    async def fetch(self, query: str, /, *args: Any) -> list[Row]: ...
    async def fetchrow(self, query: str, /, *args: Any) -> Row | None: ...
    async def fetchval(self, query: str, /, *args: Any) -> Any: ...


class TransactionConnection(Connection, Protocol):
    """A connection taken from the pool: can open transactions."""

    def transaction(self, *, readonly: bool = False) -> AbstractAsyncContextManager[Any]: ...


class Pool(Connection, Protocol):
    """The part of asyncpg.Pool that is used; asyncpg itself is not fully typed."""

    def acquire(self) -> AbstractAsyncContextManager[TransactionConnection]: ...
    async def close(self) -> None: ...
    def get_size(self) -> int: ...
    def get_idle_size(self) -> int: ...


T = TypeVar("T")

STATEMENTS: dict[str, str] = {}
RETRIED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
MAX_TRIES = 5


def statement(name: str, sql: str) -> str:
    """Register hand-written SQL under `domain.name`; returns the SQL. Raises ValueError for a name used twice."""
    if STATEMENTS.setdefault(name, sql) != sql:
        raise ValueError(f"two statements are called {name!r}")
    return sql


def json_bytes(value: Any) -> bytes:
    return msgspec.json.encode(value)


def _json_text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


async def _prepare_connection(conn: Any) -> None:
    for kind in ("json", "jsonb"):
        await conn.set_type_codec(
            kind,
            schema="pg_catalog",
            encoder=_json_text,
            decoder=msgspec.json.decode,
        )


async def _keep_session(_conn: Any) -> None:
    """Nothing of a session is ever changed here (no SET, LISTEN, cursor or advisory lock outside a transaction), so a
    connection goes back to the pool without the round trip of RESET ALL. asyncpg ends an open transaction by itself.
    """


# Of every value of an array asyncpg asks whether it is an array itself, through two abstract classes that are Python code: a
# fifteenth of what placing an order costs. Arrays are lists or tuples here (tests/core/test_database.py proves it).
for abstract in ("IterableABC", "SizedABC"):
    setattr(protocol, abstract, (list, tuple))


async def connect_pool(dsn: str, *, size: int = 10) -> Pool:
    """A pool of `size` connections; JSONB columns are read and written as Python values through msgspec."""
    pool = await asyncpg.create_pool(
        dsn,
        min_size=min(2, size),
        max_size=size,
        init=_prepare_connection,
        reset=_keep_session,
        command_timeout=30,
        statement_cache_size=512,
        server_settings={"application_name": "zhanggui", "timezone": "UTC", "lock_timeout": "10s"},
    )
    return cast("Pool", pool)


async def in_transaction(pool: Pool, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run `work(conn)` in one READ COMMITTED transaction; deadlocks (40P01) and 40001 run again with back-off.

    `work` must be safe to run again from its start: it may not touch the network or memory that outlives it.
    """
    for attempt in range(1, MAX_TRIES + 1):
        try:
            async with pool.acquire() as conn, conn.transaction():
                return await work(conn)
        except RETRIED:
            if attempt == MAX_TRIES:
                raise
            await asyncio.sleep(random.uniform(0.005, 0.02) * 2**attempt)  # noqa: S311  # jitter, not a secret
    raise AssertionError("unreachable")
