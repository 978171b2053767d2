"""The API with a real sandbox behind it, for what is told to the platform."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.fulfillment.shipping_world import ShippingWorld, shipping_world
from tests.support.api import Api, running, settings_for
from tests.support.sandbox import Sandbox
from zhanggui.core import clock


@pytest.fixture(scope="module")
async def paying_api(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, sandbox_url: str
) -> AsyncGenerator[Api]:
    """As `api`, with a platform to pay at; begun and ended in one task."""
    made: asyncio.Future[Api] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()
    settings = settings_for(database_url, tmp_path_factory.mktemp("data"), sandbox_origin=sandbox_url)

    async def live() -> None:
        try:
            async with running(settings) as started:
                made.set_result(started)
                await done.wait()
        except BaseException as fault:
            if made.done():
                raise
            made.set_exception(fault)

    task = asyncio.create_task(live())
    yield await made
    done.set()
    await task


@pytest.fixture
async def world(paying_api: Api, sandbox: Sandbox) -> AsyncGenerator[ShippingWorld]:
    """A store of its own for each test; the clock is put back."""
    yield await shipping_world(paying_api, sandbox)
    clock.reset()
