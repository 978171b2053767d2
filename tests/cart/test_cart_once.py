"""A write that adds is done once per Idempotency-Key, however often and however closely it is sent."""

import asyncio

from tests.support.api import Api
from tests.support.counting import counted
from tests.support.sale import line, order, placed, stock_goods
from zhanggui.core.ids import new_id


def entry(store: object, sku: object, quantity: int = 1) -> dict[str, object]:
    return {"store_id": str(store), "sku_id": str(sku), "quantity": quantity, "modifiers": []}


async def test_the_same_request_adds_once_and_another_key_adds_again(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    guest = await api.guest()
    body = entry(store, goods.skus[0], 2)

    first = await guest.post("/cart/lines", body, key=key)
    again = await guest.post("/cart/lines", body, key=key)
    more = await guest.post("/cart/lines", body)

    assert [a.status_code for a in (first, again, more)] == [201, 201, 201]
    assert [a.json()["count"] for a in (first, again, more)] == [2, 2, 4]


async def test_identical_requests_at_the_same_time_add_once(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, limit=3)
    guest = await api.guest()
    body = entry(store, goods.skus[0], 3)

    answers = await asyncio.gather(*(guest.post("/cart/lines", body, key=key) for _ in range(6)))

    assert [a.status_code for a in answers] == [201] * 6  # a second one adding would be over the limit
    assert {a.json()["count"] for a in answers} == {3}


async def test_two_at_a_time_under_keys_of_their_own_both_add(api: Api) -> None:
    """The race that the key decides: without it, or with two, both requests count."""
    store = await api.store()
    goods = await stock_goods(api, store)
    guest = await api.guest()

    await asyncio.gather(*(guest.post("/cart/lines", entry(store, goods.skus[0])) for _ in range(2)))

    assert (await guest.get("/cart")).json()["count"] == 2


async def test_a_key_is_bound_to_its_body_its_owner_and_a_success(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, limit=2)
    guest, other = await api.guest(), await api.guest()

    refused = await guest.post("/cart/lines", entry(store, goods.skus[0], 3), key=key)
    taken = await guest.post("/cart/lines", entry(store, goods.skus[0], 2), key=key)
    changed = await guest.post("/cart/lines", entry(store, goods.skus[0], 1), key=key)
    others = await other.post("/cart/lines", entry(store, goods.skus[0], 1), key=key)
    without = await guest.post("/cart/lines", entry(store, goods.skus[0], 1), key="")

    assert (refused.status_code, refused.json()["code"]) == (422, "over_limit")
    assert taken.status_code == 201  # a refusal does not use a key up
    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_key_reused")
    assert (others.status_code, others.json()["count"]) == (201, 1)
    assert without.status_code == 400
    assert (await guest.get("/cart")).json()["count"] == 2


async def test_buying_again_fills_the_cart_once(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    (made,) = await placed(buyer, order(store, [line(goods.skus[0], 2)], 2000))
    path = f"/stores/{store}/orders/{made['id']}/reorder"

    answers = await asyncio.gather(*(buyer.post(path, key=key) for _ in range(3)))

    assert [(a.status_code, a.json()["count"]) for a in answers] == [(200, 2)] * 3
    assert (await buyer.post(path, key=str(new_id()))).json()["count"] == 4


async def test_adding_takes_as_many_statements_into_a_full_cart_as_into_an_empty_one(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=list(range(1000, 1020)))
    guest = await api.guest()

    with counted(api) as first:
        await guest.post("/cart/lines", entry(store, goods.skus[0]))
    for sku in goods.skus[1:]:
        await guest.post("/cart/lines", entry(store, sku))
    with counted(api) as last:
        await guest.post("/cart/lines", entry(store, goods.skus[0]))

    assert first.statements == last.statements
    assert len(last.statements) == 5  # claim the key, lock, add, keep the answer; read the cart
