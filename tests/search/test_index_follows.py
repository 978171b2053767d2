"""The index follows the log: texts, the shelf, stock; one store never shows in another; list pages filter too."""

from typing import Any
from uuid import UUID

import pytest

from tests.search.shop import found, item, settled, stocked
from tests.support.api import Api
from zhanggui.catalog.sold import add_sold, show_sold
from zhanggui.core.db import in_transaction
from zhanggui.search.index import index_of


async def product_id(api: Api, slug: str, q: str) -> str:
    return (await api.anybody.get(f"/stores/{slug}/search", params={"q": q})).json()["items"][0]["id"]


async def test_a_product_off_the_shelf_vanishes_and_comes_back(api: Api) -> None:
    store_id, owner = await stocked(api, "shelf", {"茶": [item("a", "龙井茶"), item("b", "红茶")]})
    assert await found(api, "shelf", "龙井") == ["龙井茶"]
    one = await product_id(api, "shelf", "龙井")
    assert (await owner.post("/products/status", {"ids": [one], "status": "off"})).status_code == 200
    await settled(api, store_id)
    assert await found(api, "shelf", "龙井") == []
    assert await found(api, "shelf", "茶") == ["红茶"]
    await owner.post("/products/status", {"ids": [one], "status": "on"})
    await settled(api, store_id)
    assert await found(api, "shelf", "龙井") == ["龙井茶"]


async def test_a_new_name_is_found_and_the_old_one_is_not(api: Api) -> None:
    store_id, owner = await stocked(api, "renamed", {"茶": [item("a", "龙井茶", "Longjing")]})
    one = await product_id(api, "renamed", "longjing")
    body = (await owner.get(f"/products/{one}")).json()
    for field in ("id", "pictures", "updated_at"):
        del body[field]
    body["name"] = {"zh": "碧螺春", "en": "Biluochun"}
    saved = await owner.put(f"/products/{one}", body)
    assert saved.status_code == 200, saved.text
    await settled(api, store_id)
    assert await found(api, "renamed", "龙井") == []
    assert await found(api, "renamed", "biluo") == ["碧螺春"]


async def test_a_sale_changes_the_order_without_writing_the_index(api: Api) -> None:
    store_id, _ = await stocked(api, "sales", {"茶": [item("a", "花茶甲"), item("b", "花茶乙")]})
    assert await found(api, "sales", "花茶") == ["花茶甲", "花茶乙"]
    second = UUID(await product_id(api, "sales", "花茶乙"))
    _, index = await index_of(api.rt, store_id)
    generation = index.generation
    await in_transaction(api.rt.db, lambda conn: add_sold(conn, store_id, {second: 3}))
    await in_transaction(api.rt.db, lambda conn: show_sold(conn, store_id))
    await settled(api, store_id)
    assert await found(api, "sales", "花茶") == ["花茶乙", "花茶甲"]
    assert index.generation == generation


async def test_another_stores_products_never_appear(api: Api) -> None:
    await stocked(api, "mine", {"茶": [item("a", "我的花茶")]})
    await stocked(api, "theirs", {"茶": [item("a", "别家花茶")]})
    assert await found(api, "mine", "花茶") == ["我的花茶"]
    assert await found(api, "theirs", "huacha") == ["别家花茶"]
    assert (await api.anybody.get("/stores/none/search", params={"q": "茶"})).status_code == 404
    lines = (await api.anybody.get("/stores/mine/search/suggest", params={"q": "别家"})).json()["items"]
    assert lines == []


