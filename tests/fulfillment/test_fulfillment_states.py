"""From paid to received, by every way goods can travel, over HTTP."""

from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.paid import paid_order
from tests.support.settled import run_all
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.worker import register_jobs

register_jobs()


async def test_a_parcel_is_shipped_and_received(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    clerk = await api.staff(store, "clerk")
    order = await paid_order(api, buyer, store, "express")

    answer = await clerk.post(f"/orders/{order['id']}/ship", {"carrier": "SF", "waybill": "SF1234567890123"})

    assert answer.status_code == 200, answer.text
    shipped = answer.json()
    assert (shipped["status"], shipped["actions"]) == ("fulfilled", ["complete"])
    assert [(line["quantity"], line["fulfilled"]) for line in shipped["lines"]] == [(2, 2)]
    seen = (await buyer.get(f"/stores/{store}/orders/{order['id']}")).json()
    assert seen["fulfillments"][0]["waybill"] == "SF1234567890123"
    assert seen["fulfillments"][0]["carrier_name"]["zh"] == "顺丰速运"
    assert [e["kind"] for e in seen["timeline"]] == ["placed", "paid", "shipped"]
    assert seen["timeline"][-1]["actor"] == "merchant"
    received = (await buyer.post(f"/stores/{store}/orders/{order['id']}/receive")).json()
    assert received["status"] == "completed"
    assert received["fulfillments"][0]["status"] == "delivered"
    again = await buyer.post(f"/stores/{store}/orders/{order['id']}/receive")
    assert again.json() == received


async def test_split_shipments_fulfil_the_order_with_the_last_parcel(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    order = await paid_order(api, buyer, store, "express", quantities=(3, 1))
    first, second = (line["id"] for line in order["lines"])

    part = {"carrier": "ZTO", "waybill": "75512345678", "lines": [{"order_line_id": first, "quantity": 2}]}
    once = await owner.post(f"/orders/{order['id']}/ship", part)
    assert (once.status_code, once.json()["status"]) == (200, "preparing")
    too_many = await owner.post(f"/orders/{order['id']}/ship", {**part, "waybill": "75512345670"})
    assert (too_many.status_code, too_many.json()["code"]) == (422, "more_than_left")
    rest = await owner.post(f"/orders/{order['id']}/ship", {"carrier": "ZTO", "waybill": "75512345679"})

    assert rest.json()["status"] == "fulfilled"
    assert [line["fulfilled"] for line in rest.json()["lines"]] == [3, 1]
    parcels = [
        {unit["order_line_id"]: unit["quantity"] for unit in f["lines"]} for f in rest.json()["fulfillments"]
    ]
    assert parcels == [{first: 2}, {first: 1, second: 1}]


async def test_a_pick_up_is_handed_over_against_its_code(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    clerk = await api.staff(store, "clerk")
    order = await paid_order(api, buyer, store)
    assert len(order["pickup_code"]) == 6
    path = f"/orders/{order['id']}"

    assert (await clerk.post(f"{path}/prepare")).json()["actions"][0] == "ready"
    assert (await clerk.post(f"{path}/ready")).json()["actions"][0] == "hand_over"
    without = await clerk.post(f"{path}/hand-over", {})
    assert (without.status_code, without.json()["code"], without.json()["field"]) == (
        422,
        "pickup_code_needed",
        "code",
    )
    wrong_code = f"{(int(order['pickup_code']) + 1) % 1_000_000:06d}"
    wrong = await clerk.post(f"{path}/hand-over", {"code": wrong_code})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_pickup_code")
    done = await clerk.post(f"{path}/hand-over", {"code": order["pickup_code"]})

    assert (done.status_code, done.json()["status"]) == (200, "completed")
    kinds = [e["kind"] for e in done.json()["timeline"]]
    assert kinds == ["placed", "paid", "preparing", "ready", "handed_over", "completed"]


async def test_dine_in_is_served_without_a_code(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    await owner.post("/tables", {"code": "A1", "name": "1 号桌"})
    order = await paid_order(api, buyer, store, "dine_in", table_code="A1")

    await owner.post(f"/orders/{order['id']}/prepare")
    done = await owner.post(f"/orders/{order['id']}/hand-over", {})

    assert done.json()["status"] == "completed"


async def test_own_delivery_leaves_arrives_and_is_confirmed(api: Api) -> None:
    from zhanggui.stores.rules import Delivery, DistanceBand, Settings

    settings = Settings(
        delivery_methods=["delivery"], delivery=Delivery(radius_m=5000, bands=[DistanceBand(5000, 0)])
    )
    store, buyer = await api.store(settings, lat=31.2079, lng=121.4466), await api.buyer()
    clerk = await api.staff(store, "clerk")
    order = await paid_order(api, buyer, store, "delivery")
    path = f"/orders/{order['id']}"

    await clerk.post(f"{path}/prepare")
    early = await clerk.post(f"{path}/deliver")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    assert (await clerk.post(f"{path}/out-for-delivery")).json()["actions"][0] == "deliver"
    delivered = (await clerk.post(f"{path}/deliver")).json()
    assert delivered["status"] == "fulfilled"
    assert "receive" in (await buyer.get(f"/stores/{store}/orders/{order['id']}")).json()["actions"]


async def test_an_order_completes_itself_after_the_stores_days(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    order = await paid_order(api, buyer, store, "express")
    await owner.post(f"/orders/{order['id']}/ship", {"carrier": "SF", "waybill": "SF1234567890123"})

    async def status() -> str:
        await run_all(api.rt)
        return await api.rt.db.fetchval("SELECT status FROM sales_order WHERE id = $1", UUID(order["id"]))

    try:
        assert await status() == "fulfilled"
        clock.turn(timedelta(days=9, hours=23))
        assert await status() == "fulfilled"
        clock.turn(timedelta(hours=2))
        assert await status() == "completed"
    finally:
        clock.reset()


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"carrier": "NOPE", "waybill": "SF1234567890123"}, 422, "unknown_carrier", "carrier"),
        ({"carrier": "SF", "waybill": "短"}, 400, "invalid", "waybill"),
        ({"carrier": "SF"}, 400, "invalid", "waybill"),
        ({"carrier": "SF", "waybill": "SF1234567890123", "lines": [{"order_line_id": str(new_id()), "quantity": 1}]}, 422, "more_than_left", "lines"),
        ({"carrier": "SF", "waybill": "SF1234567890123", "lines": [{"order_line_id": str(new_id()), "quantity": -1}]}, 400, "invalid", "lines[0].quantity"),
    ],
)  # fmt: skip
async def test_bad_parcels_are_refused_and_nothing_is_written(
    api: Api, body: dict[str, object], status: int, code: str, field: str
) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    order = await paid_order(api, buyer, store, "express")

    refused = await owner.post(f"/orders/{order['id']}/ship", body)

    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (status, code, field)
    now = (await buyer.get(f"/stores/{store}/orders/{order['id']}")).json()
    assert (now["status"], now["fulfillments"]) == ("paid", [])


async def test_an_order_is_handled_only_as_it_is_delivered_and_once(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner = await api.staff(store)
    parcel, pickup = await paid_order(api, buyer, store, "express"), await paid_order(api, buyer, store)

    assert (await owner.post(f"/orders/{parcel['id']}/prepare")).json()["code"] == "wrong_method"
    ship = {"carrier": "SF", "waybill": "SF1234567890123"}
    assert (await owner.post(f"/orders/{pickup['id']}/ship", ship)).json()["code"] == "wrong_method"
    assert (await owner.post(f"/orders/{parcel['id']}/ship", ship)).status_code == 200
    twice = await owner.post(f"/orders/{parcel['id']}/ship", ship)
    assert (twice.status_code, len(twice.json()["fulfillments"])) == (200, 1)
    another = await owner.post(f"/orders/{parcel['id']}/ship", {**ship, "waybill": "SF1234567890124"})
    assert (another.status_code, another.json()["code"]) == (409, "wrong_state")
    early = await owner.post(f"/orders/{pickup['id']}/complete")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")


async def test_a_second_buyer_and_a_second_store_are_denied(api: Api) -> None:
    store, other_store = await api.store(), await api.store()
    buyer, other_buyer, other_owner = await api.buyer(), await api.buyer(), await api.staff(other_store)
    order = await paid_order(api, buyer, store, "express")
    path = f"/orders/{order['id']}"

    assert (await other_buyer.post(f"/stores/{store}{path}/receive")).status_code == 404
    ship = {"carrier": "SF", "waybill": "SF1234567890123"}
    assert (await other_owner.post(f"{path}/ship", ship)).status_code == 404
    for step in ("prepare", "ready", "out-for-delivery", "deliver", "hand-over", "complete"):
        there = await other_owner.post(f"/api/console/stores/{store}{path}/{step}")
        assert there.status_code == 404, step
    assert (await buyer.get(f"/stores/{store}{path}")).json()["status"] == "paid"


async def test_what_is_made_already_stands_before_nobody(api: Api) -> None:
    """An order that waits for its buyer for a day would otherwise lengthen the queue for a day."""
    store, buyer = await api.store(), await api.buyer()
    clerk = await api.staff(store, "clerk")
    first, second = [await paid_order(api, buyer, store) for _ in range(2)]

    async def ahead(order: dict[str, object]) -> object:
        return (await buyer.get(f"/stores/{store}/orders/{order['id']}")).json()["orders_before"]

    assert [await ahead(first), await ahead(second)] == [0, 1]
    await clerk.post(f"/orders/{first['id']}/prepare")
    assert [await ahead(first), await ahead(second)] == [0, 1]
    await clerk.post(f"/orders/{first['id']}/ready")
    assert [await ahead(first), await ahead(second)] == [None, 0]
