"""The demo's daily flash sale: one runs or comes at any hour, each is scheduled once, and it shows in the shop."""

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from tests.support.api import Api
from zhanggui.core import clock
from zhanggui.demo import flash, load


@pytest.fixture(autouse=True)
async def _clock() -> AsyncGenerator[None]:
    yield
    clock.reset()


async def test_there_is_always_one_that_runs_or_comes(api: Api) -> None:
    await load.ensure(api.rt, login="owner", password="correct horse battery")
    found = await load.stores(api.rt)
    assert found is not None
    assert await flash.ensure(api.rt, found) == len(found) * (flash.DAYS_AHEAD + 1)
    assert await flash.ensure(api.rt, found) == 0
    for _ in range(8):  # round the clock
        clock.turn(timedelta(hours=3))
        for slug in load.SLUGS:
            shown = (await api.anybody.get(f"/stores/{slug}/flash")).json()["items"]
            assert {"running", "coming"} & {sale["state"] for sale in shown}
            first = shown[0]["items"][0]
            assert first["units"] == flash.UNITS
            assert first["price"] < first["list_price"]
    clock.turn(timedelta(days=1))
    assert await flash.ensure(api.rt, found) > 0
