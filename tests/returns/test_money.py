"""The money of returns through the real sandbox; order, ledger and provider agree after every step."""

from typing import Any
from uuid import UUID

import pytest

from tests.payments.conftest import opened, rt, server, shop, world
from tests.payments.ways import every_way
from tests.payments.world import Order, World
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.messaging import jobs as message_jobs
from zhanggui.orders.rules import Actor
from zhanggui.returns import jobs as return_jobs
from zhanggui.returns.decide import approve, reject
from zhanggui.returns.money_news import retry
from zhanggui.returns.pages import console_return
from zhanggui.returns.pay_back import Terms
from zhanggui.returns.policy import Policy
from zhanggui.returns.records import take
from zhanggui.returns.set_policy import set_policy

NEEDED = (return_jobs, message_jobs, opened, rt, server, shop, world)  # handlers and fixtures


async def apply(world: World, order: Order, units: int, **more: Any) -> dict[str, Any]:
    """Ask for units of a paid order that has not left: the rules agree at once."""
    line = await world.rt.db.fetchval(
        "SELECT id FROM order_line WHERE store_id = $1 AND order_id = $2", world.store_id, order.id
    )
    answer = await world.shop.post(
        f"/api/shop/stores/{world.store_id}/orders/{order.id}/returns",
        json={
            "kind": "refund_only",
            "reason": "changed_mind",
            "lines": [{"order_line_id": str(line), "quantity": units}],
            **more,
        },
        headers={"Authorization": f"Bearer {order.token}", "Idempotency-Key": new_id().hex},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def status(world: World, made: dict[str, Any]) -> str:
    return (await console_return(world.rt, world.store_id, UUID(made["id"]))).status


async def follow(world: World, seconds: float = 5) -> None:
    """The refund is asked for, its result notified, and the return hears of it."""
    await world.run_jobs()
    await world.sandbox.settle(seconds)
    await world.run_jobs()


async def be_told(world: World, order: Order, *events: str) -> None:
    """The store has templates for these events, and the buyer is a customer."""
    templates = [{"event": event, "template_id": f"tpl-{event}"} for event in events]
    await world.rt.db.execute(
        "UPDATE store SET settings = settings || $2 WHERE store_id = $1",
        world.store_id,
        {"message_templates": templates},
    )
    world.rt.singletons.pop("stores.cache", None)
    await world.rt.db.execute(
        "INSERT INTO customer (customer_id, guest, created_at) VALUES ($1, false, now())", order.customer_id
    )


@every_way("world")
async def test_each_part_has_a_number_of_its_own_and_ends_with_the_notification(world: World) -> None:
    """litemall: the second partial refund of an order was impossible; here each is paid, and not one fen more."""
    order = await world.order(price=333, quantity=3)
    await world.pay(order)
    made = [await apply(world, order, 1)]
    assert await status(world, made[0]) == "refunding"
    await follow(world)
    assert await status(world, made[0]) == "refunded"
    assert (await world.three_sides(order))[:3] == (999, 333, 0)
    await world.sandbox.settle(60)  # parts lie a minute apart
    made.append(await apply(world, order, 1))
    await follow(world)
    await world.sandbox.settle(60)
    made.append(await apply(world, order, 1))
    await follow(world)
    assert [await status(world, m) for m in made] == ["refunded"] * 3
    assert (await world.three_sides(order))[:3] == (999, 999, 0)
    assert (await world.row(order))["status"] == "cancelled"
    assert [kind for kind, _, _ in await world.refunds(order)] == ["after_sale", "after_sale", "cancel"]
    await world.stock_is_exact()


async def test_an_abnormal_refund_keeps_the_return_open_and_can_be_asked_about(world: World) -> None:
    order = await world.order(price=500, quantity=2)
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["ABNORMAL"]})
    made = await apply(world, order, 1)
    await follow(world)
    page = await console_return(world.rt, world.store_id, UUID(made["id"]))
    assert (page.status, page.actions[0], page.refunds[0].status) == ("refunding", "retry_refund", "abnormal")
    await retry(world.rt, world.store_id, UUID(made["id"]), Actor("merchant", new_id(), "店员"))
    assert await status(world, made) == "refunding"  # it stands at the provider as it stood
    assert (await world.three_sides(order))[:3] == (1000, 0, 500)


async def test_a_refund_the_provider_always_closes_is_paid_under_a_new_number_by_the_merchant(
    world: World,
) -> None:
    order = await world.order(price=500, quantity=2)
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["CLOSED"] * 3})
    made = await apply(world, order, 1)
    for _ in range(4):
        await world.run_jobs()
        await world.sandbox.settle(65)
    await world.run_jobs()
    page = await console_return(world.rt, world.store_id, UUID(made["id"]))
    assert (page.status, page.actions[0]) == ("refunding", "retry_refund")
    assert (await world.row(order))["refunded_amount"] == 0
    await retry(world.rt, world.store_id, UUID(made["id"]), Actor("merchant", new_id(), "店员"))
    await follow(world)
    assert await status(world, made) == "refunded"
    assert (await world.three_sides(order))[:3] == (1000, 500, 0)


