"""A cart over two stores is paid with one payment: one share, one account and one confirmation per store."""

from uuid import UUID

import httpx
import pytest

from tests.payments.together import Pair
from tests.support.three_sides import three_sides
from zhanggui.core.db import in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.payments import confirm_combined
from zhanggui.payments.accounts import add_account
from zhanggui.payments.queries import combined_of
from zhanggui.payments.records import load_attempt
from zhanggui.payments.settle import ask


async def test_one_payment_pays_the_orders_of_both_stores(pair: Pair) -> None:
    payment_id, prepay_id = await pair.ready()
    await pair.tea.sandbox.approve(prepay_id)
    assert await pair.statuses() == ["paid", "paid"]
    assert await pair.attempts() == [["succeeded"], ["succeeded"]]
    checked = (await pair.check(payment_id)).json()
    assert (checked["status"], checked["amount"]) == ("succeeded", 1850 + 9900)
    for world, order in pair.both:
        assert (await world.row(order))["paid_amount"] == order.total
        assert await world.held(order) == "consumed"
        assert await world.inbox() == ["paid"]
        bodies = await world.rt.db.fetch(
            "SELECT body FROM provider_inbox WHERE store_id = $1 AND direction = 'in'", world.store_id
        )
        assert [len(b["body"]["sub_orders"]) for b in bodies] == [1]  # a store never sees another's sale
        await world.stock_is_exact()
    told = await pair.tea.sandbox.order(UUID(payment_id).hex)
    assert {p["mchid"] for p in told["sub_orders"]} == {pair.tea.account.mchid, pair.bag.account.mchid}
    known = await combined_of(pair.tea.rt.db, pair.bag.store_id, pair.second.id)
    assert known is not None
    assert known.combine_out_trade_no == UUID(payment_id).hex
    assert {p.order_id for p in known.parts} == {pair.first.id, pair.second.id}


async def test_money_of_two_merchants_goes_into_two_accounts_and_can_go_into_no_other(pair: Pair) -> None:
    """二清: one payment over stores of two entities, and neither store can be given the other's account."""
    rt, entities = pair.tea.rt, ("91310104MA00000011", "91330105MA0000002T")
    for world, code in zip((pair.tea, pair.bag), entities, strict=True):
        document = {"entity": {"name": "某某公司", "code": code}}
        await rt.db.execute(
            "UPDATE store SET settings = settings || $2 WHERE store_id = $1", world.store_id, document
        )
    for mine, other in ((pair.tea, pair.bag), (pair.bag, pair.tea)):
        keys = other.account.provider.account
        with pytest.raises(ShopError, match="account_of_other_entity"):
            await in_transaction(rt.db, lambda conn: add_account(conn, rt.sealer, mine.store_id, keys))  # noqa: B023 - awaited at once
    payment_id, prepay_id = await pair.ready()
    await pair.tea.sandbox.approve(prepay_id)
    assert await pair.statuses() == ["paid", "paid"]
    told = await pair.tea.sandbox.order(UUID(payment_id).hex)
    taken = {p["mchid"]: p["amount"]["total_amount"] for p in told["sub_orders"]}
    assert taken == {pair.tea.account.mchid: 1850, pair.bag.account.mchid: 9900}
    for world, order in pair.both:
        await three_sides(rt.db, world.store_id, order.id, world.sandbox)


@pytest.mark.parametrize("method", ["wechat_h5", "wechat_native"])
async def test_browsers_and_codes_pay_both_too(pair: Pair, method: str) -> None:
    started = (await pair.start(method)).json()
    page = started["pay"].get("h5_url") or started["pay"]["code_url"]
    await pair.tea.sandbox.approve(httpx.URL(page).params["prepay_id"])
    assert await pair.statuses() == ["paid", "paid"]


async def test_the_same_key_and_another_press_are_the_same_payment(pair: Pair) -> None:
    first = (await pair.start(key="one-and-the-same")).json()
    assert (await pair.start(key="one-and-the-same")).json()["id"] == first["id"]
    assert (await pair.start()).json()["id"] == first["id"]
    native = (await pair.start("wechat_native")).json()
    assert native["id"] != first["id"]
    assert await pair.attempts() == [["closed", "pending"], ["closed", "pending"]]


async def test_one_wrong_part_refuses_the_message_and_leaves_a_trace_in_both_stores(pair: Pair) -> None:
    """CRMEB: amount not checked. Nothing is believed of a message that is wrong in one part; the true one pays both."""
    _, prepay_id = await pair.ready()
    await pair.tea.sandbox.fault("notify", "wrong_amount", count=1)
    await pair.tea.sandbox.approve(prepay_id)
    assert await pair.statuses() == ["pending_payment", "pending_payment"]
    assert [await world.inbox() for world, _ in pair.both] == [["refused:amount"], ["refused:amount"]]
    await pair.tea.sandbox.settle(20)
    assert await pair.statuses() == ["paid", "paid"]


