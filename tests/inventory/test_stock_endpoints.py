"""Stock over HTTP: what shop and console see, corrections, items off sale, the journal."""

from datetime import timedelta

from tests.support.api import Api
from tests.support.sale import assert_journal_adds_up, line, order, place, placed, stock_goods
from zhanggui.core import clock
from zhanggui.stores import queries as stores


async def test_the_shop_sees_what_is_left_up_to_99(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000, 1100], stock=500)
    slug = (await stores.load(api.rt, store)).slug
    await api.rt.db.execute("UPDATE stock SET safety = 497 WHERE sku_id = $1", goods.skus[1])

    by_sku = await api.anybody.get(f"/stores/{slug}/stock", params={"sku": [str(s) for s in goods.skus]})
    by_product = await api.anybody.get(f"/stores/{slug}/stock", params={"product": str(goods.product_id)})

    assert sorted(x["available"] for x in by_sku.json()["items"]) == [3, 99]
    assert by_product.json() == by_sku.json()
    assert by_sku.headers["cache-control"] == "no-store"
    unknown = await api.anybody.get(f"/stores/{slug}/stock", params={"sku": str(store)})
    assert unknown.json() == {"items": []}


async def test_corrections_are_made_once_per_key_and_stay_above_what_is_promised(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000, 1100], stock=10)
    await placed(await api.buyer(), order(store, [line(goods.skus[0], 4)], 4000))
    staff = await api.staff(store)
    items = [
        {"sku_id": str(goods.skus[0]), "delta": -2},
        {"sku_id": str(goods.skus[1]), "on_hand": 25},
    ]

    for _ in range(2):
        answer = await staff.post("/stock/adjust", {"items": items, "reason": "盘点"}, key=key)
        assert answer.status_code == 200, answer.text
        assert [x["on_hand"] for x in answer.json()["items"]] == [8, 25]
    below = await staff.post(
        "/stock/adjust",
        {"items": [{"sku_id": str(goods.skus[0]), "on_hand": 3}], "reason": "盘点"},
        key=key + "x",
    )
    assert (below.status_code, below.json()["code"]) == (409, "stock_below_reserved")
    both = await staff.post(
        "/stock/adjust",
        {"items": [{"sku_id": str(goods.skus[0]), "on_hand": 3, "delta": 1}], "reason": "盘点"},
        key=key + "y",
    )
    assert both.status_code == 422
    journal = (await staff.get(f"/stock/{goods.skus[0]}/movements")).json()["items"]
    assert [(m["kind"], m["on_hand_after"], m["reserved_after"]) for m in journal] == [
        ("adjust", 8, 4),
        ("reserve", 10, 4),
        ("receive", 10, 0),
    ]
    assert journal[0]["actor"] == "店员"
    assert journal[1]["order_number"]
    await assert_journal_adds_up(api.rt.db, store)


async def test_sold_out_ends_with_the_next_opening_day(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    staff, buyer = await api.staff(store, "clerk"), await api.buyer()
    body = {"sku_ids": [str(goods.skus[0])], "sold_out": True}

    marked = (await staff.post("/stock/sold-out", body)).json()["items"]
    assert (marked[0]["available"], marked[0]["sold_out"], marked[0]["on_hand"]) == (0, True, 100)
    assert (await place(buyer, order(store, [line(goods.skus[0])], 1000))).status_code == 409
    assert (await staff.get("/stock", params={"low": "true"})).json()["items"] == marked

    clock.turn(timedelta(days=1))
    try:
        (row,) = (await staff.get("/stock")).json()["items"]
        assert (row["available"], row["sold_out"]) == (100, False)
    finally:
        clock.reset()
    back = (await staff.post("/stock/sold-out", {**body, "sold_out": False})).json()["items"]
    assert (back[0]["available"], back[0]["sold_out"]) == (100, False)


async def test_the_list_is_searched_and_paged_and_belongs_to_its_store(api: Api) -> None:
    store, second = await api.store(), await api.store()
    skus = [s for _ in range(3) for s in (await stock_goods(api, store, prices=[1000] * 20, stock=5)).skus]
    other = await stock_goods(api, second)
    staff = await api.staff(store)

    first = (await staff.get("/stock")).json()
    rest = (await staff.get("/stock", params={"cursor": first["next"]})).json()
    seen = [x["sku_id"] for x in first["items"] + rest["items"]]
    assert sorted(seen) == sorted(str(s) for s in skus)
    code = first["items"][7]["code"]
    assert code in [x["code"] for x in (await staff.get("/stock", params={"q": code})).json()["items"]]
    assert (await staff.get("/stock", params={"q": "100%"})).json()["items"] == []
    foreign = {"items": [{"sku_id": str(other.skus[0]), "delta": 1}], "reason": "x"}
    assert (await staff.post("/stock/adjust", foreign, key="another-store")).status_code == 404
    sold = await staff.post("/stock/sold-out", {"sku_ids": [str(other.skus[0])], "sold_out": True})
    assert sold.status_code == 404
