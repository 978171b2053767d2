"""Splitting a payment whose order is completed, and unfreezing the rest.

Amounts and numbers are fixed in a transaction before the first call, so that whoever runs it again, or at the same time,
sends the same calls under the same numbers. What the provider refused and does not know was not done: those shares are worked out anew.
"""

from collections.abc import Awaitable, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec

from zhanggui import ledger
from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.ledger import Posting
from zhanggui.ledger.chart import PLATFORM_BOOK
from zhanggui.payments.provider import ProviderRefused
from zhanggui.settlement import postings
from zhanggui.settlement.payer import Payer, outcome, payer_of
from zhanggui.settlement.records import (
    LASTING,
    TOO_MANY_CALLS,
    ShareRecord,
    SplitRecord,
    load_shares,
    lock_split,
    move_split,
    refunded_of,
    set_shares,
    tell,
)
from zhanggui.settlement.rules import BATCH, MOST_CALLS, MOST_TRIES, NOT_BEFORE, after_refunds
from zhanggui.wechat.sharing import Part, SplitAnswer

COUNT = statement(
    "settlement.carry_out.count",
    """
    UPDATE order_split SET calls = calls + $3, error = coalesce($4, error), updated_at = $5
    WHERE store_id = $1 AND id = $2
    """,
)
WORKING = timedelta(seconds=2)
PATIENCE = timedelta(minutes=1)
TRANSIENT = frozenset(
    {"INVALID_REQUEST"}
)  # "the order is being processed": the platform has no code of its own for it
DESCRIPTION = "分账"


class Refused(Exception):
    """The provider refused a call; nothing of it was done."""

    def __init__(self, out_order_no: str, code: str) -> None:
        super().__init__(code)
        self.out_order_no, self.code = out_order_no, code


async def carry_out(rt: Runtime, store_id: UUID, split_id: UUID) -> None:
    """Split, credit and unfreeze; safe to run again and by several at once. Raises Later while it has to wait."""
    begun = await in_transaction(rt.db, lambda conn: begin(conn, store_id, split_id))
    if begun is None:
        return
    split, shares = begun
    payer = await payer_of(rt, store_id, split.account_id)
    try:
        for number in sorted({s.out_order_no or "" for s in shares if s.state == "sent"}):
            sent = [s for s in shares if s.out_order_no == number and s.state == "sent"]
            answer = await _ask(payer, split, number, sent)
            await _apply(rt, store_id, split_id, number, answer)
        await _finish(rt, store_id, split_id, payer)
    except Refused as fault:
        refusal = fault
    else:
        return
    wait = await in_transaction(rt.db, lambda conn: _take_back(conn, store_id, split_id, refusal))
    if wait is not None:
        raise Later(wait, f"refused: {refusal.code}") from refusal


async def begin(
    conn: Connection, store_id: UUID, split_id: UUID
) -> tuple[SplitRecord, list[ShareRecord]] | None:
    """Fix what goes to whom, less what was refunded; None for a split that is not due (any more). Raises Later."""
    split = await lock_split(conn, store_id, split_id)
    if split is None or split.state != "due":
        return None
    if clock.now() < split.created_at + NOT_BEFORE:
        raise Later(split.created_at + NOT_BEFORE - clock.now())
    shares = await load_shares(conn, store_id, split_id)
    open_ = [s for s in shares if s.state == "planned"]
    if not open_:
        return split, shares
    refunded = await refunded_of(conn, store_id, split.attempt_id)
    amounts = after_refunds([s.planned for s in open_], split.total, refunded)
    fixed = _numbered(split, open_, amounts)
    await set_shares(conn, store_id, fixed)
    await _count(conn, store_id, split, fixed)
    await ledger.post(conn, store_id, [p for share in fixed for p in _first_posting(split, share)])
    known = {s.id: s for s in fixed}
    return split, [known.get(s.id, s) for s in shares]


def _numbered(split: SplitRecord, shares: Sequence[ShareRecord], amounts: Sequence[int]) -> list[ShareRecord]:
    """Amounts, states and the call that each belongs to: 50 receivers a call, and no more calls than an order may have."""
    change, now = msgspec.structs.replace, clock.now()
    fixed = [
        change(s, amount=amount, state="paid" if amount else "void", paid_at=now if amount else None)
        for s, amount in zip(shares, amounts, strict=True)
    ]
    asked = [s for s in fixed if s.payout == "sharing" and s.amount]
    numbered: dict[UUID, ShareRecord] = {}
    for position, share in enumerate(asked):
        batch = position // BATCH + 1
        if split.calls + batch > MOST_CALLS:
            numbered[share.id] = change(
                share, amount=0, state="void", paid_at=None, fail_reason=TOO_MANY_CALLS
            )
            continue
        number = f"{split.id.hex}R{split.round}B{batch}"
        numbered[share.id] = change(share, state="sent", paid_at=None, batch=batch, out_order_no=number)
    return [numbered.get(s.id, s) for s in fixed]


async def _count(conn: Connection, store_id: UUID, split: SplitRecord, fixed: Sequence[ShareRecord]) -> None:
    """Keep how many numbers were used, also those of calls that are refused; say when there are no more."""
    used = len({s.out_order_no for s in fixed if s.state == "sent"})
    ended = any(s.fail_reason == TOO_MANY_CALLS for s in fixed)
    if used or ended:
        await conn.execute(COUNT, store_id, split.id, used, TOO_MANY_CALLS if ended else None, clock.now())
    if ended:
        await tell(conn, store_id, split, split.state, TOO_MANY_CALLS)


def _first_posting(split: SplitRecord, share: ShareRecord) -> list[Posting]:
    if share.state == "sent":
        return [_sent(split, share)]
    if share.state == "paid":
        return [postings.share_credited(share.id, split.order_id, share.receiver_id, share.amount)]
    return []


