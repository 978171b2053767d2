"""Bringing an attempt into agreement with what the provider says now: asking, and closing."""

from typing import Literal

from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.confirm import confirm
from zhanggui.payments.provider import AttemptRecord, Trade
from zhanggui.payments.records import count_query, end_attempt, load_attempt
from zhanggui.payments.rules import OPEN

Ended = Literal["closed", "paid", "paying"]


async def ask(rt: Runtime, attempt: AttemptRecord) -> AttemptRecord:
    """Query the provider and act on the answer; returns the attempt as it stands then.

    Raises OutcomeUnknown when there is no trustworthy answer.
    """
    if attempt.status == "succeeded":
        return attempt
    account = await account_by_id(rt, attempt.account_id)
    trade = await account.provider.query(attempt)
    await count_query(rt.db, attempt)
    await _apply(rt, attempt, trade)
    return await load_attempt(rt.db, attempt.store_id, attempt.id)


async def close_attempt(rt: Runtime, attempt: AttemptRecord) -> Ended:
    """query → close at the provider → closed, in that order; a payment found on the way is confirmed.

    `paying`: the buyer is entering his password right now, try again in a few seconds. Raises OutcomeUnknown.
    """
    now = await ask(rt, attempt)
    if now.status not in OPEN:
        return "paid" if now.status == "succeeded" else "closed"
    result = await close_at_provider(rt, now)
    if result != "closed":
        return result
    if await end_attempt(rt.db, now, "closed"):
        return "closed"
    now = await load_attempt(rt.db, attempt.store_id, attempt.id)
    return "paid" if now.status == "succeeded" else "closed"


async def close_at_provider(rt: Runtime, attempt: AttemptRecord) -> Ended:
    """Make it impossible to pay an attempt whatever its own state; when it is paid already, confirm that.

    A number the provider has never seen counts as closed: a call still on its way is closed by whoever made it
    (`attempt.start` closes what it finds ended when its answer comes). Raises OutcomeUnknown, ProviderRefused.
    """
    account = await account_by_id(rt, attempt.account_id)
    result = await account.provider.close(attempt)
    if result == "paid":
        now = await ask(rt, attempt)
        return "paid" if now.status == "succeeded" else "paying"
    return "closed" if result == "absent" else result


async def _apply(rt: Runtime, attempt: AttemptRecord, trade: Trade) -> None:
    if trade.received is not None:
        await confirm(rt, attempt.store_id, trade.received)
    elif trade.state == "closed":
        await end_attempt(rt.db, attempt, "closed")
    elif trade.state in {"failed", "returned"}:
        await end_attempt(rt.db, attempt, "failed")
