"""Goods without a body: handed out by hand or at payment, reported as virtual, refunded at once before and on asking after."""

from typing import Any
from uuid import UUID

from tests.fulfillment.shipping_world import PaidOrder, ShippingWorld
from tests.support.sale import line, order, stock_goods
from tests.support.three_sides import three_sides
from zhanggui.core.ids import new_id

CODE = "ZG-8848-SECRET"
WRITTEN = ("event_log", "job", "order_event", "message_sent", "fulfillment", "virtual_product")


async def product_of(order: PaidOrder) -> str:
    return (await order.page())["lines"][0]["product_id"]


async def written_down(world: ShippingWorld, text: str) -> list[str]:
    """Tables in which the text stands readable."""
    db = world.api.rt.db
    readable = "SELECT count(*) FROM {} AS t WHERE t::text LIKE $1"
    return [t for t in WRITTEN if await db.fetchval(readable.format(t), f"%{text}%")]


async def ask_back(world: ShippingWorld, paid: PaidOrder, kind: str, reason: str) -> Any:
    body = {"kind": kind, "reason": reason, "lines": [{"order_line_id": paid.lines[0], "quantity": 2}]}
    path = f"/stores/{world.store}/orders/{paid.id}/returns"
    return await paid.buyer.post(path, body, key=new_id().hex)


async def test_a_code_is_handed_out_and_reported_as_virtual(world: ShippingWorld) -> None:
    paid = await world.paid("virtual")
    await world.work()
    shown = (await world.staff.get(f"/orders/{paid.id}")).json()
    assert (shown["status"], shown["actions"], shown["address"]) == ("paid", ["hand_out", "cancel"], None)
    assert (shown["shipping_fee"], shown["pickup_number"]) == (0, None)
    path, own = f"/orders/{paid.id}", f"/stores/{world.store}/orders/{paid.id}/handout"
    assert (await paid.buyer.get(own)).json() == {"text": ""}
    for step in ("prepare", "deliver"):
        assert (await world.staff.post(f"{path}/{step}")).json()["code"] == "wrong_method"

    done = await world.staff.post(f"{path}/hand-out", {"text": f" {CODE} "})
    assert (done.status_code, done.json()["status"]) == (200, "fulfilled")
    assert (await world.staff.post(f"{path}/hand-out", {"text": "again"})).json()["code"] == "wrong_state"
    await world.work()

    told = await paid.shipping()
    assert told is not None
    assert (told["logistics_type"], told["finished"], told["parcels"][0]["tracking_no"]) == (3, True, "")
    assert (await world.report(paid.id))["state"] == "sent"
    assert (await paid.buyer.get(own)).json() == {"text": CODE}
    assert (await (await world.buyer()).get(own)).status_code == 404
    assert await written_down(world, CODE) == []
    clerk = await world.api.staff(world.store, "clerk")
    assert (await clerk.get(f"{path}/handout")).status_code == 403
    assert (await world.staff.get(f"{path}/handout")).json() == {"text": CODE}
    kinds = [e["kind"] for e in (await world.staff.get(path)).json()["timeline"]]
    assert kinds[-2:] == ["handed_out", "handout_viewed"]

    page = await paid.page()
    assert page["actions"][0] == "receive"
    await world.sandbox.call("POST", "/confirm-receipt", page["receipt"])
    receipt = await paid.buyer.post(f"/stores/{world.store}/orders/{paid.id}/receipt")
    assert receipt.json()["status"] == "completed"
    await three_sides(world.api.rt.db, world.store, paid.id, world.sandbox)


async def test_what_is_set_so_is_handed_out_as_soon_as_it_is_paid(world: ShippingWorld) -> None:
    paid, other = await world.paid("virtual"), await world.paid("virtual")
    product = f"/products/{await product_of(paid)}/virtual"
    saved = await world.staff.put(product, {"at_payment": True, "text": CODE})
    assert saved.json() == {"at_payment": True, "text": CODE}
    await world.work()
    assert (await paid.page())["status"] == "fulfilled"
    assert (await paid.page())["timeline"][-1]["actor"] == "system"
    assert (await paid.buyer.get(f"/stores/{world.store}/orders/{paid.id}/handout")).json()["text"] == CODE
    told = await paid.shipping()
    assert told is not None
    assert told["logistics_type"] == 3
    assert (await other.page())["status"] == "paid"  # its product is handed out by hand
    assert await written_down(world, CODE) == []

    clerk = await world.api.staff(world.store, "clerk")
    assert (await clerk.get(product)).status_code == 403
    stranger = await world.api.staff(await world.api.store())
    there = f"/api/console/stores/{world.store}{product}"
    assert (await stranger.get(there)).status_code == 404
    assert (await stranger.put(there, {"at_payment": True})).status_code == 404
    assert (await world.staff.put(f"/products/{new_id()}/virtual", {"at_payment": True})).status_code == 404


