"""One server for each module, one store for each test."""

from collections.abc import AsyncGenerator, Generator

import httpx
import pytest

from tests.payments.world import World, open_world
from tests.support.sandbox import Sandbox
from tests.support.shop_server import ShopServer
from tests.support.three_sides import three_sides
from zhanggui.app import open_runtime
from zhanggui.core import clock
from zhanggui.core.runtime import Runtime


@pytest.fixture(scope="module")
def server(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, sandbox_url: str
) -> Generator[ShopServer]:
    """The application in its own process, which the sandbox notifies."""
    one = ShopServer(database_url, tmp_path_factory.mktemp("data"), sandbox_url)
    one.start()
    yield one
    one.stop()


@pytest.fixture
async def rt(server: ShopServer) -> AsyncGenerator[Runtime]:
    """This process's own runtime on the server's database; its clock is put back after the test."""
    async with open_runtime(server.settings, pool_size=8) as runtime:
        yield runtime
    clock.reset()


@pytest.fixture
async def shop(server: ShopServer) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture
async def world(rt: Runtime, sandbox: Sandbox, shop: httpx.AsyncClient) -> AsyncGenerator[World]:
    """A store of a merchant that migrates between key modes: both kinds of signatures come.

    Whatever a test did, its orders and the ledger agree in the end.
    """
    one = await open_world(rt, sandbox, shop)
    sandbox.mchid = one.account.mchid
    yield one
    for row in await rt.db.fetch("SELECT id FROM sales_order WHERE store_id = $1", one.store_id):
        await three_sides(rt.db, one.store_id, row["id"], None)
