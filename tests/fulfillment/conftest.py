"""A store that pays and is paid at a real sandbox, for what is told to the platform."""

from collections.abc import AsyncGenerator

import pytest

from tests.fulfillment.shipping_world import ShippingWorld, shipping_world
from tests.support.api import Api
from tests.support.sandbox import Sandbox
from zhanggui.core import clock


@pytest.fixture
async def world(paying_api: Api, sandbox: Sandbox) -> AsyncGenerator[ShippingWorld]:
    """A store of its own for each test; the clock is put back."""
    yield await shipping_world(paying_api, sandbox)
    clock.reset()
