"""The merchant's endpoints: products with their matrix, versions, categories, the shelf, other stores."""

from uuid import UUID, uuid4

from tests.catalog.goods import category, product, save
from tests.support.api import Api


async def test_a_product_comes_back_as_it_was_written(api: Api) -> None:
    staff = await api.staff(await api.store())
    saved = await save(staff, await category(staff), tags=["new"])
    assert saved["version"] == 1
    read = (await staff.get(f"/products/{saved['id']}")).json()
    assert read == saved
    assert [s["values"] for s in read["skus"]] == [["green"], ["black"]]
    row = (await staff.get("/products")).json()["items"][0]
    assert (row["price"], row["price_max"], row["sku_count"], row["on_hand"]) == (5800, 6200, 2, 3)


async def test_a_stale_version_is_refused_and_changes_nothing(api: Api) -> None:
    staff = await api.staff(await api.store())
    group = await category(staff)
    saved = await save(staff, group)
    body = product(group, name={"zh": "甲", "en": ""}, version=1)
    first = await staff.put(f"/products/{saved['id']}", body)
    assert first.status_code == 200
    assert first.json()["version"] == 2
    second = await staff.put(f"/products/{saved['id']}", {**body, "name": {"zh": "乙", "en": ""}})
    assert (second.status_code, second.json()["code"]) == (409, "product_conflict")
    without = await staff.put(f"/products/{saved['id']}", {**body, "version": None})
    assert without.json()["errors"][0]["code"] == "version_needed"
    assert (await staff.get(f"/products/{saved['id']}")).json()["name"]["zh"] == "甲"


async def test_skus_keep_their_ids_and_leave_the_matrix(api: Api) -> None:
    staff = await api.staff(await api.store())
    group = await category(staff)
    saved = await save(staff, group)
    green = saved["skus"][0]
    body = product(group, version=1)
    body["specs"][0]["values"] = [body["specs"][0]["values"][0]]
    body["skus"] = [{**green, "code": "mug-renamed", "price": 1}]
    changed = (await staff.put(f"/products/{saved['id']}", body)).json()
    assert [(s["id"], s["code"]) for s in changed["skus"]] == [(green["id"], "mug-renamed")]
    kept = await api.rt.db.fetchval("SELECT count(*) FROM sku WHERE product_id = $1", UUID(saved["id"]))
    assert kept == 2


async def test_every_fault_is_named(api: Api) -> None:
    staff = await api.staff(await api.store())
    body = product(uuid4(), picture_ids=[str(uuid4())])
    body["skus"][1]["values"] = ["green"]
    answer = await staff.post("/products", body)
    assert answer.status_code == 400
    assert {e["code"] for e in answer.json()["errors"]} == {
        "cell_duplicate",
        "category_unknown",
        "picture_unknown",
    }
    assert all(e["message"] != e["code"] for e in answer.json()["errors"])


async def test_codes_are_unique_in_a_store_and_free_in_another(api: Api) -> None:
    staff = await api.staff(await api.store())
    group = await category(staff)
    await save(staff, group)
    again = await staff.post("/products", product(group))
    assert (again.status_code, again.json()["code"]) == (409, "product_code_taken")
    body = product(group, "cup")
    body["skus"][0]["code"] = "mug-green"
    assert (await staff.post("/products", body)).json()["code"] == "sku_code_taken"
    other = await api.staff(await api.store())
    await save(other, await category(other))


async def test_stored_html_is_sanitised(api: Api) -> None:
    staff = await api.staff(await api.store())
    html = '<p>好</p><script>alert(1)</script><img src=x onerror="alert(1)">'
    saved = await save(staff, await category(staff), description_html={"zh": html, "en": html})
    assert saved["description_html"]["zh"] == "<p>好</p><img>"


async def test_another_store_is_denied(api: Api) -> None:
    mine, theirs = await api.store(), await api.store()
    owner, stranger = await api.staff(mine), await api.staff(theirs)
    group = await category(owner)
    saved = await save(owner, group)
    base = f"/api/console/stores/{mine}"
    for method, path, body in [
        ("GET", "/products", None),
        ("GET", f"/products/{saved['id']}", None),
        ("PUT", f"/products/{saved['id']}", product(group, version=1)),
        ("POST", "/products/status", {"ids": [saved["id"]], "status": "off"}),
        ("DELETE", f"/categories/{group}", None),
    ]:
        answer = await stranger.request(method, base + path, body)
        assert answer.status_code == 404, (method, path)
    own = await stranger.get(f"/products/{saved['id']}")
    assert own.status_code == 404
    taken = await stranger.post("/products", product(group, "mine"))
    assert taken.json()["errors"][0]["code"] == "category_unknown"
    off = await stranger.post("/products/status", {"ids": [saved["id"]], "status": "off"})
    assert off.json() == {"changed": 0}
    stolen = product(await category(stranger), "theirs")
    stolen["skus"][0]["id"] = saved["skus"][0]["id"]
    assert (await stranger.post("/products", stolen)).json()["errors"][0]["code"] == "sku_unknown"


async def test_a_clerk_may_read_and_not_write(api: Api) -> None:
    store_id = await api.store()
    clerk = await api.staff(store_id, "clerk")
    assert (await clerk.get("/products")).status_code == 200
    assert (await clerk.post("/categories", {"name": {"zh": "x", "en": ""}})).status_code == 403


async def test_categories_move_but_not_below_themselves(api: Api) -> None:
    staff = await api.staff(await api.store())
    top = await category(staff, "上")
    below = (await staff.post("/categories", {"name": {"zh": "下", "en": ""}, "parent_id": top})).json()
    items = (await staff.get("/categories")).json()["items"]
    assert [c["id"] for c in items] == [top, below["id"]]
    answer = await staff.put(f"/categories/{top}", {"name": {"zh": "上", "en": ""}, "parent_id": below["id"]})
    assert answer.json()["code"] == "category_cycle"
    assert (await staff.delete(f"/categories/{top}")).json()["code"] == "category_not_empty"
    assert (await staff.delete(f"/categories/{below['id']}")).status_code == 204
    assert (await staff.delete(f"/categories/{top}")).status_code == 204


async def test_list_pages_are_complete_and_without_duplicates(api: Api) -> None:
    staff = await api.staff(await api.store())
    group = await category(staff)
    ids = {(await save(staff, group, f"p{i}"))["id"] for i in range(7)}
    seen: list[str] = []
    cursor = None
    while True:
        page = (
            await staff.get("/products", params={"limit": 3, **({"cursor": cursor} if cursor else {})})
        ).json()
        seen += [p["id"] for p in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == 7
    assert set(seen) == ids
    assert [p["code"] for p in (await staff.get("/products", params={"q": "p3-bl"})).json()["items"]] == [
        "p3"
    ]
    assert (await staff.get("/products", params={"q": "100%"})).json()["items"] == []
