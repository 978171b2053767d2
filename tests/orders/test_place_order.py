"""Placing over HTTP: what a buyer gets, and what is refused."""

from uuid import UUID

from tests.support.api import Api
from tests.support.sale import assert_journal_adds_up, balance, line, order, place, placed, stock_goods


async def test_an_order_is_placed_with_its_lines_and_its_stock_reserved(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000, 1500])
    buyer = await api.buyer()
    contact = {"name": "林小满", "phone": "13800138000"}

    (made,) = await placed(
        buyer, order(store, [line(goods.skus[0], 2), line(goods.skus[1])], 3500, contact=contact)
    )

    assert made["status"] == "pending_payment"
    assert made["total"] == 3500
    assert [x["quantity"] for x in made["lines"]] == [2, 1]
    assert made["actions"] == ["pay", "cancel"]
    assert made["pickup_number"] == "001"
    assert [e["kind"] for e in made["timeline"]] == ["placed"]
    assert await balance(api, store, goods.skus[0]) == (100, 2)
    await assert_journal_adds_up(api.rt.db, store)
    again = await buyer.get(f"/stores/{store}/orders/{made['id']}")
    assert again.json() == made
    listed = (await buyer.get("/orders", params={"state": "unpaid"})).json()["items"]
    assert [x["id"] for x in listed] == [made["id"]]


async def test_the_same_key_and_body_answer_the_same_order(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    body = order(store, [line(goods.skus[0])], 1000)

    first, second = await place(buyer, body, key=key), await place(buyer, body, key=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = await place(buyer, order(store, [line(goods.skus[0], 2)], 2000), key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert await balance(api, store, goods.skus[0]) == (100, 1)


async def test_a_changed_price_is_refused_with_the_new_quote(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()

    refused = await place(buyer, order(store, [line(goods.skus[0])], 900))

    assert refused.status_code == 409
    assert refused.json()["code"] == "price_changed"
    assert refused.json()["data"][0]["total"] == 1000
    assert UUID(refused.json()["data"][0]["lines"][0]["sku_id"]) == goods.skus[0]
    assert await balance(api, store, goods.skus[0]) == (100, 0)
