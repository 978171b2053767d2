"""Messages that verify and yet do not fit: refused with a code, kept in the inbox, and nothing of them believed.

CRMEB (code): amount not checked. Every fact of every kind of message is tried; the true message follows and is taken.
"""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock
from uuid import UUID

import httpx
import pytest

from tests.payments.together import Pair
from tests.payments.world import Order, World
from tests.support.sandbox import Sandbox
from tests.wechat_sandbox.local_servers import receiving
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Job, Later
from zhanggui.payments import hooks_api
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.attempt import Wish, start
from zhanggui.payments.inbox import Source
from zhanggui.payments.jobs import query
from zhanggui.payments.nonces import reused_nonces
from zhanggui.payments.provider import Trade
from zhanggui.payments.records import open_attempts
from zhanggui.payments.rules import OPEN, QUERY_DELAYS
from zhanggui.payments.settle import ask
from zhanggui.wechat import signing

PAYMENT: list[tuple[dict[str, Any], str]] = [
    ({"amount": {"total": 1}}, "amount"),
    ({"amount": {"total": -1200}}, "amount"),
    ({"amount": {"total": "1200"}}, "malformed"),
    ({"amount": {"total": 1200.5}}, "malformed"),
    ({"amount": {"total": None}}, "malformed"),
    ({"amount": {"currency": "USD"}}, "currency"),
    ({"mchid": "1900009999"}, "mchid"),
    ({"appid": "wx0000000000000000"}, "appid"),
    ({"out_trade_no": "0" * 32}, "unknown_attempt"),
    ({"out_trade_no": "somebody-else"}, "malformed"),
    ({"trade_state": "NOTPAY"}, "trade_state"),
    ({"trade_state": "GIVEN"}, "malformed"),
    ({"success_time": "yesterday"}, "malformed"),
    ({"transaction_id": None}, "malformed"),
]
REFUND: list[tuple[dict[str, Any], str]] = [
    ({"amount": {"refund": 1201}}, "amount"),
    ({"amount": {"refund": 0}}, "amount"),
    ({"amount": {"total": 1}}, "total"),
    ({"amount": {"currency": "USD"}}, "currency"),
    ({"amount": {"refund": "1200"}}, "malformed"),
    ({"mchid": "1900009999"}, "mchid"),
    ({"out_trade_no": "0" * 32}, "attempt_id"),
    ({"out_refund_no": "0" * 32}, "unknown_refund"),
    ({"refund_status": "GIVEN"}, "malformed"),
]
PARTS: list[tuple[dict[str, Any], str]] = [
    ({"sub_orders": {"trade_state": "NOTPAY"}}, "trade_state"),
    ({"sub_orders": {"amount": {"total_amount": 1}}}, "amount"),
    ({"sub_orders": {"amount": {"currency": "USD"}}}, "currency"),
    ({"sub_orders": {"mchid": "1900009999"}}, "mchid"),
    ({"sub_orders": {"out_trade_no": "0" * 32}}, "parts"),
    ({"combine_mchid": "1900009999"}, "mchid"),
    ({"combine_appid": "wx0000000000000000"}, "appid"),
]


async def refusals(world: World) -> list[str]:
    return [outcome for outcome in await world.inbox() if outcome.startswith("refused")]


async def told(world: World, number: str) -> str:
    """The id of the last notification about this payment at the platform."""
    known = await world.sandbox.call("GET", f"/notifications?out_trade_no={number}")
    return known["notifications"][-1]["id"]


async def again(world: World, notification: str, **forgery: Any) -> tuple[int, str]:
    """The platform sends it once more, now: (status, code) of what it was answered."""
    sent = await world.sandbox.call("POST", f"/notifications/{notification}/resend", forgery)
    return sent["status_code"], json.loads(sent["answer"])["message"]


async def not_told_yet(world: World) -> tuple[Order, str]:
    """An order that is paid at the platform, whose message was lost: with the message's id there."""
    order = await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify", "drop", count=1, final=True)
    await world.sandbox.approve(prepay_id)
    return order, await told(world, UUID(attempt_id).hex)


async def try_all(world: World, notification: str, cases: list[tuple[dict[str, Any], str]]) -> None:
    """Each is answered with its code and kept; the true message is taken afterwards."""
    for facts, why in cases:
        before = len(await refusals(world))
        assert await again(world, notification, kind="wrong_facts", facts=facts) == (400, why), facts
        assert (await refusals(world))[before:] == [f"refused:{why}"], facts
    assert await again(world, notification) == (200, "")


async def test_crmeb_a_payment_is_believed_only_when_every_fact_fits(world: World) -> None:
    order, notification = await not_told_yet(world)
    for case in PAYMENT[:-1]:
        facts, why = case
        assert await again(world, notification, kind="wrong_facts", facts=facts) == (400, why), facts
        assert await world.status(order) == "pending_payment", facts
    assert await refusals(world) == [f"refused:{why}" for _, why in PAYMENT[:-1]]
    await try_all(world, notification, PAYMENT[-1:])
    assert await world.status(order) == "paid"
    assert await world.three_sides(order) == (1200, 0, 0, 7)


