"""Before a refund: receivers give back their part of it, or the merchant pays it.

What a person has on his balance is taken from it; what the provider paid to a merchant is asked back there. What can never be
had back (a person keeps it, it is too old) the merchant pays at once, what has not come back after a day he pays then, or
sooner if he says so: the buyer's refund always ends. News of it goes to people as `split.attention`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from zhanggui import ledger
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Later, NewJob, enqueue, hurry
from zhanggui.core.runtime import Runtime
from zhanggui.ledger.chart import PLATFORM_BOOK
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.wechat_pay import translated
from zhanggui.settlement import postings
from zhanggui.settlement.balances import available_of
from zhanggui.settlement.payer import UNREACHABLE, Payer, outcome, payer_of
from zhanggui.settlement.policy import load_policy
from zhanggui.settlement.records import ShareRecord, SplitRecord, load_shares, lock_split, refunded_of, tell
from zhanggui.settlement.rules import Given, to_give_back
from zhanggui.wechat.sharing import ReturnAnswer

OF_ATTEMPT = statement(
    "settlement.give_back.of_attempt",
    "SELECT id FROM order_split WHERE store_id = $1 AND attempt_id = $2",
)
RETURNS = statement(
    "settlement.give_back.returns",
    """
    SELECT id, share_id, refund_id, amount, taken, state, tries, error FROM split_return
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
    UPDATE split_return SET state = $3, taken = CASE WHEN $3 = 'succeeded' THEN amount ELSE 0 END,
      error = CASE WHEN $3 = 'advanced' THEN coalesce($4, error) ELSE $4 END,
      tries = tries + $5, updated_at = $6, finished_at = CASE WHEN $3 = 'succeeded' THEN coalesce($7, $6::timestamptz) END
    WHERE store_id = $1 AND id = $2
      AND (state IN ('requested', 'failed') OR state = 'advanced' AND $3 = 'succeeded') RETURNING amount
    """,
)
GIVEN = statement(
    "settlement.give_back.given",
    "UPDATE split_share SET returned = returned + $3 WHERE store_id = $1 AND id = $2",
)
NOTE = statement(
    "settlement.give_back.note",
    """
    UPDATE order_split SET error = $3, updated_at = $4
    WHERE store_id = $1 AND id = $2 AND error IS DISTINCT FROM $3
      AND (error IS NULL OR error IN ('return_failed', 'return_advanced')) RETURNING id
    """,
)
LOAD = statement(
    "settlement.give_back.load",
    """
    SELECT id, split_id, share_id, refund_id, amount, taken, state, tries, error FROM split_return
    WHERE store_id = $1 AND id = $2
    """,
)
WORKING = timedelta(seconds=2)
UNANSWERED = timedelta(minutes=15)
"""How long a refund waits before what could not be had back is asked for once more."""
WAIT_AT_MOST = timedelta(hours=24)
"""After its refund was asked for, what has not come back is paid by the merchant."""
GIVEN_BACK_WITHIN = timedelta(days=180)
"""After a share was paid; later the platform takes no return (pay.weixin.qq.com, 分账回退)."""
STILL_ASKED = timedelta(hours=1)
PERSON_KEEPS_IT = "person_keeps_it"
TOO_LATE = "too_late_to_return"
BALANCE_SHORT = "balance_short"
UNDER_WAY = "return_under_way"
NEVER = frozenset({PERSON_KEEPS_IT, TOO_LATE})
RETURN_FAILED, RETURN_ADVANCED = "return_failed", "return_advanced"


class _Return(msgspec.Struct, frozen=True):
    id: UUID
    share_id: UUID
    refund_id: UUID
    amount: int
    taken: int
    state: Literal["requested", "succeeded", "failed", "advanced"]
    tries: int
    error: str | None

    @property
    def number(self) -> str:
        return f"{self.id.hex}T{self.tries}"


class _Room(msgspec.Struct, frozen=True):
    split: SplitRecord
    shares: dict[UUID, ShareRecord]
    mine: list[_Return]
    unknown: bool
    """A share is on its way since long: what comes of it is not waited for."""


async def make_room(rt: Runtime, store_id: UUID, refund: Row) -> bool:
    """Get back what this refund needs (payments.extensions.BEFORE_REFUND); whether the merchant's balance pays.

    Raises Later while receivers may still give back; after WAIT_AT_MOST the merchant pays what they have not.
    """
    split_id = await rt.db.fetchval(OF_ATTEMPT, store_id, refund["attempt_id"])
    if split_id is None:
        return False
    waited = clock.now() - refund["created_at"]
    over = waited >= WAIT_AT_MOST
    room = await in_transaction(rt.db, lambda conn: _plan(conn, store_id, split_id, refund["id"], over=over))
    if room is None:
        return False
    payer = await payer_of(rt, store_id, room.split.account_id)
    for back in room.mine:
        if back.state in {"requested", "failed"}:
            await _ask_back(rt, store_id, payer, room, back, over=over)
    outcome = await in_transaction(
        rt.db, lambda conn: _close(conn, store_id, room.split, refund["id"], over=over)
    )
    if outcome == "wait":
        raise Later(min(UNANSWERED, WAIT_AT_MOST - waited), "shares of the payment could not be had back")
    return room.unknown or outcome == "advance"


async def _plan(
    conn: Connection, store_id: UUID, split_id: UUID, refund_id: UUID, *, over: bool
) -> _Room | None:
    """Who gives back how much for this refund, written once; None when nothing was paid out. Raises Later."""
    split = await lock_split(conn, store_id, split_id)
    if split is None or split.state in {"held", "void"}:
        return None
    shares = await load_shares(conn, store_id, split_id)
    unknown = any(s.state == "sent" for s in shares)
    if unknown and not over:
        raise Later(WORKING, "the payment is being split")
    paid = [s for s in shares if s.state == "paid"]
    if not paid and not unknown:
        return None
    known = await _returns(conn, store_id, split_id)
    if not any(r.refund_id == refund_id for r in known):
        refunded = await refunded_of(conn, store_id, split.attempt_id)
        await _add(conn, store_id, split, refund_id, paid, known, refunded)
        known = await _returns(conn, store_id, split_id)
    return _Room(split, {s.id: s for s in paid}, [r for r in known if r.refund_id == refund_id], unknown)


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


async def _ask_back(
    rt: Runtime, store_id: UUID, payer: Payer, room: _Room, back: _Return, *, over: bool
) -> None:
    """Ask for one share and record the answer. Raises Later while it is under way, unless the wait is over."""
    share = room.shares[back.share_id]
    if share.payout == "balance":
        await in_transaction(rt.db, lambda conn: _from_balance(conn, store_id, room.split, share, back))
        return
    if share.account_type == "PERSONAL_OPENID":
        await _end(rt, store_id, room.split, back, "failed", PERSON_KEEPS_IT)
        return
    if share.paid_at is not None and clock.now() > share.paid_at + GIVEN_BACK_WITHIN:
        await _end(rt, store_id, room.split, back, "failed", TOO_LATE)
        return
    out = share.out_order_no or ""
    call = payer.sharing.give_back(out, back.number, share.account, back.amount, "退款")
    try:
        answer = await outcome(call, lambda: payer.sharing.query_return(out, back.number))
    except ProviderRefused as fault:
        await _end(rt, store_id, room.split, back, "failed", fault.code)
        return
    if not await _apply(rt, store_id, room.split, back, answer) and not over:
        raise Later(WORKING, "a receiver is giving back")


async def _apply(
    rt: Runtime, store_id: UUID, split: SplitRecord, back: _Return, answer: ReturnAnswer
) -> bool:
    """Record what the provider says of a return; False while it is under way."""
    if answer.amount != back.amount:
        raise RuntimeError(f"the provider answered about another return: {back.number}")
    if answer.result == "PROCESSING":
        return False
    if answer.result == "SUCCESS":
        await _end(rt, store_id, split, back, "succeeded", None, at=answer.finish_time)
    else:  # this number is used up
        await _end(rt, store_id, split, back, "failed", answer.fail_reason or "FAILED", tries=1)
    return True


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
        (share,) = [s for s in await load_shares(conn, store_id, split.id) if s.id == back.share_id]
        posting = postings.share_returned(back.id, split.order_id, back.amount, split.account_id)
        await ledger.post(conn, store_id, [posting])
        if share.is_platforms:
            back_there = postings.commission_returned(
                back.id, split.order_id, store_id, share.account, back.amount
            )
            await ledger.post(conn, PLATFORM_BOOK, [back_there])

    await in_transaction(rt.db, work)


async def _close(
    conn: Connection, store_id: UUID, split: SplitRecord, refund_id: UUID, *, over: bool
) -> Literal["ready", "advance", "wait"]:
    """All had back, or paid by the merchant's available balance, or still to be waited for."""
    await lock_split(conn, store_id, split.id)
    known = await _returns(conn, store_id, split.id)
    missing = [r for r in known if r.refund_id == refund_id and r.state in {"requested", "failed"}]
    pays = over or (await load_policy(conn, store_id)).advance_refunds
    if any(r.error not in NEVER for r in missing) and not pays:
        await _note(conn, store_id, split, RETURN_FAILED)
        return "wait"
    now = clock.now()
    for back in missing:
        error = UNDER_WAY if back.state == "requested" else None
        await conn.fetchval(END, store_id, back.id, "advanced", error, 0, now, None)
    still = [back for back in missing if back.state == "requested"]
    await enqueue(
        conn,
        [NewJob(store_id, "settlement.return", str(back.id), {"return_id": str(back.id)}) for back in still],
    )
    advanced = missing or any(r.state == "advanced" for r in known)
    await _note(conn, store_id, split, RETURN_ADVANCED if advanced else None)
    return "advance" if advanced else "ready"


