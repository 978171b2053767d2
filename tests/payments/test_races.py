"""Races between processes, and a server that is killed in the middle of confirming."""

import asyncio
from datetime import datetime
from uuid import UUID

import httpx
import msgspec
import pytest

from tests.payments.racer import Task
from tests.payments.world import Order, World
from tests.support import racing
from tests.support.shop_server import ShopServer
from zhanggui.core.db import Connection, in_transaction
from zhanggui.payments.rules import Received

ORDERS = 24


async def task_of(world: World, order: Order) -> Task:
    """An order that is paid at the provider, and the facts that a verified message would bring."""
    started = (await world.start(order, "wechat_native")).json()
    prepay_id = httpx.URL(started["pay"]["code_url"]).params["prepay_id"]
    await world.sandbox.call("POST", f"/cashier/{prepay_id}/approve", {})
    told = await world.sandbox.order(UUID(started["id"]).hex)
    received = Received(
        attempt_id=UUID(started["id"]),
        account_id=world.account.id,
        amount=told["amount"]["total"],
        currency="CNY",
        mchid=told["mchid"],
        appid=told["appid"],
        transaction_id=told["transaction_id"],
        paid_at=datetime.fromisoformat(told["success_time"]),
        payer=None,
    )
    return Task("confirm", world.store_id, order.id, received)


async def make_tasks(world: World) -> tuple[list[Order], list[Task]]:
    await world.sandbox.fault("notify", "drop", final=True)
    orders = [await world.order() for _ in range(ORDERS)]
    return orders, [await task_of(world, order) for order in orders]


async def race(
    server: ShopServer, tasks: list[Task], ways: list[str], *, guarded: bool = True
) -> list[list[str]]:
    """Let one process for each way settle all tasks, all let go at the same moment."""
    errands = [
        [msgspec.to_builtins(msgspec.structs.replace(t, way=way, guarded=guarded)) for t in tasks]
        for way in ways
    ]
    dsn = server.settings.database_url
    assert dsn is not None
    outcomes = await racing.race(
        "tests.payments.racer", dsn, server.settings.config.data_dir, errands, unguarded=not guarded
    )
    return [[one["code"] for one in process] for process in outcomes]


async def settled_twice(world: World, orders: list[Order]) -> int:
    """Orders that were both paid and cancelled, or whose stock does not fit their state."""
    wrong = 0
    for order in orders:
        ends = [k for k in await world.timeline(order) if k in {"paid", "cancelled"}]
        fitting = {"paid": "consumed", "cancelled": "released"}.get(await world.status(order))
        wrong += len(ends) != 1 or await world.held(order) != fitting
    return wrong


@pytest.mark.race
async def test_without_the_locks_cancel_and_pay_both_win(world: World, server: ShopServer) -> None:
    """The race is real: with the guards taken out some order ends twice, or its confirmation breaks."""
    orders, tasks = await make_tasks(world)
    verdicts = await race(server, tasks, ["confirm", "close"], guarded=False)
    broken = [v for v in verdicts[0] if v not in {"paid", "known", "late_payment", "surplus"}]
    assert broken or await settled_twice(world, orders)
    world.set_aside(orders)  # without the guards nothing is promised about their money either


@pytest.mark.race
async def test_cancel_against_pay_over_several_processes_ends_each_order_once(
    world: World, server: ShopServer
) -> None:
    orders, tasks = await make_tasks(world)
    verdicts = await race(server, tasks, ["confirm", "close", "confirm", "close"])
    assert not await settled_twice(world, orders)
    for order, first, second in zip(orders, verdicts[0], verdicts[2], strict=True):
        paid = await world.status(order) == "paid"
        assert sorted([first, second]) == sorted(["known", "paid" if paid else "late_payment"])
        row = await world.row(order)
        assert row["paid_amount"] == 1200
        assert row["refunded_amount"] == (0 if paid else 1200)
        assert await world.refunds(order) == ([] if paid else [("late_payment", "requested", 1200)])
    await world.stock_is_exact()


@pytest.mark.race
async def test_webhook_and_checkout_do_not_deadlock(world: World, server: ShopServer) -> None:
    """saleor #12652 #14649: confirming, closing and placing over the same orders and the same stock."""
    orders, tasks = await make_tasks(world)
    results = await asyncio.gather(
        race(server, tasks, ["confirm", "close", "confirm"]),
        *(world.order() for _ in range(40)),
        return_exceptions=True,
    )
    assert not [r for r in results if isinstance(r, BaseException)]
    verdicts = results[0]
    assert isinstance(verdicts, list)
    assert {v for way in verdicts for v in way} <= {"paid", "known", "late_payment", "cancelled"}
    assert not await settled_twice(world, orders)
    await world.stock_is_exact()


async def test_kill_9_in_the_middle_of_confirming_leaves_nothing_half_done(
    world: World, server: ShopServer
) -> None:
    """The server dies inside its transaction, waiting for the stock; the platform's retry finds the new one."""
    order = await world.order(quantity=2)
    _, prepay_id = await world.ready(order)
    held = asyncio.Event()
    let_go = asyncio.Event()

    async def hold_stock(conn: Connection) -> None:
        await conn.fetch("SELECT 1 FROM stock WHERE store_id = $1 FOR UPDATE", world.store_id)
        held.set()
        await let_go.wait()

    holding = asyncio.create_task(in_transaction(world.rt.db, hold_stock))
    await held.wait()
    paying = asyncio.create_task(world.sandbox.approve(prepay_id))
    await wait_for_lock(world)
    server.kill()
    let_go.set()
    await holding
    await paying
    assert await world.status(order) == "pending_payment"
    assert await world.attempts(order) == ["pending"]
    assert await world.inbox() == []
    assert await world.held(order) == "held"
    server.start()
    await world.sandbox.settle(16)
    assert await world.status(order) == "paid"
    assert await world.timeline(order) == ["paid"]
    assert await world.held(order) == "consumed"
    await world.stock_is_exact()


async def wait_for_lock(world: World) -> None:
    """Return once the server's transaction waits for the stock we hold."""
    waiting = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM stock%'
    """
    async with asyncio.timeout(20):
        while not await world.rt.db.fetchval(waiting):
            await world.rt.db.fetchval("SELECT pg_sleep(0.01)")
