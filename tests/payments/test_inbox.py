"""Every message and every call is kept, shown and can be acted upon again; poison blocks nobody."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.payments.test_console_cancel import staff_of
from tests.payments.world import World
from tests.support.api import Caller
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.payments import hooks_api, replay
from zhanggui.payments.inbox import keep_failed
from zhanggui.payments.inbox_listing import masked
from zhanggui.payments.provider import Message


async def entries(owner: Caller, world: World, query: str = "") -> list[dict[str, Any]]:
    host = world.rt.config.console_origin.removeprefix("http://")
    answer = await owner.get(f"/provider-inbox{query}", headers={"Host": host})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_calls_and_messages_are_kept_and_filtered_and_facts_are_masked(world: World) -> None:
    order, owner = await world.order(), await staff_of(world, "owner")
    await world.pay(order)
    kinds = {(e["direction"], e["kind"], e["outcome"]) for e in await entries(owner, world)}
    assert {("out", "prepare", "ok"), ("in", "TRANSACTION.SUCCESS", "paid")} <= kinds
    (told,) = await entries(owner, world, "?direction=in&state=handled")
    assert told["order_id"] == str(order.id)
    host = world.rt.config.console_origin.removeprefix("http://")
    detail = (await owner.get(f"/provider-inbox/entry?entry={told['id']}", headers={"Host": host})).json()
    assert detail["facts"]["amount"]["total"] == 1200
    assert detail["facts"]["payer"]["openid"].endswith("…")
    assert len(detail["facts"]["payer"]["openid"]) == 5


async def test_newbee_a_forged_paid_call_and_probes_are_refused_and_recorded(world: World) -> None:
    order, owner = await world.order(), await staff_of(world, "owner")
    url = f"{world.shop.base_url}/hooks/wechat-pay/{world.account.id}".replace("//hooks", "/hooks")
    probed = await world.sandbox.call("POST", "/probe", {"mchid": world.account.mchid, "url": url})
    assert probed["refused"]
    forged = await world.shop.post(url, json={"id": "EV-1", "event_type": "TRANSACTION.SUCCESS"})
    assert forged.status_code == 401
    kinds = sorted(e["kind"] for e in await entries(owner, world, "?state=refused"))
    assert kinds == ["SIGNTEST", "UNVERIFIED"]
    assert await world.status(order) == "pending_payment"


async def test_macrozheng_881_a_poison_message_becomes_a_dead_letter_and_blocks_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, other = await world.order(), await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify", "drop", final=True)
    await world.sandbox.approve(prepay_id)
    await world.sandbox.clear()
    told = await world.sandbox.order(UUID(attempt_id).hex)
    message = Message("EV-poison", "n", "TRANSACTION.SUCCESS", {"out_trade_no": told["out_trade_no"]})

    async def broken(*_: object) -> object:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(replay, "act_on", broken)
    await keep_failed(world.rt, world.store_id, world.account.id, message, ZeroDivisionError("first"))
    for _ in range(replay.MOST_TRIES + 1):
        await world.turn(3600 if _ else 10)
        await world.run_jobs()
    row = await world.rt.db.fetchrow(
        "SELECT state, tries, error FROM provider_inbox WHERE store_id = $1 AND external_id = 'EV-poison'",
        world.store_id,
    )
    assert row is not None
    assert (row["state"], row["tries"]) == ("dead", replay.MOST_TRIES)
    assert "a fault of ours" in row["error"]
    assert other.id  # and the queue went on: its timer has run
    assert await world.status(other) == "cancelled"


async def test_acting_again_is_the_same_as_acting_once(world: World) -> None:
    order, owner = await world.order(), await staff_of(world, "owner")
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify", "drop", final=True)
    await world.sandbox.approve(prepay_id)
    host = world.rt.config.console_origin.removeprefix("http://")
    (call,) = await entries(owner, world, f"?direction=out&subject={attempt_id}")
    for _ in range(2):
        again = await owner.post("/provider-inbox/replay", {"entry": call["id"]}, headers={"Host": host})
        assert again.status_code == 200, again.text
        assert again.json()["entry"]["outcome"] == "asked:succeeded"
    assert await world.status(order) == "paid"
    assert await world.timeline(order) == ["paid"]
    with pytest.raises(ShopError, match="not_found"):
        await replay.replay(world.rt, UUID(int=1), call["id"])


async def test_a_message_we_fail_to_act_on_is_answered_500_and_comes_to_its_end(
    rt: Runtime, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await world.order()
    attempt_id, prepay_id = await world.ready(order)
    await world.sandbox.fault("notify", "drop", count=1)
    await world.sandbox.approve(prepay_id)
    sent: list[httpx.Request] = []

    async def broken(*_: object) -> object:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(hooks_api, "_dispatch", broken)

    async def parsed(*_: object) -> Message:
        return Message("EV-late", "n", "TRANSACTION.SUCCESS", {"out_trade_no": UUID(attempt_id).hex})

    monkeypatch.setattr(type(world.account.provider), "parse", parsed)
    taken = await hooks_api.take_in(rt, world.account.id, {}, b"")
    assert (taken.status, sent) == (500, [])
    kept = await rt.db.fetchrow(
        "SELECT state, error FROM provider_inbox WHERE store_id = $1 AND external_id = 'EV-late'",
        world.store_id,
    )
    assert kept is not None
    assert (kept["state"], kept["error"]) == ("waiting", "ZeroDivisionError: a fault of ours")


def test_what_names_a_buyer_is_masked_at_any_depth() -> None:
    assert masked({"a": [{"openid": "oABCDEF", "n": 1}]}) == {"a": [{"openid": "oABC…", "n": 1}]}
