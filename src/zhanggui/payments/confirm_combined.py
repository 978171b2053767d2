"""Facts about a combined payment: judged as a whole first, then confirmed store by store by the one operation."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime
from zhanggui.payments.combined_records import asked_of, load_combined, load_parts
from zhanggui.payments.confirm import confirm
from zhanggui.payments.inbox import Source, note_messages
from zhanggui.payments.provider import CombinedPart, CombinedTrade
from zhanggui.payments.rules import Decision, Received, misfit_of_parts

OWNER = statement(
    "payments.combined.owner", "SELECT customer_id FROM payment_attempt WHERE combined_id = $1 LIMIT 1"
)


async def confirm_combined(
    rt: Runtime, account_id: UUID, store_id: UUID, trade: CombinedTrade, source: Source | None = None
) -> Decision:
    """Believe what verifiably came through `account_id` (of `store_id`) about a combined payment.

    A message of which one part does not fit is refused as a whole, and every store concerned keeps its trace. Otherwise
    each part is confirmed in its own store's transaction; a crash between two leaves a message that comes again and a
    query schedule, and what was confirmed before is `known` then. Each inbox holds its own store's part only.
    """
    customer_id = await rt.db.fetchval(OWNER, trade.combined_id)
    if customer_id is None:
        return await _refuse(rt, [store_id], source, "unknown_payment")
    order, parts = (
        await load_combined(rt.db, customer_id, trade.combined_id),
        await load_parts(rt.db, trade.combined_id),
    )
    stores = sorted({part.attempt.store_id for part in parts})
    if order.account_id != account_id:
        return await _refuse(rt, stores, source, "account_id", parts)
    ours = {part.attempt.id: part for part in parts}
    if trade.mchid not in {part.mchid for part in parts if part.attempt.account_id == account_id}:
        return await _refuse(rt, stores, source, "mchid", parts)
    received = [_own(ours, one.received) for one in trade.parts if one.received is not None]
    if {one.attempt_id for one in trade.parts} != set(ours) or len(trade.parts) != len(ours):
        return await _refuse(rt, stores, source, "parts", parts)
    if source is not None and len(received) < len(ours):  # it is told when all are paid
        return await _refuse(rt, stores, source, "trade_state", parts)
    wrong = misfit_of_parts([asked_of(order, part) for part in parts], received)
    if wrong:
        return await _refuse(rt, stores, source, wrong, parts)
    answers = await asyncio.gather(
        *(
            confirm(
                rt,
                ours[one.attempt_id].attempt.store_id,
                one,
                _share(source, [ours[one.attempt_id]]) if source else None,
            )
            for one in received
        ),
        return_exceptions=True,
    )
    decisions = [_decided(one) for one in answers]  # all have come to an end, whichever failed
    refused = [one for one in decisions if one.verdict == "refused"]
    if refused:
        return refused[0]
    return next((one for one in decisions if one.verdict != "known"), Decision("known"))


def _decided(answer: Decision | BaseException) -> Decision:
    if isinstance(answer, BaseException):
        raise answer
    return answer


def _own(ours: dict[UUID, CombinedPart], received: Received) -> Received:
    """The message came to the account that asked; the money went to the part's own."""
    part = ours.get(received.attempt_id)
    return received._replace(account_id=part.attempt.account_id) if part else received


async def _refuse(
    rt: Runtime,
    stores: Sequence[UUID],
    source: Source | None,
    why: str,
    parts: Sequence[CombinedPart] = (),
) -> Decision:
    decision = Decision("refused", why)
    if source is not None:
        for store_id in stores:
            share = _share(source, [p for p in parts if p.attempt.store_id == store_id])
            await note_messages(rt.db, store_id, [(share, decision)])
    return decision


def _share(source: Source, parts: Sequence[CombinedPart]) -> Source:
    """The message as one store may keep it: other merchants' orders and amounts are left out."""
    numbers = {part.attempt.number for part in parts}
    own = [one for one in source.body.get("sub_orders", []) if one.get("out_trade_no") in numbers]
    subject = parts[0].attempt.id if parts else None
    return source._replace(body={**source.body, "sub_orders": own}, subject_id=subject)
