"""What follows by itself, the platform's word, and the conversation."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.returns.aftermath import WAYBILL, Sale, one_dear, paid_sale
from tests.support.api import Api
from tests.support.settled import run_all
from zhanggui.core import clock
from zhanggui.core.errors import ShopError
from zhanggui.fulfillment import jobs as fulfillment_jobs
from zhanggui.orders.rules import Actor
from zhanggui.payments import jobs as payment_jobs
from zhanggui.returns import jobs as return_jobs
from zhanggui.returns.buyer import appeal
from zhanggui.returns.pages import buyer_return, console_return
from zhanggui.returns.shop_shapes import AppealInput
from zhanggui.returns.work import of_buyer

NEEDED = (return_jobs, fulfillment_jobs, payment_jobs)  # importing them registers the handlers


@pytest.fixture(autouse=True)
async def turned_back() -> AsyncGenerator[None]:
    yield
    clock.reset()


async def later(api: Api, **by: float) -> None:
    """Time passes and what is due is done."""
    clock.turn(timedelta(**by))
    await run_all(api.rt)


async def state(sale: Sale, made: dict[str, Any]) -> tuple[str, str | None]:
    page = await console_return(sale.api.rt, sale.store, UUID(made["id"]))  # sessions end as time passes
    return page.status, page.decided_by


async def test_a_merchant_who_says_nothing_for_two_days_agrees(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    assert (made["status"], made["due_outcome"]) == ("requested", "approved")
    await later(api, hours=47)
    assert await state(sale, made) == ("requested", None)
    await later(api, hours=2)
    assert await state(sale, made) == ("refunding", "time")


async def test_a_buyer_who_sends_nothing_for_seven_days_gives_it_up(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("return_refund", "no_reason", (0, 1))
    await later(api, days=8)
    assert (await state(sale, made))[0] == "closed"
    assert await sale.refunds() == []


async def test_a_merchant_who_never_inspects_pays_after_ten_days(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("return_refund", "no_reason", (0, 1))
    await sale.sent_back(made)
    before = await sale.stock()
    await later(api, days=11)
    assert await state(sale, made) == ("refunding", "time")
    assert await sale.refunds() == [9000]
    assert await sale.stock() == before  # nobody has seen the goods


async def test_an_exchange_nobody_sends_becomes_money_and_frees_its_units(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("exchange", "other_spec", (0, 1))
    await sale.sent_back(made)
    await sale.decided(made, "inspect")
    assert (await state(sale, made))[0] == "received"
    await later(api, days=4)
    assert await state(sale, made) == ("refunding", "time")
    assert await sale.reserved() == 0


async def test_an_exchange_whose_goods_never_come_frees_its_units(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("exchange", "other_spec", (0, 1))
    assert await sale.reserved() == 1
    await later(api, days=8)
    assert ((await state(sale, made))[0], await sale.reserved()) == ("closed", 0)


async def test_an_exchange_that_arrived_completes_itself(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("exchange", "other_spec", (0, 1))
    await sale.sent_back(made)
    await sale.decided(made, "inspect", {"reship": {"waybill": WAYBILL}})
    await later(api, days=11)
    assert (await state(sale, made))[0] == "completed"


async def test_what_a_buyer_withdrew_is_not_held_against_them(api: Api) -> None:
    sale = await one_dear(api)
    first = await sale.applied("refund_only", "missing_item", (0, 1))
    await sale.by_buyer(first, "withdraw")
    again = await sale.applied("refund_only", "missing_item", (0, 1))
    page = await console_return(api.rt, sale.store, UUID(again["id"]))
    assert (page.record.cases, page.record.orders) == (0, 1)


async def refused(sale: Sale) -> dict[str, Any]:
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    return await sale.decided(made, "reject", {"reason": "称重没有问题"})


async def test_the_platform_decides_once_and_for_good(api: Api) -> None:
    sale = await one_dear(api)
    operator = await api.staff(sale.store, "operator")
    made, elsewhere = await refused(sale), await one_dear(api)
    await elsewhere.by_buyer(await refused(elsewhere), "appeal", {"reason": "另一家店的"})
    called = await sale.by_buyer(made, "appeal", {"reason": "开箱视频可以证明"})
    assert (called.json()["status"], called.json()["appeal"]["state"]) == ("appealed", "open")
    assert (await sale.decide(made, "appeal", {"granted": True, "note": "x"})).status_code == 403
    waiting = (await operator.get("/appeals")).json()["items"]
    assert [a["id"] for a in waiting] == [made["id"]]
    note = {"granted": True, "note": "视频清楚，支持买家"}
    done = await sale.decide(made, "appeal", note, operator)
    assert (done.json()["status"], done.json()["decided_by"]) == ("refunding", "operator")
    assert done.json()["appeal"]["note"] == note["note"]
    again = await sale.decide(made, "appeal", {"granted": False, "note": "x"}, operator)
    assert again.json()["code"] == "return_state"


async def test_the_platform_pays_for_goods_that_were_sent_back_and_refused(api: Api) -> None:
    sale = await one_dear(api)
    operator = await api.staff(sale.store, "operator")
    made = await sale.applied("return_refund", "no_reason", (0, 1))
    await sale.sent_back(made)
    none = {"lines": [{"order_line_id": sale.lines[0]["id"], "accepted": 0}], "reason": "空包裹"}
    assert (await sale.decided(made, "inspect", none))["status"] == "rejected"
    await sale.by_buyer(made, "appeal", {"reason": "称重照片在这里"})
    done = await sale.decide(made, "appeal", {"granted": True, "note": "支持买家"}, operator)
    assert (done.json()["status"], await sale.refunds()) == ("refunding", [9000])


async def test_a_dismissed_appeal_is_final(api: Api) -> None:
    sale = await one_dear(api)
    operator = await api.staff(sale.store, "operator")
    made = await refused(sale)
    await sale.by_buyer(made, "appeal", {"reason": "我不同意"})
    done = await sale.decide(made, "appeal", {"granted": False, "note": "证据不足"}, operator)
    assert (done.json()["status"], done.json()["due_at"]) == ("rejected", None)
    assert (await sale.by_buyer(made, "appeal", {"reason": "再来"})).json()["code"] == "appeal_over"


async def test_the_time_to_appeal_ends_and_the_platforms_silence_is_for_the_buyer(api: Api) -> None:
    late, silent = await one_dear(api), await one_dear(api)
    made, heard = await refused(late), await refused(silent)
    await silent.by_buyer(heard, "appeal", {"reason": "请看视频"})
    await later(api, days=8)
    buyer, return_id = late.buyer.id, UUID(made["id"])
    assert buyer is not None
    page = await buyer_return(api.rt, buyer, late.store, return_id)
    assert page.actions == []
    words = AppealInput(reason="太晚")
    with pytest.raises(ShopError, match="appeal_over"):
        await of_buyer(
            api.rt, late.store, return_id, buyer, lambda c, t: appeal(c, t, Actor("buyer", buyer), words)
        )
    assert await state(silent, heard) == ("refunding", "time")


async def test_units_asked_for_again_cannot_be_appealed_for(api: Api) -> None:
    sale = await one_dear(api)
    made = await refused(sale)
    await sale.applied("refund_only", "missing_item", (0, 1))
    answer = await sale.by_buyer(made, "appeal", {"reason": "x"})
    assert answer.json()["code"] == "return_units_taken"


async def test_the_conversation_keeps_its_order_from_all_sides(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    path = f"{sale.shop}/returns/{made['id']}/messages"
    for n in range(3):
        assert (await sale.buyer.post(path, {"text": f"第{n}句"}, key=f"message-{n}")).status_code == 201
        said = await sale.decide(made, "messages", {"text": f"回{n}"})
        assert said.status_code == 201, said.text
    again = (await sale.buyer.post(path, {"text": "第2句"}, key="message-2")).json()
    assert [m["seq"] for m in again["messages"]] == [1, 2, 3, 4, 5, 6]
    assert [m["side"] for m in again["messages"]] == ["buyer", "merchant"] * 3
    empty = await sale.buyer.post(path, {"text": "  "}, key="message-empty")
    assert (empty.status_code, empty.json()["code"]) == (422, "message_empty")


async def test_a_conversation_has_an_end(api: Api) -> None:
    sale = await one_dear(api)
    made = await sale.applied("refund_only", "missing_item", (0, 1))
    await api.rt.db.execute("UPDATE return_request SET messages = 200 WHERE id = $1", UUID(made["id"]))
    answer = await sale.decide(made, "messages", {"text": "再说一句"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conversation_full")


async def test_a_cancelled_order_closes_what_is_open(api: Api) -> None:
    """Cancel against return: all the money went back once, and nothing is left to decide."""
    sale = await paid_sale(api, quantities=(2,))
    await sale.policy(automatic=False)
    made = await sale.applied("refund_only", "changed_mind", (0, 1))
    answer = await sale.buyer.post(f"{sale.shop}/orders/{sale.order_id}/cancel", {"reason": "不要了"})
    assert answer.status_code == 200
    assert (await sale.decide(made, "approve")).json()["code"] == "return_order_cancelled"
    await run_all(api.rt)
    assert (await state(sale, made))[0] == "closed"
    assert await sale.refunds() == [sale.total]


async def test_batch_approval_says_what_became_of_each(api: Api) -> None:
    sale = await one_dear(api)
    other = await paid_sale(api, prices=(9000,), quantities=(1,), store=sale.store, owner=sale.owner)
    await other.ship()
    await other.deliver(1)
    one = await sale.applied("refund_only", "missing_item", (0, 1))
    two = await other.applied("refund_only", "missing_item", (0, 1))
    gone = await other.by_buyer(two, "withdraw")
    assert gone.json()["status"] == "withdrawn"
    asked = {"ids": [one["id"], two["id"]]}
    rows = (await sale.owner.post("/returns/approve", asked, key="both-of-them")).json()["items"]
    assert [(r["ok"], r["status"], r["code"]) for r in rows] == [
        (True, "refunding", None),
        (False, None, "return_state"),
    ]
    assert await sale.refunds() == [sale.total]  # what was computed, freight included
    page = (await sale.owner.get("/returns", params={"status": "refunding"})).json()
    assert [r["id"] for r in page["items"]] == [one["id"]]
    assert (page["counts"]["all"], page["counts"]["waiting"]) == (2, 0)
    for words in (sale.order_number, one["number"]):
        found = (await sale.owner.get("/returns", params={"q": words})).json()
        assert [r["id"] for r in found["items"]] == [one["id"]]
    assert (await sale.owner.get("/returns", params={"q": "R000"})).json()["items"] == []


async def test_the_queue_is_read_in_pages_with_the_most_urgent_first(api: Api) -> None:
    sale = await paid_sale(api, prices=(9000,), quantities=(3,))
    await sale.ship()
    await sale.deliver(1)
    made = [await sale.applied("refund_only", "missing_item", (0, 1)) for _ in range(3)]
    for params in ({"waiting": True}, {}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await sale.owner.get("/returns", params={**params, "limit": 2, **cursor})).json()
            seen += [r["id"] for r in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        expected = [m["id"] for m in made]
        assert seen == (expected if params else expected[::-1])


async def test_the_merchant_pays_back_what_nobody_asked_for(api: Api) -> None:
    sale = await one_dear(api)
    body = {"amount": 800, "reason": "晚发货补偿", "notify": False}
    made = await sale.owner.post(f"/orders/{sale.order_id}/refunds", body, key="sorry-for-that")
    quiet = "SELECT array_agg(notify) FROM refund WHERE store_id = $1 AND order_id = $2"
    assert await api.rt.db.fetchval(quiet, sale.store, sale.order_id) == [False]
    assert (made.status_code, made.json()["amount"], made.json()["status"]) == (201, 800, "refunding")
    much = await sale.owner.post(
        f"/orders/{sale.order_id}/refunds", {"amount": 9000, "reason": "x"}, key="too-much-of-it"
    )
    assert (much.json()["code"], much.json()["data"]) == ("amount_too_high", {"most": sale.total - 800})
    rest = await sale.applied("return_refund", "no_reason", (0, 1))
    await sale.sent_back(rest)
    assert (await sale.decided(rest, "inspect"))["amount"] == sale.total - 800  # never more than was paid
    assert sum(await sale.refunds()) == sale.total
