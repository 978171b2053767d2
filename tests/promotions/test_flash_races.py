"""Races for places between processes, over HTTP, and with kill -9 in the middle."""

import asyncio
import json
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.promotions.flash import OnSale, assert_sale_adds_up, counts, on_sale, sale_input
from tests.support import racing
from tests.support.api import Api, Caller
from tests.support.sale import assert_journal_adds_up, stock_goods
from tests.support.shop_server import ShopServer
from zhanggui.core.ids import new_id
from zhanggui.promotions import schedule

pytestmark = pytest.mark.race
PROCESSES = 3
NOWHERE = "http://127.0.0.1:1"


async def race(
    dsn: str, data_dir: Path, errands: list[list[dict[str, Any]]], *, unlocked: bool = False
) -> list[dict[str, Any]]:
    """Let one process per list ask for its places; returns all outcomes."""
    outcomes = await racing.race("tests.promotions.racer", dsn, data_dir, errands, unguarded=unlocked)
    return [one for process in outcomes for one in process]


def errand(
    on: OnSale, sku: UUID | None = None, buyer: UUID | None = None, quantity: int = 1
) -> dict[str, Any]:
    return {
        "store": str(on.store),
        "sale": str(on.sale),
        "sku": str(sku or on.sku),
        "buyer": str(buyer or new_id()),
        "quantity": quantity,
        "key": str(new_id()),
    }


ROUNDS = 5


async def last_units(
    api: Api, dsn: str, data_dir: Path, *, unlocked: bool
) -> tuple[OnSale, list[dict[str, Any]]]:
    """Thirty SKUs with one unit each, wanted once by every process."""
    store = await api.store()
    skus = (await stock_goods(api, store, prices=[1000] * 30, stock=1)).skus
    sale = await schedule.save(api.rt, store, None, sale_input(skus, units=1), "test")
    await schedule.schedule(api.rt, store, sale, "test")
    on = OnSale(store, sale, skus[0])
    errands = [[errand(on, sku) for sku in skus] for _ in range(PROCESSES)]
    return on, await race(dsn, data_dir, errands, unlocked=unlocked)


