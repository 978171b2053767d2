"""What placing answers is what reading answers, though nothing was read back."""

import pytest

from tests.support.api import Api
from tests.support.counting import counted
from tests.support.paid import ADDRESS
from tests.support.sale import line, order, place, placed, stock_goods
from zhanggui.orders.page_parts import EVENTS, LINES, ORDERS


@pytest.mark.parametrize("method", ["pickup", "express"])
async def test_the_answer_is_the_page_and_reads_nothing_back(api: Api, method: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=(1000, 700))
    buyer = await api.buyer()
    rest: dict[str, object] = {"delivery_method": method, "remark": " 少冰 ", "cutlery": 2}
    if method == "express":
        rest["address_id"] = (await buyer.post("/addresses", ADDRESS)).json()["id"]
    else:
        rest["contact"] = {"name": "林小满", "phone": "13800138000"}
    lines = [line(goods.skus[0], 2), line(goods.skus[1])]
    with counted(api) as sent:
        (answered,) = await placed(buyer, order(store, lines, 2700, **rest))
    assert not {ORDERS, LINES, EVENTS} & set(sent.statements)
    assert answered == (await buyer.get(f"/stores/{store}/orders/{answered['id']}")).json()


async def test_the_same_key_again_answers_the_order_as_it_is_now(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    body = order(store, [line(goods.skus[0], key="a")], 1000)
    first = (await place(buyer, body, key=key)).json()["orders"][0]
    cancelled = await buyer.post(f"/stores/{store}/orders/{first['id']}/cancel", {"reason": "不想要了"})
    assert cancelled.status_code == 200
    again = (await place(buyer, body, key=key)).json()["orders"][0]
    assert again == cancelled.json()


async def test_a_free_order_is_answered_as_paid(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=(0,))
    buyer = await api.buyer()
    (answered,) = await placed(buyer, order(store, [line(goods.skus[0])], 0))
    assert answered["status"] == "paid"
    assert answered == (await buyer.get(f"/stores/{store}/orders/{answered['id']}")).json()
