"""A person's withdrawal: asked for, decided by the store's owner, then transferred (see `transfer`).

The amount is pending in the ledger from the request on, on an account that cannot be overdrawn: two requests at once can
never take the same fen.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

from zhanggui import ledger
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.events import Event, append
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.ledger import Posting
from zhanggui.ledger.post import OVERDRAWN
from zhanggui.payments.accounts import active_account
from zhanggui.settlement import postings
from zhanggui.settlement.policy import Policy, load_policy
from zhanggui.settlement.rules import WITHDRAWAL_MOVES, WithdrawalState

RECEIVER = statement(
    "settlement.withdrawals.receiver",
    "SELECT id, payout, account, state FROM split_receiver WHERE store_id = $1 AND id = $2 FOR UPDATE",
)
TODAY = statement(
    "settlement.withdrawals.today",
    """
    SELECT count(*) FROM receiver_withdrawal
    WHERE store_id = $1 AND receiver_id = $2 AND created_at > $3 AND state NOT IN ('rejected', 'cancelled')
    """,
)
ADD = statement(
    "settlement.withdrawals.add",
    """
    INSERT INTO receiver_withdrawal (store_id, id, receiver_id, customer_id, account_id, amount, state, created_at,
                                     updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'requested', $7, $7)
    """,
)
LOCK = statement(
    "settlement.withdrawals.lock",
    """
    SELECT id, receiver_id, customer_id, account_id, amount, state, transfer_bill_no, package_info, reason
    FROM receiver_withdrawal WHERE store_id = $1 AND id = $2 FOR UPDATE
    """,
)
MOVE = statement(
    "settlement.withdrawals.move",
    """
    UPDATE receiver_withdrawal SET state = $4, reason = $5, decided_by = coalesce($6, decided_by),
      decided_at = CASE WHEN $6::text IS NOT NULL THEN $7 ELSE decided_at END,
      ended_at = CASE WHEN $8 THEN coalesce($9, $7::timestamptz) END, updated_at = $7,
      package_info = CASE WHEN $8 THEN NULL ELSE package_info END
    WHERE store_id = $1 AND id = $2 AND state = $3
    """,
)
DAY = timedelta(days=1)


class Ask(NamedTuple):
    """Who wants how much (fen) of which receiver's balance; `openid` proves that the balance is his."""

    store_id: UUID
    receiver_id: UUID
    customer_id: UUID
    openid: str
    amount: int


async def request(rt: Runtime, ask: Ask, key: str) -> UUID:
    """Ask for a withdrawal; the same key again is the same one.

    Raises ShopError: 404 for a balance that is not his; 422 `withdrawal_amount` outside the store's limits; 409
    `balance_too_low`, `withdrawals_today`, `payment_not_set_up`, `not_below_a_platform`.
    """
    account = await active_account(rt, ask.store_id)
    if account.sub_mchid:
        raise ShopError("not_below_a_platform", 409)

    async def work(conn: Connection) -> UUID:
        print_ = fingerprint("settlement.withdraw", [ask.store_id, ask.receiver_id, ask.amount])
        known = await claim(conn, ask.store_id, ask.customer_id, key, print_)
        if known is not None:
            return UUID(known["withdrawal_id"])
        row = await conn.fetchrow(RECEIVER, ask.store_id, ask.receiver_id)
        if row is None or (row["payout"], row["account"]) != ("balance", ask.openid):
            raise not_found("receiver")
        await _within_limits(conn, ask, await load_policy(conn, ask.store_id))
        withdrawal_id = new_id()
        await conn.execute(
            ADD,
            ask.store_id,
            withdrawal_id,
            ask.receiver_id,
            ask.customer_id,
            account.id,
            ask.amount,
            clock.now(),
        )
        await answer(conn, ask.store_id, ask.customer_id, key, {"withdrawal_id": str(withdrawal_id)})
        posting = postings.withdrawal_asked(withdrawal_id, ask.receiver_id, account.id, ask.amount)
        await append(conn, [Event(ask.store_id, "withdrawal.requested", withdrawal_id, None, {})])
        await ledger.post(conn, ask.store_id, [posting])
        return withdrawal_id

    try:
        return await in_transaction(rt.db, work)
    except asyncpg.CheckViolationError as fault:
        if getattr(fault, "constraint_name", None) != OVERDRAWN:  # asyncpg sets it, its types do not say so
            raise
        raise ShopError("balance_too_low", 409, field="amount") from fault


