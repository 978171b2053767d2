"""Sales figures are exact, and shown every few minutes: an order leaves the kept pages of its store alone."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import pytest

from tests.search.shop import item, settled, stocked
from tests.support.api import Api
from tests.support.settled import run_all
from zhanggui import worker
from zhanggui.catalog import sold
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id

worker.register_jobs()


@pytest.fixture(autouse=True)
async def _clock() -> AsyncGenerator[None]:
    yield
    clock.reset()


async def test_an_order_drops_no_page_and_is_shown_within_minutes(api: Api) -> None:
    store_id, _ = await stocked(api, "figures", {"茶": [item("a", "花茶甲"), item("b", "花茶乙")]})
    path = "/stores/figures/products"
    first = await api.anybody.get(path, params={"sort": "sales"})
    assert [i["name"]["zh"] for i in first.json()["items"]] == ["花茶甲", "花茶乙"]
    second = UUID(first.json()["items"][1]["id"])

    async def sell(units: int) -> None:
        await in_transaction(api.rt.db, lambda conn: sold.add_sold(conn, store_id, {second: units}))

    before = await api.rt.db.fetchval("SELECT count(*) FROM event_log")
    for units in (1, 2, 3):
        await sell(units)
    assert await api.rt.db.fetchval("SELECT count(*) FROM event_log") == before
    waiting = await api.rt.db.fetch("SELECT due_at FROM job WHERE kind = $1", sold.SHOW)
    assert len(waiting) == 1  # one for all orders of a window
    clock.turn(sold.EVERY + sold.GRACE + timedelta(seconds=1))
    await run_all(api.rt)
    await settled(api, store_id)
    shown = (await api.anybody.get(path, params={"sort": "sales"})).json()["items"]
    assert [(i["name"]["zh"], i["sold"]) for i in shown] == [("花茶乙", 6), ("花茶甲", 0)]
    await sell(1)  # the next window has a job of its own
    clock.turn(sold.EVERY + sold.GRACE)
    await run_all(api.rt)
    assert await api.rt.db.fetchval("SELECT sold FROM product WHERE id = $1", second) == 7


async def test_figures_are_taken_over_in_batches_each_unit_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sold, "BATCH", 2)
    names = [item(f"p{n}", f"花茶{n}") for n in range(5)]
    store_id, _ = await stocked(api, "batches", {"茶": names})
    rows = await api.rt.db.fetch("SELECT id FROM product WHERE store_id = $1", store_id)
    units = {row["id"]: n for n, row in enumerate(rows, 1)}
    await in_transaction(api.rt.db, lambda conn: sold.add_sold(conn, store_id, units))
    taken = [await in_transaction(api.rt.db, lambda conn: sold.show_sold(conn, store_id)) for _ in range(4)]
    assert taken == [2, 2, 1, 0]
    shown = await api.rt.db.fetch("SELECT id, sold FROM product WHERE store_id = $1", store_id)
    assert {row["id"]: row["sold"] for row in shown} == units


async def test_nothing_sold_is_nothing_to_do(api: Api) -> None:
    store_id = new_id()
    await in_transaction(api.rt.db, lambda conn: sold.add_sold(conn, store_id, {}))
    assert await in_transaction(api.rt.db, lambda conn: sold.show_sold(conn, store_id)) == 0
