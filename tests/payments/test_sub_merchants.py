"""A store below a platform's merchant number (sub_mchid): paid through the platform, refunded out of its own money."""

from tests.payments.together import Pair
from tests.payments.ways import below
from tests.payments.world import OpenWorld
from tests.support.sandbox import Sandbox
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import Actor
from zhanggui.payments.cancel import Cancel, cancel_by_buyer
from zhanggui.payments.rules import combinable


async def test_one_order_below_a_platform_is_paid_and_refunded(
    opened: OpenWorld, rt: Runtime, sandbox: Sandbox
) -> None:
    platform, world = await opened(), await opened()
    await below(world, platform)
    order = await world.order(price=3000)
    attempt_id = await world.pay(order)
    assert await world.status(order) == "paid"
    told = await sandbox.order(attempt_id.replace("-", ""))
    assert (told["mchid"], told["sub_mchid"]) == (platform.account.mchid, world.account.sub_mchid)
    wish = Cancel(world.store_id, order.id, Actor("buyer", order.customer_id), "不要了")
    await cancel_by_buyer(rt, wish, order.customer_id)
    await world.run_jobs()
    await sandbox.settle(90)
    assert await world.refunds(order) == [("cancel", "succeeded", 3000)]


async def test_two_stores_below_one_platform_are_paid_at_once(
    opened: OpenWorld, sandbox: Sandbox, pair: Pair
) -> None:
    platform = await opened()
    await below(pair.tea, platform)
    await below(pair.bag, platform)
    _, prepay_id = await pair.ready()
    await sandbox.approve(prepay_id)
    assert await pair.statuses() == ["paid", "paid"]


async def test_own_merchants_and_those_below_a_platform_do_not_go_together(
    opened: OpenWorld, pair: Pair
) -> None:
    platform = await opened()
    await below(pair.tea, platform)
    assert (await pair.start()).json()["code"] == "payment_not_combinable"


def test_what_can_be_combined() -> None:
    own, other, foreign = ("wx1", "1", None), ("wx1", "2", None), ("wx2", "3", None)
    low, lower, elsewhere = ("wx1", "9", "11"), ("wx1", "9", "12"), ("wx1", "8", "13")
    assert combinable([own, other])
    assert combinable([low, lower])
    assert not combinable([own, foreign])
    assert not combinable([own, low])
    assert not combinable([low, elsewhere])
    assert not combinable([])
