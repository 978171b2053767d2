"""The account that an application ends with collects: paid, refunded, and the same on three sides."""

from tests.payments.test_applyment import FORM, picture
from tests.payments.world import OpenWorld
from tests.support.sandbox import Sandbox
from tests.support.three_sides import three_sides
from zhanggui.core.auth import StaffMember
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import Actor
from zhanggui.payments import applyment, applyment_rules
from zhanggui.payments.accounts import active_account
from zhanggui.payments.applyment_shapes import ApplymentDraft
from zhanggui.payments.cancel import Cancel, cancel_by_buyer


async def test_the_account_that_an_application_ends_with_is_paid_and_refunded(
    rt: Runtime, opened: OpenWorld, sandbox: Sandbox
) -> None:
    platform, world = await opened(), await opened()
    before = world.account.mchid
    document = {"entity": {"name": "某某公司", "code": "91310104MA00000011"}}
    entity = "UPDATE store SET settings = settings || $2 WHERE store_id = $1"
    await rt.db.execute(entity, world.store_id, document)
    held = frozenset({"settings.write"})
    member = StaffMember(
        new_id(), "店主", new_id(), "", False, {platform.store_id: held, world.store_id: held}
    )
    for kind in applyment_rules.PICTURES:
        await applyment.save_picture(rt, world.store_id, kind, picture())
    await applyment.save(rt, world.store_id, ApplymentDraft(**FORM))
    await applyment.submit(rt, member, world.store_id, platform.account.id)
    await world.run_jobs()
    (found, *_) = (await sandbox.call("GET", "/applyments"))["applyments"]
    assert found["mchid"] == platform.account.mchid
    for state in ("NEED_SIGN", "FINISH"):
        await sandbox.call("POST", f"/applyments/{found['applyment_id']}/answer", {"state": state})
    await applyment.ask_now(rt, world.store_id)
    await world.run_jobs()
    world.account = await active_account(rt, world.store_id)
    assert (world.account.mchid, world.account.sub_mchid != before) == (platform.account.mchid, True)
    order = await world.order(price=3000)
    attempt_id = await world.pay(order)
    told = await sandbox.order(attempt_id.replace("-", ""))
    assert (told["mchid"], told["sub_mchid"]) == (platform.account.mchid, world.account.sub_mchid)
    assert (await three_sides(rt.db, world.store_id, order.id, sandbox)).paid == 3000
    wish = Cancel(world.store_id, order.id, Actor("buyer", order.customer_id), "不要了")
    await cancel_by_buyer(rt, wish, order.customer_id)
    await world.run_jobs()
    await sandbox.settle(90)
    sides = await three_sides(rt.db, world.store_id, order.id, sandbox)
    assert (sides.paid, sides.returned) == (3000, 3000)
