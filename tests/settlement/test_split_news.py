"""News of a split: what came of it is asked for at once, and only what the query says is believed."""

from typing import Any
from uuid import UUID

from tests.payments.world import Order
from tests.settlement.sharing import Sharing
from zhanggui.core.ids import new_id
from zhanggui.payments.provider import Message
from zhanggui.settlement.split_result import split_told


async def under_way(sharing: Sharing) -> tuple[Order, UUID]:
    """An order whose payment the platform is splitting; we would ask again in an hour."""
    config = sharing.settings.config
    hook = f"{config.shop_origin}/hooks/wechat-pay/{sharing.world.account.id}"
    mchid = sharing.world.account.mchid
    await sharing.world.sandbox.call("POST", "/sharing", {"mchid": mchid, "notify_url": hook})
    order = await sharing.paid()
    await sharing.complete(order)
    await sharing.minute()
    await sharing.world.run_jobs()
    assert (await sharing.shares(order))["partner"][0] == "sent"
    split_id = (await sharing.row(order))["id"]
    await sharing.world.rt.db.execute(
        "UPDATE job SET due_at = due_at + interval '1 hour' WHERE store_id = $1 AND kind = 'settlement.split'",
        sharing.store_id,
    )
    return order, split_id


async def outcomes(sharing: Sharing) -> list[tuple[str, str]]:
    rows = await sharing.world.rt.db.fetch(
        "SELECT kind, outcome FROM provider_inbox WHERE store_id = $1 AND kind = 'PROFITSHARING'",
        sharing.store_id,
    )
    return [(row["kind"], row["outcome"]) for row in rows]


async def test_a_split_is_known_before_its_next_query_is_due(sharing: Sharing) -> None:
    order, _ = await under_way(sharing)
    await sharing.world.run_jobs()
    assert (await sharing.shares(order))["partner"][0] == "sent"
    await sharing.world.sandbox.settle(5)  # it finishes there, and both merchants' parts are told
    assert await outcomes(sharing) == [("PROFITSHARING", "known")] * 2
    await sharing.world.run_jobs()
    assert {name: s[0] for name, s in (await sharing.shares(order)).items()} == {
        "partner": "paid",
        "supplier": "paid",
        "leader": "paid",
    }


async def news(sharing: Sharing, **body: Any) -> tuple[str, str]:
    message = Message(new_id().hex, "n", "PROFITSHARING", body)
    decision = await split_told(sharing.world.rt, sharing.store_id, message)
    return decision.verdict, decision.why


async def test_a_return_is_known_before_its_next_query_is_due(sharing: Sharing) -> None:
    order, split_id = await under_way(sharing)
    await sharing.world.turn(3_600)
    await sharing.finish()
    await sharing.refund(order, 2_000)
    await sharing.world.run_jobs()
    await sharing.world.rt.db.execute(
        "UPDATE job SET due_at = due_at + interval '1 hour' WHERE store_id = $1 AND kind = 'payments.refund'",
        sharing.store_id,
    )
    await sharing.world.sandbox.settle(5)  # the first receiver has given back
    assert (await sharing.shares(order))["partner"][2] == 0
    row = await sharing.row(order)
    told = await news(sharing, out_order_no=f"{split_id.hex}R1B1", transaction_id=row["transaction_id"])
    assert told == ("known", "")
    await sharing.world.run_jobs()
    assert (await sharing.shares(order))["partner"][2] == 200


async def test_news_that_do_not_fit_change_nothing(sharing: Sharing) -> None:
    """Nor do those that say more than is so: the platform is asked, and has not finished."""
    order, split_id = await under_way(sharing)
    transaction = (await sharing.row(order))["transaction_id"]
    number = f"{split_id.hex}R1B1"
    assert await news(sharing, out_order_no="P20260101", transaction_id=transaction) == ("known", "not_ours")
    assert await news(sharing, out_order_no=f"{new_id().hex}R1B1", transaction_id=transaction) == (
        "known",
        "not_ours",
    )
    assert await news(sharing, out_order_no=number, transaction_id="42") == ("refused", "transaction_id")
    assert await news(sharing, out_order_no=number, transaction_id=transaction) == ("known", "")
    await sharing.world.run_jobs()
    assert (await sharing.shares(order))["partner"][0] == "sent"
