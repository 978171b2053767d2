"""What went wrong for others when orders were placed: each line of the list is a test."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api, Caller
from tests.support.counting import counted
from tests.support.sale import (
    assert_journal_adds_up,
    balance,
    forget_caches,
    line,
    order,
    place,
    placed,
    release,
    stock_goods,
)
from zhanggui.catalog.rules import ModifierGroup, ModifierOption
from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id
from zhanggui.orders.cancel import cancel_unpaid
from zhanggui.orders.rules import SYSTEM
from zhanggui.stores.rules import (
    Delivery,
    DistanceBand,
    Express,
    ExpressRule,
    OpenHours,
    Settings,
)

WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM stock%'
"""
ADDRESS = {
    "recipient": "林小满",
    "phone": "13800138000",
    "region_code": "330106",
    "detail": "文三路 1 号",
    "lat": 30.28,
    "lng": 120.13,
}


async def test_two_lines_of_one_sku_cannot_oversell(api: Api) -> None:
    """medusa #16502: two lines, one item."""
    store = await api.store()
    goods = await stock_goods(
        api,
        store,
        stock=3,
        modifiers=[
            ModifierGroup(
                code="ice",
                name=Text("冰", "Ice"),
                min=0,
                max=1,
                options=[ModifierOption(code="no", name=Text("去冰", "None"))],
            )
        ],
    )
    buyer = await api.buyer()
    lines = [line(goods.skus[0], 2), line(goods.skus[0], 2, modifiers=[{"group": "ice", "option": "no"}])]

    refused = await place(buyer, order(store, lines, 4000))

    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert refused.json()["data"] == [{"sku_id": str(goods.skus[0]), "available": 3}]
    assert await balance(api, store, goods.skus[0]) == (3, 0)


async def test_many_at_once_get_exactly_what_is_there(api: Api) -> None:
    """vendure #3508, ShopXO #38, saleor #543: 8 of 8 buyers got the last unit."""
    store = await api.store()
    goods = await stock_goods(api, store, stock=7)
    buyers = [await api.buyer() for _ in range(20)]

    answers = await asyncio.gather(
        *(place(buyer, order(store, [line(goods.skus[0])], 1000)) for buyer in buyers)
    )

    assert sorted(a.status_code for a in answers) == [201] * 7 + [409] * 13
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"out_of_stock"}
    assert await balance(api, store, goods.skus[0]) == (7, 7)
    numbers = [a.json()["orders"][0] for a in answers if a.status_code == 201]
    assert len({n["number"] for n in numbers}) == 7
    assert sorted(n["pickup_number"] for n in numbers) == [f"{i:03d}" for i in range(1, 8)]
    await assert_journal_adds_up(api.rt.db, store)


async def test_the_same_request_twice_at_once_makes_one_order(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    body = order(store, [line(goods.skus[0])], 1000)

    answers = await asyncio.gather(*(place(buyer, body, key=key) for _ in range(5)))

    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["orders"][0]["id"] for a in answers}) == 1
    assert await balance(api, store, goods.skus[0]) == (100, 1)


async def test_a_refused_request_may_come_again_under_its_key(api: Api, key: str) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, stock=0)
    buyer = await api.buyer()
    body = order(store, [line(goods.skus[0])], 1000)
    assert (await place(buyer, body, key=key)).status_code == 409

    await api.rt.db.execute("UPDATE stock SET on_hand = 1 WHERE sku_id = $1", goods.skus[0])

    assert (await place(buyer, body, key=key)).status_code == 201


@pytest.mark.parametrize("quantity", [0, -1, 10_000, 2**40, 1.5])
async def test_negative_and_huge_quantities_never_reach_the_shelf(api: Api, quantity: Any) -> None:
    """yshop, CVE-2026-109406: a negative quantity."""
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()

    refused = await place(buyer, order(store, [{**line(goods.skus[0]), "quantity": quantity}], 1000))

    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"


async def test_amounts_sent_by_the_client_are_refused_or_only_compared(api: Api) -> None:
    """macrozheng #613 #998: the client set the amount."""
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()

    with_price = await place(buyer, order(store, [{**line(goods.skus[0]), "unit_price": 1}], 1))
    cheap = await place(buyer, order(store, [line(goods.skus[0])], 1))
    negative = await place(buyer, order(store, [line(goods.skus[0])], -1000))

    assert with_price.status_code == 400
    assert (cheap.status_code, cheap.json()["code"]) == (409, "price_changed")
    assert negative.status_code == 400


