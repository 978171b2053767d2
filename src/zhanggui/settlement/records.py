"""Splits, shares and returns as rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.events import Event, append
from zhanggui.settlement.rules import SPLIT_MOVES, AccountType, Kind, Payout, ShareState, SplitState

SPLIT = """
    id, order_id, attempt_id, account_id, number, transaction_id, total, currency, frozen, state, round, tries, calls,
    error, paid_at, freeze_until, completed_at, unfrozen_at, created_at
"""
LOCK_ORDER = statement(
    "settlement.lock_order",
    """
    SELECT id, status FROM sales_order
    WHERE store_id = $1 AND id = (SELECT order_id FROM order_split WHERE store_id = $1 AND id = $2) FOR UPDATE
    """,
)
LOCK_SPLIT = statement(
    "settlement.lock_split",
    f"SELECT {SPLIT} FROM order_split WHERE store_id = $1 AND id = $2 FOR UPDATE",  # noqa: S608  # constant
)
SHARES = statement(
    "settlement.shares",
    """
    SELECT s.id, s.receiver_id, s.payout, s.planned, s.amount, s.returned, s.batch, s.out_order_no, s.state, s.paid_at,
      s.fail_reason, r.account_type, r.account, r.appid, r.kind
    FROM split_share s JOIN split_receiver r ON r.store_id = s.store_id AND r.id = s.receiver_id
    WHERE s.store_id = $1 AND s.split_id = $2 ORDER BY s.id
    """,
)
REFUNDED = statement(
    "settlement.refunded",
    """
    SELECT coalesce(sum(amount), 0)::bigint FROM refund
    WHERE store_id = $1 AND attempt_id = $2 AND status <> 'closed'
    """,
)
SET_SHARES = statement(
    "settlement.set_shares",
    """
    UPDATE split_share SET amount = n.amount, state = n.state, batch = n.batch, out_order_no = n.out_order_no,
      fail_reason = n.fail_reason, paid_at = n.paid_at
    FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::integer[], $6::text[], $7::text[], $8::timestamptz[])
      AS n (id, amount, state, batch, out_order_no, fail_reason, paid_at)
    WHERE store_id = $1 AND split_share.id = n.id
    """,
)
MOVE = statement(
    "settlement.move",
    """
    UPDATE order_split SET state = $4, error = $5, tries = $6, round = $7, unfrozen_at = coalesce(unfrozen_at, $8),
      updated_at = $9
    WHERE store_id = $1 AND id = $2 AND state = ANY($3::text[]) RETURNING id
    """,
)


FREEZE_ENDING, FREEZE_OVER = "freeze_ending", "freeze_over"
TOO_MANY_CALLS = "too_many_calls"
LASTING = frozenset({FREEZE_OVER, TOO_MANY_CALLS})
"""Why a split shared less than was planned; kept when it ends."""
TOLD = LASTING | {FREEZE_ENDING}


class SplitRecord(msgspec.Struct, frozen=True):
    """A row of order_split; fen, UTC."""

    id: UUID
    order_id: UUID
    attempt_id: UUID
    account_id: UUID
    number: str
    transaction_id: str
    total: int
    currency: str
    frozen: bool
    state: SplitState
    round: int
    tries: int
    calls: int
    error: str | None
    paid_at: datetime
    freeze_until: datetime | None
    completed_at: datetime | None
    unfrozen_at: datetime | None
    created_at: datetime


class ShareRecord(msgspec.Struct, frozen=True):
    """A row of split_share with its receiver's account; fen."""

    id: UUID
    receiver_id: UUID
    payout: Payout
    planned: int
    amount: int
    returned: int
    batch: int | None
    out_order_no: str | None
    state: ShareState
    paid_at: datetime | None
    fail_reason: str | None
    account_type: AccountType
    account: str
    appid: str
    kind: Kind

    @property
    def is_platforms(self) -> bool:
        """Whether it is the platform's commission, which has a book of its own."""
        return self.kind == "platform" and self.account_type == "MERCHANT_ID" and self.account.isdigit()


async def lock_split(conn: Connection, store_id: UUID, split_id: UUID) -> SplitRecord | None:
    """The split, with its order locked before it as everywhere; None when there is none."""
    await conn.fetchrow(LOCK_ORDER, store_id, split_id)
    row = await conn.fetchrow(LOCK_SPLIT, store_id, split_id)
    return msgspec.convert(dict(row), SplitRecord) if row else None


async def load_shares(conn: Connection, store_id: UUID, split_id: UUID) -> list[ShareRecord]:
    """Its shares, in the order they were planned."""
    return [msgspec.convert(dict(row), ShareRecord) for row in await conn.fetch(SHARES, store_id, split_id)]


async def refunded_of(conn: Connection, store_id: UUID, attempt_id: UUID) -> int:
    """Fen of a payment that went back or are on their way."""
    return await conn.fetchval(REFUNDED, store_id, attempt_id)


async def set_shares(conn: Connection, store_id: UUID, shares: Sequence[ShareRecord]) -> None:
    """Keep amount, state, call, time and reason of these shares."""
    if not shares:
        return
    await conn.execute(
        SET_SHARES,
        store_id,
        [s.id for s in shares],
        [s.amount for s in shares],
        [s.state for s in shares],
        [s.batch for s in shares],
        [s.out_order_no for s in shares],
        [s.fail_reason for s in shares],
        [s.paid_at for s in shares],
    )


async def move_split(
    conn: Connection,
    store_id: UUID,
    split: SplitRecord,
    to: SplitState,
    *,
    error: str | None = None,
    tries: int | None = None,
    round_: int | None = None,
    unfrozen: bool = False,
) -> bool:
    """Compare-and-set from the state `split` was read in; False when somebody moved it meanwhile. Raises ValueError.

    People are told of one that is stuck and of what `TOLD` names (`split.attention`).
    """
    if to != split.state and to not in SPLIT_MOVES[split.state]:
        raise ValueError(f"a split that is {split.state} never becomes {to}")
    found = await conn.fetchval(
        MOVE,
        store_id,
        split.id,
        [split.state],
        to,
        error,
        split.tries if tries is None else tries,
        split.round if round_ is None else round_,
        clock.now() if unfrozen else None,
        clock.now(),
    )
    if found is not None and (to == "stuck" or (error in TOLD and error != split.error)):
        await tell(conn, store_id, split, to, error)
    return found is not None


async def tell(
    conn: Connection, store_id: UUID, split: SplitRecord, state: SplitState, error: str | None
) -> None:
    """People are told that a split needs them, or of what was done about it by itself."""
    payload = {"number": split.number, "state": state, "error": error}
    await append(conn, [Event(store_id, "split.attention", split.order_id, None, payload)])
