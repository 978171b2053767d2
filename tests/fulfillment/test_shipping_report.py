"""What the platform is told of shipped, delivered and handed-over orders, against a real sandbox."""

import asyncio
from datetime import timedelta

from tests.fulfillment.shipping_world import ShippingWorld
from zhanggui.core import clock
from zhanggui.fulfillment.report import report

UPLOAD = "/wxa/sec/order/upload_shipping_info"


async def test_a_shipped_order_is_reported_once_the_platform_knows_it(world: ShippingWorld) -> None:
    order = await world.paid(known=False)
    await order.ship("75812345678901")

    await world.work()
    waiting = await world.report(order.id)
    assert (waiting["state"], waiting["code"], waiting["times"]) == ("waiting", "10060001", 0)
    page = (await world.staff.get(f"/orders/{order.id}")).json()["shipping_report"]
    assert page["state"] == "waiting"
    assert "一分钟" in page["explanation"]["zh"]
    await world.sandbox.settle(61)
    await world.work(61)

    sent = await world.report(order.id)
    assert (sent["state"], sent["code"], sent["times"], sent["claimed_until"]) == ("sent", None, 1, None)
    told = await order.shipping()
    assert told is not None
    assert (told["logistics_type"], told["delivery_mode"], told["finished"]) == (1, 1, True)
    assert (told["parcels"][0]["express_company"], told["parcels"][0]["tracking_no"]) == (
        "ZTO",
        "75812345678901",
    )
    assert "×2" in told["parcels"][0]["item_desc"]


async def test_sf_parcels_name_the_receivers_masked_number(world: ShippingWorld) -> None:
    order = await world.paid()
    await order.ship("SF1234567890123", "SF")
    await world.work()
    told = await order.shipping()
    assert told is not None
    assert told["parcels"][0]["contact"] == {"receiver_contact": "+86-138****8000"}


async def test_split_parcels_are_told_as_they_leave(world: ShippingWorld) -> None:
    order = await world.paid(quantities=(3, 1))
    first = await order.ship("75812345678901", units={0: 2})
    assert (first["status"], first["partly_shipped"]) == ("preparing", True)
    await world.work()
    partly = await world.report(order.id)
    assert (partly["state"], partly["times"]) == ("partly", 0)
    told = await order.shipping()
    assert told is not None
    assert (told["delivery_mode"], told["finished"]) == (2, False)
    assert (await order.page())["partly_shipped"] is True

    await order.ship("75812345678902")
    await world.work()

    assert (await world.report(order.id))["state"] == "sent"
    told = await order.shipping()
    assert told is not None
    assert (await order.numbers(), told["finished"]) == (["75812345678901", "75812345678902"], True)


async def test_pick_up_and_own_delivery_are_reported_without_a_number(world: ShippingWorld) -> None:
    order = await world.paid("pickup")
    path = f"/orders/{order.id}"
    await world.staff.post(f"{path}/prepare")
    code = (await order.page())["pickup_code"]
    done = await world.staff.post(f"{path}/hand-over", {"code": code})
    assert done.status_code == 200, done.text
    await world.work()
    told = await order.shipping()
    assert told is not None
    assert (told["logistics_type"], told["finished"]) == (4, True)
    assert told["parcels"][0]["tracking_no"] == ""


async def test_a_number_is_put_right_once_and_then_people_look(world: ShippingWorld) -> None:
    order = await world.paid()
    page = await order.ship("75812345678901")
    await world.work()
    parcel = page["fulfillments"][0]["id"]
    path = f"/orders/{order.id}/parcels/{parcel}/correct"

    fixed = await world.staff.post(path, {"carrier": "YTO", "waybill": "YT1234567890123"})
    assert fixed.status_code == 200, fixed.text
    assert fixed.json()["timeline"][-1]["kind"] == "parcel_corrected"
    again = await world.staff.post(path, {"carrier": "YTO", "waybill": "YT1234567890123"})
    assert len(again.json()["timeline"]) == len(fixed.json()["timeline"])
    await world.work()
    assert await order.numbers() == ["YT1234567890123"]
    assert (await world.report(order.id))["times"] == 2

    await world.staff.post(path, {"carrier": "YTO", "waybill": "YT9999999999999"})
    before = await world.uploads(order.out_trade_no)
    await world.work()
    failed = await world.report(order.id)
    assert (failed["state"], failed["code"]) == ("failed", "10060003")
    assert await world.uploads(order.out_trade_no) == before
    assert (await order.page())["fulfillments"][0]["waybill"] == "YT9999999999999"


async def test_a_lost_answer_does_not_use_the_correction_up(world: ShippingWorld) -> None:
    order = await world.paid()
    await order.ship("75812345678901")
    await world.sandbox.fault(UPLOAD, "system_error", stage="after", count=1)

    await world.work()
    doubtful = await world.report(order.id)
    assert (doubtful["state"], doubtful["doubt"]) == ("waiting", True)
    await world.work(120)

    sent = await world.report(order.id)
    assert (sent["state"], sent["doubt"], sent["times"]) == ("sent", False, 1)
    assert await world.uploads(order.out_trade_no) == 1


