"""Live updates over real WebSockets: who may listen, to what, and what happens to the slow."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.support.api import CONSOLE_ORIGIN, SHOP_ORIGIN, Api, Caller
from zhanggui.core import clock, events
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.messaging import live_api
from zhanggui.messaging.live import QUEUE, TOO_SLOW, Hub, Listener, hub_of


@dataclass
class Served:
    """The API on a port."""

    url: str

    def open(self, side: str, origin: str | None = None) -> connect:
        return connect(f"{self.url}/api/{side}/live", origin=origin, proxy=None)  # type: ignore[arg-type]  # Origin is a NewType of str


@pytest.fixture(scope="module")
async def served(api: Api) -> AsyncGenerator[Served]:
    """The module's API behind uvicorn, in this process, so that a test can look into its hub."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(api.app, lifespan="off", log_level="error", ws="websockets-sansio")
        )
        server.config.setup_event_loop = lambda: None  # type: ignore[method-assign]  # the test's loop is running already
        task = asyncio.create_task(server._serve([bound]))  # pyright: ignore[reportPrivateUsage]  # serve() would take the signals
        yield Served(f"ws://127.0.0.1:{bound.getsockname()[1]}")
        server.should_exit = True
        await task


async def ticket(caller: Caller, body: Any = None) -> str:
    path = "/api/console/live/ticket" if body else "/live/ticket"
    answer = await caller.post(path, body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["expires_in"] == 30
    return json.dumps({"ticket": answer.json()["ticket"]})


async def heard(page: ClientConnection) -> Any:
    async with asyncio.timeout(60):
        return json.loads(await page.recv())


async def tell(
    api: Api, store: UUID, topic: str, entity: UUID, customer: UUID | None, status: str = ""
) -> None:
    payload = {"skus": {str(entity): 1}} if topic == "stock.changed" else {"status": status}

    async def work(conn: Connection) -> None:
        await events.append(conn, [events.Event(store, topic, entity, customer, payload)])

    await in_transaction(api.rt.db, work)


async def closed(page: ClientConnection) -> int:
    """The close code."""
    async with asyncio.timeout(60):
        with suppress(ConnectionClosedError):
            async for _ in page:
                pass  # what was on its way
    return page.close_code or 0


async def test_a_buyer_hears_of_their_own_orders_only(api: Api, served: Served) -> None:
    store, buyer, other = await api.store(), await api.buyer(), await api.buyer()
    async with served.open("shop", SHOP_ORIGIN) as page:
        await page.send(await ticket(buyer))
        assert await heard(page) == {"type": "ready"}
        mine, theirs = new_id(), new_id()
        await tell(api, store, "order.paid", theirs, other.id, "paid")
        await tell(api, store, "stock.changed", new_id(), None)
        await tell(api, store, "order.ready", mine, buyer.id, "preparing")
        news = await heard(page)
        assert news.pop("at")
        assert news == {
            "type": "order",
            "store_id": str(store),
            "order_id": str(mine),
            "status": "preparing",
            "event": "ready",
        }


async def test_staff_hear_of_their_store_only(api: Api, served: Served) -> None:
    store, other = await api.store(), await api.store()
    clerk = await api.staff(store, "clerk")
    refused = await clerk.post("/api/console/live/ticket", {"store_id": str(other)})
    assert refused.status_code == 404
    async with served.open("console", CONSOLE_ORIGIN) as page:
        await page.send(await ticket(clerk, {"store_id": str(store)}))
        assert await heard(page) == {"type": "ready"}
        await tell(api, other, "order.paid", new_id(), new_id(), "paid")
        sku = new_id()
        await tell(api, store, "stock.changed", sku, None)
        assert await heard(page) == {"type": "stock", "sku_ids": [str(sku)]}
        order = new_id()
        await tell(api, store, "order.paid", order, new_id(), "paid")
        assert (await heard(page))["order_id"] == str(order)


async def test_only_those_who_may_see_money_hear_of_it(api: Api, served: Served) -> None:
    store = await api.store()
    clerk, manager = await api.staff(store, "clerk"), await api.staff(store, "manager")
    async with served.open("console") as counter, served.open("console") as office:
        for page, who in ((counter, clerk), (office, manager)):
            await page.send(await ticket(who, {"store_id": str(store)}))
            assert await heard(page) == {"type": "ready"}
        await tell(api, await api.store(), "reconciliation.finished", new_id(), None, "failed")
        await tell(api, store, "reconciliation.finished", new_id(), None, "differences")
        sku = new_id()
        await tell(api, store, "stock.changed", sku, None)
        news = await heard(office)
        assert (news["type"], news["event"], news["status"], news["again"]) == (
            "money",
            "reconciliation.finished",
            "differences",
            False,
        )
        assert (await heard(office))["type"] == (await heard(counter))["type"] == "stock"


@pytest.mark.parametrize(
    "message", ["", "x", "{}", '{"ticket": 1}', '{"ticket": "x"}', "[]", '{"ticket": "a.b.c"}', "access"]
)
async def test_without_a_good_ticket_nothing_is_heard(api: Api, served: Served, message: str) -> None:
    buyer = await api.buyer()
    if message == "access":
        message = json.dumps({"ticket": buyer.headers["Authorization"].removeprefix("Bearer ")})
    async with served.open("shop") as page:
        await page.send(message)
        assert await closed(page) == live_api.NOT_ALLOWED


async def test_a_ticket_is_for_one_side_and_thirty_seconds(api: Api, served: Served) -> None:
    buyer = await api.buyer()
    good = await ticket(buyer)
    async with served.open("console") as page:
        await page.send(good)
        assert await closed(page) == live_api.NOT_ALLOWED
    clock.turn(timedelta(seconds=31))
    try:
        async with served.open("shop") as page:
            await page.send(good)
            assert await closed(page) == live_api.NOT_ALLOWED
    finally:
        clock.reset()
    for caller in (api.anybody, await api.guest()):
        assert (await caller.post("/live/ticket")).status_code == 401


@pytest.mark.parametrize(
    ("side", "origin", "good"),
    [
        ("shop", None, True),
        ("shop", SHOP_ORIGIN, True),
        ("shop", "https://servicewechat.com", True),
        ("shop", CONSOLE_ORIGIN, False),
        ("shop", "https://evil.example", False),
        ("shop", "null", False),
        ("console", CONSOLE_ORIGIN, True),
        ("console", SHOP_ORIGIN, False),
        ("console", "https://servicewechat.com", False),
    ],
)
async def test_pages_of_other_origins_cannot_connect(
    api: Api, served: Served, side: str, origin: str | None, good: bool
) -> None:
    if good:
        async with served.open(side, origin):
            return
    with pytest.raises(InvalidStatus) as refused:
        async with served.open(side, origin):
            pass
    assert refused.value.response.status_code == 403


async def test_who_leaves_is_forgotten(api: Api, served: Served) -> None:
    buyer = await api.buyer()
    hub = hub_of(api.rt)
    before = len(hub)
    async with served.open("shop") as page:
        await page.send(await ticket(buyer))
        await heard(page)
        assert len(hub) == before + 1
    for _ in range(1000):  # the server's side of the closing handshake runs in this loop
        if len(hub) == before:
            break
        await asyncio.sleep(0)
    assert len(hub) == before


async def test_a_slow_client_is_dropped_and_nobody_waits_for_it(api: Api, served: Served) -> None:
    buyer, store = await api.buyer(), await api.store()
    async with served.open("shop") as page:
        await page.send(await ticket(buyer))
        await heard(page)
        now = clock.now()
        news = [
            events.LoggedEvent(store, new_id(), 0, "order.paid", new_id(), buyer.id, {}, now)
            for _ in range(QUEUE + 1)
        ]
        hub_of(api.rt).publish(news)  # more than its queue holds, before it could take one
        assert await closed(page) == TOO_SLOW


async def test_a_session_that_ended_stops_hearing(
    api: Api, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_api, "PING_SECONDS", 0.05)
    store = await api.store()
    clerk = await api.staff(store)
    async with served.open("console") as page:
        await page.send(await ticket(clerk, {"store_id": str(store)}))
        assert await heard(page) == {"type": "ready"}
        assert await heard(page) == {"type": "ping"}
        assert (await clerk.delete("/api/console/session")).status_code == 204
        assert await closed(page) == live_api.NOT_ALLOWED


async def test_a_hub_hands_to_thousands_without_waiting() -> None:
    hub, customer, store = Hub(), new_id(), new_id()
    pages: list[Listener] = [hub.join("console", store) for _ in range(2000)]
    event = events.LoggedEvent(store, new_id(), 0, "order.paid", new_id(), customer, {}, clock.now())
    hub.publish([event] * 10)
    assert {page.queue.qsize() for page in pages} == {10}
    for page in pages:
        hub.leave("console", store, page)
    assert len(hub) == 0


@pytest.mark.parametrize(
    ("topic", "kind", "buyer_hears"),
    [
        ("order.shipped", "order", True),
        ("return.changed", "return", True),
        ("shipping_report.changed", "report", False),
    ],
)
async def test_each_kind_of_news_goes_to_those_it_concerns(topic: str, kind: str, buyer_hears: bool) -> None:
    hub, customer, store = Hub(), new_id(), new_id()
    desk, buyer = hub.join("console", store), hub.join("shop", customer)
    hub.publish([events.LoggedEvent(store, new_id(), 0, topic, new_id(), customer, {}, clock.now())])
    assert json.loads(desk.queue.get_nowait())["type"] == kind
    assert buyer.queue.empty() is not buyer_hears
