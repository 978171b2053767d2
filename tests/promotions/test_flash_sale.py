"""A flash sale from its draft to its end, over the API."""

import asyncio
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.promotions.flash import (
    FLASH,
    PRICE,
    OnSale,
    ask,
    assert_sale_adds_up,
    counts,
    later,
    on_sale,
    sale_input,
    token_of,
)
from tests.support.api import Api, Caller
from tests.support.sale import assert_journal_adds_up, balance, line, order, place, placed, stock_goods
from zhanggui.core import clock
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.orders.cancel import cancel_paid
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM
from zhanggui.worker import register_jobs

CONTACT = {"name": "林小满", "phone": "13800138000"}


@pytest.fixture(autouse=True)
def jobs_and_clock() -> Generator[None]:
    register_jobs()
    yield
    clock.reset()


def flash_order(on: OnSale, token: str, quantity: int = 1, total: int | None = None, **rest: Any) -> Any:
    wanted = FLASH * quantity if total is None else total
    return order(on.store, [line(on.sku, quantity)], wanted, contact=CONTACT, flash_token=token, **rest)


async def check(api: Api, on: OnSale, *expected: int) -> None:
    assert await counts(api.rt.db, on) == expected
    await assert_sale_adds_up(api.rt.db, on.store)
    await assert_journal_adds_up(api.rt.db, on.store)


async def test_a_place_becomes_an_order_at_the_flash_price_and_the_trace_says_why(api: Api) -> None:
    on, buyer = await on_sale(api, per_buyer=2), await api.buyer()
    assert await balance(api, on.store, on.sku) == (100, 10)
    answer = await ask(buyer, on, 2)
    assert answer.status_code == 201, answer.text
    got = answer.json()
    assert (got["quantity"], got["price"], got["state"]) == (2, FLASH, "held")
    await check(api, on, 10, 8, 2, 0, 0)

    quote_body = {"store_id": str(on.store), "lines": [line(on.sku, 2)], "delivery_method": "pickup",
                  "flash_token": got["token"]}  # fmt: skip
    quote = (await buyer.post("/quote", quote_body)).json()
    assert (quote["total"], quote["problems"]) == (2 * FLASH, [])
    steps = {s["step"]: s for s in quote["trace"]}
    assert (steps["items"]["amount"], steps["flash"]["amount"]) == (2 * PRICE, -2 * (PRICE - FLASH))
    assert "午夜秒杀" in steps["flash"]["text"]["zh"]

    before = clock.now()
    (made,) = await placed(buyer, flash_order(on, got["token"], 2))
    assert made["lines"][0]["unit_price"] == FLASH
    pay_by = datetime.fromisoformat(made["pay_by"])
    assert pay_by - before < timedelta(seconds=310)
    await check(api, on, 10, 8, 0, 2, 0)
    assert await balance(api, on.store, on.sku) == (100, 10)

    payment = Payment(UUID(made["id"]), made["total"], clock.now())
    await in_transaction(api.rt.db, lambda conn: mark_paid(conn, on.store, [payment], SYSTEM))
    await check(api, on, 10, 8, 0, 2, 0)
    assert await balance(api, on.store, on.sku) == (98, 8)
    owner = await api.staff(on.store)
    figures = (await owner.get(f"/flash/{on.sale}/figures")).json()
    assert {k: figures[k] for k in ("places", "orders", "paid", "expired", "returned")} == {
        "places": 1, "orders": 1, "paid": 1, "expired": 0, "returned": 0}  # fmt: skip
    assert sum(m["paid"] for m in figures["by_minute"]) == 1


async def test_asking_again_answers_the_same_place_and_the_limit_holds(api: Api) -> None:
    on, buyer = await on_sale(api, per_buyer=2), await api.buyer()
    key = str(new_id())
    first = (await ask(buyer, on, key=key)).json()
    assert (await ask(buyer, on, key=key)).json() == first
    assert (await ask(buyer, on)).json()["token"] == first["token"]
    reused = await ask(buyer, on, 2, key=key)
    assert (reused.status_code, reused.json()["code"]) == (409, "idempotency_key_reused")
    await placed(buyer, flash_order(on, first["token"]))
    assert (await ask(buyer, on, key=key)).json()["state"] == "ordered"
    second = await token_of(buyer, on)
    assert second != first["token"]
    await placed(buyer, flash_order(on, second))
    over = await ask(buyer, on)
    assert (over.status_code, over.json()["code"], over.json()["data"]) == (409, "flash_limit", {"limit": 2})
    await check(api, on, 10, 8, 0, 2, 0)


async def test_many_at_once_by_one_buyer_get_one_place(api: Api) -> None:
    on, buyer = await on_sale(api), await api.buyer()
    answers = await asyncio.gather(*(ask(buyer, on) for _ in range(20)))
    assert {a.status_code for a in answers} == {201}
    assert len({a.json()["token"] for a in answers}) == 1
    await check(api, on, 10, 9, 1, 0, 0)


