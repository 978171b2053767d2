"""The load generator for latencies: requests start when they are due, whatever became of those before.

A latency is counted from the intended start, so waiting for a free line or behind a slow answer is not hidden (a closed loop
would simply ask less). With no rate it is a closed loop: every line asks again at once, which is saturation. Runs in
processes of its own on uvloop, whose time is nobody's account.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

import uvloop

from bench.http_calls import Line
from bench.shopper import Goods, Shopper

PROCESSES = 2


@dataclass
class Seen:
    """Latencies in ms by kind, and answers by status."""

    ms: dict[str, list[float]] = field(default_factory=dict[str, list[float]])
    statuses: dict[int, int] = field(default_factory=dict[int, int])
    seconds: float = 0.0

    def note(self, kind: str, ms: float, status: int) -> None:
        self.ms.setdefault(kind, []).append(ms)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    @property
    def all_ms(self) -> list[float]:
        return [one for of_kind in self.ms.values() for one in of_kind]


@dataclass(frozen=True)
class Plan:
    """One generator process: where to, as whom, how long; `rate` requests a second, None for a closed loop."""

    ports: Sequence[int]
    goods: Goods
    tokens: Sequence[str]
    seconds: float
    lines: int
    rate: float | None
    seed: int


def run(plan: Plan) -> Seen:
    """Carry the plan out over PROCESSES processes and put together what they saw."""
    share = len(plan.tokens) // PROCESSES
    plans = [
        Plan(
            plan.ports,
            plan.goods,
            plan.tokens[i * share : (i + 1) * share],
            plan.seconds,
            plan.lines // PROCESSES,
            plan.rate / PROCESSES if plan.rate else None,
            plan.seed * PROCESSES + i,
        )
        for i in range(PROCESSES)
    ]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_generate, plans))
    seen = Seen(seconds=plan.seconds)
    for part in parts:
        for kind, ms in part.ms.items():
            seen.ms.setdefault(kind, []).extend(ms)
        for status, count in part.statuses.items():
            seen.statuses[status] = seen.statuses.get(status, 0) + count
    return seen


def _generate(plan: Plan) -> Seen:
    return uvloop.run(_run(plan))


async def _run(plan: Plan) -> Seen:
    seen, draw = Seen(), random.Random(plan.seed)
    shoppers = [
        Shopper(Line(plan.ports[i % len(plan.ports)]), plan.goods, plan.tokens[i % len(plan.tokens)], draw)
        for i in range(plan.lines)
    ]
    give = _Tokens(plan.tokens)
    end = time.monotonic() + plan.seconds
    if plan.rate is None:
        await asyncio.gather(*(_closed(shopper, end, seen, give) for shopper in shoppers))
        return seen
    idle: asyncio.Queue[Shopper] = asyncio.Queue()
    for shopper in shoppers:
        idle.put_nowait(shopper)
    due = time.monotonic()
    async with asyncio.TaskGroup() as group:
        while due < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(_one(idle, due, seen, give))
            due += draw.expovariate(plan.rate)
    return seen


class _Tokens:
    """Buyers one after the other: each may owe for five orders only."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens, self._at = tokens, 0

    def next(self) -> dict[str, str]:
        self._at += 1
        return {"Authorization": f"Bearer {self._tokens[self._at % len(self._tokens)]}"}


async def _closed(shopper: Shopper, end: float, seen: Seen, give: _Tokens) -> None:
    while (started := time.monotonic()) < end:
        shopper.headers = give.next()
        kind, answer = await shopper.step()
        seen.note(kind, (time.monotonic() - started) * 1000, answer.status)


async def _one(idle: asyncio.Queue[Shopper], due: float, seen: Seen, give: _Tokens) -> None:
    shopper = await idle.get()
    shopper.headers = give.next()
    kind, answer = await shopper.step()
    seen.note(kind, (time.monotonic() - due) * 1000, answer.status)
    idle.put_nowait(shopper)
