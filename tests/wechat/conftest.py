"""A mini-program and merchants at the sandbox."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from tests.support.sandbox import Sandbox
from zhanggui.wechat.mini_program import MiniProgram


@pytest.fixture
async def http() -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        yield client


@pytest.fixture
async def app(sandbox: Sandbox) -> Any:
    """A mini-program with one page and one message template."""
    template = {"template_id": "tpl-paid", "title": "付款成功", "fields": ["thing1", "amount2"]}
    return await sandbox.call(
        "POST",
        "/apps",
        {"appid": "wxtestofclient01", "pages": ["pages/order/order"], "templates": [template]},
    )


@pytest.fixture
def mini(http: httpx.AsyncClient, sandbox: Sandbox, app: Any) -> MiniProgram:
    return MiniProgram(http, sandbox.url, app["appid"], app["secret"])