async def test_not_before_the_start_and_not_after_the_end(api: Api) -> None:
    on, buyer = await on_sale(api, starts=60, lasts=60), await api.buyer()
    early = await ask(buyer, on)
    assert (early.status_code, early.json()["code"]) == (409, "flash_not_started")
    clock.turn(timedelta(seconds=61))
    token = await token_of(buyer, on)
    clock.turn(timedelta(seconds=60))
    late = await ask(await api.buyer(), on)
    assert (late.status_code, late.json()["code"]) == (409, "flash_ended")
    await placed(buyer, flash_order(on, token))  # what was promised before the end is kept
    await check(api, on, 10, 9, 0, 1, 0)


async def test_a_place_that_nobody_redeems_becomes_free_again(api: Api) -> None:
    on, buyer = await on_sale(api, reserve=60), await api.buyer()
    token = await token_of(buyer, on)
    clock.turn(timedelta(seconds=61))
    refused = await place(buyer, flash_order(on, token))
    assert (refused.status_code, refused.json()["code"]) == (409, "flash_expired")
    await later(api, 0)
    await check(api, on, 10, 10, 0, 0, 0)
    assert (await buyer.get(f"{on.path}/{token}")).json()["place"]["state"] == "expired"
    assert await token_of(buyer, on) != token


async def test_the_end_gives_free_units_back_at_once_and_held_ones_when_their_time_is_over(api: Api) -> None:
    on = await on_sale(api, reserve=300, lasts=60)
    token = await token_of(await api.buyer(), on)
    assert await balance(api, on.store, on.sku) == (100, 10)
    await later(api, 61)
    await check(api, on, 10, 0, 1, 0, 9)
    assert await balance(api, on.store, on.sku) == (100, 1)
    await later(api, 300)
    await check(api, on, 10, 0, 0, 0, 10)
    assert await balance(api, on.store, on.sku) == (100, 0)
    assert token
    status = await api.rt.db.fetchval("SELECT status FROM flash_sale WHERE id = $1", on.sale)
    assert status == "ended"


async def test_an_unpaid_order_gives_its_unit_back_to_the_sale_and_to_stock_after_it(api: Api) -> None:
    """litemall #163: what was spent on an order was lost when it was cancelled."""
    on = await on_sale(api, reserve=60, pay=60, lasts=600)
    first, second = await api.buyer(), await api.buyer()
    await placed(first, flash_order(on, await token_of(first, on)))
    await later(api, 120)
    await check(api, on, 10, 10, 0, 0, 0)
    await placed(second, flash_order(on, await token_of(second, on)))
    await later(api, 600)
    await later(api, 60)
    await check(api, on, 10, 0, 0, 0, 10)
    assert await balance(api, on.store, on.sku) == (100, 0)


async def test_a_refunded_order_gives_its_unit_back_to_the_running_sale(api: Api) -> None:
    on, buyer = await on_sale(api), await api.buyer()
    (made,) = await placed(buyer, flash_order(on, await token_of(buyer, on)))
    payment = Payment(UUID(made["id"]), made["total"], clock.now())
    await in_transaction(api.rt.db, lambda conn: mark_paid(conn, on.store, [payment], SYSTEM))
    await in_transaction(
        api.rt.db,
        lambda conn: cancel_paid(conn, on.store, UUID(made["id"]), SYSTEM, "test", restock=True),
    )
    await check(api, on, 10, 10, 0, 0, 0)
    assert await balance(api, on.store, on.sku) == (100, 10)


async def test_tokens_of_others_twice_or_for_other_lines_are_refused(api: Api) -> None:
    on, buyer, other = await on_sale(api, per_buyer=2), await api.buyer(), await api.buyer()
    token = await token_of(buyer, on, 2)
    stolen = await place(other, flash_order(on, token, 2))
    assert (stolen.status_code, stolen.json()["code"]) == (404, "not_found")
    assert (await other.get(f"{on.path}/{token}")).json()["status"] in {"waiting", "again"}
    fewer = await place(buyer, flash_order(on, token))
    assert (fewer.status_code, fewer.json()["code"]) == (422, "flash_line")
    twice = await place(buyer, flash_order(on, token, 2), flash_order(on, token, 2))
    assert (twice.status_code, twice.json()["code"]) == (409, "flash_expired")
    key = str(new_id())
    body = flash_order(on, token, 2)
    made = await place(buyer, body, key=key)
    assert made.status_code == 201
    assert (await place(buyer, body, key=key)).json()["orders"][0]["id"] == made.json()["orders"][0]["id"]
    again = await place(buyer, flash_order(on, token, 2))
    assert (again.status_code, again.json()["code"]) == (409, "flash_expired")
    await check(api, on, 10, 8, 0, 2, 0)


