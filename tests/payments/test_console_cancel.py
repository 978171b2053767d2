"""The merchant's cancel over HTTP: who may, once, with what effect."""

import httpx

from tests.payments.world import World
from tests.support.api import Api, Caller
from zhanggui.core.ids import new_id
from zhanggui.staff.rules import Role


async def staff_of(world: World, role: Role) -> Caller:
    return await Api(world.rt, world.shop, None).staff(world.store_id, role)


async def cancel(caller: Caller, world: World, order_id: object, key: str | None) -> httpx.Response:
    host = world.rt.config.console_origin.removeprefix("http://")
    body = {"reason": "今日售罄", "restock": True, "notify": True}
    return await caller.post(f"/orders/{order_id}/cancel", body, key=key, headers={"Host": host})


async def test_the_owner_cancels_a_paid_order_once(world: World) -> None:
    order, owner, key = await world.order(), await staff_of(world, "owner"), new_id().hex
    await world.pay(order)
    answer = await cancel(owner, world, order.id, key)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert (page["status"], page["refund_status"]) == ("cancelled", "processing")
    assert page["refunds"][0]["amount"] == 1200
    assert page["payments"][0]["transaction_id"]
    assert page["timeline"][-1]["text"]["en"] == "Refund of ¥12.00 requested"
    assert (await cancel(owner, world, order.id, key)).status_code == 200
    assert len(await world.refunds(order)) == 1
    assert (await cancel(owner, world, order.id, "")).status_code == 400


async def test_a_clerk_may_not_and_another_store_does_not_know_it(world: World) -> None:
    order, clerk = await world.order(), await staff_of(world, "clerk")
    await world.pay(order)
    assert (await cancel(clerk, world, order.id, new_id().hex)).status_code == 403
    owner = await staff_of(world, "owner")
    assert (await cancel(owner, world, new_id(), new_id().hex)).status_code == 404
    assert await world.status(order) == "paid"


async def test_an_unpaid_order_is_closed(world: World) -> None:
    order, owner = await world.order(), await staff_of(world, "owner")
    await world.ready(order)
    page = (await cancel(owner, world, order.id, new_id().hex)).json()
    assert page["status"] == "cancelled"
    assert await world.attempts(order) == ["closed"]
    assert await world.held(order) == "released"
