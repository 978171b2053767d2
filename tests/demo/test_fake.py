"""Made-up catalogues and histories: the same for the same seed, plausible, and whole."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.sale import assert_journal_adds_up, forget_caches
from zhanggui.demo.fake.catalogue import Goods, categories, goods
from zhanggui.demo.fake.chance import Chance
from zhanggui.demo.fake.words import words
from zhanggui.demo.fake.write import NotEmptyError, Wanted, fill

UNTIL = datetime(2026, 11, 20, tzinfo=UTC)
STORE = UUID(int=7)


def made(seed: int) -> list[Goods]:
    chance, lists = Chance(seed), words()
    _, kinds = categories(chance, STORE, lists, UNTIL)
    return list(goods(chance, STORE, lists, kinds, 300, 10, UNTIL))


def test_the_same_seed_makes_the_same_goods() -> None:
    assert made(1) == made(1)
    assert made(1) != made(2)


def test_goods_are_plausible() -> None:
    found = made(1)
    assert 8 < sum(len(g.skus) for g in found) / len(found) < 12
    for one in found:
        cells = [tuple(row[4]) for row in one.skus]
        assert len(set(cells)) == len(cells)
        assert all(sku.price >= 100 and sku.name.zh and sku.name.en for sku in one.sold_as)
    assert len({g.product[4]["zh"] for g in found}) > 290


async def test_a_store_is_filled_once_and_works(api: Api, database_url: str) -> None:
    wanted = Wanted("filled", 120, 3, 40, 30, 1, UNTIL)
    store_id = await fill(api.rt, database_url, wanted, lambda _: None)
    await assert_journal_adds_up(api.rt.db, store_id)
    await forget_caches(api)
    page = (await api.anybody.get("/stores/filled/products", params={"facets": True})).json()
    assert page["total"] == 120
    assert page["facets"]["specs"]
    name = page["items"][0]["name"]["zh"]
    found = (await api.anybody.get("/stores/filled/search", params={"q": name})).json()
    assert found["items"][0]["name"]["zh"] == name
    owner = await api.staff(store_id)
    orders = (await owner.get("/orders")).json()["items"]
    assert len(orders) > 10
    assert (await owner.get(f"/orders/{orders[0]['id']}")).json()["timeline"]
    with pytest.raises(NotEmptyError):
        await fill(api.rt, database_url, wanted, lambda _: None)
