"""Several workers at the same split, refunds against splits: what happens twice counts once."""

import asyncio
from uuid import UUID

import pytest

from tests.payments.world import Order
from tests.settlement.sharing import Sharing
from zhanggui.app import open_runtime
from zhanggui.core.db import in_transaction
from zhanggui.core.jobs import Later
from zhanggui.settlement.carry_out import carry_out
from zhanggui.settlement.plan import order_completed, plan_split


async def due(sharing: Sharing, price: int = 10_000) -> tuple[Order, UUID]:
    """An order whose split is due, though no job runs it."""
    order = await sharing.paid(price)
    await in_transaction(sharing.world.rt.db, lambda conn: order_completed(conn, sharing.store_id, order.id))
    await sharing.minute()
    return order, (await sharing.row(order))["id"]


async def test_two_workers_split_the_same_order_once(sharing: Sharing) -> None:
    order, split_id = await due(sharing)
    async with open_runtime(sharing.settings, pool_size=4) as second:
        for _ in range(6):
            results = await asyncio.gather(
                *(carry_out(rt, sharing.store_id, split_id) for rt in (sharing.world.rt, second) * 3),
                return_exceptions=True,
            )
            assert all(r is None or isinstance(r, Later) for r in results), results
            await sharing.world.sandbox.settle(5)
    assert (await sharing.row(order))["state"] == "done"
    held = await sharing.held(order)
    assert (held["split"], len(held["orders"])) == (1500, 2)
    await sharing.agrees(order)


async def test_a_payment_told_twice_is_planned_once(sharing: Sharing) -> None:
    order = await sharing.world.order(price=10_000)
    await sharing.world.pay(order)
    await asyncio.gather(*(plan_split(sharing.world.rt, sharing.store_id, order.id) for _ in range(5)))
    await sharing.world.run_jobs()
    assert {n: s[0] for n, s in (await sharing.shares(order)).items()} == {
        "partner": "planned",
        "supplier": "planned",
        "leader": "planned",
    }


@pytest.mark.parametrize("amount", [1, 5_000, 10_000])
async def test_a_refund_against_a_split_ends_with_the_same_on_all_sides(
    sharing: Sharing, amount: int
) -> None:
    order, split_id = await due(sharing)
    results = await asyncio.gather(
        carry_out(sharing.world.rt, sharing.store_id, split_id),
        sharing.refund(order, amount),
        return_exceptions=True,
    )
    assert all(not isinstance(r, Exception) or isinstance(r, Later) for r in results), results
    for _ in range(4):
        await asyncio.gather(
            carry_out(sharing.world.rt, sharing.store_id, split_id),
            sharing.world.run_jobs(),
            return_exceptions=True,
        )
        await sharing.world.sandbox.settle(61)
        await sharing.world.turn(61)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", amount)]
    kept = sum(s[1] - s[2] for s in (await sharing.shares(order)).values() if s[0] == "paid")
    assert kept == 1700 * (10_000 - amount) // 10_000
    await sharing.agrees(order)