async def test_before_it_is_handed_out_the_money_goes_back_at_once(world: ShippingWorld) -> None:
    paid = await world.paid("virtual")
    asked = await ask_back(world, paid, "refund_only", "changed_mind")
    assert asked.status_code == 201, asked.text
    assert asked.json()["status"] == "refunding"
    product = f"/products/{await product_of(paid)}/virtual"
    await world.staff.put(product, {"at_payment": True, "text": CODE})
    await world.work()  # its being paid is followed only now: nothing is handed out any more
    await world.sandbox.settle(5)
    await world.work(5)
    assert (await paid.page())["status"] == "cancelled"
    assert (await paid.buyer.get(f"/stores/{world.store}/orders/{paid.id}/handout")).json()["text"] == ""
    sides = await three_sides(world.api.rt.db, world.store, paid.id, world.sandbox)
    assert (sides.paid, sides.returned + sides.returning) == (2000, 2000)


async def test_afterwards_people_decide_and_nothing_can_be_sent_back(world: ShippingWorld) -> None:
    paid = await world.paid("virtual")
    await world.staff.post(f"/orders/{paid.id}/hand-out", {})
    offered = (await paid.buyer.get(f"/stores/{world.store}/orders/{paid.id}/returnable")).json()
    assert offered["kinds"] == ["refund_only"]
    assert "no_reason" not in [reason["code"] for reason in offered["reasons"]]
    refused = await ask_back(world, paid, "return_refund", "no_reason")
    assert (refused.status_code, refused.json()["code"]) == (422, "return_virtual")
    for_people = await ask_back(world, paid, "refund_only", "not_received")
    assert (for_people.status_code, for_people.json()["status"]) == (201, "requested")
    shown = (await world.staff.get(f"/returns/{for_people.json()['id']}")).json()
    assert (shown["rule"]["outcome"], shown["rule"]["rule"]) == ("ask", "virtual")
    agreed = await world.staff.post(f"/returns/{for_people.json()['id']}/approve", {})
    assert agreed.status_code == 200, agreed.text
    await world.work()
    await world.sandbox.settle(5)
    await world.work(5)
    sides = await three_sides(world.api.rt.db, world.store, paid.id, world.sandbox)
    assert (sides.paid, sides.returned + sides.returning) == (2000, 2000)


async def test_it_is_ordered_alone_and_its_product_has_no_other_way(world: ShippingWorld) -> None:
    api, buyer = world.api, await world.buyer()
    code = (await stock_goods(api, world.store, methods=["virtual"])).skus[0]
    bag = (await stock_goods(api, world.store)).skus[0]

    async def quote(method: str, *skus: UUID) -> dict[str, Any]:
        lines = [line(sku, key=f"k{n}") for n, sku in enumerate(skus)]
        body = {"store_id": str(world.store), "lines": lines, "delivery_method": method}
        return (await buyer.post("/quote", body)).json()

    alone = await quote("express", code)
    assert alone["methods"] == ["virtual"]
    assert "method_not_for_product" in [p["code"] for p in alone["problems"]]
    good = await quote("virtual", code)
    assert (good["problems"], good["total"], good["shipping_fee"], good["packing_fee"]) == ([], 1000, 0, 0)
    assert "virtual" not in (await quote("express", bag))["methods"]
    both = await quote("virtual", code, bag)
    assert (both["methods"], [(p["code"], p["key"]) for p in both["problems"]]) == (
        [],
        [("virtual_apart", "k1")],
    )
    wanted = order(world.store, [line(code, key="a"), line(bag, key="b")], 2000, delivery_method="virtual")
    placed = await buyer.post("/orders", {"orders": [wanted], "channel": "h5"}, key=new_id().hex)
    assert (placed.status_code, placed.json()["code"]) == (422, "virtual_apart")

    product = await api.rt.db.fetchval("SELECT product_id FROM sku WHERE id = $1", code)
    body = (await world.staff.get(f"/products/{product}")).json()
    for name in ("id", "pictures", "updated_at"):
        del body[name]
    body["delivery_methods"] = ["virtual", "express"]
    refused = await world.staff.put(f"/products/{product}", body)
    assert refused.json()["errors"][0]["code"] == "virtual_alone"
