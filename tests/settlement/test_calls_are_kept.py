"""Every call about splits, what is given back of them, transfers, receivers and bills stands in the inbox, with what it was about."""

import io
from datetime import date

import pytest

from tests.settlement.sharing import Sharing
from tests.settlement.test_withdrawals import approve, ask
from zhanggui.core.errors import ShopError
from zhanggui.payments.inbox_listing import InboxRow, list_inbox, read_entry
from zhanggui.payments.provider import ProviderRefused
from zhanggui.payments.replay import replay


async def calls(sharing: Sharing) -> dict[str, InboxRow]:
    """The newest call of each kind."""
    rt, found, cursor = sharing.world.rt, dict[str, InboxRow](), None
    while True:
        page = await list_inbox(rt, sharing.store_id, "out", None, None, cursor)
        for row in page.items:
            found.setdefault(row.kind, row)
        cursor = page.next
        if cursor is None:
            return found


async def test_each_call_is_kept_with_its_subject_and_may_be_asked_about_again(sharing: Sharing) -> None:
    rt, order = sharing.world.rt, await sharing.paid()
    await sharing.split(order)
    await sharing.refund(order, 2_000)
    await sharing.finish()
    withdrawal = await ask(sharing, 120)
    await approve(sharing, withdrawal)
    with pytest.raises(ProviderRefused):
        await sharing.world.account.provider.download_bill("flow", date(2020, 1, 1), io.BytesIO())
    before, found = await sharing.refund_states(order), await calls(sharing)
    split = await sharing.row(order)
    given = await rt.db.fetch("SELECT id FROM split_return WHERE store_id = $1", sharing.store_id)
    for kind, subject, row_id, order_id in (
        ("split", "split", split["id"], order.id),
        ("unfreeze", "split", split["id"], order.id),
        ("give_back", "give_back", None, order.id),
        ("transfer", "withdrawal", withdrawal, None),
    ):
        row = found[kind]
        assert (row.outcome, row.subject, row.order_id) == ("ok", subject, order_id)
        assert row.number is not None
        assert row.number[:32] in ([row_id.hex] if row_id else {one["id"].hex for one in given})
        assert (await read_entry(rt, sharing.store_id, row.id)).replayable
        assert (await replay(rt, sharing.store_id, row.id)).startswith("asked:")
    for kind, subject, number in (("add_receiver", "receiver", None), ("bill", "bill", "2020-01-01")):
        row = found[kind]
        assert (row.subject, row.number, row.order_id) == (subject, number, None)
        assert not (await read_entry(rt, sharing.store_id, row.id)).replayable
        with pytest.raises(ShopError, match="nothing_to_replay"):
            await replay(rt, sharing.store_id, row.id)
    assert found["bill"].state == "refused"
    assert await sharing.refund_states(order) == before
    await sharing.agrees(order)


async def test_a_call_that_was_refused_says_with_which_code(sharing: Sharing) -> None:
    order = await sharing.paid()
    await sharing.world.sandbox.fault("/v3/profitsharing/orders", "refuse", code="RULE_LIMIT", count=2)
    await sharing.complete(order)
    await sharing.minute()
    await sharing.world.run_jobs()
    found = await calls(sharing)
    assert found["split"].outcome == "refused:RULE_LIMIT"
    assert found["split"].state == "refused"
