"""The Batcher, sentence by sentence of DESIGN §4."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from zhanggui.core.batching import Batch, Batcher
from zhanggui.core.errors import ShopError

Items = Sequence[int]


class Recorder:
    """A flush that notes its batches, waits at a gate when told to, and fails as told."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.turn = asyncio.Event()
        self.turn.set()
        self.faults: list[BaseException] = []
        self.bad: set[int] = set()

    async def __call__(self, key: str, batch: Batch[int, int]) -> list[int]:
        await self.turn.wait()
        items = batch.take()
        self.batches.append((key, list(items)))
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        if self.bad & set(items):
            raise asyncpg.CheckViolationError("stock_balance_check")
        return [item * 10 for item in items]


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_timer_it_flushes_when_idle_and_gathers_while_in_flight() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush)
    first = asyncio.create_task(batcher.submit("a", 1))
    await settle()
    assert flush.batches == [("a", [1])]  # at once, without waiting for company
    rest = [asyncio.create_task(batcher.submit("a", n)) for n in range(2, 6)]
    await settle()
    assert len(flush.batches) == 1
    flush.gate.set()
    assert await asyncio.gather(first, *rest) == [10, 20, 30, 40, 50]
    assert flush.batches == [("a", [1]), ("a", [2, 3, 4, 5])]


async def test_a_batch_belongs_to_one_store_and_is_bounded() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush, max_batch=3)
    tasks = [asyncio.create_task(batcher.submit(key, n)) for n in range(8) for key in ("a", "b")]
    await settle()
    flush.gate.set()
    await asyncio.gather(*tasks)
    assert {len(items) for _, items in flush.batches} <= {1, 2, 3}
    for key in ("a", "b"):
        assert [n for k, items in flush.batches if k == key for n in items] == list(
            range(8)
        )  # in arrival order


async def test_as_many_flushes_at_once_as_allowed() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush, concurrency=2)
    tasks = [asyncio.create_task(batcher.submit(key, 1)) for key in "abcd"]
    await settle()
    assert [key for key, _ in flush.batches] == ["a", "b"]
    flush.gate.set()
    await asyncio.gather(*tasks)
    assert len(flush.batches) == 4


@pytest.mark.parametrize(
    "fault", [asyncpg.CheckViolationError("x"), asyncpg.NumericValueOutOfRangeError("x")]
)
async def test_class_22_and_23_run_one_by_one_so_that_only_the_item_at_fault_fails(
    fault: asyncpg.PostgresError,
) -> None:
    flush = Recorder()
    flush.gate.clear()
    flush.bad = {3}
    batcher = Batcher[str, int, int](flush)
    tasks = [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2, 3, 4)]
    await settle()
    flush.gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [r for r in results if isinstance(r, int)] == [10, 20, 40]
    assert isinstance(results[2], asyncpg.CheckViolationError)
    flush.faults = [fault]
    with pytest.raises(type(fault)):
        await batcher.submit("a", 5)  # alone it is not run again


@pytest.mark.parametrize(
    "fault", [asyncpg.ConnectionDoesNotExistError("gone"), asyncpg.DiskFullError("full"), OSError("lost")]
)
async def test_a_lost_connection_or_a_full_disk_fails_the_whole_batch(fault: Exception) -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush)
    first = asyncio.create_task(batcher.submit("a", 0))
    await settle()
    rest = [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2, 3)]
    await settle()

    async def fail_second(key: str, batch: Batch[int, int]) -> list[int]:
        if len(batch.take()) > 1:
            raise fault
        return await flush(key, batch)

    batcher._flush = fail_second  # pyright: ignore[reportPrivateUsage]  # the fault comes while the first is in flight
    flush.gate.set()
    assert await first == 0
    results = await asyncio.gather(*rest, return_exceptions=True)
    assert results == [fault] * 3
    assert await batcher.submit("a", 4) == 40  # and the next batch goes on


@pytest.mark.parametrize("fault", [asyncpg.DeadlockDetectedError, asyncpg.SerializationError])
async def test_deadlocks_and_serialization_failures_run_the_batch_again(
    fault: type[asyncpg.PostgresError],
) -> None:
    flush = Recorder()
    flush.faults = [fault("once"), fault("twice")]
    assert await Batcher[str, int, int](flush).submit("a", 7) == 70
    assert flush.batches == [("a", [7])] * 3
    flush.faults = [fault(str(n)) for n in range(5)]
    with pytest.raises(fault):
        await Batcher[str, int, int](flush).submit("a", 7)


