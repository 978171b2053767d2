"""The payments' fixtures, and a store that shares its payments."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.payments.conftest import rt, server, shop
from tests.payments.world import World, open_world
from tests.settlement.sharing import Sharing, open_sharing
from tests.support.sandbox import Sandbox
from tests.support.shop_server import ShopServer
from zhanggui.core.runtime import Runtime

__all__ = ["rt", "server", "shop"]


@pytest.fixture
async def sharing(
    rt: Runtime, sandbox: Sandbox, shop: httpx.AsyncClient, server: ShopServer
) -> AsyncGenerator[Sharing]:
    """A store whose partner merchant gets 10 %, a supplier merchant 5 % and a leader 2 % on his balance."""
    world: World = await open_world(rt, sandbox, shop)
    yield await open_sharing(world, server.settings)
    await sandbox.call("POST", "/sharing/results", {})
