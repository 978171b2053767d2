"""The platform's maximum ratio is read, kept and obeyed; receivers that are removed here are removed there."""

import pytest

from tests.settlement.sharing import Sharing
from zhanggui.core.errors import ShopError
from zhanggui.core.events import Event, append
from zhanggui.core.ids import new_id
from zhanggui.payments.keys import KEYS_REPLACED
from zhanggui.settlement import console_api, receivers, rule_book
from zhanggui.settlement.policy import load_policy
from zhanggui.settlement.receivers import NewReceiver
from zhanggui.settlement.shapes import PolicyBody, RuleInput

DELETE = "/v3/profitsharing/receivers/delete"


async def allow(sharing: Sharing, ratio: int) -> None:
    """What the merchant agreed with the platform, in ten-thousandths."""
    told = {"mchid": sharing.world.account.mchid, "max_ratio": ratio}
    await sharing.world.sandbox.call("POST", "/sharing", told)


async def agreed(sharing: Sharing) -> int | None:
    return (await load_policy(sharing.world.rt.db, sharing.store_id)).agreed_ratio


async def test_rules_and_policy_above_the_platforms_ratio_are_refused_and_say_it(sharing: Sharing) -> None:
    rt, store = sharing.world.rt, sharing.store_id
    assert await agreed(sharing) == 3_000
    await allow(sharing, 1_750)  # the store's rules share 17 %
    more = RuleInput(sharing.receivers["partner"], ratio=51)
    with pytest.raises(ShopError, match="ratio_over_maximum") as refused:
        await rule_book.add_rule(rt, store, new_id(), more, new_id().hex)
    assert refused.value.data == {"most": 1_750, "together": 1_751}
    assert "17.5%" in refused.value.problem("zh").detail
    with pytest.raises(ShopError, match="ratio_over_agreed") as above:
        await console_api.change_policy.fn(rt, store, PolicyBody(1_751, 30, False, 100, 20_000, 3))
    assert "17.5%" in above.value.problem("en").detail
    saved = await console_api.change_policy.fn(rt, store, PolicyBody(1_750, 30, False, 100, 20_000, 3))
    assert (saved.max_ratio, saved.agreed_ratio) == (1_750, 1_750)


async def test_the_ratio_is_read_daily_and_a_lower_one_caps_what_is_shared(sharing: Sharing) -> None:
    await allow(sharing, 1_200)
    await sharing.world.run_jobs()
    assert await agreed(sharing) == 3_000
    await sharing.world.turn(86_400)
    await sharing.world.run_jobs()
    assert await agreed(sharing) == 1_200
    shown = await console_api.list_rules.fn(sharing.world.rt, sharing.store_id)
    assert (shown.max_ratio, shown.together) == (1_200, 1_700)
    order = await sharing.paid()
    await sharing.split(order)
    assert {name: s[1] for name, s in (await sharing.shares(order)).items()} == {
        "partner": 1_000,
        "supplier": 200,
    }
    await sharing.agrees(order)


async def test_the_ratio_is_read_when_an_account_is_saved(sharing: Sharing) -> None:
    await allow(sharing, 900)
    account = sharing.world.account.id
    event = Event(sharing.store_id, KEYS_REPLACED, account, None, {"version": 1})
    await append(sharing.world.rt.db, [event])
    await sharing.world.run_jobs()
    assert await agreed(sharing) == 900


async def test_a_platform_that_does_not_say_leaves_what_it_said_before(sharing: Sharing) -> None:
    await sharing.world.sandbox.fault("/v3/profitsharing/merchant-configs", "http_500", count=1)
    rule = RuleInput(sharing.receivers["partner"], ratio=100)
    await rule_book.add_rule(sharing.world.rt, sharing.store_id, new_id(), rule, new_id().hex)
    assert await agreed(sharing) == 3_000


async def test_a_removed_receiver_is_removed_at_the_platform_once_it_has_its_share(sharing: Sharing) -> None:
    order = await sharing.paid()
    calls = len(await sharing.world.sandbox.calls(DELETE))
    await receivers.remove(sharing.world.rt, sharing.store_id, sharing.receivers["partner"])
    await sharing.world.run_jobs()
    assert len(await sharing.world.sandbox.calls(DELETE)) == calls  # it is still to be paid
    await sharing.split(order)
    assert (await sharing.shares(order))["partner"] == ("paid", 1_000, 0)
    await sharing.world.turn(6 * 3_600)
    await sharing.world.run_jobs()
    assert len(await sharing.world.sandbox.calls(DELETE)) == calls + 1


async def test_a_receiver_that_was_added_again_stays(sharing: Sharing) -> None:
    rt, store = sharing.world.rt, sharing.store_id
    calls = len(await sharing.world.sandbox.calls(DELETE))
    await receivers.remove(rt, store, sharing.receivers["partner"])
    row = await rt.db.fetchrow(
        "SELECT account, label FROM split_receiver WHERE id = $1", sharing.receivers["partner"]
    )
    assert row is not None
    again = NewReceiver("merchant", "sharing", "MERCHANT_ID", row["account"], "partner", "合作商户")
    await receivers.add(rt, store, new_id(), again, new_id().hex)
    await sharing.world.run_jobs()
    assert len(await sharing.world.sandbox.calls(DELETE)) == calls