async def test_the_last_unit_is_given_once_with_the_lock_and_more_often_without(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    """The CHECK is taken off for both runs: it would hide that the decision, not luck, is right."""
    await api.rt.db.execute("ALTER TABLE flash_item DROP CONSTRAINT flash_item_units_check")
    oversold = "SELECT count(*) FROM flash_item WHERE store_id = $1 AND free < 0"

    shown = 0
    for _ in range(ROUNDS):  # processes that start one after the other on a busy machine may miss each other
        on, _ = await last_units(api, database_url, tmp_path, unlocked=True)
        shown = await api.rt.db.fetchval(oversold, on.store)
        if shown:
            break
    assert shown > 0, "the race did not show without the lock"

    on, outcomes = await last_units(api, database_url, tmp_path, unlocked=False)
    assert await api.rt.db.fetchval(oversold, on.store) == 0
    assert sorted(o["code"] for o in outcomes) == ["flash_sold_out"] * 30 * (PROCESSES - 1) + ["placed"] * 30
    await assert_sale_adds_up(api.rt.db, on.store)


async def test_a_buyer_in_several_processes_keeps_to_his_limit(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    """litemall #581: over-claimed by 64 concurrent requests."""
    on, buyer = await on_sale(api, units=50, per_buyer=3), new_id()
    outcomes = await race(
        database_url, tmp_path, [[errand(on, buyer=buyer, quantity=2)] * 5 for _ in range(PROCESSES)]
    )
    assert {o["code"] for o in outcomes} == {"placed"}
    assert len({o["token"] for o in outcomes}) == 1
    assert await counts(api.rt.db, on) == (50, 48, 2, 0, 0)
    await assert_sale_adds_up(api.rt.db, on.store)


@contextmanager
def servers(count: int, dsn: str, data_dir: Path) -> Generator[list[ShopServer]]:
    """That many server processes over one database, ready."""
    with ExitStack() as stack:
        running: list[ShopServer] = []
        for _ in range(count):
            server = ShopServer(dsn, data_dir, NOWHERE)
            stack.callback(server.stop)
            running.append(server)
        for server in running:
            server.start()
        yield running


async def ask_at(url: str, http: httpx.AsyncClient, buyer: Caller, on: OnSale, key: str) -> httpx.Response:
    """Ask for one unit at a server process."""
    headers = {**buyer.headers, "Idempotency-Key": key, "Accept-Language": "en"}
    return await http.post(
        f"{url}/api/shop{on.path}", json={"sku_id": str(on.sku), "quantity": 1}, headers=headers
    )


async def test_200_buyers_for_20_units_over_http_in_two_processes(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    """litemall #262: a budget that does not hold under concurrency."""
    on = await on_sale(api, units=20)
    buyers = [await api.buyer() for _ in range(200)]
    with servers(2, database_url, tmp_path) as two:
        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=200)) as http:
            answers = await asyncio.gather(
                *(ask_at(two[i % 2].url, http, buyer, on, f"first-try-{i}") for i, buyer in enumerate(buyers))
            )
            won = [(i, a.json()) for i, a in enumerate(answers) if a.status_code == 201]
            lost = [a for a in answers if a.status_code != 201]
            assert len(won) == 20
            assert {(a.status_code, a.json()["code"]) for a in lost} == {(409, "flash_sold_out")}
            assert {a.headers["content-type"] for a in lost} == {"application/problem+json"}
            # The other process answers the same key with the same place.
            for i, place in won[:3]:
                again = await ask_at(two[(i + 1) % 2].url, http, buyers[i], on, f"first-try-{i}")
                assert (again.status_code, again.json()) == (201, place)
    assert await counts(api.rt.db, on) == (20, 0, 20, 0, 0)
    await assert_sale_adds_up(api.rt.db, on.store)
    await assert_journal_adds_up(api.rt.db, on.store)


async def test_before_the_framework_odd_requests_are_answered_as_in_it(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    on, buyer, guest = await on_sale(api), await api.buyer(), await api.guest()
    good, key = {"sku_id": str(on.sku), "quantity": 1}, {"Idempotency-Key": "a-good-key"}
    odd: list[tuple[dict[str, str], bytes]] = [
        ({}, json.dumps(good).encode()),
        ({**guest.headers, **key}, json.dumps(good).encode()),
        (buyer.headers, json.dumps(good).encode()),
        ({**buyer.headers, "Idempotency-Key": "short"}, json.dumps(good).encode()),
        ({**buyer.headers, **key}, b"{"),
        ({**buyer.headers, **key}, b""),
        ({**buyer.headers, **key}, json.dumps({**good, "quantity": 0}).encode()),
        ({**buyer.headers, **key}, json.dumps({**good, "price": 1}).encode()),
        ({**buyer.headers, **key}, json.dumps({**good, "sku_id": str(new_id())}).encode()),
        ({**buyer.headers, **key}, json.dumps({**good, "quantity": 2}).encode()),
        ({**buyer.headers, **key}, b" " * 5_000 + json.dumps(good).encode()),
        ({**buyer.headers, **key}, json.dumps(good).encode()),
    ]
    with servers(1, database_url, tmp_path) as (server,):
        async with httpx.AsyncClient(timeout=60) as http:
            for headers, content in odd:
                sent = {**headers, "Content-Type": "application/json"}
                lane = await http.post(f"{server.url}/api/shop{on.path}", content=content, headers=sent)
                plain = await api.http.post(f"/api/shop{on.path}", content=content, headers=sent)
                assert (lane.status_code, lane.json()) == (plain.status_code, plain.json()), content


async def test_acknowledged_places_survive_kill_9_exactly_once(
    api: Api, database_url: str, tmp_path: Path
) -> None:
    total, kills = 60, 3
    on = await on_sale(api, units=total - 10)
    buyers = [await api.buyer() for _ in range(total)]
    told: dict[int, str | None] = {}
    goal, enough = 5, asyncio.Event()

    async def client(server: ShopServer, http: httpx.AsyncClient, mine: range) -> None:
        for i in mine:
            while i not in told:
                try:
                    answer = await ask_at(server.url, http, buyers[i], on, f"same-key-{i}")
                except httpx.TransportError:
                    continue  # killed under it: ask again under the same key, the port stays
                assert answer.status_code in {201, 409}, answer.text
                told[i] = answer.json()["token"] if answer.status_code == 201 else None
            if len(told) >= goal:
                enough.set()

    with servers(1, database_url, tmp_path) as (server,):
        async with httpx.AsyncClient(timeout=60) as http:
            clients = asyncio.gather(*(client(server, http, range(start, total, 6)) for start in range(6)))
            for _ in range(kills):
                await enough.wait()
                await asyncio.to_thread(server.kill)
                goal, enough = len(told) + 5, asyncio.Event()
                await asyncio.to_thread(server.start)
            await clients
    tokens = [token for token in told.values() if token is not None]
    assert len(tokens) == len(set(tokens)) == total - 10
    rows = await api.rt.db.fetch("SELECT id FROM flash_place WHERE store_id = $1", on.store)
    assert {str(r["id"]) for r in rows} == set(tokens)
    assert await counts(api.rt.db, on) == (total - 10, 0, total - 10, 0, 0)
    await assert_sale_adds_up(api.rt.db, on.store)
