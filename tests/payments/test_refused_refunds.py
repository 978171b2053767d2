"""Refunds that the provider refuses: what passes is asked for again by itself, everything else is seen and tried again."""

import pytest

from tests.payments.test_console_cancel import staff_of
from tests.payments.world import Order, World
from zhanggui.core import clock
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import MAX_ATTEMPTS
from zhanggui.orders.pages import console_order
from zhanggui.orders.rules import Actor
from zhanggui.payments.refund_steps import retry_refund

CLERK = Actor("merchant", new_id(), "店员")


async def refuse(world: World, code: str, **more: object) -> None:
    await world.sandbox.fault("/v3/refund/domestic/refunds", "refuse", code=code, **more)


async def stuck(world: World, order: Order) -> list[str | None]:
    return [r.stuck for r in (await console_order(world.rt, world.store_id, order.id)).refunds]


async def cancelled(world: World, code: str, **more: object) -> Order:
    """An order that was paid and cancelled, and whose refund was refused once."""
    order = await world.order()
    await world.pay(order)
    await refuse(world, code, **more)
    await world.cancel(order)
    await world.run_jobs()
    return order


async def ends_well(world: World, order: Order) -> None:
    await world.sandbox.settle(5)
    assert [r[1] for r in await world.refunds(order)][-1] == "succeeded"
    assert await stuck(world, order) == [None] * len(await world.refunds(order))
    assert (await world.row(order))["refund_status"] == "refunded"
    assert await world.three_sides(order) == (1200, 1200, 0, 0)


async def test_an_empty_account_is_asked_again_ever_more_rarely_however_long_it_takes(world: World) -> None:
    order = await cancelled(world, "NOT_ENOUGH")
    assert await stuck(world, order) == ["NOT_ENOUGH"]
    assert await world.three_sides(order) == (1200, 0, 1200, 7)  # still pending, and still the buyer's
    waits = []
    for _ in range(MAX_ATTEMPTS + 3):  # longer than a job that fails would live
        left = await world.rt.db.fetchval(
            "SELECT extract(epoch FROM due_at - $2)::int FROM job"
            " WHERE store_id = $1 AND kind = 'payments.refund' AND state = 'waiting'",
            world.store_id,
            clock.now(),
        )
        waits.append(left)
        await world.turn(14_401)
        await world.run_jobs()
    assert (await world.timeline(order)).count("refund_refused") == 1
    assert await world.refunds(order) == [("cancel", "requested", 1200)]
    assert (waits[0], waits[-1]) == (60, 14_400)
    await world.sandbox.clear()
    await world.turn(14_401)
    await world.run_jobs()
    await ends_well(world, order)


async def test_the_merchant_need_not_wait_once_there_is_money(world: World) -> None:
    order = await cancelled(world, "NOT_ENOUGH", count=1)
    (refund,) = (await console_order(world.rt, world.store_id, order.id)).refunds
    await retry_refund(world.rt, world.store_id, refund.id, CLERK)
    await ends_well(world, order)
    with pytest.raises(ShopError, match="refund_not_stuck"):
        await retry_refund(world.rt, world.store_id, refund.id, CLERK)


@pytest.mark.parametrize(("code", "status"), [("USER_ACCOUNT_ABNORMAL", 403), ("INVALID_REQUEST", 400)])
async def test_any_other_refusal_is_seen_and_tried_again_by_people(
    world: World, code: str, status: int
) -> None:
    order = await cancelled(world, code, status=status)
    owner = await staff_of(world, "owner")
    host = {"Host": world.rt.config.console_origin.removeprefix("http://")}
    assert await world.refunds(order) == [("cancel", "requested", 1200)]
    page = (await owner.get(f"/orders/{order.id}", headers=host)).json()
    (refund,) = page["refunds"]
    assert refund["stuck"] == code
    assert (await owner.get("/dashboard", headers=host)).json()["todo"]["stuck_refunds"] == 1
    listed = (await owner.get("/orders?refund_stuck=true", headers=host)).json()["items"]
    assert [row["id"] for row in listed] == [str(order.id)]
    assert await world.three_sides(order) == (1200, 0, 1200, 7)
    await world.turn(86_400)
    await world.run_jobs()
    calls = await world.sandbox.calls(refund["id"].replace("-", ""))
    assert len([c for c in calls if c.startswith("POST")]) == 1  # it does not go on by itself

    retry = f"/orders/{order.id}/refunds/{refund['id']}/retry"
    again = await owner.post(retry, {}, headers=host)
    assert (again.status_code, again.json()["refunds"][0]["stuck"]) == (200, code)
    await world.sandbox.clear()
    again = await owner.post(retry, {}, headers=host)
    assert (again.json()["refunds"][0]["status"], again.json()["refunds"][0]["stuck"]) == ("processing", None)
    other = await world.order()
    for order_id, wanted in ((order.id, (409, "refund_not_stuck")), (other.id, (404, "not_found"))):
        answer = await owner.post(f"/orders/{order_id}/refunds/{refund['id']}/retry", {}, headers=host)
        assert (answer.status_code, answer.json()["code"]) == wanted
    await ends_well(world, order)
    assert (await world.timeline(order)).count("refund_refused") == 1


async def test_the_buyer_reads_that_the_store_is_on_it_and_no_code(world: World) -> None:
    order = await cancelled(world, "NOT_ENOUGH", count=1)
    answer = await world.shop.get(
        f"/api/shop/stores/{world.store_id}/orders/{order.id}",
        headers={"Authorization": f"Bearer {order.token}"},
    )
    page = answer.json()
    assert page["refunds"][0]["status"] == "requested"
    assert "stuck" not in page["refunds"][0]
    assert "NOT_ENOUGH" not in answer.text
    assert page["timeline"][-1]["kind"] == "refund_refused"


async def test_a_number_that_was_accepted_before_it_was_refused_is_followed(world: World) -> None:
    """The answer was lost; the repetition is refused for its own reasons: the first one counts."""
    order = await world.order()
    await world.pay(order)
    await world.cancel(order)
    await world.sandbox.fault(
        "/v3/refund/domestic/refunds", "drop", count=2
    )  # the call's answer, the query's
    await world.run_jobs()
    assert await world.refunds(order) == [("cancel", "requested", 1200)]
    await world.sandbox.fault("/v3/refund/domestic/refunds", "refuse", code="INVALID_REQUEST", count=1)
    await world.turn(60)
    await world.run_jobs()
    await ends_well(world, order)


async def test_what_the_provider_closed_every_time_goes_out_under_a_new_number(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["CLOSED"] * 3})
    await world.cancel(order)
    for _ in range(4):
        await world.run_jobs()
        await world.sandbox.settle(65)
    assert await stuck(world, order) == [None, None, "CLOSED"]
    last = (await console_order(world.rt, world.store_id, order.id)).refunds[-1]
    await retry_refund(world.rt, world.store_id, last.id, CLERK)
    assert [r[1] for r in await world.refunds(order)] == ["closed"] * 3 + ["processing"]
    await ends_well(world, order)


async def test_an_abnormal_refund_is_looked_up_again(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.sandbox.call("POST", "/refund-outcomes", {"outcomes": ["ABNORMAL"]})
    await world.cancel(order)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await stuck(world, order) == ["ABNORMAL"]
    (refund,) = (await console_order(world.rt, world.store_id, order.id)).refunds
    await retry_refund(world.rt, world.store_id, refund.id, CLERK)
    assert await world.refunds(order) == [("cancel", "abnormal", 1200)]  # as it stands there
