"""Money that does not arrive, and goods that arrive after their money."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.returns.aftermath import Sale, delivered, one_dear, sandbox_of
from tests.support.api import Api
from tests.support.sale import assert_journal_adds_up
from tests.support.settled import run_all
from zhanggui.core import clock
from zhanggui.fulfillment import jobs as fulfillment_jobs
from zhanggui.payments import jobs as payment_jobs
from zhanggui.returns import jobs as return_jobs
from zhanggui.returns.listing import Filter, list_returns
from zhanggui.returns.pages import buyer_return

NEEDED = (return_jobs, fulfillment_jobs, payment_jobs)
TOLD = "SELECT count(*) FROM event_log WHERE store_id = $1 AND topic = 'return.overdue'"


@pytest.fixture(autouse=True)
async def turned_back() -> AsyncGenerator[None]:
    yield
    clock.reset()


async def later(api: Api, days: float) -> None:
    clock.turn(timedelta(days=days))
    await run_all(api.rt)


async def overdue(sale: Sale) -> list[str]:
    """Numbers in the operator's queue; sessions end as time passes, so it is read without one."""
    page = await list_returns(sale.api.rt, sale.store, Filter(overdue=True), None, 20)
    waiting = await list_returns(sale.api.rt, sale.store, Filter(waiting=True), None, 20)
    assert [row.id for row in waiting.items if row.status == "refunding"] == [row.id for row in page.items]
    assert page.counts["overdue"] == len(page.items) <= page.counts["waiting"]
    assert all(row.waiting for row in page.items)
    return [row.number for row in page.items]


async def test_money_that_does_not_arrive_in_three_days_is_the_operators_and_the_buyer_is_told(
    api: Api,
) -> None:
    sale = await one_dear(api)
    await sandbox_of(api).call("POST", "/refund-outcomes", {"outcomes": ["ABNORMAL"]})
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    made = await sale.decided(made, "approve")
    assert made["due_outcome"] == "overdue"
    await run_all(api.rt)
    await later(api, 2.9)
    assert await overdue(sale) == []
    await later(api, 0.2)
    assert await overdue(sale) == [made["number"]]
    await later(api, 5)
    assert await overdue(sale) == [made["number"]]
    assert await api.rt.db.fetchval(TOLD, sale.store) == 1
    assert sale.buyer.id is not None
    page = await buyer_return(api.rt, sale.buyer.id, sale.store, UUID(made["id"]))
    assert page.status == "refunding"  # nobody says that it has arrived
    assert "3 天还没有到账" in page.events[-1].text.zh
    assert [step.at is not None for step in page.steps] == [True, True, False]
    clock.reset()
    assert "超过 3 天" in (await sale.order())["timeline"][-1]["text"]["zh"]
    operator = await api.staff(sale.store, "operator")
    assert (await operator.get("/returns", params={"overdue": True})).status_code == 200


async def test_money_that_arrives_in_time_is_nobodys(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.decided(await sale.applied("refund_only", "missing_item", (0, 1)), "approve")
    await sale.agrees()
    await run_all(api.rt)
    assert (await sale.page(made))["status"] == "refunded"
    await later(api, 5)
    assert await overdue(sale) == []
    assert await api.rt.db.fetchval(TOLD, sale.store) == 0


async def paid_by_time(api: Api, sale: Sale, units: int) -> dict[str, Any]:
    """The buyer sent it back, nobody looked at it for ten days, and the money went."""
    made = await sale.applied("return_refund", "no_reason", (0, units))
    await sale.sent_back(made)
    await later(api, 11)
    clock.reset()
    return (await sale.owner.get(f"/returns/{made['id']}")).json()


async def test_goods_that_come_after_their_money_go_into_stock_and_no_more_money_moves(api: Api) -> None:
    sale = await delivered(api, prices=(3000,), quantities=(3,))
    before = await sale.stock()
    made = await paid_by_time(api, sale, 3)
    paid = await sale.refunds()
    assert (paid, await sale.stock()) == ([9000], before)
    assert made["actions"][0] == "take_in"
    line = {"order_line_id": sale.lines[0]["id"], "accepted": 2}
    page = await sale.decided(made, "take-in", {"lines": [line]})
    assert await sale.stock() == before + 2
    assert (page["lines"][0]["shelved"], page["lines"][0]["accepted"], page["amount"]) == (2, 3, 9000)
    assert "2 件" in page["events"][-1]["text"]["zh"]
    much = await sale.decide(made, "take-in", {"lines": [line]})
    assert (much.status_code, much.json()["code"]) == (422, "more_than_asked")
    none = await sale.decide(made, "take-in", {"lines": [{**line, "accepted": 0}]})
    assert (none.status_code, none.json()["code"]) == (422, "nothing_came")
    last = {"lines": [{**line, "accepted": 1, "restock": "write_off"}]}
    page = await sale.decided(made, "take-in", last)
    assert (page["lines"][0]["shelved"], page["lines"][0]["written_off"]) == (2, 1)
    assert "take_in" not in page["actions"]
    again = await sale.decide(made, "take-in")
    assert (again.status_code, again.json()["code"]) == (409, "return_state")
    assert await sale.refunds() == paid
    assert await sale.stock() == before + 2
    await assert_journal_adds_up(api.rt.db, sale.store)


async def test_goods_are_taken_in_once_for_a_key_and_only_where_some_are_missing(api: Api) -> None:
    sale = await one_dear(api)
    made = await paid_by_time(api, sale, 1)
    before = await sale.stock()
    for _ in range(2):
        assert (
            await sale.owner.post(f"/returns/{made['id']}/take-in", key="it-came-after-all")
        ).status_code == 200
    assert await sale.stock() == before + 1
    whole = await one_dear(api)
    asked = await whole.applied("return_refund", "no_reason", (0, 1))
    await whole.sent_back(asked)
    done = await whole.decided(asked, "inspect")
    assert "take_in" not in done["actions"]
    assert (await whole.decide(asked, "take-in")).json()["code"] == "return_state"
    only = await one_dear(api)
    kept = await only.decided(await only.applied("refund_only", "missing_item", (0, 1)), "approve")
    assert "take_in" not in kept["actions"]
    assert (await only.decide(kept, "take-in")).json()["code"] == "return_state"