async def test_a_crash_between_the_stores_confirms_each_once(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """medusa #9980: payment taken, order missing. What the crash left undone the query does, and nothing twice."""
    payment_id, prepay_id = await pair.ready()
    await pair.tea.sandbox.fault("notify", "drop", final=True)
    await pair.tea.sandbox.approve(prepay_id)
    whole = confirm_combined.confirm

    async def crashing(rt: Runtime, store_id: UUID, *rest: object) -> object:
        if store_id == pair.bag.store_id:
            raise ConnectionError("the process is gone")
        return await whole(rt, store_id, *rest)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(confirm_combined, "confirm", crashing)
    attempt_id = await pair.tea.rt.db.fetchval(
        "SELECT id FROM payment_attempt WHERE store_id = $1 AND order_id = $2",
        pair.tea.store_id,
        pair.first.id,
    )
    with pytest.raises(ConnectionError):
        await ask(pair.tea.rt, await load_attempt(pair.tea.rt.db, pair.tea.store_id, attempt_id))
    assert await pair.statuses() == ["paid", "pending_payment"]
    monkeypatch.undo()
    assert (await pair.check(payment_id)).json()["status"] == "succeeded"
    assert await pair.statuses() == ["paid", "paid"]
    assert [await world.timeline(order) for world, order in pair.both] == [["paid"], ["paid"]]


async def test_late_money_of_one_order_goes_back_and_the_other_is_paid(pair: Pair) -> None:
    """litemall, yudao: payment after auto-cancel kept. Only the cancelled order's share is given back."""
    _, prepay_id = await pair.ready()
    await pair.tea.rt.db.execute(
        "UPDATE sales_order SET status = 'cancelled' WHERE store_id = $1 AND id = $2",
        pair.tea.store_id,
        pair.first.id,
    )
    await pair.tea.sandbox.approve(prepay_id)
    assert await pair.statuses() == ["cancelled", "paid"]
    await pair.run_jobs()
    await pair.tea.sandbox.settle(90)
    assert await pair.tea.refunds(pair.first) == [("late_payment", "succeeded", 1850)]
    assert await pair.bag.refunds(pair.second) == []


async def test_timeout_closes_once_for_all_and_gives_back_the_stock(pair: Pair) -> None:
    """yudao: never closes the payment at the provider on timeout."""
    payment_id, prepay_id = await pair.ready()
    await pair.tea.turn(16 * 60)
    for _ in range(3):
        await pair.run_jobs()
    assert await pair.statuses() == ["cancelled", "cancelled"]
    assert await pair.attempts() == [["closed"], ["closed"]]
    closes = [call for call in await pair.tea.sandbox.calls(UUID(payment_id).hex) if "/close → 204" in call]
    assert len(closes) == 1
    gone = await pair.tea.sandbox.http.post(f"/_sandbox/cashier/{prepay_id}/approve", json={})
    assert gone.json()["code"] == "ORDER_CLOSED"
    for world, _ in pair.both:
        await world.stock_is_exact()


async def test_cancelling_one_order_closes_the_payment_and_the_other_can_be_paid_alone(pair: Pair) -> None:
    await pair.ready()
    assert (await pair.tea.cancel(pair.first)).json()["status"] == "cancelled"
    assert await pair.attempts() == [["closed"], ["closed"]]
    await pair.bag.pay(pair.second)
    assert await pair.statuses() == ["cancelled", "paid"]


async def test_paying_one_alone_ends_the_common_payment(pair: Pair) -> None:
    _, prepay_id = await pair.ready()
    await pair.tea.pay(pair.first)
    assert await pair.attempts() == [["closed", "succeeded"], ["closed"]]
    gone = await pair.tea.sandbox.http.post(f"/_sandbox/cashier/{prepay_id}/approve", json={})
    assert gone.json()["code"] == "ORDER_CLOSED"
    assert (await pair.start()).json()["code"] == "already_paid"


async def test_stores_that_cannot_be_combined_are_paid_one_by_one(pair: Pair) -> None:
    merchant = {"mchid": pair.bag.account.mchid, "combines": False}
    await pair.tea.sandbox.call("POST", "/merchants", merchant)
    refused = await pair.start()
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_not_combinable")
    assert await pair.attempts() == [["failed"], ["failed"]]
    for world, order in pair.both:
        await world.pay(order)
    assert await pair.statuses() == ["paid", "paid"]


async def test_a_lost_answer_is_asked_about_and_repeated_under_the_same_number(pair: Pair) -> None:
    await pair.tea.sandbox.fault("/v3/combine-transactions/jsapi", "drop", count=1)
    payment_id, prepay_id = await pair.ready()
    calls = [c for c in await pair.tea.sandbox.calls(UUID(payment_id).hex) if "transactions/jsapi" in c]
    assert len(calls) == 2
    await pair.tea.sandbox.approve(prepay_id)
    assert await pair.statuses() == ["paid", "paid"]


async def test_another_buyer_finds_neither_payment_nor_orders(pair: Pair) -> None:
    payment_id, _ = await pair.ready()
    stranger = await pair.tea.order()
    foreign = Pair(pair.tea, pair.bag, stranger, pair.second)
    assert (await foreign.check(payment_id)).status_code == 404
    assert (await foreign.start()).status_code == 404