async def test_the_stock_filter_follows_stock(api: Api) -> None:
    store_id, owner = await stocked(
        api,
        "stock",
        {"茶": [item("a", "花茶甲", colours=["red", "blue"], stock=1), item("b", "花茶乙", stock=0)]},
    )
    assert await found(api, "stock", "花茶", in_stock=True) == ["花茶甲"]
    rows = (await owner.get("/stock")).json()["items"]
    first = [r["sku_id"] for r in rows if r["code"].startswith("a-")]
    for n, sku in enumerate(first):  # sold out only when both are
        assert await found(api, "stock", "花茶", in_stock=True) == ["花茶甲"], n
        await owner.post("/stock/sold-out", {"sku_ids": [sku], "sold_out": True})
        await settled(api, store_id)
    assert await found(api, "stock", "花茶", in_stock=True) == []
    page = (await api.anybody.get("/stores/stock/search", params={"q": "花茶"})).json()
    assert (page["total"], page["facets"]["in_stock"]) == (2, 0)
    await owner.post("/stock/sold-out", {"sku_ids": first[:1], "sold_out": False})
    await settled(api, store_id)
    assert await found(api, "stock", "花茶", in_stock=True) == ["花茶甲"]


@pytest.mark.parametrize("sort", ["relevance", "sales", "price", "-price", "newest"])
async def test_pages_of_a_search_are_complete_and_without_duplicates(api: Api, sort: str) -> None:
    slug = f"pages-{sort.strip('-')}{len(sort)}"
    items = [item(f"p{n}", f"花茶{'好' * (n % 3)}", price=100 * (n % 4)) for n in range(17)]
    await stocked(api, slug, {"茶": items})
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked: dict[str, Any] = {"q": "花茶", "sort": sort, "limit": 3} | (
            {"cursor": cursor} if cursor else {}
        )
        page = (await api.anybody.get(f"/stores/{slug}/search", params=asked)).json()
        assert page["total"] == 17
        seen += [p["id"] for p in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 17


async def test_the_list_page_has_the_same_filters_and_facets(api: Api) -> None:
    items = [
        item("a", "花茶甲", price=500, tags=["new"], colours=["red"], methods=["pickup"]),
        item("b", "花茶乙", price=2000),
    ]
    await stocked(api, "lists", {"茶": items})

    async def names(**asked: Any) -> list[str]:
        answer = await api.anybody.get("/stores/lists/products", params=asked)
        assert answer.status_code == 200, answer.text
        return [card["name"]["zh"] for card in answer.json()["items"]]

    assert await names(tag="new") == ["花茶甲"]
    assert await names(spec="colour:red") == ["花茶甲"]
    assert await names(price_min=600) == ["花茶乙"]
    assert await names(delivery="express") == ["花茶乙"]
    assert await names(price_max=500, tag="hot") == []
    plain = await api.anybody.get("/stores/lists/products")
    assert (plain.json()["facets"], plain.json()["total"]) == (None, 2)
    assert "etag" in plain.headers
    body = (await api.anybody.get("/stores/lists/products", params={"facets": True, "tag": "new"})).json()
    facets = body["facets"]
    assert body["total"] == 1
    assert [(t["tag"]["code"], t["count"]) for t in facets["tags"]] == [("new", 1)]
    assert [(v["code"], v["count"]) for v in facets["specs"][0]["values"]] == [("red", 1)]
    assert {m["method"]: m["count"] for m in facets["delivery_methods"]} == {"pickup": 1}


async def test_a_brand_is_found_filtered_and_counted(api: Api) -> None:
    _, owner = await stocked(
        api,
        "brands",
        {
            "茶": [
                item("a", "花茶甲", brand="谷雨 Guyu"),
                item("b", "花茶乙", brand="Acme"),
                item("c", "花茶丙"),
            ]
        },
    )
    assert await found(api, "brands", "谷雨") == ["花茶甲"]
    assert await found(api, "brands", "guyu") == ["花茶甲"]
    assert await found(api, "brands", "花茶", brand=["Acme", "谷雨 Guyu"]) == ["花茶甲", "花茶乙"]
    page = (
        await api.anybody.get("/stores/brands/products", params={"brand": "Acme", "facets": "true"})
    ).json()
    assert [i["name"]["zh"] for i in page["items"]] == ["花茶乙"]
    assert {b["name"]: b["count"] for b in page["facets"]["brands"]} == {"谷雨 Guyu": 1, "Acme": 1}
    one = page["items"][0]["id"]
    assert (await api.anybody.get(f"/stores/brands/products/{one}")).json()["brand"] == "Acme"
    assert (await owner.get(f"/products/{one}")).json()["brand"] == "Acme"
