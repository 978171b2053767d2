"""Group commit: many callers, one transaction.

A `Batcher` has no timer. With nothing in flight for a key it flushes at once; while a flush is in flight it gathers, and what
gathered goes next. A batch belongs to one key (a store). Each caller waits for the commit and gets its own result.

A flush takes its items when it is ready for them, not when it is started: what arrives while it opens its transaction, or waits
for another process's turn (`take_turn`), comes along. Batches that would wait for each other's rows anyway are half as many then,
and twice as full.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg

from zhanggui.core.db import MAX_TRIES, RETRIED, Connection, statement
from zhanggui.core.errors import ShopError

Item = TypeVar("Item")
Result = TypeVar("Result")
Key = TypeVar("Key", bound=Hashable)

TURN = statement(
    "core.batching.turn", "SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2::uuid::text, 0))"
)

# One item's data is at fault, not the batch: SQLSTATE class 22 (data) and 23 (integrity).
ITEM_FAULTS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


async def take_turn(conn: Connection, operation: str, store_id: UUID) -> None:
    """Wait in a transaction until no other one has the turn of this store's `operation`; it ends with the transaction.

    For batches only: it orders nothing that row locks do not, it makes the next batch grow instead of wait half full. Taken first,
    so that nobody who has it waits for it.
    """
    await conn.execute(TURN, operation, store_id)


class Batch(Generic[Item, Result]):
    """What one flush works on: it grows until it is taken, and stays the same from then on."""

    def __init__(
        self, queue: deque[tuple[Item, asyncio.Future[Result]]], most: int, note: Callable[[int], None]
    ) -> None:
        self._queue, self._most, self._note = queue, most, note
        self._entries: list[tuple[Item, asyncio.Future[Result]]] | None = None

    def take(self) -> list[Item]:
        """The items, in order of arrival: all that wait now, up to the batcher's `max_batch`."""
        return [item for item, _ in self.entries()]

    def entries(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        """`take`, with who waits for each."""
        if self._entries is None:
            self._entries = [self._queue.popleft() for _ in range(min(len(self._queue), self._most))]
            self._note(len(self._entries))
        return self._entries

    def split(self) -> "list[Batch[Item, Result]]":
        """Each item as a batch of its own."""
        return [Batch(deque([entry]), 1, lambda _: None) for entry in self.entries()]


class Batcher(Generic[Key, Item, Result]):
    """Collects items by key and hands them to `flush(key, batch) -> results`, one for each of `batch.take()`, in that order.

    `flush` runs one transaction and must be safe to run again: every item carries an idempotency or compare-and-set
    key. Class 22/23 errors make the batch run one by one so that only the item at fault fails; 40P01/40001 run the
    batch again; any other error (a lost connection, a full disk) fails the whole batch. Cancelling a caller that waits
    never cancels its batch. Beyond `max_queue` waiting items `submit` raises 503 `busy` with Retry-After.
    """

    def __init__(
        self,
        flush: Callable[[Key, Batch[Item, Result]], Awaitable[Sequence[Result]]],
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
        return await future

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
                    await self._settle(key, Batch(queue, self._max_batch, self._taken))
        finally:
            del self._running[key], self._waiting[key]
            if queue:  # this task was cancelled: the process is going down, and nobody may be left waiting
                self._taken(len(queue))
                _fail(queue, ShopError("busy", 503, retry_after=1))

    def _taken(self, count: int) -> None:
        self._queued -= count

    async def _settle(self, key: Key, batch: Batch[Item, Result]) -> None:
        try:
            results = await self._run(key, batch)
        except ITEM_FAULTS as fault:
            if len(batch.entries()) == 1:
                _fail(batch.entries(), fault)
                return
            for one in batch.split():
                await self._settle(key, one)
        except Exception as fault:  # handed to every caller of the batch, none is swallowed
            _fail(batch.entries(), fault)
        except BaseException:
            _fail(batch.entries(), ShopError("busy", 503, retry_after=1))
            raise
        else:
            for (_, future), result in zip(batch.entries(), results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _run(self, key: Key, batch: Batch[Item, Result]) -> Sequence[Result]:
        for attempt in range(1, MAX_TRIES + 1):
            try:
                results = await self._flush(key, batch)
                if len(results) != len(batch.entries()):
                    raise RuntimeError(
                        f"a flush of {len(batch.entries())} items answered {len(results)} results"
                    )
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