async def _note(conn: Connection, store_id: UUID, split: SplitRecord, error: str | None) -> None:
    """Say on the split how its returns stand; people are told once."""
    if await conn.fetchval(NOTE, store_id, split.id, error, clock.now()) is not None and error is not None:
        await tell(conn, store_id, split, split.state, error)


async def advance(rt: Runtime, store_id: UUID, split_id: UUID) -> None:
    """The merchant pays now what receivers have not given back; the refunds that wait go on. Raises 404, 409 `wrong_state`."""

    async def work(conn: Connection) -> None:
        if await lock_split(conn, store_id, split_id) is None:
            raise not_found("split")
        failed = [r for r in await _returns(conn, store_id, split_id) if r.state == "failed"]
        if not failed:
            raise ShopError("wrong_state", 409)
        for back in failed:
            await conn.fetchval(END, store_id, back.id, "advanced", None, 0, clock.now(), None)
        await hurry(conn, store_id, "payments.refund", sorted({str(r.refund_id) for r in failed}))

    await in_transaction(rt.db, work)


async def follow(rt: Runtime, store_id: UUID, return_id: UUID) -> None:
    """What came of a return that was under way when the merchant paid instead. Raises Later while it still is."""
    row = await rt.db.fetchrow(LOAD, store_id, return_id)
    if row is None or row["state"] != "advanced":
        return
    back = msgspec.convert({key: row[key] for key in _Return.__struct_fields__}, _Return)

    async def look(conn: Connection) -> tuple[SplitRecord, ShareRecord]:
        split = await lock_split(conn, store_id, row["split_id"])
        if split is None:
            raise LookupError(f"split {row['split_id']} vanished")
        shares = {s.id: s for s in await load_shares(conn, store_id, split.id)}
        return split, shares[back.share_id]

    split, share = await in_transaction(rt.db, look)
    payer = await payer_of(rt, store_id, split.account_id)
    asked = payer.sharing.query_return(share.out_order_no or "", back.number)
    try:
        with translated():
            answer = await asked
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(fault)) from fault
    if not await _apply(rt, store_id, split, back, answer):
        raise Later(STILL_ASKED, "a receiver is giving back")
