"""Places besides the shelf: what lies there is counted and journaled, sold from nowhere but the shelf, and never lost."""

from pathlib import Path
from uuid import UUID

import pytest

from tests.support.api import Api, Caller
from tests.support.racing import Errand, race
from tests.support.sale import assert_journal_adds_up, line, order, place, stock_goods
from zhanggui.core.db import connect_pool, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.inventory import Adjustment, adjust, receive_initial
from zhanggui.inventory.locations import add_location
from zhanggui.stores import queries as stores

RACER = "tests.inventory.racer"


async def opened(staff: Caller, name: str, key: str | None = None) -> str:
    answer = await staff.post("/stock/locations", {"name": name}, key=key or new_id().hex)
    assert answer.status_code == 201, answer.text
    return next(x["id"] for x in answer.json()["items"] if x["name"] == name)


async def moved(
    staff: Caller, sku: UUID, units: int, ends: tuple[str, str], key: str | None = None
) -> tuple[int, str]:
    body = {
        "items": [{"sku_id": str(sku), "quantity": units}],
        "from_location": ends[0],
        "to_location": ends[1],
        "reason": "测试",
    }
    answer = await staff.post("/stock/move", body, key=key or new_id().hex)
    return answer.status_code, answer.json().get("code", "")


async def test_what_lies_elsewhere_is_not_sold_until_it_is_moved_to_the_shelf(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, stock=5)
    staff, sku = await api.staff(store), goods.skus[0]
    shelf, back = str(store), await opened(staff, "退货区")

    for _ in range(2):  # asked again, moved once
        assert await moved(staff, sku, 4, (shelf, back), key) == (200, "")
    (row,) = (await staff.get("/stock")).json()["items"]
    assert (row["on_hand"], row["available"], row["elsewhere"]) == (1, 1, 4)
    (there,) = (await staff.get("/stock", params={"location": back})).json()["items"]
    assert (there["on_hand"], there["available"], there["elsewhere"]) == (4, 0, 1)
    buyer = await api.buyer()
    refused = await place(buyer, order(store, [line(sku, 2)], 2000))
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    slug = (await stores.load(api.rt, store)).slug
    (told,) = (await api.anybody.get(f"/stores/{slug}/stock", params={"sku": str(sku)})).json()["items"]
    assert told["available"] == 1

    assert await moved(staff, sku, 1, (back, shelf)) == (200, "")
    assert (await place(buyer, order(store, [line(sku, 2)], 2000))).status_code == 201
    assert await moved(staff, sku, 1, (shelf, back)) == (409, "units_not_there")  # both are promised
    journal = (await staff.get(f"/stock/{sku}/movements")).json()["items"]
    assert [(m["kind"], m["on_hand_delta"], m["location"]) for m in journal if m["kind"] == "move"] == [
        ("move", 1, None),
        ("move", -1, "退货区"),
        ("move", 4, "退货区"),
        ("move", -4, None),
    ]
    await assert_journal_adds_up(api.rt.db, store)


async def test_a_place_is_named_once_counted_where_it_is_and_closed_when_empty(api: Api) -> None:
    store, second = await api.store(), await api.store()
    goods = await stock_goods(api, store, stock=5)
    staff, sku = await api.staff(store), goods.skus[0]
    shelf, back = str(store), await opened(staff, "退货区")
    stranger = await api.staff(second)
    foreign = await opened(stranger, "退货区")

    again = await staff.post("/stock/locations", {"name": " 退货区 "}, key="another-one")
    assert (again.status_code, again.json()["code"], again.json()["field"]) == (
        409,
        "location_name_taken",
        "name",
    )
    blank = await staff.post("/stock/locations", {"name": "  "}, key="another-two")
    assert (blank.status_code, blank.json()["code"]) == (400, "invalid")
    renamed = (await staff.put(f"/stock/locations/{back}", {"name": "待检"})).json()["items"]
    assert [(x["name"], x["main"], x["units"], x["skus"]) for x in renamed] == [
        ("", True, 5, 1),
        ("待检", False, 0, 0),
    ]
    for ends, code in [
        ((shelf, foreign), "location_unknown"),
        ((foreign, shelf), "location_unknown"),
        ((shelf, shelf), "same_location"),
    ]:
        assert await moved(staff, sku, 1, ends) == (422, code)
    assert (await stranger.put(f"/stock/locations/{back}", {"name": "x"})).status_code == 404
    assert (await stranger.delete(f"/stock/locations/{back}")).status_code == 404
    assert (await moved(stranger, sku, 1, (str(second), foreign)))[0] == 404

    counted = {"items": [{"sku_id": str(sku), "on_hand": 3}], "reason": "盘点", "location_id": back}
    assert (await staff.post("/stock/adjust", counted, key="count-there")).json()["items"][0]["on_hand"] == 3
    full = await staff.delete(f"/stock/locations/{back}")
    assert (full.status_code, full.json()["code"], full.json()["data"]["units"]) == (
        409,
        "location_not_empty",
        3,
    )
    counted["items"] = [{"sku_id": str(sku), "on_hand": 0}]
    await staff.post("/stock/adjust", counted, key="count-none")
    closed = await staff.delete(f"/stock/locations/{back}")
    assert [x["id"] for x in closed.json()["items"]] == [shelf]
    assert await moved(staff, sku, 1, (shelf, back)) == (422, "location_unknown")
    assert (await staff.post("/stock/adjust", counted, key="count-gone")).json()["code"] == "location_unknown"
    assert {m["location"] for m in (await staff.get(f"/stock/{sku}/movements")).json()["items"]} == {
        None,
        "待检",
    }
    await assert_journal_adds_up(api.rt.db, store)


