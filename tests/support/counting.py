"""Counts the statements that a request sends, to show that their number does not grow with the data."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tests.support.api import Api

SENDING = ("execute", "fetch", "fetchrow", "fetchval", "executemany")


class Counted:
    """`statements` in the order they were sent, without transaction control."""

    def __init__(self) -> None:
        self.statements: list[str] = []


class _Spy:
    """A pool or connection that writes down what it sends."""

    def __init__(self, real: Any, counted: Counted) -> None:
        self._real, self._counted = real, counted

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name not in SENDING:
            return real

        async def send(query: str, *args: Any, **options: Any) -> Any:
            self._counted.statements.append(query)
            return await real(query, *args, **options)

        return send

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Any]:
        async with self._real.acquire() as conn:
            yield _Spy(conn, self._counted)


@contextmanager
def counted(api: Api) -> Generator[Counted]:
    """While the block runs, statements through the runtime's pool are written down."""
    real, found = api.rt.db, Counted()
    api.rt.db = _Spy(real, found)  # type: ignore[assignment]  # it passes everything else through
    try:
        yield found
    finally:
        api.rt.db = real
