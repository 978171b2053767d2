"""Bringing an attempt into agreement with what the provider says now: asking, and closing.

A part of a combined payment is asked about, and closed, with all the others: the provider knows them only together.
"""

from typing import Literal

import structlog

from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.combined_records import end_parts, load_combined, load_parts
from zhanggui.payments.confirm import confirm
from zhanggui.payments.confirm_combined import confirm_combined
from zhanggui.payments.inbox import note_misfit
from zhanggui.payments.provider import AttemptRecord, CombinedPart, CombinedRecord, Trade
from zhanggui.payments.records import count_query, end_attempt, load_attempt
from zhanggui.payments.rules import OPEN, Decision

log = structlog.get_logger()
Ended = Literal["closed", "paid", "paying"]


async def ask(rt: Runtime, attempt: AttemptRecord) -> AttemptRecord:
    """Query the provider and act on the answer; returns the attempt as it stands then.

    Raises OutcomeUnknown when there is no trustworthy answer.
    """
    if attempt.status == "succeeded":
        return attempt
    if attempt.combined_id is not None:
        await _ask_combined(rt, attempt)
    else:
        account = await account_by_id(rt, attempt.account_id)
        trade = await account.provider.query(attempt)
        await _apply(rt, attempt, trade)
    await count_query(rt.db, attempt)
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
    if now.combined_id is not None:
        await end_parts(rt.db, now.combined_id, "closed")
    elif await end_attempt(rt.db, now, "closed"):
        return "closed"
    now = await load_attempt(rt.db, attempt.store_id, attempt.id)
    return "paid" if now.status == "succeeded" else "closed"


async def close_at_provider(rt: Runtime, attempt: AttemptRecord) -> Ended:
    """Make it impossible to pay an attempt whatever its own state; when it is paid already, confirm that.

    A number the provider has never seen counts as closed: a call still on its way is closed by whoever made it
    (`attempt.start` closes what it finds ended when its answer comes). Raises OutcomeUnknown, ProviderRefused.
    """
    if attempt.combined_id is not None:
        order, parts = await together(rt, attempt)
        account = await account_by_id(rt, order.account_id)
        result = await account.provider.close_combined(order, parts)
    else:
        account = await account_by_id(rt, attempt.account_id)
        result = await account.provider.close(attempt)
    if result == "paid":
        now = await ask(rt, attempt)
        return "paid" if now.status == "succeeded" else "paying"
    return "closed" if result == "absent" else result


async def together(rt: Runtime, attempt: AttemptRecord) -> tuple[CombinedRecord, list[CombinedPart]]:
    """The combined payment that an attempt is a part of, with all its parts."""
    if attempt.combined_id is None:
        raise ValueError("this attempt stands alone")
    order = await load_combined(rt.db, attempt.customer_id, attempt.combined_id)
    return order, await load_parts(rt.db, order.id)


async def _apply(rt: Runtime, attempt: AttemptRecord, trade: Trade) -> None:
    if trade.received is not None:
        decision = await confirm(rt, attempt.store_id, trade.received)
        await _note_refused(rt, attempt, "query", decision)
    elif trade.state == "closed":
        await end_attempt(rt.db, attempt, "closed")
    elif trade.state == "failed":
        await end_attempt(rt.db, attempt, "failed")


async def _note_refused(rt: Runtime, attempt: AttemptRecord, kind: str, decision: Decision) -> None:
    if decision.verdict == "refused":
        log.error("answer_mismatch", attempt=str(attempt.id), why=decision.why)
        await note_misfit(rt.db, attempt.store_id, attempt.account_id, kind, attempt.id, decision.why)


async def _ask_combined(rt: Runtime, attempt: AttemptRecord) -> None:
    order, parts = await together(rt, attempt)
    account = await account_by_id(rt, order.account_id)
    trade = await account.provider.query_combined(order)
    if trade is None:
        return
    decision = await confirm_combined(rt, order.account_id, order.store_id, trade)
    await _note_refused(rt, attempt, "query_combined", decision)
    ours = {part.attempt.id: part.attempt for part in parts}
    for one in trade.parts:
        if one.received is None and one.attempt_id in ours:
            await _apply(rt, ours[one.attempt_id], Trade(one.state))
