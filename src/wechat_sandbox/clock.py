"""The platform's clock, which can be sped up and turned forward, and the work that waits for it.

Business time (expiry, retry schedule, refunds) follows this clock. Signature timestamps do not: they
use real time, because a merchant refuses more than five minutes of skew.
"""

import asyncio
import heapq
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
Job = Callable[[], Awaitable[None]]

log = logging.getLogger(__name__)


class Clock:
    """Seconds since the epoch as the platform sees them."""

    def __init__(self, speed: float = 1.0, offset_s: float = 0.0) -> None:
        self._speed = speed
        self._platform = time.time() + offset_s
        self._mark = time.monotonic()

    def now(self) -> float:
        """Platform time, in seconds since the epoch."""
        return self._platform + (time.monotonic() - self._mark) * self._speed

    @property
    def speed(self) -> float:
        """Platform seconds per real second."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._platform, self._mark = self.now(), time.monotonic()
        self._speed = value

    def jump_to(self, when: float) -> None:
        """Turn the clock forward to `when`; it never goes back."""
        now = self.now()
        self._platform, self._mark = max(now, when), time.monotonic()

    @property
    def offset_s(self) -> float:
        """How far platform time is ahead of real time, in seconds."""
        return self.now() - time.time()


class Agenda:
    """Jobs due at platform times. Turning the clock runs them in order, each at its own time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Job]] = []
        self._sequence = 0
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._turning = asyncio.Lock()

    def at(self, when: float, job: Job) -> None:
        """Run `job` once the platform's clock reaches `when` (at once if it already has)."""
        if when <= self._clock.now():
            self._start(job)
            return
        self._sequence += 1
        heapq.heappush(self._heap, (when, self._sequence, job))
        if self._heap[0][1] == self._sequence:
            self._wake.set()

    def set_speed(self, speed: float) -> None:
        """Change how fast platform time passes."""
        self._clock.speed = speed
        self._wake.set()

    async def advance(self, seconds: float) -> None:
        """Turn the clock forward, running everything that falls due on the way and waiting for it."""
        async with self._turning:
            target = self._clock.now() + seconds
            await self.settle()
            while self._heap and self._heap[0][0] <= target:
                self._clock.jump_to(self._heap[0][0])
                self._start_due()
                await self.settle()
            self._clock.jump_to(target)
            self._wake.set()

    async def settle(self) -> None:
        """Wait until no started job is left running."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def run(self) -> None:
        """Start jobs as they fall due, until cancelled."""
        while True:
            self._wake.clear()
            self._start_due()
            try:
                async with asyncio.timeout(self._pause()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Cancel what is running."""
        running = set(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _pause(self) -> float | None:
        if not self._heap or self._clock.speed <= 0:
            return None
        return max(0.0, (self._heap[0][0] - self._clock.now()) / self._clock.speed)

    def _start_due(self) -> None:
        now = self._clock.now()
        while self._heap and self._heap[0][0] <= now:
            self._start(heapq.heappop(self._heap)[2])

    def _start(self, job: Job) -> None:
        task = asyncio.ensure_future(job())
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Future[None]") -> None:
        self._running.discard(task)  # type: ignore[arg-type]  # ensure_future of a coroutine is a Task
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A timed job of the sandbox failed", exc_info=error)


def china_time(when: float) -> str:
    """RFC 3339 with whole seconds and the offset of Beijing, the form WeChat Pay answers with."""
    return datetime.fromtimestamp(when, CHINA).isoformat(timespec="seconds")


def china_day(when: float) -> str:
    """The day in Beijing as YYYYMMDD; the platform's daily limits follow it."""
    return datetime.fromtimestamp(when, CHINA).strftime("%Y%m%d")


def parse_rfc3339(text: str) -> float | None:
    """Seconds since the epoch, or None where `text` is not RFC 3339 with an offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None or "T" not in text:
        return None
    return moment.astimezone(UTC).timestamp()