async def _two_places(dsn: str, units: int) -> tuple[UUID, UUID, list[UUID]]:
    """A store with units of two SKUs on the shelf and as many at another place."""
    pool = await connect_pool(dsn, size=1)
    store, skus = new_id(), sorted(new_id() for _ in range(2))
    for sku in skus:
        await pool.execute(
            "INSERT INTO sku (store_id, id, product_id, code, price) VALUES ($1, $2, $2, $3, 1)",
            store,
            sku,
            sku.hex,
        )
    await in_transaction(pool, lambda c: receive_initial(c, store, [(s, units) for s in skus], "test"))
    location = await in_transaction(pool, lambda c: add_location(c, store, "退货区"))
    there = [Adjustment(sku, None, units) for sku in skus]
    await in_transaction(pool, lambda c: adjust(c, store, there, "test", "test", location))
    await pool.close()
    return store, location, skus


@pytest.mark.parametrize("unguarded", [True, False], ids=["without_locks", "with_locks"])
async def test_units_that_processes_move_to_and_fro_while_orders_take_them_stay_the_same_units(
    database_url: str, tmp_path: Path, unguarded: bool
) -> None:
    store, location, skus = await _two_places(database_url, 6)

    def errands(back: bool, order_of: list[UUID]) -> list[Errand]:
        move = {"way": "move", "store_id": store, "location_id": location, "quantity": 2, "back": back}
        hold = {"way": "reserve", "store_id": store, "quantity": 2, "sku_ids": order_of}
        return [{**move, "sku_ids": order_of}, {**move, "sku_ids": order_of}, hold]

    told = [_plain(errands(False, skus)), _plain(errands(True, skus[::-1]))]
    outcomes = await race(RACER, database_url, tmp_path, told, unguarded=unguarded)

    codes = {x["code"] for mine in outcomes for x in mine}
    pool = await connect_pool(database_url, size=1)
    rows = await pool.fetch(
        "SELECT sku_id, sum(on_hand)::int AS n FROM stock WHERE store_id = $1 GROUP BY 1", store
    )
    wrong = await pool.fetch(
        """
        SELECT m.id FROM (
          SELECT id, on_hand_after, sum(on_hand_delta) OVER (PARTITION BY sku_id, location_id ORDER BY id) AS on_hand
          FROM stock_movement WHERE store_id = $1) m WHERE m.on_hand_after <> m.on_hand
        """,
        store,
    )
    if unguarded:
        assert wrong, "two moves read the same balance"
    else:
        assert codes <= {"done", "short", "units_not_there"}
        assert {r["n"] for r in rows} == {12}
        assert wrong == []
        await assert_journal_adds_up(pool, store)
    await pool.close()


@pytest.mark.parametrize("unguarded", [True, False], ids=["without_locks", "with_locks"])
async def test_a_place_does_not_close_over_units_that_are_on_their_way(
    database_url: str, tmp_path: Path, unguarded: bool
) -> None:
    store, location, skus = await _two_places(database_url, 0)
    pool = await connect_pool(database_url, size=1)
    await in_transaction(pool, lambda c: receive_initial(c, store, [(skus[0], 5)], "test"))
    move = {"way": "move", "store_id": store, "location_id": location, "sku_ids": [skus[0]]}
    close = {"way": "close", "store_id": store, "location_id": location}

    outcomes = await race(
        RACER, database_url, tmp_path, [_plain([move]), _plain([close])], unguarded=unguarded
    )

    lost = await pool.fetchval(
        """
        SELECT coalesce(sum(s.on_hand), 0)::int FROM stock s JOIN stock_location p ON p.id = s.location_id
        WHERE p.store_id = $1 AND p.closed_at IS NOT NULL
        """,
        store,
    )
    (to,), (closed,) = outcomes
    if unguarded:
        assert (to["code"], closed["code"], lost) == ("done", "done", 1)
    else:
        assert lost == 0
        assert (to["code"], closed["code"]) in {("done", "location_not_empty"), ("location_unknown", "done")}
    await pool.close()


def _plain(errands: list[Errand]) -> list[Errand]:
    """As they go through the pipe: ids as text."""
    return [
        {
            k: [str(x) for x in v] if k == "sku_ids" else str(v) if isinstance(v, UUID) else v
            for k, v in e.items()
        }
        for e in errands
    ]
