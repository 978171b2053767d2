"""Sales that are paid at a sandbox, and a look at the money of each when its test is over."""

from collections.abc import AsyncGenerator

import pytest

from tests.returns.aftermath import SALES
from tests.support.api import Api


@pytest.fixture(scope="module")
def api(paid_api: Api) -> Api:
    """The API with a platform to pay at."""
    return paid_api


@pytest.fixture(autouse=True)
async def all_sides_agree() -> AsyncGenerator[None]:
    """Whatever a test did to its sales, order, ledger and provider say the same of each in the end."""
    SALES.clear()
    yield
    for sale in SALES:
        await sale.agrees()