async def test_units_set_aside_are_not_for_ordinary_orders_nor_the_other_way_round(api: Api) -> None:
    on, buyer = await on_sale(api, stock=10, units=10), await api.buyer()
    refused = await place(buyer, order(on.store, [line(on.sku)], PRICE, contact=CONTACT))
    assert (refused.status_code, refused.json()["code"]) == (409, "out_of_stock")
    await placed(buyer, flash_order(on, await token_of(buyer, on)))
    await check(api, on, 10, 9, 0, 1, 0)


async def test_a_store_or_sku_of_others_is_not_found(api: Api) -> None:
    on, stranger = await on_sale(api), await api.buyer()
    elsewhere = await api.store()
    wrong = [on._replace(store=elsewhere), on._replace(sale=new_id()), on._replace(sku=new_id())]
    assert [(await ask(stranger, w)).status_code for w in wrong] == [404] * 3
    intruder = await api.staff(elsewhere)
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/schedule"), ("GET", "/figures")):
        answer = await intruder.request(method, f"/flash/{on.sale}{path}", {} if method == "POST" else None)
        assert answer.status_code == 404, (method, path)
    await check(api, on, 10, 10, 0, 0, 0)


def as_json(data: Any) -> Any:
    return msgspec.to_builtins(data)


async def test_the_console_drafts_schedules_changes_and_calls_off(api: Api) -> None:
    store = await api.store()
    owner: Caller = await api.staff(store)
    skus = (await stock_goods(api, store, prices=[PRICE, PRICE], stock=20)).skus
    made = await owner.post("/flash", as_json(sale_input(skus, units=5, starts=60)))
    assert made.status_code == 201, made.text
    sale = made.json()
    assert (sale["status"], sale["editable"], len(sale["items"])) == ("draft", True, 2)
    assert (await api.anybody.get(f"/stores/{await slug(api, store)}/flash/{sale['id']}")).status_code == 404
    scheduled = (await owner.post(f"/flash/{sale['id']}/schedule")).json()
    assert [i["free"] for i in scheduled["items"]] == [5, 5]
    stale = await owner.put(f"/flash/{sale['id']}", as_json(sale_input(skus, starts=60, version=1)))
    assert stale.json()["code"] == "flash_conflict"
    much = sale_input(skus[:1], units=21, starts=60, version=scheduled["version"])
    short = await owner.put(f"/flash/{sale['id']}", as_json(much))
    assert (short.json()["code"], short.json()["data"][0]["available"]) == ("out_of_stock", 20)
    fits = sale_input(skus[:1], units=20, starts=60, version=scheduled["version"])
    changed = (await owner.put(f"/flash/{sale['id']}", as_json(fits))).json()
    assert [(i["free"], i["units"]) for i in changed["items"]] == [(20, 20)]
    assert [await balance(api, store, s) for s in skus] == [(20, 20), (20, 0)]
    page = (await api.anybody.get(f"/stores/{await slug(api, store)}/flash")).json()
    assert [(s["state"], s["items"][0]["left"]) for s in page["items"]] == [("coming", 20)]
    rows = (await owner.get("/flash", params={"status": "scheduled"})).json()["items"]
    assert [(r["id"], r["free"]) for r in rows] == [(sale["id"], 20)]
    clock.turn(timedelta(seconds=61))
    on = OnSale(store, UUID(sale["id"]), skus[0])
    token = await token_of(buyer := await api.buyer(), on)
    late = await owner.put(f"/flash/{sale['id']}", as_json(sale_input(skus, version=changed["version"])))
    assert late.json()["code"] == "flash_started"
    assert (await owner.post(f"/flash/{sale['id']}/cancel")).json()["status"] == "cancelled"
    refused = await place(buyer, flash_order(on, token))
    assert (refused.status_code, refused.json()["code"]) == (409, "flash_expired")
    await later(api, 0)
    await check(api, on, 20, 0, 0, 0, 20)
    assert await balance(api, store, skus[0]) == (20, 0)
    assert (await ask(buyer, on)).json()["code"] == "flash_ended"


async def slug(api: Api, store: UUID) -> str:
    return await api.rt.db.fetchval("SELECT slug FROM store WHERE store_id = $1", store)


async def test_wrong_sales_are_refused_by_field(api: Api) -> None:
    store = await api.store()
    owner = await api.staff(store)
    (sku,) = (await stock_goods(api, store, prices=[500])).skus
    body = as_json(sale_input([sku, sku, new_id()], lasts=1))
    answer = await owner.post("/flash", body)
    assert answer.status_code == 422
    found = {(e["field"], e["code"]) for e in answer.json()["errors"]}
    assert found == {
        ("items[0].price", "flash_price_high"), ("items[1].price", "flash_price_high"),
        ("items[1].sku_id", "flash_sku_twice"), ("items[2].sku_id", "sku_not_found"), ("ends_at", "flash_times"),
    }  # fmt: skip
    clerk = await api.staff(store, "clerk")
    assert (await clerk.post("/flash", as_json(sale_input([sku])))).status_code == 403
