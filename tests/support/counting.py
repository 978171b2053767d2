"""Counts the statements that a request sends, to show that their number does not grow with the data."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tests.support.api import Api
from zhanggui.core.db import STATEMENTS

SENDING = ("execute", "fetch", "fetchrow", "fetchval", "executemany")


class Counted:
    """`statements` in the order they were sent, without transaction control."""

    def __init__(self) -> None:
        self.statements: list[str] = []


class _Spy:
    """A pool or connection that writes down what it sends."""

    def __init__(self, real: Any, counted: Counted, *, passing: frozenset[str] = frozenset()) -> None:
        self._real, self._counted, self._passing = real, counted, passing

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in SENDING:
            return real

        async def send(query: str, *args: Any, **options: Any) -> Any:
            if query not in self._passing:
                self._counted.statements.append(query)
            return await real(query, *args, **options)

        return send

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Any]:
        async with self._real.acquire() as conn:
            yield _Spy(conn, self._counted)


def _memory() -> frozenset[str]:
    """What a process's memory reads again when the event log says that it changed: that is nobody's request."""
    return frozenset(
        sql for name, sql in STATEMENTS.items() if name.startswith("catalog.") or name == "stores.load"
    )


@contextmanager
def counted(api: Api) -> Generator[Counted]:
    """While the block runs, statements through the runtime's pool are written down.

    Reloads of memory go through the pool itself and are left out; the same statement in a transaction is counted.
    """
    real, found = api.rt.db, Counted()
    api.rt.db = _Spy(real, found, passing=_memory())  # type: ignore[assignment]  # it passes everything else through
    try:
        yield found
    finally:
        api.rt.db = real
