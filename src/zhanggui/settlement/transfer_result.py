"""What the provider says about a transfer, from a notification, an answer or a query: recorded once."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import Message
from zhanggui.payments.rules import Decision
from zhanggui.settlement.rules import CONFIRM_WITHIN, WithdrawalState
from zhanggui.settlement.withdrawals import LOCK, move

WAITING = statement(
    "settlement.transfer.waiting",
    """
    UPDATE receiver_withdrawal SET state = 'waiting', transfer_bill_no = $3, package_info = coalesce($4, package_info),
      confirm_by = coalesce(confirm_by, $5), updated_at = $6
    WHERE store_id = $1 AND id = $2 AND state IN ('approved', 'waiting')
    """,
)
OVERDUE = "OVERDUE_CLOSE"


class TransferFact(NamedTuple):
    """What was verifiably said of a transfer; amount in fen if it was told, `at` UTC when it came to this."""

    withdrawal_id: UUID
    state: str
    bill_no: str
    amount: int | None
    package_info: str | None
    reason: str
    at: datetime | None = None


async def apply(rt: Runtime, store_id: UUID, fact: TransferFact) -> Decision:
    """Act on it; `known` when it says nothing new, `refused` when it does not fit."""

    async def work(conn: Connection) -> Decision:
        row = await conn.fetchrow(LOCK, store_id, fact.withdrawal_id)
        if row is None:
            return Decision("refused", "unknown_withdrawal")
        if fact.amount is not None and fact.amount != row["amount"]:
            return Decision("refused", "amount")
        if row["state"] not in {"approved", "waiting"}:
            return Decision("known")
        to = end_of(fact)
        if to is not None:
            await move(conn, store_id, row, to, reason=fact.reason, at=fact.at)
            return Decision("paid")
        now = clock.now()
        await conn.execute(
            WAITING,
            store_id,
            fact.withdrawal_id,
            fact.bill_no,
            fact.package_info,
            now + CONFIRM_WITHIN,
            now,
        )
        return Decision("known")

    return await in_transaction(rt.db, work)


def end_of(fact: TransferFact) -> WithdrawalState | None:
    """How a transfer ended; None while it is under way."""
    if fact.state == "SUCCESS":
        return "paid"
    if fact.state == "CANCELLED":
        return "cancelled"
    if fact.state == "FAIL":
        return "expired" if fact.reason == OVERDUE else "failed"
    return None


def _time(told: object) -> datetime | None:
    try:
        return msgspec.convert(told, datetime, strict=True)
    except msgspec.ValidationError:  # it is said for the books' sake; what happened is true without it
        return None


async def told(rt: Runtime, store_id: UUID, message: Message) -> Decision:
    """A notification about a transfer of this store (payments.extensions.ON_MESSAGE)."""
    body: dict[str, Any] = message.body
    number, amount = str(body.get("out_bill_no", "")), body.get("transfer_amount")
    try:
        withdrawal_id = UUID(hex=number)
    except ValueError:
        return Decision("known", "not_ours")
    if not isinstance(amount, int):
        return Decision("refused", "amount")
    fact = TransferFact(
        withdrawal_id,
        str(body.get("state", "")),
        str(body.get("transfer_bill_no", "")),
        amount,
        None,
        str(body.get("fail_reason", "")),
        _time(body.get("update_time")),
    )
    if end_of(fact) is None:  # it is told when it has come to an end
        return Decision("refused", "state")
    return await apply(rt, store_id, fact)