async def test_cancelling_a_waiting_caller_never_cancels_its_batch() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush)
    tasks = [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2, 3)]
    await settle()
    tasks[0].cancel()
    tasks[2].cancel()
    await settle()
    flush.gate.set()
    assert await tasks[1] == 20
    assert flush.batches == [("a", [1, 2, 3])]
    assert tasks[0].cancelled()


async def test_the_queue_is_bounded_and_beyond_it_there_is_503_with_retry_after() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush, max_queue=2)
    tasks = [asyncio.create_task(batcher.submit("a", 0))]
    await settle()
    tasks += [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2)]
    await settle()
    with pytest.raises(ShopError) as refused:
        await batcher.submit("b", 3)
    assert (refused.value.status, refused.value.code, refused.value.retry_after) == (503, "busy", 1)
    flush.gate.set()
    assert await asyncio.gather(*tasks) == [0, 10, 20]
    assert await batcher.submit("b", 3) == 30  # there is room again


async def test_closing_waits_until_everything_is_decided() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush)
    tasks = [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2)]
    await settle()
    closing = asyncio.create_task(batcher.close())
    await settle()
    assert not closing.done()
    flush.gate.set()
    await closing
    assert [task.result() for task in tasks] == [10, 20]


async def test_a_flush_that_loses_results_fails_its_batch_and_leaves_nobody_waiting() -> None:
    async def forgetful(key: str, batch: Batch[int, int]) -> list[int]:
        return []

    with pytest.raises(RuntimeError):
        await Batcher[str, int, int](forgetful).submit("a", 1)


async def test_a_process_that_goes_down_leaves_nobody_waiting() -> None:
    flush = Recorder()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush)
    tasks = [asyncio.create_task(batcher.submit("a", 0))]
    await settle()
    tasks += [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2)]
    await settle()
    for running in batcher._running.values():  # pyright: ignore[reportPrivateUsage]  # as the loop does when it ends
        running.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [getattr(r, "status", None) for r in results] == [503, 503, 503]


async def test_what_arrives_while_a_flush_waits_for_its_turn_comes_along_and_nothing_after_it_was_taken() -> (
    None
):
    flush = Recorder()
    flush.turn.clear()
    flush.gate.clear()
    batcher = Batcher[str, int, int](flush)
    early = [asyncio.create_task(batcher.submit("a", n)) for n in (1, 2)]
    await settle()
    assert batcher.waiting("a") == 2  # the flush has begun and taken nothing yet
    early.append(asyncio.create_task(batcher.submit("a", 3)))
    await settle()
    flush.turn.set()
    await settle()
    late = asyncio.create_task(batcher.submit("a", 4))
    await settle()
    flush.gate.set()
    assert await asyncio.gather(*early, late) == [10, 20, 30, 40]
    assert flush.batches == [("a", [1, 2, 3]), ("a", [4])]


async def test_a_batch_that_runs_again_is_the_same_one() -> None:
    flush = Recorder()
    flush.gate.clear()
    flush.faults = [asyncpg.DeadlockDetectedError("once")]
    batcher = Batcher[str, int, int](flush)
    first = asyncio.create_task(batcher.submit("a", 1))
    await settle()
    second = asyncio.create_task(batcher.submit("a", 2))
    await settle()
    flush.gate.set()
    assert await asyncio.gather(first, second) == [10, 20]
    assert flush.batches == [("a", [1]), ("a", [1]), ("a", [2])]


async def test_a_flush_that_fails_before_it_took_anything_fails_all_who_waited_for_it() -> None:
    calls = 0

    async def no_connection(key: str, batch: Batch[int, int]) -> list[int]:
        nonlocal calls
        calls += 1
        raise OSError("no connection")

    batcher = Batcher[str, int, int](no_connection)
    results = await asyncio.gather(*(batcher.submit("a", n) for n in range(3)), return_exceptions=True)
    assert [type(r) for r in results] == [OSError] * 3
    assert calls == 1
    assert batcher.waiting("a") == 0
