"""The payments' fixtures, and a store that shares its payments."""

from collections.abc import AsyncGenerator

import pytest

from tests.payments.conftest import opened, rt, server, shop
from tests.payments.world import OpenWorld
from tests.settlement.sharing import Sharing, open_sharing
from tests.support.sandbox import Sandbox
from tests.support.shop_server import ShopServer

__all__ = ["opened", "rt", "server", "shop"]


@pytest.fixture
async def sharing(opened: OpenWorld, sandbox: Sandbox, server: ShopServer) -> AsyncGenerator[Sharing]:
    """A store whose partner merchant gets 10 %, a supplier merchant 5 % and a leader 2 % on his balance."""
    yield await open_sharing(await opened(), server.settings)
    await sandbox.call("POST", "/sharing/results", {})
