"""Whole returns in any order, with whatever becomes of their money: never more goes back than was paid, and all sides agree."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import uvicorn

from tests.returns.aftermath import SALES, Sale, paid_sale, sandbox_of
from tests.returns.test_races import Walk, holds
from tests.support.api import Api, alive, settings_for
from tests.support.settled import run_all
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.fulfillment import jobs as fulfillment_jobs
from zhanggui.payments import jobs as payment_jobs
from zhanggui.returns import jobs as return_jobs

NEEDED = (return_jobs, fulfillment_jobs, payment_jobs)
WALKS = 4
STEPS = 24
SPOILT = ("duplicate", "drop", "delay", "reorder", "wrong_amount", "bad_signature")
PER_PAYMENT = """
    SELECT a.id FROM payment_attempt a JOIN refund r ON r.store_id = a.store_id AND r.attempt_id = a.id
    WHERE a.store_id = $1 AND r.status <> 'closed' GROUP BY a.store_id, a.id HAVING sum(r.amount) > a.paid_amount
"""


class _Listening(uvicorn.Server):
    """Signals stay with the test run."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@pytest.fixture(scope="module")
async def api(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, quick_sandbox: str
) -> AsyncGenerator[Api]:
    """As `paid_api`, but it listens, so that the sandbox's notifications reach it."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    settings = settings_for(database_url, tmp_path_factory.mktemp("data"), sandbox_origin=quick_sandbox)
    settings = replace(settings, config=replace(settings.config, shop_origin=origin))
    async with alive(settings) as one:
        server = _Listening(uvicorn.Config(one.app, lifespan="off", log_level="warning"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        yield one
        server.should_exit = True
        await task


@pytest.fixture(autouse=True)
async def turned_back() -> AsyncGenerator[None]:
    yield
    clock.reset()


class MoneyWalk(Walk):
    """What people do, and what becomes of the money meanwhile."""

    def acts(self) -> Sequence[Callable[[], Awaitable[Any]]]:
        around = [self.work] * 5 + [self.outcome] * 2 + [self.spoil] * 2 + [self.too_much, self.again]
        return [*super().acts(), *around]

    async def work(self) -> None:
        """Time passes on both sides: jobs run, notifications that were held arrive."""
        seconds = self.chance.choice([1, 20, 45])
        clock.turn(timedelta(seconds=seconds))
        await sandbox_of(self.sale.api).settle(seconds)
        await run_all(self.sale.api.rt)

    async def outcome(self) -> None:
        """The provider does not do what was asked, once or often enough to give up."""
        many = [self.chance.choice(["ABNORMAL", "CLOSED", "CLOSED", "SUCCESS"])] * self.chance.choice(
            [1, 1, 4]
        )
        await sandbox_of(self.sale.api).call("POST", "/refund-outcomes", {"outcomes": many})

    async def spoil(self) -> None:
        """The next notifications come twice, late, in another order, forged or not at all."""
        kind = self.chance.choice(SPOILT)
        await sandbox_of(self.sale.api).fault("notify:REFUND", kind, count=self.chance.choice([1, 3]))

    async def too_much(self) -> Any:
        """More than is left is refused, whoever asks."""
        body = {"reason": "补偿", "amount": self.sale.total + self.chance.randint(1, 10_000)}
        path = f"/orders/{self.sale.order_id}/refunds"
        answer = await self.sale.owner.post(path, body, key=str(new_id()))
        assert 400 <= answer.status_code < 500, answer.text
        return answer

    async def again(self) -> Any:
        """The merchant has stuck money tried again."""
        if not self.made:
            return None
        return await self.sale.decide(self.chance.choice(self.made), "refund")


async def never_too_much(sale: Sale) -> None:
    await holds(sale)
    assert await sale.api.rt.db.fetch(PER_PAYMENT, sale.store) == []


@pytest.mark.parametrize("seed", range(WALKS))
async def test_whatever_becomes_of_the_money_no_more_goes_back_than_was_paid(api: Api, seed: int) -> None:
    sale = await paid_sale(api, prices=(999, 999), quantities=(7, 5), discount=301)
    walk = MoneyWalk(sale, seed)
    await sale.policy(automatic=seed % 2 == 0)
    if seed % 3:
        await sale.ship(*(((0, 5),) if seed % 3 == 1 else ()))
        await sale.deliver(1)
    for _ in range(STEPS):
        await asyncio.gather(walk.step(), walk.step())
        await never_too_much(sale)
    await sandbox_of(api).clear()
    await sandbox_of(api).call("POST", "/refund-outcomes", {"outcomes": []})
    await walk.work()
    sides = await sale.agrees()
    assert sides.paid == sale.total
    assert sides.returned + sides.returning == sum(await sale.refunds()) <= sale.total
    assert [sale] == SALES