async def test_a_cancel_gives_back_only_what_was_held_and_only_once(api: Api) -> None:
    """hioshop #17: cancel restored stock that was never taken."""
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    (made,) = await placed(buyer, order(store, [line(goods.skus[0], 4)], 4000))
    order_id = UUID(made["id"])

    for expected in ([order_id], []):
        moved = await in_transaction(
            api.rt.db, lambda conn: cancel_unpaid(conn, store, [order_id], SYSTEM, "test")
        )
        assert moved == expected

    assert await balance(api, store, goods.skus[0]) == (100, 0)
    assert await release(api, store, order_id) == set()
    assert await balance(api, store, goods.skus[0]) == (100, 0)
    await assert_journal_adds_up(api.rt.db, store)


async def test_open_unpaid_orders_are_limited_even_when_they_come_at_once(api: Api) -> None:
    """dujiao-next #105: stock locked for ever by unpaid orders."""
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()

    answers = await asyncio.gather(
        *(place(buyer, order(store, [line(goods.skus[0])], 1000)) for _ in range(8))
    )

    assert sorted(a.status_code for a in answers) == [201] * 5 + [409] * 3
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"too_many_unpaid"}
    assert await balance(api, store, goods.skus[0]) == (100, 5)


async def test_closed_paused_and_gone_stores_take_no_orders(api: Api) -> None:
    never = OpenHours(day=(clock.now() + timedelta(days=3)).isoweekday(), open="10:00", close="10:01")
    closed = await api.store(Settings(delivery_methods=["pickup", "express"], hours=[never]))
    goods = await stock_goods(api, closed)
    buyer = await api.buyer()
    refused = await place(buyer, order(closed, [line(goods.skus[0])], 1000))
    assert (refused.status_code, refused.json()["code"]) == (409, "closed")

    paused = await api.store()
    goods = await stock_goods(api, paused)
    # Other processes' caches still say it is open: placing reads the row itself.
    await buyer.post("/quote", _quote(paused, goods.skus[0]))
    await api.rt.db.execute("UPDATE store SET paused = true WHERE store_id = $1", paused)
    refused = await place(buyer, order(paused, [line(goods.skus[0])], 1000))
    assert (refused.status_code, refused.json()["code"]) == (409, "paused")

    assert (await place(buyer, order(new_id(), [line(goods.skus[0])], 1000))).status_code == 404


