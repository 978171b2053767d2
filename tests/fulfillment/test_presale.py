"""Products sold in advance: the setting, the promise of an order, and telling the platform."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fulfillment.shipping_world import PaidOrder, ShippingWorld
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.fulfillment import presale


async def order_of(world: ShippingWorld, setting: dict[str, Any], method: str = "express") -> PaidOrder:
    """An order that was paid after its product was set to be sold in advance, its jobs not yet run."""
    order = await world.paid(method)
    product = (await order.page())["lines"][0]["product_id"]
    saved = await world.staff.put(f"/products/{product}/presale", setting)
    assert saved.status_code == 200, saved.text
    return order


async def test_a_promise_beyond_15_days_is_told_to_the_platform(world: ShippingWorld) -> None:
    order = await order_of(world, {"ships_within_days": 30})
    await world.work()

    special = (await world.sandbox.order(order.out_trade_no))["special"]
    promised = (await order.buyer.get(f"/stores/{world.store}/orders/{order.id}/presale")).json()["ships_by"]
    assert special["kind"] == 1
    assert special["delay_to"] == int(datetime.fromisoformat(promised).timestamp())
    said = (await world.staff.get(f"/orders/{order.id}/presale")).json()
    assert (said["ships_by"], said["state"]) == (promised, "sent")


async def test_the_consoles_list_shows_and_finds_promises(world: ShippingWorld) -> None:
    ordinary = await world.paid()
    order = await order_of(world, {"ships_within_days": 30})
    await world.work()
    promised = (await world.staff.get(f"/orders/{order.id}/presale")).json()["ships_by"]
    found = (await world.staff.get("/orders", params={"presale": "true"})).json()
    assert [(row["id"], row["ships_by"]) for row in found["items"]] == [(str(order.id), promised)]
    assert found["counts"]["all"] == 1
    rows = (await world.staff.get("/orders")).json()["items"]
    assert {row["id"]: row["ships_by"] for row in rows} == {str(order.id): promised, str(ordinary.id): None}


async def test_a_promise_holds_for_who_fetches_the_goods(world: ShippingWorld) -> None:
    order = await order_of(world, {"ships_within_days": 20}, "pickup")
    await world.work()
    promised = (await order.buyer.get(f"/stores/{world.store}/orders/{order.id}/presale")).json()["ships_by"]
    paid_at = datetime.fromisoformat((await order.page())["paid_at"])
    assert datetime.fromisoformat(promised) == paid_at + timedelta(days=20)
    found = (await world.staff.get("/orders", params={"presale": "true"})).json()
    assert [row["id"] for row in found["items"]] == [str(order.id)]
    assert (await world.staff.get(f"/orders/{order.id}/presale")).json()["state"] == "sent"


async def test_a_sooner_promise_is_the_buyers_only(world: ShippingWorld) -> None:
    order = await order_of(world, {"ships_within_days": 7})
    await world.work()
    assert (await world.sandbox.order(order.out_trade_no))["special"] is None
    assert (await world.staff.get(f"/orders/{order.id}/presale")).json()["state"] == "unneeded"


async def test_a_promise_waits_until_the_platform_knows_the_order(world: ShippingWorld) -> None:
    order = await world.paid(known=False)
    product = (await order.page())["lines"][0]["product_id"]
    await world.staff.put(f"/products/{product}/presale", {"ships_within_days": 40})
    await world.work()
    assert (await world.staff.get(f"/orders/{order.id}/presale")).json()["state"] == "waiting"
    await world.sandbox.settle(61)
    await world.work(61)
    assert (await world.staff.get(f"/orders/{order.id}/presale")).json()["state"] == "sent"


async def test_the_setting_is_shown_changed_and_ended(world: ShippingWorld) -> None:
    order = await world.paid()
    product = (await order.page())["lines"][0]["product_id"]
    sku = (await order.page())["lines"][0]["sku_id"]
    path = f"/products/{product}/presale"
    slug = await world.api.rt.db.fetchval("SELECT slug FROM store WHERE store_id = $1", world.store)
    shown = f"/stores/{slug}/presale"
    day = (clock.now() + timedelta(days=20)).isoformat()

    assert (await world.staff.put(path, {"ships_at": day})).status_code == 200
    listed = (await world.api.anybody.get(shown, params={"of": [product, str(new_id())]})).json()
    assert [item["product_id"] for item in listed["items"]] == [product]
    by_sku = (await world.api.anybody.get(shown, params={"of": [sku]})).json()
    assert by_sku == listed
    assert (await world.staff.put(path, {})).status_code == 200
    assert (await world.api.anybody.get(shown, params={"of": [sku]})).json()["items"] == []
    clerk = await world.api.staff(world.store, "clerk")
    assert (await clerk.put(path, {"ships_within_days": 3})).status_code == 403
    stranger = await world.api.staff(await world.api.store())
    there = f"/api/console/stores/{world.store}{path}"
    assert (await stranger.put(there, {"ships_within_days": 3})).status_code == 404
    other = await world.buyer()
    assert (await other.get(f"/stores/{world.store}/orders/{order.id}/presale")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"ships_within_days": 0}, 400, "invalid"),
        ({"ships_within_days": 331}, 400, "invalid"),
        ({"ships_at": "2020-01-01T00:00:00Z"}, 422, "presale_past"),
        ({"ships_at": "2099-01-01T00:00:00Z"}, 422, "presale_past"),
        ({"ships_at": "2099-01-01"}, 400, "invalid"),
        ({"ships_within_days": 5, "ships_at": "2099-01-01T00:00:00Z"}, 422, "presale_one"),
    ],
)
async def test_bad_settings_are_refused(
    world: ShippingWorld, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await world.staff.put(f"/products/{new_id()}/presale", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    unknown = await world.staff.put(f"/products/{new_id()}/presale", {"ships_within_days": 5})
    assert unknown.status_code == 404


async def test_refused_declarations_are_shown_in_words_and_told_again(world: ShippingWorld) -> None:
    orders = [await order_of(world, {"ships_within_days": 330}) for _ in range(3)]
    promise = "UPDATE order_presale SET ships_by = ships_by + $2 WHERE store_id = $1"
    rt, day = world.api.rt, timedelta(days=1)
    for order in orders:
        await presale.promise(rt.db, world.store, order.id)
    await rt.db.execute(promise, world.store, day)  # a day more than the platform takes
    await world.work()
    refused = [await world.staff.get(f"/orders/{order.id}/presale") for order in orders]
    assert {(r.json()["state"], r.json()["code"]) for r in refused} == {("failed", "40097")}
    assert "330 天" in refused[0].json()["explanation"]["zh"]
    listed = (await world.staff.get("/shipping-reports", params={"q": "nothing"})).json()
    assert listed["refused"] == 3
    assert {row["order_id"] for row in listed["declarations"]} == {str(order.id) for order in orders}

    await rt.db.execute(promise, world.store, -day)
    first = orders[0]
    stranger = await world.api.staff(await world.api.store())
    there = f"/api/console/stores/{world.store}/orders/{first.id}/presale/retry"
    assert (await stranger.post(there)).status_code == 404
    ordinary = await world.paid()
    assert (await world.staff.post(f"/orders/{ordinary.id}/presale/retry")).status_code == 404
    again = await world.staff.post(f"/orders/{first.id}/presale/retry")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")
    await world.work()
    assert (await world.staff.get(f"/orders/{first.id}/presale")).json()["state"] == "sent"
    assert (await world.staff.post(f"/orders/{first.id}/presale/retry")).json()["state"] == "sent"

    assert (await world.staff.post("/shipping-reports/retry")).json() == {"asked": 2}
    await world.work()
    for order in orders:
        assert (await world.sandbox.order(order.out_trade_no))["special"]["kind"] == 1
        kinds = [e["kind"] for e in (await world.staff.get(f"/orders/{order.id}")).json()["timeline"]]
        assert kinds.count("presale_retried") == 1
        assert "presale_retried" not in [e["kind"] for e in (await order.page())["timeline"]]
