"""A small HTTP/1.1 client on asyncio streams: kept connections, JSON, no more than a load generator needs."""

import asyncio
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

PATIENCE_SECONDS = (
    60  # a client that waits longer has found a request that hangs: that is an error, not a broken line
)


class Answer(NamedTuple):
    """Status and body."""

    status: int
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Broken(Exception):
    """The connection ended before the answer was whole: what was asked may have been done."""


class Line:
    """One kept connection to a port of the loopback; opened again when it broke."""

    def __init__(self, port: int) -> None:
        self.port = self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send and wait. Raises Broken."""
        content = msgspec.json.encode(body) if body is not None else b""
        lines = [f"{method} {path} HTTP/1.1", "Host: bench", "Accept-Encoding: identity"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        try:
            if self._reader is None or self._writer is None:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            self._writer.write("\r\n".join([*lines, "", ""]).encode() + content)
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._read(self._reader)
        except (OSError, EOFError, asyncio.IncompleteReadError) as fault:
            self.close()
            if isinstance(fault, TimeoutError):
                raise
            raise Broken(str(fault)) from fault

    async def _read(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        length = head.partition(b"content-length: ")[2].partition(b"\r")[0]
        body = await reader.readexactly(int(length)) if length else b""
        if b"connection: close" in head:
            self.close()
        return Answer(status, body)

    def close(self) -> None:
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
        self._reader = self._writer = None
