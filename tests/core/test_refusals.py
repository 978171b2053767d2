"""What does not fit is refused with a code and leaves a trace: who, where, which code, which field; never the values."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api, Caller
from tests.support.sale import line, order, place, placed, stock_goods
from zhanggui.core import refusals
from zhanggui.core.ids import new_id


async def traces(staff: Caller) -> list[dict[str, Any]]:
    answer = await staff.get("/refusals")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_amounts_and_numbers_of_a_buyer_that_do_not_fit_are_kept(api: Api) -> None:
    """Through the lane before the framework and through the framework itself."""
    store, second = await api.store(), await api.store()
    goods = await stock_goods(api, store, prices=[1000], stock=5)
    staff, buyer = await api.staff(store), await api.buyer()
    no_units = order(store, [line(goods.skus[0], 0)], 0)
    wrong_total = order(store, [line(goods.skus[0], 2)], 1999)

    assert (await place(buyer, no_units)).json()["code"] == "invalid"
    assert (await place(buyer, wrong_total)).json()["code"] == "price_changed"
    assert (await place(buyer, order(store, [line(goods.skus[0], 9)], 9000))).json()["code"] == "out_of_stock"

    kept = await traces(staff)
    assert [(x["side"], x["operation"], x["code"], x["who"]) for x in kept] == [
        ("shop", "POST /api/shop/orders", "out_of_stock", None),
        ("shop", "POST /api/shop/orders", "price_changed", None),
        ("shop", "POST /api/shop/orders", "invalid", None),
    ]
    assert "quantity" in kept[-1]["field"]
    assert kept[1]["text"]["zh"]
    assert "{" not in kept[0]["text"]["en"]
    owner = await api.rt.db.fetchval("SELECT DISTINCT owner_id FROM refusal WHERE store_id = $1", store)
    assert isinstance(owner, UUID)
    assert await traces(await api.staff(second)) == []


async def test_states_and_sums_of_a_merchant_that_do_not_fit_are_kept_with_his_name(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000], stock=5)
    staff = await api.staff(store)
    (made,) = await placed(await api.buyer(), order(store, [line(goods.skus[0], 2)], 2000))
    ship = await staff.post(
        f"/orders/{made['id']}/ship", {"carrier": "SF", "waybill": "SF1234567890123"}, key=new_id().hex
    )
    assert ship.status_code == 409, ship.text
    below = {"items": [{"sku_id": str(goods.skus[0]), "on_hand": 1}], "reason": "盘点"}
    assert (await staff.post("/stock/adjust", below, key=new_id().hex)).status_code == 409

    low, state = await traces(staff)
    assert (low["side"], low["who"], low["code"]) == ("console", "店员", "stock_below_reserved")
    assert low["subject"] == f"/api/console/stores/{store}/stock/adjust"
    assert state["code"] == ship.json()["code"]
    assert str(made["id"]) in state["subject"]


async def test_what_nobody_known_sent_and_what_only_read_leaves_nothing(api: Api) -> None:
    store = await api.store()
    staff = await api.staff(store)
    assert (await staff.get("/orders", params={"cursor": "no cursor"})).status_code == 400
    assert (await staff.get(f"/orders/{new_id()}")).status_code == 404
    body = order(store, [line(new_id(), 0)], 0)
    assert (await api.anybody.post("/orders", body, key=new_id().hex)).status_code == 401
    assert await traces(staff) == []


async def test_who_goes_on_and_on_is_counted(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await api.store()
    staff, buyer = await api.staff(store), await api.buyer()
    minute = [0.0]
    monkeypatch.setattr(refusals.time, "monotonic", lambda: minute[0])
    asked = order(store, [line(new_id(), 0)], 0)
    for _ in range(refusals.MOST + 3):
        assert (await place(buyer, asked)).status_code == 400
    assert [x["beyond"] for x in await traces(staff)] == [0] * refusals.MOST
    minute[0] = 61.0
    await place(buyer, asked)
    assert [x["beyond"] for x in await traces(staff)] == [3] + [0] * refusals.MOST