async def test_a_refund_is_believed_only_when_every_fact_fits(world: World) -> None:
    order = await world.order()
    attempt_id = await world.pay(order)
    await world.sandbox.fault("notify:REFUND", "drop", count=1, final=True)
    await world.cancel(order)
    await world.run_jobs()
    await world.sandbox.settle(5)
    notification = await told(world, UUID(attempt_id).hex)
    assert await world.refunds(order) == [("cancel", "processing", 1200)]
    await try_all(world, notification, REFUND)
    assert await world.refunds(order) == [("cancel", "succeeded", 1200)]


async def test_a_combined_payment_is_believed_only_when_every_fact_of_every_part_fits(
    sandbox: Sandbox, pair: Pair
) -> None:
    """Of what is wrong every store concerned keeps a trace, and none learns what another sold."""
    payment_id, prepay_id = await pair.ready()
    sandbox.mchid = pair.tea.account.mchid
    await sandbox.fault("notify", "drop", count=1, final=True)
    await sandbox.approve(prepay_id)
    await try_all(pair.tea, await told(pair.tea, UUID(payment_id).hex), PARTS)
    assert await refusals(pair.bag) == [f"refused:{why}" for _, why in PARTS]
    assert await pair.statuses() == ["paid", "paid"]


async def test_the_nonce_of_another_message_is_refused(world: World) -> None:
    """One nonce signs one message: a second one under it, however well signed, is not the platform's own doing."""
    other = await world.order()
    await world.pay(other)  # the platform's last nonce is this message's
    order, notification = await not_told_yet(world)
    assert await again(world, notification, kind="same_nonce") == (400, "nonce")
    assert await world.status(order) == "pending_payment"
    assert await world.inbox() == ["paid", "refused:nonce"]
    assert await again(world, notification) == (200, "")
    assert await world.status(order) == "paid"


async def test_the_nonce_of_another_message_is_refused_of_a_refund_too(world: World) -> None:
    order = await world.order()
    await world.pay(order)
    await world.sandbox.fault("notify:REFUND", "same_nonce", count=1)
    await world.cancel(order)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.inbox() == ["paid", "refused:nonce"]
    await world.sandbox.settle(20)
    assert await world.refunds(order) == [("cancel", "succeeded", 1200)]


async def test_two_messages_with_one_nonce_at_once_are_one_message(world: World) -> None:
    """Whoever comes first keeps it; the other waits and is refused, in whichever process it came."""

    async def take(name: str) -> bool:
        async def work(conn: Connection) -> bool:
            source = Source(name, "one-nonce", "TRANSACTION.SUCCESS", {})
            return not await reused_nonces(conn, world.store_id, [source])

        return await in_transaction(world.rt.db, work)

    taken = await asyncio.gather(*(take(f"EV-{i % 4}") for i in range(8)))
    assert sum(taken) == 2  # the message that came first, and its repetition


async def test_a_message_sent_again_as_it_was_is_known_until_its_time_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay of the same bytes does nothing within five minutes of its signature, and is refused after them."""
    order = await world.order()
    with receiving() as receiver:
        monkeypatch.setattr(world.account.provider, "_notify_url", receiver.url)
        wish = Wish(
            world.store_id, order.id, order.customer_id, "wechat_native", None, "127.0.0.1", new_id().hex
        )
        started = await start(world.rt, wish, world.account)
        assert started.pay is not None
        await world.sandbox.approve(httpx.URL(started.pay.code_url or "").params["prepay_id"])
        (sent,) = receiver.got
    headers = {name.lower(): value for name, value in sent.headers.items()}

    async def replayed() -> int:
        return (await hooks_api.take_in(world.rt, world.account.id, headers, sent.body)).status

    assert [await replayed(), await replayed()] == [200, 200]
    assert await world.inbox() == ["paid"]
    assert await world.timeline(order) == ["paid"]
    now = time.time
    monkeypatch.setattr(signing.time, "time", lambda: now() + signing.MAX_SKEW_S + 5)
    assert await replayed() == 401


async def test_an_answer_that_does_not_fit_is_kept_and_nothing_of_it_believed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verified as it was: who looks at the inbox must see why an order that is paid there is not paid here."""
    order, _ = await not_told_yet(world)
    (attempt,) = await open_attempts(world.rt.db, world.store_id, order.id)
    provider = (await account_by_id(world.rt, attempt.account_id)).provider
    answer = await provider.query(attempt)
    assert answer.received is not None
    wrong = Trade("paid", answer.received._replace(amount=1))
    monkeypatch.setattr(provider, "query", AsyncMock(return_value=wrong))
    assert (await ask(world.rt, attempt)).status in OPEN
    kept = await world.rt.db.fetchrow(
        "SELECT kind, outcome, error FROM provider_inbox WHERE store_id = $1 AND subject_id = $2 AND outcome LIKE 'refused%'",
        world.store_id,
        attempt.id,
    )
    assert kept is not None
    assert (kept["kind"], kept["outcome"], kept["error"]) == (
        "query",
        "refused:amount",
        "the answer does not fit: amount",
    )
    assert await world.status(order) == "pending_payment"
    await world.forget_attempt(str(attempt.id))
    waits: list[timedelta] = []
    for _ in range(len(QUERY_DELAYS) + 1):  # it stays so: it is looked at ever more rarely
        with pytest.raises(Later) as later:
            await query(
                world.rt,
                Job(world.store_id, new_id(), "payments.query", "", {"attempt_id": str(attempt.id)}, 1),
            )
        waits.append(later.value.delay)
    assert waits[-1] == timedelta(seconds=QUERY_DELAYS[-1])
    assert await world.attempts(order) == ["closed"]
