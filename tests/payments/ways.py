"""The three ways in which a store is paid: into its own account, in one payment with another store, below a platform."""

from typing import Literal, get_args

import msgspec
import pytest

from tests.payments.world import OpenWorld, World
from zhanggui.core.db import in_transaction
from zhanggui.payments.accounts import active_account, add_account

Way = Literal["own", "combined", "below"]


def every_way(fixture: str) -> pytest.MarkDecorator:
    """Run the test once in each way; `fixture` is the one that opens its store."""
    return pytest.mark.parametrize(fixture, get_args(Way), indirect=True)


async def open_way(opened: OpenWorld, way: Way = "own") -> World:
    """A store that is paid in this way whenever a test pays."""
    world = await opened()
    if way == "combined":
        world.beside = await opened()
    if way == "below":
        await below(world, await opened())
    return world


async def below(world: World, platform: World) -> None:
    """Put the store's merchant below the platform's."""
    number = world.account.mchid
    await world.sandbox.call("POST", "/merchants", {"mchid": number, "sub_of": platform.account.mchid})
    keys = msgspec.structs.replace(platform.account.provider.account, sub_mchid=number)
    await in_transaction(world.rt.db, lambda conn: add_account(conn, world.rt.sealer, world.store_id, keys))
    world.account = await active_account(world.rt, world.store_id)