async def test_what_will_be_refused_again_is_given_up_and_tried_again_by_hand(world: ShippingWorld) -> None:
    order = await world.paid()
    pay_as = "UPDATE payment_attempt SET payer = $3 WHERE store_id = $1 AND order_id = $2 RETURNING payer"
    payer = await world.api.rt.db.fetchval(
        "SELECT payer FROM payment_attempt WHERE store_id = $1 AND order_id = $2", world.store, order.id
    )
    await world.api.rt.db.fetchval(pay_as, world.store, order.id, "oSomebodyElse")
    await order.ship("75812345678901")
    await world.work()

    listed = (await world.staff.get("/shipping-reports", params={"state": "failed"})).json()
    (row,) = listed["items"]
    assert (row["order_id"], row["code"], row["told"]) == (str(order.id), "10060031", 0)
    assert "付款人" in row["explanation"]["zh"]
    assert listed["counts"] == {"failed": 1, "all": 1}
    assert (await world.staff.get("/dashboard")).json()["todo"]["reports_failed"] == 1
    assert (await world.staff.get("/shipping-reports", params={"state": "sent"})).json()["items"] == []
    assert (await world.staff.get("/shipping-reports", params={"state": "lost"})).status_code == 400

    await world.api.rt.db.fetchval(pay_as, world.store, order.id, payer)
    assert (await world.staff.post(f"/shipping-reports/{order.id}/retry")).status_code == 200
    await world.work()
    assert (await world.report(order.id))["state"] == "sent"
    again = await world.staff.post(f"/shipping-reports/{order.id}/retry")
    assert again.json()["shipping_report"]["state"] == "sent"
    stranger = await world.api.staff(await world.api.store())
    path = f"/api/console/stores/{world.store}/shipping-reports"
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(f"{path}/{order.id}/retry")).status_code == 404


async def test_all_that_was_refused_is_told_again_at_once(world: ShippingWorld) -> None:
    orders = [await world.paid() for _ in range(3)]
    db = world.api.rt.db
    payers = await db.fetch("SELECT id, payer FROM payment_attempt WHERE store_id = $1", world.store)
    await db.execute("UPDATE payment_attempt SET payer = 'oSomebodyElse' WHERE store_id = $1", world.store)
    for n, order in enumerate(orders):
        await order.ship(f"7581234567890{n}")
    await world.work()
    pay_as = "UPDATE payment_attempt SET payer = $2 WHERE id = $1"
    for row in payers:
        await db.execute(pay_as, row["id"], row["payer"])
    fine = await world.paid()
    await fine.ship("75812345678909")
    await world.work()

    assert (await world.staff.get("/shipping-reports")).json()["refused"] == 3
    stranger = await world.api.staff(await world.api.store())
    path = f"/api/console/stores/{world.store}/shipping-reports/retry"
    assert (await stranger.post(path)).status_code == 404
    both = await asyncio.gather(*(world.staff.post("/shipping-reports/retry") for _ in range(2)))
    assert sorted(answer.json()["asked"] for answer in both) == [0, 3]
    await world.work()
    for order in orders:
        assert (await world.report(order.id))["state"] == "sent"
        assert await world.uploads(order.out_trade_no) == 1
        timeline = (await world.staff.get(f"/orders/{order.id}")).json()["timeline"]
        (asked,) = [e for e in timeline if e["kind"] == "report_retried"]
        assert (asked["actor"], bool(asked["actor_name"])) == ("merchant", True)
        assert "report_retried" not in [e["kind"] for e in (await order.page())["timeline"]]
    assert await world.uploads(fine.out_trade_no) == 1
    assert (await world.staff.get("/shipping-reports")).json()["refused"] == 0


async def test_two_workers_tell_it_once(world: ShippingWorld) -> None:
    order = await world.paid()
    await order.ship("75812345678901")
    rt = world.api.rt
    done = await asyncio.gather(
        *(report(rt, world.store, order.id) for _ in range(6)), return_exceptions=True
    )
    assert any(answer is None for answer in done)
    assert await world.uploads(order.out_trade_no) == 1


async def test_an_app_without_shipping_management_reports_nothing(world: ShippingWorld) -> None:
    app = {"appid": world.account.appid}
    await world.sandbox.call("POST", "/apps", app | {"trade_managed": False})
    clock.turn(timedelta(hours=2))  # what was answered an hour ago is asked anew
    try:
        order = await world.paid()
        await order.ship("75812345678901")
        await world.work()
        row = await world.report(order.id)
        assert (row["state"], row["code"]) == ("unneeded", "not_managed")
        said = (await world.staff.get("/trade-management")).json()
        assert (said["managed"], said["confirmed"]) == (False, True)
    finally:
        await world.sandbox.call("POST", "/apps", app | {"trade_managed": True})
    clock.turn(timedelta(hours=2))
    answer = await world.staff.post(f"/shipping-reports/{order.id}/retry")
    assert answer.json()["shipping_report"]["state"] == "waiting"
    await world.work()
    assert (await world.report(order.id))["state"] == "sent"


async def test_the_platforms_word_completes_an_order(world: ShippingWorld) -> None:
    order = await world.paid()
    await order.ship("75812345678901")
    assert (await order.page())["receipt"] is None
    await world.work()
    receipt = (await order.page())["receipt"]
    assert receipt["merchant_trade_no"] == order.out_trade_no
    path = f"/stores/{world.store}/orders/{order.id}/receipt"

    early = await order.buyer.post(path)
    assert (early.status_code, early.json()["code"]) == (409, "not_received_there")
    await world.sandbox.call("POST", "/confirm-receipt", receipt)
    done = await order.buyer.post(path)
    assert (done.status_code, done.json()["status"]) == (200, "completed")
    assert (await order.buyer.post(path)).json()["status"] == "completed"
    stranger = await world.buyer()
    assert (await stranger.post(path)).status_code == 404
