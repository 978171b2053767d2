"""The WebSocket load generator: many open live pages on asyncio streams (RFC 6455), timing what arrives."""

import asyncio
import base64
import os
import time
from collections.abc import Sequence
from uuid import UUID

import msgspec


class _News(msgspec.Struct):
    type: str
    order_id: UUID | None = None


class Pages:
    """Live pages, one for each ticket, to one port of the loopback."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.arrived: dict[UUID, float] = {}
        """When news of an order arrived, `time.monotonic()`."""
        self.open = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self, tickets: Sequence[str], at_once: int = 50) -> None:
        """Open a page for each ticket and wait until all of them are ready."""
        for first in range(0, len(tickets), at_once):
            await asyncio.gather(*(self._connect(ticket) for ticket in tickets[first : first + at_once]))

    async def _connect(self, ticket: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /api/shop/live HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            raise RuntimeError(f"no WebSocket: {head[:100]!r}")
        writer.write(_text_frame(msgspec.json.encode({"ticket": ticket})))
        if msgspec.json.decode(await _frame(reader), type=_News).type != "ready":
            raise RuntimeError("the first message is not `ready`")
        self.open += 1
        self._tasks.append(asyncio.create_task(self._listen(reader, writer)))

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                news = msgspec.json.decode(await _frame(reader), type=_News)
                if news.order_id is not None:
                    self.arrived.setdefault(news.order_id, time.monotonic())
        except (asyncio.IncompleteReadError, ConnectionError, msgspec.DecodeError):
            self.open -= 1
        finally:
            writer.close()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _text_frame(data: bytes) -> bytes:
    """A masked text frame (RFC 6455 §5.2); the mask is nought, which is a mask."""
    length = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return b"\x81" + length + b"\0\0\0\0" + data


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """The next text frame's payload."""
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await reader.readexactly(8), "big")
        data = await reader.readexactly(length)
        if first & 0x0F == 1:
            return data
