"""Every message and every call is kept, shown and can be acted upon again; poison blocks nobody."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from tests.payments.test_console_cancel import staff_of
from tests.payments.world import Order, World
from tests.support.api import Caller
from zhanggui.app import create_api
from zhanggui.core.db import Row
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.payments import confirm, hooks_api, inbox, replay
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.attempt import Wish, start
from zhanggui.payments.inbox_listing import masked
from zhanggui.payments.lane import HookLane


async def entries(owner: Caller, world: World, query: str = "") -> list[dict[str, Any]]:
    host = world.rt.config.console_origin.removeprefix("http://")
    answer = await owner.get(f"/provider-inbox{query}", headers={"Host": host})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def broken(*_: object) -> object:
    raise ZeroDivisionError("a fault of ours")


@asynccontextmanager
async def hooks_of(rt: Runtime) -> AsyncGenerator[str]:
    """This process's own hooks over HTTP, so that a fault of ours can be put into what they do: their address."""
    api = create_api()
    api.state.rt = rt
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(
            uvicorn.Config(HookLane(api), log_level="critical", lifespan="off", ws="none")
        )
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


async def begun(world: World, order: Order, address: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A payment of which the platform tells `address`: (attempt id, prepay_id)."""
    account = await account_by_id(world.rt, world.account.id)
    monkeypatch.setattr(account.provider, "_notify_url", f"{address}/hooks/wechat-pay/{account.id}")
    buyer, nobody = order.customer_id, "127.0.0.1"
    wish = Wish(world.store_id, order.id, buyer, "wechat_native", None, nobody, new_id().hex)
    started = await start(world.rt, wish, account)
    assert started.pay is not None
    return str(started.id), httpx.URL(started.pay.code_url or "").params["prepay_id"]


async def entry(world: World) -> Row:
    """The one verified message that the store was sent."""
    (row,) = await world.rt.db.fetch(
        "SELECT external_id, state, tries, error FROM provider_inbox WHERE store_id = $1 AND direction = 'in'",
        world.store_id,
    )
    return row


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
    """A fault of ours inside confirming, over HTTP: answered 500, tried again by a job, given up and shown."""
    order, other = await world.order(), await world.order()
    async with hooks_of(world.rt) as address:
        _, prepay_id = await begun(world, order, address, monkeypatch)
        monkeypatch.setattr(confirm, "decide", broken)
        await world.sandbox.approve(prepay_id)
    kept = await entry(world)
    assert (kept["state"], kept["error"]) == ("waiting", "ZeroDivisionError: a fault of ours")
    for n in range(replay.MOST_TRIES + 1):
        await world.turn(3600 if n else 10)
        await world.run_jobs()
    dead = await entry(world)
    assert (dead["state"], dead["error"]) == ("dead", kept["error"])
    assert dead["tries"] >= replay.MOST_TRIES
    assert await world.status(order) == "closing"  # nothing was believed, and it is not given up either
    assert await world.status(other) == "cancelled"  # and the queue went on: its timer has run
    monkeypatch.undo()
    await replay.replay(world.rt, world.store_id, kept["external_id"])  # by hand, once the fault is mended
    assert await world.status(order) == "paid"
    assert (await entry(world))["state"] == "handled"


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
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault passes: the job that was written with the message confirms the payment, and the next try finds it done."""
    order = await world.order()
    async with hooks_of(world.rt) as address:
        attempt_id, prepay_id = await begun(world, order, address, monkeypatch)
        with monkeypatch.context() as faulty:
            faulty.setattr(confirm, "decide", broken)
            await world.sandbox.approve(prepay_id)
        assert (await entry(world))["state"] == "waiting"
        assert await world.status(order) == "pending_payment"
        await world.turn(10)
        await world.run_jobs()
        done = await entry(world)
        assert (done["state"], done["error"]) == ("handled", None)
        assert await world.status(order) == "paid"
        await world.sandbox.settle(16)
    (told,) = (await world.sandbox.order(UUID(attempt_id).hex))["notifications"]
    assert [one["status_code"] for one in told["attempts"]] == [500, 200]
    assert await world.timeline(order) == ["paid"]
    assert await world.three_sides(order) == (1200, 0, 0, 7)


async def test_a_message_for_an_account_that_is_not_there_leaves_a_trace(world: World) -> None:
    account = new_id()
    answer = await world.shop.post(f"/hooks/wechat-pay/{account}", json={"id": "EV-1"})
    assert (answer.status_code, answer.json()["code"]) == (404, "FAIL")
    query = "SELECT kind, state, error FROM provider_inbox WHERE store_id = $1 AND body->>'account' = $2"
    (row,) = await world.rt.db.fetch(query, inbox.NOBODY, str(account))
    assert (row["kind"], row["state"], row["error"]) == ("UNVERIFIED", "refused", "no such account")


async def test_what_comes_beyond_the_limit_without_a_signature_is_counted_in_one_row(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "UNVERIFIED_PER_MINUTE", 2)
    for n in range(9):
        assert (await hooks_api.take_in(world.rt, world.account.id, {}, b"%d" % n)).status == 401
    rows = await world.rt.db.fetch(
        "SELECT external_id LIKE 'unverified-beyond-%' AS beyond, tries FROM provider_inbox"
        " WHERE store_id = $1 AND kind = 'UNVERIFIED'",
        world.store_id,
    )
    beyond = [r["tries"] for r in rows if r["beyond"]]  # one, unless the hour has turned over meanwhile
    assert beyond
    assert sum(beyond) + len([r for r in rows if not r["beyond"]]) == 9


def test_what_names_a_buyer_is_masked_at_any_depth() -> None:
    assert masked({"a": [{"openid": "oABCDEF", "n": 1}]}) == {"a": [{"openid": "oABC…", "n": 1}]}