def _sent(split: SplitRecord, share: ShareRecord) -> Posting:
    call = (share.out_order_no or "")[32:]
    return postings.share_sent(share.id, split.order_id, share.receiver_id, share.amount, call)


async def _ask(payer: Payer, split: SplitRecord, number: str, shares: Sequence[ShareRecord]) -> SplitAnswer:
    """The finished split order. Raises Later while it is not known or not finished, Refused."""
    parts = [
        {"type": s.account_type, "account": s.account, "amount": s.amount, "description": DESCRIPTION}
        for s in shares
    ]
    appid = next((s.appid for s in shares if s.appid), "")
    return await _finished(
        payer, split, number, payer.sharing.split(split.transaction_id, number, parts, appid)
    )


async def _finished(
    payer: Payer, split: SplitRecord, number: str, call: Awaitable[SplitAnswer]
) -> SplitAnswer:
    """Raises Later while it is not known or not finished, Refused."""
    try:
        answer = await outcome(call, lambda: payer.sharing.query_split(split.transaction_id, number))
    except ProviderRefused as fault:
        raise Refused(number, fault.code) from fault
    if answer.state != "FINISHED":
        raise Later(WORKING, "the provider is working on it")
    return answer


async def _apply(rt: Runtime, store_id: UUID, split_id: UUID, number: str, answer: SplitAnswer) -> None:
    """Record what became of each part of a finished call; again it changes nothing."""
    found: dict[tuple[str, str], Part] = {(part.type, part.account): part for part in answer.receivers}

    async def work(conn: Connection) -> None:
        split = await lock_split(conn, store_id, split_id)
        if split is None:
            raise LookupError(f"split {split_id} vanished")
        shares = await load_shares(conn, store_id, split_id)
        mine = [s for s in shares if s.out_order_no == number and s.state == "sent"]
        decided: list[ShareRecord] = []
        written: list[Posting] = []
        commissions: list[Posting] = []
        for share in mine:
            part = found.get((share.account_type, share.account))
            if part is None or part.amount != share.amount or part.result == "PENDING":
                raise RuntimeError(f"the provider answered about another split: {number}")
            ended = _ended(share, part)
            decided.append(ended)
            sent = _sent(split, share)
            written += (
                postings.share_paid(sent, split.account_id)
                if ended.state == "paid"
                else [postings.share_dropped(sent)]
            )
            if ended.state == "paid" and share.is_platforms:
                commissions.append(postings.commission(sent, store_id, share.account))
        await set_shares(conn, store_id, decided)
        await ledger.post(conn, store_id, written)
        await ledger.post(conn, PLATFORM_BOOK, commissions)  # last: every store's book comes before it

    await in_transaction(rt.db, work)


def _ended(share: ShareRecord, part: Part) -> ShareRecord:
    if part.result == "SUCCESS":
        at = part.finish_time or clock.now()
        return msgspec.structs.replace(share, state="paid", paid_at=at, fail_reason=None)
    return msgspec.structs.replace(share, state="closed", amount=0, fail_reason=part.fail_reason or "CLOSED")


async def _finish(rt: Runtime, store_id: UUID, split_id: UUID, payer: Payer) -> None:
    """Unfreeze the rest once every share is decided; a closed one waits for people instead."""

    async def look(conn: Connection) -> tuple[SplitRecord, list[ShareRecord]] | None:
        split = await lock_split(conn, store_id, split_id)
        if split is None or split.state != "due":
            return None
        shares = await load_shares(conn, store_id, split_id)
        if any(s.state in {"sent", "planned"} for s in shares):
            return None
        if any(s.state == "closed" for s in shares):
            await move_split(conn, store_id, split, "stuck", error="share_closed")
            return None
        return split, shares

    ready = await in_transaction(rt.db, look)
    if ready is None:
        return
    split, shares = ready
    if split.frozen and split.unfrozen_at is None:
        await unfreeze(payer, split)
    end = "done" if any(s.state == "paid" for s in shares) else "void"
    why = split.error if split.error in LASTING else None
    await in_transaction(
        rt.db, lambda conn: move_split(conn, store_id, split, end, error=why, unfrozen=split.frozen, tries=0)
    )


async def unfreeze(payer: Payer, split: SplitRecord) -> None:
    """Give the rest to the merchant. Raises Later, Refused. Where nothing is frozen any more there is nothing to do."""
    number = f"{split.id.hex}U"
    call = payer.sharing.unfreeze(split.transaction_id, number, "解冻剩余资金")
    try:
        await _finished(payer, split, number, call)
    except Refused as fault:
        if fault.code != "NOT_ENOUGH":
            raise


async def _take_back(conn: Connection, store_id: UUID, split_id: UUID, fault: Refused) -> timedelta | None:
    """Shares of a refused call are planned anew under another number. How long to wait, None when people must look."""
    split = await lock_split(conn, store_id, split_id)
    if split is None or split.state != "due":
        return None
    shares = await load_shares(conn, store_id, split_id)
    mine = [s for s in shares if s.out_order_no == fault.out_order_no and s.state == "sent"]
    again = [
        msgspec.structs.replace(s, state="planned", amount=0, batch=None, out_order_no=None) for s in mine
    ]
    await set_shares(conn, store_id, again)
    patient = fault.code in TRANSIENT and split.tries + 1 < MOST_TRIES
    await move_split(
        conn,
        store_id,
        split,
        "due" if patient else "stuck",
        error=fault.code,
        tries=split.tries + 1,
        round_=split.round + (1 if mine else 0),
    )
    await ledger.post(conn, store_id, [postings.share_dropped(_sent(split, s)) for s in mine])
    return PATIENCE * 2**split.tries if patient else None
