"""Sends each of many requests exactly once, which wrk cannot: over kept connections, from a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import uvloop

Send = Callable[[list[int], list[bytes], int], Awaitable[dict[int, int]]]
"""(ports, requests, connections) -> how many answers had each status."""


@contextmanager
def sender() -> Generator[Send]:
    """A process that sends, for several runs; it starts with the first."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as generator:

        async def send(ports: list[int], wanted: list[bytes], clients: int) -> dict[int, int]:
            return await asyncio.get_running_loop().run_in_executor(
                generator, _send_all, ports, wanted, clients
            )

        yield send


def _send_all(ports: list[int], wanted: list[bytes], clients: int) -> dict[int, int]:
    return uvloop.run(_send(ports, wanted, clients))


async def _send(ports: list[int], wanted: list[bytes], clients: int) -> dict[int, int]:
    waiting, seen = iter(wanted), dict[int, int]()

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
            await reader.readexactly(int(length))
            status = int(head[9:12])
            seen[status] = seen.get(status, 0) + 1
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client(ports[i % len(ports)]) for i in range(clients)))
    return seen