async def test_prices_and_shelf_are_read_inside_the_transaction(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    await buyer.post("/quote", _quote(store, goods.skus[0]))

    await api.rt.db.execute("UPDATE sku SET price = 1200 WHERE id = $1", goods.skus[0])
    changed = await place(buyer, order(store, [line(goods.skus[0])], 1000))
    await api.rt.db.execute("UPDATE product SET status = 'off' WHERE id = $1", goods.product_id)
    gone = await place(buyer, order(store, [line(goods.skus[0])], 1200))

    assert (changed.json()["code"], changed.json()["data"][0]["total"]) == ("price_changed", 1200)
    assert (gone.status_code, gone.json()["code"]) == (409, "off_shelf")


async def test_limits_minimum_and_range(api: Api) -> None:
    near = Delivery(radius_m=3000, bands=[DistanceBand(3000, 500)], min_total=2000)
    express = Express(rules=[ExpressRule([], 1000, 800, 1000, 200)], refused_regions=["33"])
    store = await api.store(
        Settings(delivery_methods=["delivery", "express"], delivery=near, express=express),
        lat=30.28,
        lng=120.13,
    )
    goods = await stock_goods(api, store, limit=3)
    buyer = await api.buyer()
    address = (await buyer.post("/addresses", ADDRESS)).json()["id"]
    far = (await buyer.post("/addresses", {**ADDRESS, "lat": 31.0})).json()["id"]

    async def refused(quantity: int, **rest: Any) -> tuple[int, str]:
        answer = await place(buyer, order(store, [line(goods.skus[0], quantity)], 0, **rest))
        return answer.status_code, answer.json()["code"]

    assert await refused(4, delivery_method="delivery", address_id=address) == (422, "over_limit")
    assert await refused(1, delivery_method="delivery", address_id=address) == (422, "below_minimum")
    assert await refused(2, delivery_method="delivery", address_id=far) == (422, "too_far")
    assert await refused(2, delivery_method="delivery") == (422, "address_needed")
    assert await refused(2, delivery_method="express", address_id=address) == (422, "out_of_range")
    assert await refused(2, delivery_method="pickup") == (422, "method_not_offered")
    good = order(store, [line(goods.skus[0], 2)], 2500, delivery_method="delivery", address_id=address)
    (made,) = await placed(buyer, good)
    assert made["address"] == {
        "recipient": "林小满",
        "phone_masked": "138****8000",
        "text": made["address"]["text"],
    }


async def test_another_buyers_address_and_table_are_unknown(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    owner, other = await api.buyer(), await api.buyer()
    address = (await owner.post("/addresses", ADDRESS)).json()["id"]

    stolen = await place(
        other, order(store, [line(goods.skus[0])], 1000, delivery_method="express", address_id=address)
    )
    table = await place(
        other, order(store, [line(goods.skus[0])], 1000, delivery_method="dine_in", table_code="A1")
    )

    assert (stolen.status_code, stolen.json()["code"]) == (422, "address_unknown")
    assert stolen.json()["field"] == "orders[0].address_id"
    assert table.status_code == 404


async def test_an_order_of_another_buyer_is_not_there(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    owner, other = await api.buyer(), await api.buyer()
    (made,) = await placed(owner, order(store, [line(goods.skus[0])], 1000))
    second = await api.store()
    path = f"/stores/{store}/orders/{made['id']}"

    assert (await other.get(path)).status_code == 404
    assert (await other.post(f"{path}/reorder")).status_code == 404
    assert (await owner.get(f"/stores/{second}/orders/{made['id']}")).status_code == 404
    assert (await other.get("/orders")).json()["items"] == []
    assert (await api.anybody.get(path)).status_code == 401
    assert (await (await api.guest()).post("/orders", {"orders": [], "channel": "h5"})).status_code == 401


async def test_two_stores_are_all_or_nothing(api: Api) -> None:
    first, second = await api.store(), await api.store()
    here, there = await stock_goods(api, first), await stock_goods(api, second, stock=1)
    buyer = await api.buyer()
    both = [order(first, [line(here.skus[0])], 1000), order(second, [line(there.skus[0], 2)], 2000)]

    refused = await place(buyer, *both)
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    assert await balance(api, first, here.skus[0]) == (100, 0)
    assert (await buyer.get("/orders")).json()["items"] == []

    both[1] = order(second, [line(there.skus[0])], 1000)
    made = await placed(buyer, *both)
    assert [x["store"]["id"] for x in made] == [str(first), str(second)]
    assert await balance(api, second, there.skus[0]) == (1, 1)


async def test_an_order_of_nothing_to_pay_is_paid_at_once(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[0])
    buyer = await api.buyer()

    (made,) = await placed(buyer, order(store, [line(goods.skus[0])], 0))

    assert made["status"] == "paid"
    assert [e["kind"] for e in made["timeline"]] == ["placed", "paid"]
    assert await balance(api, store, goods.skus[0]) == (99, 0)
    await assert_journal_adds_up(api.rt.db, store)


async def test_placing_takes_the_same_statements_however_many_lines(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000] * 50)
    buyer = await api.buyer()
    await forget_caches(api)
    await placed(buyer, order(store, [line(goods.skus[0])], 1000))

    counts = [await _statements(api, buyer, store, goods.skus[:n]) for n in (1, 50)]

    assert counts[0] == counts[1]
    assert len(counts[0]) < 40


async def _statements(api: Api, buyer: Caller, store: UUID, skus: list[UUID]) -> list[str]:
    with counted(api) as found:
        await placed(buyer, order(store, [line(s) for s in skus], 1000 * len(skus)))
    return found.statements


def _quote(store: UUID, sku: UUID) -> dict[str, Any]:
    return {"store_id": str(store), "lines": [line(sku)], "delivery_method": "pickup"}


async def test_a_contended_request_waits_and_is_priced_and_reserved_like_any_other(api: Api) -> None:
    """yshop: `if lock.tryLock()` without else made an order of nothing, without price and stock."""
    store = await api.store()
    (sku,) = (await stock_goods(api, store, stock=2)).skus
    buyers = [await api.buyer() for _ in range(3)]
    held, let_go = asyncio.Event(), asyncio.Event()

    async def hold(conn: Connection) -> None:
        await conn.fetch("SELECT 1 FROM stock WHERE store_id = $1 FOR UPDATE", store)
        held.set()
        await let_go.wait()

    holding = asyncio.create_task(in_transaction(api.rt.db, hold))
    await held.wait()
    placing = asyncio.gather(*(place(b, order(store, [line(sku)], 1000)) for b in buyers))
    async with asyncio.timeout(20):
        while not await api.rt.db.fetchval(WAITING):
            await api.rt.db.fetchval("SELECT pg_sleep(0.01)")
    let_go.set()
    await holding
    answers = await placing
    assert sorted(a.status_code for a in answers) == [201, 201, 409]
    assert {a.json()["orders"][0]["total"] for a in answers if a.status_code == 201} == {1000}
    assert await balance(api, store, sku) == (2, 2)
