"""The console's list of orders, its page, the contact and the code at the counter."""

from typing import Any
from uuid import UUID

from tests.support.api import Api
from tests.support.sale import line, order, placed, stock_goods
from zhanggui.catalog.sold import show_sold
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Job
from zhanggui.orders.jobs import count_sold
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import PLATFORM

CONTACT = {"name": "林小满", "phone": "138 0013 8001"}


async def test_the_list_filters_counts_and_pages(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    made: list[dict[str, Any]] = []
    for _ in range(3):
        buyer = await api.buyer()
        made += await placed(buyer, order(store, [line(goods.skus[0], 2)], 2000, contact=CONTACT))
    paid = UUID(made[0]["id"])
    await in_transaction(
        api.rt.db, lambda conn: mark_paid(conn, store, [Payment(paid, 2000, clock.now())], PLATFORM)
    )
    clerk = await api.staff(store, "clerk")

    first = (await clerk.get("/orders", params={"limit": 2})).json()
    rest = (await clerk.get("/orders", params={"limit": 2, "cursor": first["next"]})).json()
    assert [x["id"] for x in first["items"] + rest["items"]] == [x["id"] for x in reversed(made)]
    assert first["counts"] == {"pending_payment": 2, "paid": 1, "all": 3}
    assert rest["next"] is None
    (only,) = (await clerk.get("/orders", params={"status": "paid"})).json()["items"]
    assert (only["id"], only["actions"], only["line_count"]) == (str(paid), ["prepare", "cancel"], 1)
    assert only["buyer"] == "林小满 138****8001"
    for q in (made[0]["number"], "13800138001", made[0]["pickup_number"]):
        found = (await clerk.get("/orders", params={"q": q})).json()["items"]
        assert str(paid) in [x["id"] for x in found], q
    assert (await clerk.get("/orders", params={"q": "' OR 1=1 --"})).json()["items"] == []
    assert (await clerk.get("/orders", params={"status": "nonsense"})).status_code == 400
    today = clock.now().astimezone().strftime("%Y-%m-%d")
    assert (await clerk.get("/orders", params={"from": "2020-01-01", "to": today})).status_code == 200


async def test_a_code_finds_the_order_and_a_look_at_the_contact_is_recorded(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    (made,) = await placed(buyer, order(store, [line(goods.skus[0])], 1000, contact=CONTACT))
    paid = UUID(made["id"])
    assert made["pickup_code"] is None  # shown once it is paid
    await in_transaction(
        api.rt.db, lambda conn: mark_paid(conn, store, [Payment(paid, 1000, clock.now())], PLATFORM)
    )
    code = (await buyer.get(f"/stores/{store}/orders/{paid}")).json()["pickup_code"]
    owner = await api.staff(store)

    assert (await owner.get("/orders/find", params={"pickup_code": code})).json()["id"] == made["id"]
    page = (await owner.get(f"/orders/{paid}")).json()
    assert page["contact"] == {"name": "林小满", "phone_masked": "138****8001"}
    assert page["shipping_report"]["state"] == "none"
    contact = (await owner.get(f"/orders/{paid}/contact")).json()
    assert contact == {"recipient": "林小满", "phone": "13800138001", "text": ""}
    seen = (await owner.get(f"/orders/{paid}")).json()["timeline"][-1]
    assert (seen["kind"], seen["actor"], seen["actor_name"]) == ("contact_viewed", "merchant", "店员")
    assert "contact_viewed" not in [
        e["kind"] for e in (await buyer.get(f"/stores/{store}/orders/{paid}")).json()["timeline"]
    ]


async def test_a_second_stores_staff_and_a_clerk_are_kept_out(api: Api) -> None:
    store, second = await api.store(), await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    (made,) = await placed(buyer, order(store, [line(goods.skus[0])], 1000, contact=CONTACT))
    stranger, clerk = await api.staff(second), await api.staff(store, "clerk")

    assert (await stranger.get(f"/orders/{made['id']}")).status_code == 404
    assert (await stranger.get(f"/orders/{made['id']}/contact")).status_code == 404
    assert (await stranger.get(f"/api/console/stores/{store}/orders")).status_code == 404
    assert (await clerk.get(f"/orders/{made['id']}/contact")).status_code == 403
    assert (await stranger.get("/orders")).json()["items"] == []


async def test_a_paid_order_counts_as_sold_once(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[0, 0])
    buyer = await api.buyer()
    (made,) = await placed(buyer, order(store, [line(goods.skus[0], 2), line(goods.skus[1], 3)], 0))
    job = Job(store, new_id(), "orders.count_sold", "x", {"entity_id": made["id"]}, 1)

    for _ in range(2):
        await count_sold(api.rt, job)
        await in_transaction(api.rt.db, lambda conn: show_sold(conn, store))

    assert await api.rt.db.fetchval("SELECT sold FROM product WHERE id = $1", goods.product_id) == 5


async def test_a_row_says_what_to_make_for_the_first_four_lines(api: Api) -> None:
    """At the counter one makes a large latte with less ice, not "a latte and others"."""
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000] * 5)
    lines = [line(sku, n) for n, sku in enumerate(goods.skus, start=1)]
    (made,) = await placed(await api.buyer(), order(store, lines, 15_000, remark="少放冰"))
    clerk = await api.staff(store, "clerk")

    (row,) = (await clerk.get("/orders")).json()["items"]
    page = (await clerk.get(f"/orders/{made['id']}")).json()

    assert [(x["spec_text"]["zh"], x["quantity"]) for x in row["ticket"]] == [
        (f"规格{n}", n + 1) for n in range(4)
    ]
    assert (row["line_count"], row["remark"]) == (5, "少放冰")
    assert (page["ticket"], page["remark"]) == (row["ticket"], "少放冰")


async def test_who_collects_may_leave_a_number_without_a_name(api: Api) -> None:
    store, buyer = await api.store(), await api.buyer()
    owner, goods = await api.staff(store), await stock_goods(api, store)
    contact = {"phone": "138 0013 8000"}
    (made,) = await placed(buyer, order(store, [line(goods.skus[0])], 1000, contact=contact))
    row = (await owner.get("/orders")).json()["items"][0]
    assert (row["id"], row["buyer"]) == (made["id"], "138****8000")
    page = (await owner.get(f"/orders/{made['id']}")).json()
    assert page["contact"] == {"name": "", "phone_masked": "138****8000"}
    opened = (await owner.get(f"/orders/{made['id']}/contact")).json()
    assert (opened["recipient"], opened["phone"]) == ("", "13800138000")
