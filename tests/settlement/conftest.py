"""The payments' fixtures, and a store that shares its payments."""

from collections.abc import AsyncGenerator

import pytest

from tests.payments.conftest import opened, rt, server, shop
from tests.payments.ways import open_way
from tests.payments.world import OpenWorld
from tests.settlement.sharing import Sharing, open_sharing
from tests.support.sandbox import Sandbox
from tests.support.shop_server import ShopServer

__all__ = ["opened", "rt", "server", "shop"]


@pytest.fixture
async def sharing(
    request: pytest.FixtureRequest, opened: OpenWorld, sandbox: Sandbox, server: ShopServer
) -> AsyncGenerator[Sharing]:
    """A store whose partner merchant gets 10 %, a supplier merchant 5 % and a leader 2 % on his balance.

    `every_way` asks for others than one with its own account. Below a platform nobody keeps a balance.
    """
    world = await open_way(opened, getattr(request, "param", "own"))
    yield await open_sharing(world, server.settings, person=world.account.sub_mchid is None)
    await sandbox.call("POST", "/sharing/results", {})
