"""The lane before the framework answers what the application would, and leaves everything else to it."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.support.api import SHOP_ORIGIN, Api, Caller
from tests.support.sale import line, order, stock_goods
from zhanggui.app import HOT_POSTS
from zhanggui.core.auth import BUYER
from zhanggui.core.ids import new_id
from zhanggui.core.lane import PostLane

OF_ONE_ANSWER = {"date", "content-length"}


@pytest.fixture
async def lane(api: Api) -> AsyncGenerator[httpx.AsyncClient]:
    """The application behind the lane."""
    transport = httpx.ASGITransport(app=PostLane(api.app, HOT_POSTS))  # type: ignore[arg-type]  # Litestar's scope type is narrower
    async with httpx.AsyncClient(transport=transport, base_url=SHOP_ORIGIN) as http:
        yield http


def test_only_declared_endpoints_of_buyers_are_taken(api: Api) -> None:
    """The lane checks for a signed-in buyer, so nothing else may be in it."""
    for post in HOT_POSTS:
        (handler,) = [
            h
            for route in api.app.routes
            if route.path == post.path
            for h in getattr(route, "route_handlers", [])
            if "POST" in getattr(h, "http_methods", ())
        ]
        assert handler.opt["access"] == BUYER["access"]
        assert handler.fn is post.handler.fn
        assert handler.status_code == post.handler.status_code


async def test_both_ways_answer_the_same(api: Api, lane: httpx.AsyncClient) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, stock=3)
    buyer = await api.buyer()
    before = Caller(lane, "/api/shop", buyer.id, buyer.headers)
    body = {"channel": "h5", "orders": [order(store, [line(goods.skus[0], key="a")], 1000)]}
    quote = {"store_id": str(store), "lines": [line(goods.skus[0], key="a")], "delivery_method": "pickup"}
    key = str(new_id())
    cases: list[tuple[str, object, dict[str, str]]] = [
        ("/orders", body, {"Idempotency-Key": key}),
        ("/orders", body, {"Idempotency-Key": key, "Accept-Encoding": "identity"}),
        ("/orders", {**body, "channel": "mp"}, {"Idempotency-Key": key, "Accept-Language": "en"}),
        ("/orders", body, {}),
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


async def test_guests_and_strangers_are_the_application_s(api: Api, lane: httpx.AsyncClient) -> None:
    guest = await api.guest()
    for headers in ({}, guest.headers, {"Authorization": "Bearer x.y.z"}):
        answer = await Caller(lane, "/api/shop", None, dict(headers)).post("/quote", {})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_a_body_that_is_no_json_or_too_long(api: Api, lane: httpx.AsyncClient) -> None:
    buyer = await api.buyer()
    before = Caller(lane, "/api/shop", buyer.id, {**buyer.headers, "Content-Type": "application/json"})
    for content in (b"{", b'"\xff"', b"[" * 70_000, b" " * 1_100_000):
        answers = [
            await caller.request(
                "POST", "/quote", content=content, headers={"Content-Type": "application/json"}
            )
            for caller in (before, buyer)
        ]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert answers[0].json() == answers[1].json()
