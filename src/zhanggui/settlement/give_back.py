"""Before a refund: receivers give back their part of it, or the merchant pays it if he said so.

A refund waits until it can be made from the order's own money. What a person has on his balance is taken from it; what the
provider paid to a merchant is asked back there; what it paid to a person cannot be had back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from zhanggui import ledger
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import ProviderRefused
from zhanggui.settlement import postings
from zhanggui.settlement.balances import available_of
from zhanggui.settlement.payer import Payer, outcome, payer_of
from zhanggui.settlement.policy import load_policy
from zhanggui.settlement.records import ShareRecord, SplitRecord, load_shares, lock_split, refunded_of
from zhanggui.settlement.rules import Given, to_give_back

OF_ATTEMPT = statement(
    "settlement.give_back.of_attempt",
    "SELECT id FROM order_split WHERE store_id = $1 AND attempt_id = $2",
)
RETURNS = statement(
    "settlement.give_back.returns",
    """
    SELECT id, share_id, refund_id, amount, taken, state, tries FROM split_return
    WHERE store_id = $1 AND split_id = $2 ORDER BY id
    """,
)
ADD = statement(
    "settlement.give_back.add",
    """
    INSERT INTO split_return (store_id, id, split_id, share_id, refund_id, amount, state, created_at, updated_at)
    SELECT $1, id, $2, share_id, $3, amount, 'requested', $7, $7
    FROM unnest($4::uuid[], $5::uuid[], $6::bigint[]) AS r (id, share_id, amount)
    """,
)
END = statement(
    "settlement.give_back.end",
    """
    UPDATE split_return SET state = $3, taken = CASE WHEN $3 = 'succeeded' THEN amount ELSE 0 END, error = $4,
      tries = tries + $5, updated_at = $6, finished_at = CASE WHEN $3 = 'succeeded' THEN coalesce($7, $6::timestamptz) END
    WHERE store_id = $1 AND id = $2 AND state IN ('requested', 'failed') RETURNING amount
    """,
)
GIVEN = statement(
    "settlement.give_back.given",
    "UPDATE split_share SET returned = returned + $3 WHERE store_id = $1 AND id = $2",
)
NOTE = statement(
    "settlement.give_back.note",
    "UPDATE order_split SET error = $3, updated_at = $4 WHERE store_id = $1 AND id = $2",
)
WORKING = timedelta(seconds=2)
UNANSWERED = timedelta(minutes=15)
"""How long a refund waits before what could not be had back is asked for once more."""
PERSON_KEEPS_IT = "person_keeps_it"
BALANCE_SHORT = "balance_short"


class _Return(msgspec.Struct, frozen=True):
    id: UUID
    share_id: UUID
    refund_id: UUID
    amount: int
    taken: int
    state: Literal["requested", "succeeded", "failed", "advanced"]
    tries: int

    @property
    def number(self) -> str:
        return f"{self.id.hex}T{self.tries}"


class _Room(msgspec.Struct, frozen=True):
    split: SplitRecord
    shares: dict[UUID, ShareRecord]
    mine: list[_Return]


async def make_room(rt: Runtime, store_id: UUID, refund: Row) -> bool:
    """Get back what this refund needs (payments.extensions.BEFORE_REFUND); whether the merchant's balance pays.

    Raises Later while receivers have not given back and the merchant has not said that he pays instead.
    """
    split_id = await rt.db.fetchval(OF_ATTEMPT, store_id, refund["attempt_id"])
    if split_id is None:
        return False
    room = await in_transaction(rt.db, lambda conn: _plan(conn, store_id, split_id, refund["id"]))
    if room is None:
        return False
    payer = await payer_of(rt, store_id, room.split.account_id)
    for back in room.mine:
        if back.state in {"requested", "failed"}:
            await _ask_back(rt, store_id, payer, room, back)
    outcome = await in_transaction(rt.db, lambda conn: _close(conn, store_id, split_id, refund["id"]))
    if outcome == "wait":
        raise Later(UNANSWERED, "shares of the payment could not be had back")
    return outcome == "advance"


async def _plan(conn: Connection, store_id: UUID, split_id: UUID, refund_id: UUID) -> _Room | None:
    """Who gives back how much for this refund, written once; None when nothing was paid out. Raises Later."""
    split = await lock_split(conn, store_id, split_id)
    if split is None or split.state in {"held", "void"}:
        return None
    shares = await load_shares(conn, store_id, split_id)
    if any(s.state == "sent" for s in shares):
        raise Later(WORKING, "the payment is being split")
    paid = [s for s in shares if s.state == "paid"]
    if not paid:
        return None
    known = await _returns(conn, store_id, split_id)
    if not any(r.refund_id == refund_id for r in known):
        refunded = await refunded_of(conn, store_id, split.attempt_id)
        await _add(conn, store_id, split, refund_id, paid, known, refunded)
        known = await _returns(conn, store_id, split_id)
    return _Room(
        split,
        {s.id: s for s in paid},
        [r for r in known if r.refund_id == refund_id],
    )


async def _returns(conn: Connection, store_id: UUID, split_id: UUID) -> list[_Return]:
    return [msgspec.convert(dict(row), _Return) for row in await conn.fetch(RETURNS, store_id, split_id)]


async def _add(
    conn: Connection,
    store_id: UUID,
    split: SplitRecord,
    refund_id: UUID,
    paid: Sequence[ShareRecord],
    known: Sequence[_Return],
    refunded: int,
) -> None:
    """What was asked back for other refunds, had or not, is not asked for again."""
    asked: dict[UUID, int] = {}
    for back in known:
        asked[back.share_id] = asked.get(back.share_id, 0) + back.amount
    given = [Given(s.planned, s.amount, asked.get(s.id, 0)) for s in paid]
    needed = [
        (share, amount)
        for share, amount in zip(paid, to_give_back(given, split.total, refunded), strict=True)
        if amount
    ]
    await conn.execute(
        ADD,
        store_id,
        split.id,
        refund_id,
        [new_id() for _ in needed],
        [share.id for share, _ in needed],
        [amount for _, amount in needed],
        clock.now(),
    )


async def _ask_back(rt: Runtime, store_id: UUID, payer: Payer, room: _Room, back: _Return) -> None:
    share = room.shares[back.share_id]
    if share.payout == "balance":
        await in_transaction(rt.db, lambda conn: _from_balance(conn, store_id, room.split, share, back))
        return
    if share.account_type == "PERSONAL_OPENID":
        await _end(rt, store_id, room.split, back, "failed", PERSON_KEEPS_IT)
        return
    out = share.out_order_no or ""
    call = payer.sharing.give_back(out, back.number, share.account, back.amount, "退款")
    try:
        answer = await outcome(call, lambda: payer.sharing.query_return(out, back.number))
    except ProviderRefused as fault:
        await _end(rt, store_id, room.split, back, "failed", fault.code)
        return
    if answer.amount != back.amount:
        raise RuntimeError(f"the provider answered about another return: {back.number}")
    if answer.result == "PROCESSING":
        raise Later(WORKING, "a receiver is giving back")
    if answer.result == "SUCCESS":
        await _end(rt, store_id, room.split, back, "succeeded", None, at=answer.finish_time)
    else:  # this number is used up
        await _end(rt, store_id, room.split, back, "failed", answer.fail_reason or "FAILED", tries=1)


async def _from_balance(
    conn: Connection, store_id: UUID, split: SplitRecord, share: ShareRecord, back: _Return
) -> None:
    await lock_split(conn, store_id, split.id)
    if await available_of(conn, store_id, share.receiver_id) < back.amount:
        await conn.fetchval(END, store_id, back.id, "failed", BALANCE_SHORT, 0, clock.now(), None)
        return
    done = await conn.fetchval(END, store_id, back.id, "succeeded", None, 0, clock.now(), None)
    if done is None:
        return
    await conn.execute(GIVEN, store_id, share.id, back.amount)
    posting = postings.credit_taken_back(back.id, split.order_id, share.receiver_id, back.amount)
    await ledger.post(conn, store_id, [posting])


async def _end(
    rt: Runtime,
    store_id: UUID,
    split: SplitRecord,
    back: _Return,
    state: Literal["succeeded", "failed"],
    error: str | None,
    *,
    tries: int = 0,
    at: datetime | None = None,
) -> None:
    """Record what became of a return, and when; once, whoever comes first."""

    async def work(conn: Connection) -> None:
        await lock_split(conn, store_id, split.id)
        done = await conn.fetchval(END, store_id, back.id, state, error, tries, clock.now(), at)
        if done is None or state != "succeeded":
            return
        await conn.execute(GIVEN, store_id, back.share_id, back.amount)
        posting = postings.share_returned(back.id, split.order_id, back.amount, split.account_id)
        await ledger.post(conn, store_id, [posting])

    await in_transaction(rt.db, work)


async def _close(
    conn: Connection, store_id: UUID, split_id: UUID, refund_id: UUID
) -> Literal["ready", "advance", "wait"]:
    """All had back, or advanced by the merchant's available balance, or still to be waited for."""
    await lock_split(conn, store_id, split_id)
    known = await _returns(conn, store_id, split_id)
    missing = [r for r in known if r.refund_id == refund_id and r.state in {"requested", "failed"}]
    now = clock.now()
    if missing and not (await load_policy(conn, store_id)).advance_refunds:
        await conn.execute(NOTE, store_id, split_id, "return_failed", now)
        return "wait"
    for back in missing:
        await conn.fetchval(END, store_id, back.id, "advanced", None, 0, now, None)
    await conn.execute(NOTE, store_id, split_id, None, now)
    return "advance" if missing or any(r.state == "advanced" for r in known) else "ready"
