"""A person's withdrawal: asked for, approved, transferred, confirmed or expired; nothing is spent twice."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.settlement.sharing import Sharing
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.settlement import withdrawals
from zhanggui.settlement.balances import available_of
from zhanggui.settlement.withdrawals import Ask


def ask_of(sharing: Sharing, amount: int) -> Ask:
    return Ask(sharing.store_id, sharing.receivers["leader"], sharing.leader_id, sharing.openid, amount)


async def ask(sharing: Sharing, amount: int, key: str | None = None) -> UUID:
    return await withdrawals.request(sharing.world.rt, ask_of(sharing, amount), key or new_id().hex)


async def approve(sharing: Sharing, withdrawal: UUID) -> None:
    await withdrawals.approve(sharing.world.rt, sharing.store_id, withdrawal, "店主")
    await sharing.world.run_jobs()


async def left(sharing: Sharing) -> int:
    return await available_of(sharing.world.rt.db, sharing.store_id, sharing.receivers["leader"])


async def row(sharing: Sharing, withdrawal: UUID) -> Any:
    return await sharing.world.rt.db.fetchrow(
        "SELECT state, package_info, reason FROM receiver_withdrawal WHERE store_id = $1 AND id = $2",
        sharing.store_id,
        withdrawal,
    )


async def earned(sharing: Sharing, yuan: int = 300) -> int:
    """What the leader has after an order of that much is split: two percent."""
    order = await sharing.paid(yuan * 100)
    await sharing.split(order)
    return await left(sharing)


async def shop_call(sharing: Sharing, method: str, path: str, body: Any = None) -> httpx.Response:
    token = sharing.world.rt.signer.sign("access", sharing.leader_id, 900, sid=str(new_id()), guest=False)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id().hex}
    return await sharing.world.shop.request(method, f"/api/shop{path}", json=body, headers=headers)


async def test_a_person_asks_the_owner_approves_and_the_person_confirms(sharing: Sharing) -> None:
    assert await earned(sharing) == 600
    mine = (await shop_call(sharing, "GET", "/me/shares")).json()["items"]
    assert [(m["available"], m["earned"]) for m in mine] == [(600, 600)]
    path = f"/stores/{sharing.store_id}/shares/{sharing.receivers['leader']}/withdrawals"
    asked = await shop_call(sharing, "POST", path, {"amount": 400})
    assert asked.status_code == 201, asked.text
    (item,) = asked.json()["items"]
    assert (item["available"], item["pending"], item["withdrawals"][0]["state"]) == (200, 400, "requested")
    withdrawal = UUID(item["withdrawals"][0]["id"])
    one = f"/stores/{sharing.store_id}/withdrawals/{withdrawal}"
    assert (await shop_call(sharing, "POST", f"{one}/confirm")).json()["code"] == "withdrawal_not_ready"
    await approve(sharing, withdrawal)
    assert (await row(sharing, withdrawal))["state"] == "waiting"
    told = (await shop_call(sharing, "POST", f"{one}/confirm")).json()
    opened = await sharing.world.sandbox.call(
        "POST", "/merchant-transfer", {k: told[k] for k in ("mchId", "appId", "package")}
    )
    assert opened["confirm_url"] == told["confirmUrl"]
    await sharing.world.sandbox.call(
        "POST", f"/transfers/{told['package']}/confirm", {"openid": sharing.openid}
    )
    await sharing.world.sandbox.settle()  # the notification has been answered
    checked = (await shop_call(sharing, "POST", f"{one}/check")).json()["items"][0]
    assert (checked["available"], checked["pending"]) == (200, 0)
    assert checked["withdrawals"][0]["state"] == "paid"
    money = await sharing.world.sandbox.call("GET", f"/balances/{sharing.world.account.mchid}")
    assert [m["amount"] for m in money["movements"] if m["kind"] == "transfer"] == [-400]


async def test_news_of_a_transfer_are_believed_only_when_every_fact_fits(sharing: Sharing) -> None:
    """Each is refused with its code and kept; the true message is taken afterwards."""
    await earned(sharing)
    withdrawal, world = await ask(sharing, 400), sharing.world
    await approve(sharing, withdrawal)
    package = (await row(sharing, withdrawal))["package_info"]
    await world.sandbox.fault("notify:MCHTRANSFER", "drop", count=1, final=True)
    await world.sandbox.call("POST", f"/transfers/{package}/confirm", {})
    await world.sandbox.settle()
    known = await world.sandbox.call("GET", f"/notifications?out_trade_no={withdrawal.hex}")
    again = f"/notifications/{known['notifications'][-1]['id']}/resend"
    for facts, why in (
        ({"transfer_amount": 401}, "amount"),
        ({"transfer_amount": "400"}, "amount"),
        ({"state": "WAIT_USER_CONFIRM"}, "state"),
        ({"state": "GIVEN"}, "state"),
        ({"out_bill_no": "0" * 32}, "unknown_withdrawal"),
    ):
        sent = await world.sandbox.call("POST", again, {"kind": "wrong_facts", "facts": facts})
        assert sent["status_code"] == 400, facts
        assert (await world.inbox())[-1] == f"refused:{why}", facts
        assert (await row(sharing, withdrawal))["state"] == "waiting", facts
    sent = await world.sandbox.call("POST", again, {"kind": "same_nonce"})
    assert (sent["status_code"], (await world.inbox())[-1]) == (400, "refused:nonce")
    assert (await world.sandbox.call("POST", again, {}))["status_code"] == 200
    assert (await row(sharing, withdrawal))["state"] == "paid"


async def test_a_withdrawal_that_nobody_confirms_is_his_balance_again(sharing: Sharing) -> None:
    await earned(sharing)
    withdrawal = await ask(sharing, 600)
    await approve(sharing, withdrawal)
    assert await left(sharing) == 0
    await sharing.world.sandbox.settle(86_400)
    await sharing.world.turn(86_400)
    await sharing.world.run_jobs()
    assert (await row(sharing, withdrawal))["state"] == "expired"
    assert await left(sharing) == 600


async def test_rejected_or_taken_back_it_is_his_balance_again(sharing: Sharing) -> None:
    await earned(sharing)
    first, second = await ask(sharing, 300), await ask(sharing, 300)
    await withdrawals.reject(sharing.world.rt, sharing.store_id, first, "店主", "账户有误")
    with pytest.raises(ShopError, match="withdrawal_decided"):
        await withdrawals.approve(sharing.world.rt, sharing.store_id, first, "店主")
    with pytest.raises(ShopError, match="not_found"):
        await withdrawals.withdraw_request(sharing.world.rt, sharing.store_id, second, new_id())
    await withdrawals.withdraw_request(sharing.world.rt, sharing.store_id, second, sharing.leader_id)
    assert await left(sharing) == 600


async def test_the_same_fen_are_never_withdrawn_twice_under_race(sharing: Sharing) -> None:
    await earned(sharing)
    results = await asyncio.gather(*(ask(sharing, 400) for _ in range(6)), return_exceptions=True)
    done = [r for r in results if isinstance(r, UUID)]
    assert len(done) == 1
    assert {str(r) for r in results if not isinstance(r, UUID)} == {"balance_too_low"}
    assert await left(sharing) == 200


async def test_the_same_key_is_the_same_withdrawal(sharing: Sharing) -> None:
    await earned(sharing)
    key = new_id().hex
    first, second = await asyncio.gather(ask(sharing, 200, key), ask(sharing, 200, key))
    assert first == second
    assert await left(sharing) == 400


async def test_limits_of_the_store_hold(sharing: Sharing) -> None:
    await earned(sharing)
    await sharing.policy(withdraw_min=100, withdraw_max=300, withdraw_daily=2)
    for amount in (99, 301):
        with pytest.raises(ShopError, match="withdrawal_amount"):
            await ask(sharing, amount)
    await ask(sharing, 100)
    await ask(sharing, 100)
    with pytest.raises(ShopError, match="withdrawals_today"):
        await ask(sharing, 100)


async def test_a_balance_of_somebody_else_is_not_found(sharing: Sharing) -> None:
    await earned(sharing)
    with pytest.raises(ShopError, match="not_found"):
        await withdrawals.request(
            sharing.world.rt, ask_of(sharing, 100)._replace(openid="openid-stranger"), new_id().hex
        )


@pytest.mark.parametrize("kind", ["drop", "http_500", "system_error"])
async def test_a_transfer_with_an_unknown_outcome_is_made_once(sharing: Sharing, kind: str) -> None:
    await earned(sharing)
    more = {} if kind == "drop" else {"stage": "after"}
    await sharing.world.sandbox.fault("/v3/fund-app/mch-transfer/transfer-bills", kind, count=1, **more)
    withdrawal = await ask(sharing, 300)
    await approve(sharing, withdrawal)
    await sharing.world.turn(60)
    await sharing.world.run_jobs()
    assert (await row(sharing, withdrawal))["state"] == "waiting"
    posts = [c for c in await sharing.world.sandbox.calls(withdrawal.hex) if c.startswith("POST")]
    assert len(posts) == 1


async def test_a_share_that_was_withdrawn_cannot_be_had_back_and_the_refund_waits(sharing: Sharing) -> None:
    order = await sharing.paid(30_000)
    await sharing.split(order)
    await approve(sharing, await ask(sharing, 600))
    await sharing.refund(order, 30_000)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("requested", 30_000)]
    await sharing.policy(advance_refunds=True)
    await sharing.world.turn(900)
    await sharing.finish()
    assert await sharing.refund_states(order) == [("succeeded", 30_000)]
