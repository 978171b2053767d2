"""The demo stores: opened once, filled by the importer, with what the walk-through buys."""

from tests.support.api import Api
from zhanggui.catalog.cache import catalogue
from zhanggui.demo import load


async def test_loading_twice_changes_nothing(api: Api) -> None:
    assert await load.ensure(api.rt, login="owner", password="correct horse battery")
    before = await api.rt.db.fetchval("SELECT count(*) FROM event_log")
    assert not await load.ensure(api.rt, login="owner", password="correct horse battery")
    assert await api.rt.db.fetchval("SELECT count(*) FROM event_log") == before


async def test_there_is_enough_to_choose_from(api: Api) -> None:
    found = await load.stores(api.rt)
    assert found is not None
    shops = [await catalogue(api.rt, store_id) for store_id in found]
    assert sum(1 for s in shops for _ in s.on_shelf) >= 60
    assert sum(len(p.active_skus) for s in shops for p in s.on_shelf) >= 200


async def test_the_walk_through_can_be_bought(api: Api) -> None:
    found = await load.stores(api.rt)
    assert found is not None
    latte = next(p for p in (await catalogue(api.rt, found.coffee)).on_shelf if p.code == "latte")
    assert [v.code for v in latte.specs[0].values] == ["medium", "large"]
    offered = {(g.code, o.code): o.price for g in latte.modifiers for o in g.options}
    assert offered["milk", "oat"] == 400
    assert ("ice", "less") in offered
    bag = next(p for p in (await catalogue(api.rt, found.southwind)).on_shelf if p.code == "canvas-bag")
    assert any(s.values == ["green", "m"] and s.price == 7900 for s in bag.active_skus)


async def test_stock_has_a_last_one_and_a_sold_out_one(api: Api) -> None:
    rows = await api.rt.db.fetch(
        """
        SELECT sku.code, on_hand FROM sku JOIN stock ON stock.store_id = sku.store_id AND stock.sku_id = sku.id
        """
    )
    on_hand = {r["code"]: r["on_hand"] for r in rows}
    assert on_hand["canvas-bag-blue-l"] == 1
    assert on_hand["canvas-bag-black-s"] == 0
