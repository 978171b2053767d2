"""One server for each module, one store for each test."""

from collections.abc import AsyncGenerator, Generator

import httpx
import pytest

from tests.payments.together import Pair, open_pair
from tests.payments.ways import open_way
from tests.payments.world import OpenWorld, World, open_world
from tests.support.sandbox import Sandbox
from tests.support.shop_server import ShopServer
from zhanggui.app import open_runtime
from zhanggui.core import clock
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import KeyMode


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
async def opened(rt: Runtime, sandbox: Sandbox, shop: httpx.AsyncClient) -> AsyncGenerator[OpenWorld]:
    """Opens stores. Whatever a test did in them, order, ledger and the provider's bill agree in the end."""
    worlds: list[World] = []

    async def one(mode: KeyMode = "both") -> World:
        worlds.append(await open_world(rt, sandbox, shop, mode))
        return worlds[-1]

    yield one
    for world in worlds:
        await world.agrees()


@pytest.fixture
async def world(request: pytest.FixtureRequest, opened: OpenWorld, sandbox: Sandbox) -> World:
    """A store of a merchant that migrates between key modes: both kinds of signatures come. `every_way` asks for others."""
    one = await open_way(opened, getattr(request, "param", "own"))
    sandbox.mchid = one.account.mchid
    return one


@pytest.fixture
async def pair(opened: OpenWorld) -> Pair:
    """Two stores and a buyer who owes both."""
    return await open_pair(opened)
