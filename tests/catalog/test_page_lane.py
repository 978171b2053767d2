"""Pages answered before the framework are the ones that the application answers, and never stay behind a change."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.support.api import CONSOLE_ORIGIN, SHOP_ORIGIN, Api
from tests.support.sale import forget_caches, stock_goods
from zhanggui.catalog.lane import PageLane
from zhanggui.catalog.shelf import set_status
from zhanggui.core.db import in_transaction
from zhanggui.edge import Edge

BY_TIME = {"date"}


@pytest.fixture
async def edge(api: Api) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the application with its outer layers, as uvicorn gets it."""
    asgi = PageLane(Edge(api.app, api.rt.config), api.app.state)
    transport = httpx.ASGITransport(app=asgi)  # type: ignore[arg-type]  # Litestar's scope type is narrower
    async with httpx.AsyncClient(transport=transport, base_url=SHOP_ORIGIN) as http:
        yield http


async def test_the_second_answer_is_the_first(api: Api, edge: httpx.AsyncClient) -> None:
    store = await api.store(slug="lane-same")
    goods = await stock_goods(api, store)
    for path in ("menu", "categories", "products?limit=5", f"products/{goods.product_id}"):
        url = f"/api/shop/stores/lane-same/{path}"
        for headers in ({"accept-encoding": "gzip"}, {"accept-encoding": "identity"}):
            first, second = [await edge.get(url, headers=headers) for _ in range(2)]
            assert first.status_code == second.status_code == 200
            assert first.content == second.content
            kept = [{n: v for n, v in a.headers.items() if n not in BY_TIME} for a in (first, second)]
            assert kept[0] == kept[1]
        unchanged = await edge.get(url, headers={"if-none-match": first.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == first.headers["etag"]


async def test_a_change_is_seen(api: Api, edge: httpx.AsyncClient) -> None:
    store = await api.store(slug="lane-change")
    goods = await stock_goods(api, store)
    url = f"/api/shop/stores/lane-change/products/{goods.product_id}"
    assert [(await edge.get(url)).status_code for _ in range(2)] == [200, 200]
    await in_transaction(api.rt.db, lambda conn: set_status(conn, store, [goods.product_id], "off"))
    await forget_caches(api)
    assert (await edge.get(url)).status_code == 404


async def test_the_console_s_origin_stays_apart(api: Api, edge: httpx.AsyncClient) -> None:
    await api.store(slug="lane-side")
    url = "/api/shop/stores/lane-side/menu"
    assert [(await edge.get(url)).status_code for _ in range(2)] == [200, 200]
    host = CONSOLE_ORIGIN.removeprefix("http://")
    assert [(await edge.get(url, headers={"host": host})).status_code for _ in range(2)] == [404, 404]


async def test_what_is_not_kept_goes_to_the_application(api: Api, edge: httpx.AsyncClient) -> None:
    await api.store(slug="lane-rest")
    for path, status in (("products?q=x", 200), ("products?limit=0", 400), ("products/none", 404)):
        url = f"/api/shop/stores/lane-rest/{path}"
        assert [(await edge.get(url)).status_code for _ in range(2)] == [status, status]
    assert (await edge.post("/api/shop/stores/lane-rest/menu")).status_code == 405