async def approve(rt: Runtime, store_id: UUID, withdrawal_id: UUID, by: str) -> None:
    """The owner agrees; the transfer is made by a job. Approved before, nothing changes. Raises 404, 409 `withdrawal_decided`."""

    async def work(conn: Connection) -> None:
        row = await locked(conn, store_id, withdrawal_id)
        if row["state"] in {"approved", "waiting", "paid"}:
            return
        await move(conn, store_id, row, "approved", by=by)
        payload = {"withdrawal_id": str(withdrawal_id)}
        await enqueue(conn, [NewJob(store_id, "settlement.transfer", str(withdrawal_id), payload)])

    await in_transaction(rt.db, work)


async def reject(rt: Runtime, store_id: UUID, withdrawal_id: UUID, by: str, reason: str) -> None:
    """The owner refuses, and says why; the amount is the person's balance again. Raises 404, 409 `withdrawal_decided`."""

    async def work(conn: Connection) -> None:
        row = await locked(conn, store_id, withdrawal_id)
        if row["state"] != "rejected":
            await move(conn, store_id, row, "rejected", by=by, reason=reason)

    await in_transaction(rt.db, work)


async def withdraw_request(rt: Runtime, store_id: UUID, withdrawal_id: UUID, customer_id: UUID) -> None:
    """The person takes his request back before anybody decided. Raises 404, 409 `withdrawal_decided`."""

    async def work(conn: Connection) -> None:
        row = await locked(conn, store_id, withdrawal_id)
        if row["customer_id"] != customer_id:
            raise not_found("withdrawal")
        if row["state"] != "cancelled":
            if row["state"] != "requested":
                raise ShopError("withdrawal_decided", 409)
            await move(conn, store_id, row, "cancelled")

    await in_transaction(rt.db, work)


async def locked(conn: Connection, store_id: UUID, withdrawal_id: UUID) -> Row:
    """The withdrawal, locked. Raises 404."""
    row = await conn.fetchrow(LOCK, store_id, withdrawal_id)
    if row is None:
        raise not_found("withdrawal")
    return row


async def move(
    conn: Connection,
    store_id: UUID,
    row: Row,
    to: WithdrawalState,
    *,
    by: str | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> None:
    """One legal step of a locked withdrawal, with what it means in the ledger; `at`: when, at the provider.

    Raises 409 `withdrawal_decided`.
    """
    if to not in WITHDRAWAL_MOVES[row["state"]]:
        raise ShopError("withdrawal_decided", 409)
    over = not WITHDRAWAL_MOVES[to]
    await conn.execute(MOVE, store_id, row["id"], row["state"], to, reason, by, clock.now(), over, at)
    if over:
        asked = _asked(row)
        end = (
            postings.withdrawal_paid(asked)
            if to == "paid"
            else postings.withdrawal_dropped(asked, "merchant" if by else "platform")
        )
        await ledger.post(conn, store_id, [end])


def _asked(row: Row) -> Posting:
    return postings.withdrawal_asked(row["id"], row["receiver_id"], row["account_id"], row["amount"])


async def _within_limits(conn: Connection, ask: Ask, policy: Policy) -> None:
    if not policy.withdraw_min <= ask.amount <= policy.withdraw_max:
        limits = {"least": policy.withdraw_min, "most": policy.withdraw_max}
        raise ShopError("withdrawal_amount", 422, field="amount", data=limits)
    asked = await conn.fetchval(TODAY, ask.store_id, ask.receiver_id, clock.now() - DAY)
    if asked >= policy.withdraw_daily:
        raise ShopError("withdrawals_today", 409, data={"most": policy.withdraw_daily})
