"""A platform of this module's own, whose clock is turned to the next morning once everything has been paid."""

from collections.abc import AsyncGenerator, Generator

import httpx
import pytest

from tests.reconciliation.days import Days, open_days
from tests.support.sandbox import Sandbox, sandbox_process
from tests.support.shop_server import ShopServer
from zhanggui.app import open_runtime
from zhanggui.core import clock
from zhanggui.core.runtime import Runtime


@pytest.fixture(scope="module")
def sandbox_url() -> Generator[str]:
    with sandbox_process() as url:
        yield url


@pytest.fixture(scope="module")
def server(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, sandbox_url: str
) -> Generator[ShopServer]:
    one = ShopServer(database_url, tmp_path_factory.mktemp("data"), sandbox_url)
    one.start()
    yield one
    one.stop()


@pytest.fixture
async def rt(server: ShopServer) -> AsyncGenerator[Runtime]:
    async with open_runtime(server.settings, pool_size=8) as runtime:
        yield runtime
    clock.reset()


@pytest.fixture
async def days(rt: Runtime, sandbox: Sandbox, server: ShopServer) -> AsyncGenerator[Days]:
    """Stores with payments of a day; `morning()` turns the platform to the next one."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as shop:
        yield open_days(rt, sandbox, shop)
        await sandbox.call("DELETE", "/bill-differences")
