"""Wrong types, missing fields, huge and negative numbers, unknown ids on every endpoint, made up from the OpenAPI document.

The server runs in a process of its own. Whatever it is sent, it answers below 500, and every refusal is a problem detail
with a code; afterwards it is still healthy and no stock was lost.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.support.api import running
from tests.support.sale import stock_goods
from tests.support.shop_server import ShopServer
from zhanggui.app import create_api
from zhanggui.core.ids import new_id

EXAMPLES = 8
DOCUMENT = msgspec.json.decode(
    msgspec.json.encode(create_api().openapi_schema.to_schema())
)  # defaults as JSON
API = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def server(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, sandbox_url: str
) -> Generator[ShopServer]:
    one = ShopServer(database_url, tmp_path_factory.mktemp("data"), sandbox_url)
    one.start()
    yield one
    one.stop()


@dataclass(frozen=True)
class Credentials:
    """A signed-in buyer who also holds a staff session of a store's owner."""

    store_id: str
    headers: dict[str, str]
    cookies: dict[str, str]


@pytest.fixture(scope="module")
async def credentials(server: ShopServer) -> Credentials:
    async with running(server.settings) as api:
        store = await api.store()
        await stock_goods(api, store)
        buyer, owner = await api.buyer(), await api.staff(store)
        return Credentials(str(store), {**buyer.headers, **owner.headers}, owner.cookies)


@API.parametrize()  # pyright: ignore[reportUntypedFunctionDecorator]  # schemathesis leaves its decorator untyped
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.filter_too_much,
        HealthCheck.too_slow,
    ],
)
def test_no_input_breaks_an_endpoint(case: Any, server: ShopServer, credentials: Credentials) -> None:
    if "store_id" in case.path_parameters:
        case.path_parameters["store_id"] = credentials.store_id  # or nothing but 404 would be seen
    host = server.settings.config.console_origin if case.path.startswith("/api/console") else server.url
    headers = {**credentials.headers, "Host": urlsplit(host).netloc, "Idempotency-Key": str(new_id())}
    answer = case.call(base_url=server.url, headers=headers, cookies=credentials.cookies)
    assert answer.status_code < 500 or answer.status_code in {502, 503}, answer.text
    if answer.status_code >= 400 and not case.path.startswith(
        "/hooks"
    ):  # those speak the platform's protocol
        assert answer.headers["content-type"][0].startswith("application/problem+json")
        body = msgspec.json.decode(answer.content)
        assert body["code"]
        assert body["detail"]
        assert body["status"] == answer.status_code
