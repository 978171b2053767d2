"""Group commit: many callers, one transaction.

A `Batcher` has no timer. With nothing in flight for a key it flushes as soon as the loop has turned TURNS times; while a flush is in flight it gathers, and
what gathered goes next. A batch belongs to one key (a store). Each caller waits for the commit and gets its own result.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

import asyncpg

from zhanggui.core.db import MAX_TRIES, RETRIED
from zhanggui.core.errors import ShopError

Item = TypeVar("Item")
Result = TypeVar("Result")
Key = TypeVar("Key", bound=Hashable)

TURNS = 6
"""Turns of the event loop before a batch is closed: what lies in the sockets already comes along. Without them every second
batch is of one request, because all who were answered together ask again together. An idle loop turns in microseconds."""

# One item's data is at fault, not the batch: SQLSTATE class 22 (data) and 23 (integrity).
ITEM_FAULTS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


class Batcher(Generic[Key, Item, Result]):
    """Collects items by key and hands lists of them to `flush(key, items) -> results` (same order, same length).

    `flush` runs one transaction and must be safe to run again: every item carries an idempotency or compare-and-set
    key. Class 22/23 errors make the batch run one by one so that only the item at fault fails; 40P01/40001 run the
    batch again; any other error (a lost connection, a full disk) fails the whole batch. Cancelling a caller that waits
    never cancels its batch. Beyond `max_queue` waiting items `submit` raises 503 `busy` with Retry-After.
    """

    def __init__(
        self,
        flush: Callable[[Key, Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_batch: int = 256,
        max_queue: int = 4096,
        concurrency: int = 4,
    ) -> None:
        self._flush, self._max_batch, self._max_queue = flush, max_batch, max_queue
        self._waiting: dict[Key, deque[tuple[Item, asyncio.Future[Result]]]] = {}
        self._running: dict[Key, asyncio.Task[None]] = {}
        self._queued = 0
        self._slots = asyncio.Semaphore(concurrency)

    async def submit(self, key: Key, item: Item) -> Result:
        """Wait until `item` is committed (or refused) and return its result."""
        if self._queued >= self._max_queue:
            raise ShopError("busy", 503, retry_after=1)
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, deque()).append((item, future))
        self._queued += 1
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._drain(key))
        return await asyncio.shield(future)

    def waiting(self, key: Key) -> int:
        """How many items of `key` are not in a batch yet."""
        return len(self._waiting.get(key, ()))

    async def close(self) -> None:
        """Wait until everything submitted so far is decided."""
        while self._running:
            await asyncio.gather(*self._running.values())

    async def _drain(self, key: Key) -> None:
        queue = self._waiting[key]
        try:
            while queue:
                async with self._slots:
                    for _ in range(TURNS):
                        await asyncio.sleep(0)
                    batch = [queue.popleft() for _ in range(min(len(queue), self._max_batch))]
                    self._queued -= len(batch)
                    await self._settle(key, batch)
        finally:
            del self._running[key], self._waiting[key]
            if queue:  # this task was cancelled: the process is going down, and nobody may be left waiting
                self._queued -= len(queue)
                _fail(queue, ShopError("busy", 503, retry_after=1))

    async def _settle(self, key: Key, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._run(key, [item for item, _ in batch])
        except ITEM_FAULTS as fault:
            if len(batch) == 1:
                _fail(batch, fault)
                return
            for one in batch:
                await self._settle(key, [one])
        except Exception as fault:  # handed to every caller of the batch, none is swallowed
            _fail(batch, fault)
        except BaseException:
            _fail(batch, ShopError("busy", 503, retry_after=1))
            raise
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _run(self, key: Key, items: list[Item]) -> Sequence[Result]:
        for attempt in range(1, MAX_TRIES + 1):
            try:
                results = await self._flush(key, items)
                if len(results) != len(items):
                    raise RuntimeError(f"a flush of {len(items)} items answered {len(results)} results")
                return results
            except RETRIED:
                if attempt == MAX_TRIES:
                    raise
                await asyncio.sleep(0.005 * 2**attempt)
        raise AssertionError("unreachable")


def _fail(batch: Iterable[tuple[object, asyncio.Future[Result]]], fault: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(fault)
            future.exception()  # a caller that gave up must not turn this into a warning
