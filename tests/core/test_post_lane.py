"""The lanes before the framework answer what the application would, and leave everything else to it.

Every test of the API goes through them (tests.support.api), the walls' walk over all endpoints too; here they are compared
with the application itself.
"""

from collections.abc import AsyncGenerator

import httpx
import msgspec
import pytest

from tests.support.api import SHOP_ORIGIN, Api, Caller
from tests.support.sale import line, order, stock_goods
from zhanggui.app import HOT_POSTS
from zhanggui.core.auth import BUYER
from zhanggui.core.ids import new_id

OF_ONE_ANSWER = {"date", "content-length"}


@pytest.fixture
async def bare(api: Api) -> AsyncGenerator[httpx.AsyncClient]:
    """The application without its lanes."""
    transport = httpx.ASGITransport(app=api.app)  # type: ignore[arg-type]  # Litestar's scope type is narrower
    async with httpx.AsyncClient(transport=transport, base_url=SHOP_ORIGIN) as http:
        yield http


def test_only_declared_endpoints_of_buyers_are_taken(api: Api) -> None:
    """The lane checks for a signed-in buyer, so nothing else may be in it."""
    for post in HOT_POSTS:
        (handler,) = [
            h
            for route in api.app.routes
            if route.path_format == post.path
            for h in getattr(route, "route_handlers", [])
            if "POST" in getattr(h, "http_methods", ())
        ]
        assert handler.opt["access"] == BUYER["access"]
        assert handler.fn is post.handler.fn
        assert handler.status_code == post.handler.status_code


async def test_both_ways_answer_the_same(api: Api, bare: httpx.AsyncClient) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, stock=3)
    buyer = await api.buyer()
    before = Caller(bare, "/api/shop", buyer.id, buyer.headers)
    body = {"channel": "h5", "orders": [order(store, [line(goods.skus[0], key="a")], 1000)]}
    quote = {"store_id": str(store), "lines": [line(goods.skus[0], key="a")], "delivery_method": "pickup"}
    key = str(new_id())
    cases: list[tuple[str, object, dict[str, str]]] = [
        ("/orders", body, {"Idempotency-Key": key}),
        ("/orders", body, {"Idempotency-Key": key, "Accept-Encoding": "identity"}),
        ("/orders", {**body, "channel": "mp"}, {"Idempotency-Key": key, "Accept-Language": "en"}),
        ("/orders", body, {"Idempotency-Key": ""}),
        ("/orders", {**body, "channel": "fax"}, {"Idempotency-Key": str(new_id())}),
        ("/quote", quote, {}),
        ("/quote", {**quote, "store_id": str(new_id())}, {"Accept-Language": "en"}),
        ("/quote", {**quote, "nothing": 1}, {}),
    ]
    for path, sent, headers in cases:
        answers = [await caller.post(path, sent, headers=headers) for caller in (before, buyer)]
        assert answers[0].json() == answers[1].json()
        assert answers[0].status_code == answers[1].status_code
        first, second = ({n: v for n, v in a.headers.items() if n not in OF_ONE_ANSWER} for a in answers)
        assert first == second, path


async def test_guests_and_strangers_are_the_application_s(api: Api, bare: httpx.AsyncClient) -> None:
    guest = await api.guest()
    for headers in ({}, guest.headers, {"Authorization": "Bearer x.y.z"}):
        for http in (bare, api.http):
            answer = await Caller(http, "/api/shop", None, dict(headers)).post("/quote", {})
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_of_a_header_that_is_there_twice_both_read_the_first(api: Api, bare: httpx.AsyncClient) -> None:
    one, two = await api.buyer(), await api.buyer()
    for first, status in ((one.headers["Authorization"], 422), ("Bearer x.y.z", 401)):
        headers = [("Authorization", first), ("Authorization", two.headers["Authorization"])]
        body = {"store_id": str(await api.store()), "lines": [line(new_id())], "delivery_method": "pickup"}
        content = msgspec.json.encode(body)
        answers = [
            await http.post(
                "/api/shop/quote", content=content, headers=[*headers, ("Content-Type", "application/json")]
            )
            for http in (bare, api.http)
        ]
        assert [a.status_code for a in answers] == [status] * 2
        assert answers[0].json() == answers[1].json()


async def test_what_the_platform_sends_is_answered_the_same(api: Api, bare: httpx.AsyncClient) -> None:
    path = f"/hooks/wechat-pay/{new_id()}"
    for content in (b"{}", b"", b"x" * 70_000, b"x" * 1_100_000):
        answers = [await http.post(path, content=content) for http in (bare, api.http)]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert answers[0].content == answers[1].content
        first, second = ({n: v for n, v in a.headers.items() if n not in OF_ONE_ANSWER} for a in answers)
        assert first == second


async def test_places_are_answered_the_same(api: Api, bare: httpx.AsyncClient) -> None:
    buyer, store = await api.buyer(), await api.store()
    plain = Caller(bare, "/api/shop", buyer.id, buyer.headers)
    path = f"/stores/{store}/flash/{new_id()}/places"
    cases: list[tuple[object, dict[str, str]]] = [
        ({"sku_id": str(new_id())}, {"Idempotency-Key": str(new_id()), "Accept-Language": "en"}),
        ({"sku_id": str(new_id()), "quantity": 0}, {"Idempotency-Key": str(new_id())}),
        ({"sku_id": "x"}, {"Idempotency-Key": str(new_id())}),
        ({"sku_id": str(new_id())}, {"Idempotency-Key": ""}),
    ]
    for body, headers in cases:
        answers = [await caller.post(path, body, headers=headers) for caller in (plain, buyer)]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert answers[0].json() == answers[1].json()


async def test_a_body_that_is_no_json_or_too_long(api: Api, bare: httpx.AsyncClient) -> None:
    buyer = await api.buyer()
    before = Caller(bare, "/api/shop", buyer.id, {**buyer.headers, "Content-Type": "application/json"})
    for content in (b"{", b'"\xff"', b"[" * 70_000, b" " * 1_100_000):
        answers = [
            await caller.request(
                "POST", "/quote", content=content, headers={"Content-Type": "application/json"}
            )
            for caller in (before, buyer)
        ]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert answers[0].json() == answers[1].json()