async def test_late_doubled_and_forged_notices_end_a_return_once(world: World) -> None:
    order = await world.order(price=500, quantity=2)
    await world.pay(order)
    await world.sandbox.fault("notify:REFUND", "wrong_amount", count=1)
    await world.sandbox.fault("notify:REFUND", "duplicate")
    made = await apply(world, order, 1)
    await follow(world)
    await follow(world, 40)
    page = await console_return(world.rt, world.store_id, UUID(made["id"]))
    assert page.status == "refunded"
    assert [e.to_status for e in page.events] == ["requested", "refunding", "refunded"]
    assert (await world.three_sides(order))[:3] == (1000, 500, 0)


async def test_the_buyer_is_told_what_the_store_decided(world: World) -> None:
    """An agreement and a refusal, each with the return's own number; what a rule decides the buyer sees at once."""
    order = await world.order(price=300, quantity=3)
    await be_told(world, order, "return_approved", "return_rejected")
    await world.pay(order)
    for left in (
        "UPDATE order_line SET fulfilled = quantity WHERE store_id = $1 AND order_id = $2",
        "UPDATE sales_order SET status = 'fulfilled' WHERE store_id = $1 AND id = $2",
    ):
        await world.rt.db.execute(left, world.store_id, order.id)
    wish = {"kind": "return_refund", "reason": "no_reason"}
    assert (await apply(world, order, 1, **wish))["decided_by"] == "rule"
    await set_policy(world.rt, world.store_id, Policy(automatic=False), 0)
    one, two = [await apply(world, order, 1, **wish) for _ in range(2)]
    merchant = Actor("merchant", new_id(), "店员")

    async def decide(conn: Connection) -> None:
        await approve(conn, await take(conn, world.store_id, UUID(one["id"])), merchant, Terms("merchant"))
        await reject(conn, await take(conn, world.store_id, UUID(two["id"])), merchant, "标签已经剪掉")

    await in_transaction(world.rt.db, decide)
    await world.run_jobs()
    rows = await world.rt.db.fetch("SELECT event, data FROM message_sent WHERE store_id = $1", world.store_id)
    said = {r["event"].split(":")[0]: r["data"] for r in rows}
    assert len(rows) == len(said) == 2
    assert said["return_approved"]["character_string1"] == one["number"]
    assert (said["return_rejected"]["character_string1"], said["return_rejected"]["thing3"]) == (
        two["number"],
        "标签已经剪掉",
    )


async def test_every_refund_of_a_return_is_told_on_its_own_with_its_own_amount(world: World) -> None:
    """No consent here: what would have been sent is noted, one message for each refund."""
    order = await world.order(price=300, quantity=3)
    await be_told(world, order, "refunded")
    await world.pay(order)
    await apply(world, order, 1)
    await follow(world)
    await world.sandbox.settle(60)
    await apply(world, order, 1)
    await follow(world)
    rows = await world.rt.db.fetch(
        "SELECT event, data, status FROM message_sent WHERE store_id = $1 ORDER BY id", world.store_id
    )
    assert [r["data"]["amount2"] for r in rows] == ["¥3.00", "¥3.00"]
    assert len({r["event"] for r in rows}) == 2
    assert {r["status"] for r in rows} == {"no_quota"}


@pytest.mark.parametrize("code", ["NOT_ENOUGH", "USER_ACCOUNT_ABNORMAL"])
async def test_a_refund_that_is_refused_is_seen_on_the_return_and_tried_again_there(
    world: World, code: str
) -> None:
    order = await world.order(price=500, quantity=2)
    await world.pay(order)
    await world.sandbox.fault("/v3/refund/domestic/refunds", "refuse", code=code, count=1)
    made = await apply(world, order, 1)
    await world.run_jobs()
    page = await console_return(world.rt, world.store_id, UUID(made["id"]))
    assert (page.status, page.actions[0], page.refunds[0].stuck) == ("refunding", "retry_refund", code)
    assert (await world.three_sides(order))[:3] == (1000, 0, 500)
    await retry(world.rt, world.store_id, UUID(made["id"]), Actor("merchant", new_id(), "店员"))
    await follow(world)
    assert await status(world, made) == "refunded"
    assert (await world.three_sides(order))[:3] == (1000, 500, 0)
    with pytest.raises(ShopError, match="return_state"):
        await retry(world.rt, world.store_id, UUID(made["id"]), Actor("merchant", new_id(), "店员"))
