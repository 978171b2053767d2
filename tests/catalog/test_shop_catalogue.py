"""What buyers browse: pages out of memory, entity tags, keyset lists, search, statement counts."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from tests.catalog.goods import category, product, save
from tests.support.api import Api, Caller
from zhanggui.catalog.pages import PageStore, encode_page
from zhanggui.catalog.shapes import Changed


class Counting:
    """The pool, noting what is asked of it."""

    def __init__(self, pool: Any) -> None:
        self._pool, self.statements = pool, list[str]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool, name)

    async def fetch(self, query: str, *args: Any) -> Any:
        self.statements.append(query)
        return await self._pool.fetch(query, *args)

    async def fetchrow(self, query: str, *args: Any) -> Any:
        self.statements.append(query)
        return await self._pool.fetchrow(query, *args)


async def shop(api: Api, slug: str) -> tuple[UUID, Caller]:
    store_id = await api.store(slug=slug)
    return store_id, await api.staff(store_id)


async def fresh(api: Api, path: str, **options: Any) -> Any:
    """The answer of a process that has just started: its catalogue is read anew."""
    api.rt.singletons.pop("catalog.shelf", None)
    return await api.anybody.get(path, **options)


async def test_only_what_is_on_the_shelf_is_shown(api: Api) -> None:
    _, staff = await shop(api, "shelf")
    group = await category(staff)
    shown, hidden = await save(staff, group, "shown"), await save(staff, group, "hidden", status="draft")
    cards = (await fresh(api, "/stores/shelf/products")).json()["items"]
    assert [c["id"] for c in cards] == [shown["id"]]
    assert (cards[0]["price"], cards[0]["price_varies"], cards[0]["simple_sku"]) == (5800, True, None)
    assert (await api.anybody.get(f"/stores/shelf/products/{shown['id']}")).status_code == 200
    assert (await api.anybody.get(f"/stores/shelf/products/{hidden['id']}")).status_code == 404
    assert (await api.anybody.get("/stores/shelf/categories")).json()["items"][0]["product_count"] == 1
    (section,) = (await api.anybody.get("/stores/shelf/menu")).json()["sections"]
    assert [p["id"] for p in section["products"]] == [shown["id"]]
    assert "stock" not in (await api.anybody.get(f"/stores/shelf/products/{shown['id']}")).text


async def test_a_simple_product_can_be_added_at_once(api: Api) -> None:
    _, staff = await shop(api, "simple")
    skus: list[dict[str, Any]] = [{"code": "one", "values": [], "price": 100}]
    saved = await save(staff, await category(staff), specs=[], skus=skus)
    (card,) = (await fresh(api, "/stores/simple/products")).json()["items"]
    assert card["simple_sku"] == saved["skus"][0]["id"]


async def test_another_stores_product_is_not_found(api: Api) -> None:
    _, staff = await shop(api, "mine")
    await shop(api, "theirs")
    saved = await save(staff, await category(staff))
    assert (await fresh(api, f"/stores/theirs/products/{saved['id']}")).status_code == 404


async def test_entity_tags_change_with_the_catalogue_only(api: Api) -> None:
    _, staff = await shop(api, "etag")
    group = await category(staff)
    saved = await save(staff, group)
    first = await fresh(api, "/stores/etag/products")
    etag = first.headers["etag"]
    again = await api.anybody.get("/stores/etag/products", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    await staff.put(f"/products/{saved['id']}", product(group, version=1, name={"zh": "新", "en": ""}))
    asked = {"If-None-Match": etag}
    async with asyncio.timeout(20):
        while (after := await api.anybody.get("/stores/etag/products", headers=asked)).status_code == 304:
            api.rt.singletons["event_follower"].wake()
            await asyncio.sleep(0)  # lets the follower read the log; the time-out above is the only clock
    assert after.json()["items"][0]["name"]["zh"] == "新"


@pytest.mark.parametrize("sort", ["default", "sales", "price", "-price", "newest"])
async def test_pages_are_complete_and_without_duplicates(api: Api, sort: str) -> None:
    slug = f"pages-{sort.strip('-')}{len(sort)}"
    _, staff = await shop(api, slug)
    top = await category(staff)
    below = (await staff.post("/categories", {"name": {"zh": "下", "en": ""}, "parent_id": top})).json()["id"]
    for n in range(7):
        await save(staff, below if n % 2 else top, f"p{n}")
    await fresh(api, f"/stores/{slug}/menu")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = {"sort": sort, "limit": 3, "category": top} | ({"cursor": cursor} if cursor else {})
        page = (await api.anybody.get(f"/stores/{slug}/products", params=asked)).json()
        seen += [p["id"] for p in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    only = await api.anybody.get(f"/stores/{slug}/products", params={"category": below})
    assert len(only.json()["items"]) == 3


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"cursor": "?"}, 400), ({"cursor": "W10"}, 400), ({"sort": "price; drop"}, 400), ({"limit": 0}, 400),
     ({"limit": 51}, 400), ({"category": "x"}, 400), ({"q": "x" * 51}, 400), ({"q": "%_\\"}, 200)],
)  # fmt: skip
async def test_bad_questions_get_a_problem(api: Api, asked: dict[str, Any], status: int) -> None:
    if not await api.rt.db.fetchval("SELECT count(*) FROM store WHERE slug = 'bad'"):
        await shop(api, "bad")
    answer = await api.anybody.get("/stores/bad/products", params=asked)
    assert answer.status_code == status
    assert status == 200 or answer.headers["content-type"] == "application/problem+json"


async def test_five_thousand_products_cost_no_statement_once_known(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_id, staff = await shop(api, "large")
    group = await category(staff)
    await api.rt.db.execute(
        """
        INSERT INTO product (store_id, id, code, category_id, name, subtitle, description_html, status, specs, modifiers,
                             price, price_max, created_at, updated_at)
        SELECT $1, gen_random_uuid(), 'p' || n, $2, jsonb_build_object('zh', '茶杯' || n, 'en', 'Cup ' || n), '{}', '{}',
               'on', '[]', '[]', n, n, now(), now()
        FROM generate_series(1, 5000) AS n
        """,
        store_id,
        UUID(group),
    )
    await api.rt.db.execute(
        """
        INSERT INTO sku (store_id, id, product_id, code, price)
        SELECT store_id, gen_random_uuid(), id, code, price FROM product WHERE store_id = $1
        """,
        store_id,
    )
    counting = Counting(api.rt.db)
    monkeypatch.setattr(api.rt, "db", counting)
    statements = counting.statements
    await fresh(api, "/stores/large/products")
    of_products = [query for query in statements if "FROM product" in query]
    assert len(of_products) == 6  # ids, and one for each thousand products
    # Store and categories; those once more when the event of the new category is only heard meanwhile.
    assert len(statements) - len(of_products) <= 3
    await api.anybody.get("/stores/large/products", params={"q": "茶"})  # the merchant's synonyms, read once
    statements.clear()
    for asked in ({"q": "茶杯4"}, {"q": "cb49", "sort": "price"}, {"sort": "-price"}, {"category": group}):
        assert len((await api.anybody.get("/stores/large/products", params=asked)).json()["items"]) == 20
    assert (await api.anybody.get("/stores/large/menu")).status_code == 200
    assert statements == []


def test_pages_are_dropped_by_size_and_by_catalogue() -> None:
    pages, page = PageStore(max_bytes=3_000), encode_page(Changed(1))
    store = UUID(int=1)
    pages.get(store, "first", 1)
    for n in range(10):
        pages.put(store, n, 1, page)
    assert pages.size <= 3_000
    assert pages.get(store, 0, 1) is None
    assert pages.get(store, 9, 1) is page
    assert pages.get(store, 9, 2) is None
    assert pages.size == 0
    pages.put(store, 9, 1, page)  # made from a catalogue that is gone
    assert pages.get(store, 9, 2) is None
