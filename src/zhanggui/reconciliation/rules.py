"""Days of bills, the classes of differences, and what settles them; pure."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal
from uuid import UUID

import msgspec

from zhanggui.ledger import Account, Transfer
from zhanggui.ledger.chart import ADJUSTMENT, STORE_PAYABLE, clearing, provider_fee

CHINA = timezone(timedelta(hours=8))
READY_AT = timedelta(hours=10, minutes=5)
"""Yesterday's bills are ready after 10:00 Beijing time (pay.weixin.qq.com, 申请交易账单)."""
KEPT = timedelta(days=90)
"""Bills are kept for three months."""
SPREAD = timedelta(minutes=20)

RunStatus = Literal["running", "matched", "differences", "failed"]
Subject = Literal["payment", "refund", "flow", "order", "split", "split_return", "transfer", "balance"]
OUTGOING: frozenset[Subject] = frozenset({"refund", "split", "transfer"})
"""What takes from what the provider holds."""
Kind = Literal["missing_here", "missing_there", "amount", "refunded", "coupon", "state", "fee", "balance"]
DifferenceStatus = Literal["open", "finished", "adjusted", "gone"]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs about a payment, a refund, an order, something the store moved, or a line of the fund flow; fen."""

    subject: Subject
    number: str
    kind: Kind
    order_id: UUID | None = None
    ref_id: UUID | None = None
    ours: int | None = None
    theirs: int | None = None
    our_fee: int | None = None
    their_fee: int | None = None
    our_state: str | None = None
    their_state: str | None = None


def day_of(at: datetime) -> date:
    """The day of the provider's bills that an instant belongs to."""
    return at.astimezone(CHINA).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The instants (UTC) at which a day of the provider's bills begins and ends."""
    begin = datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)
    return begin, begin + timedelta(days=1)


def ready_at(day: date, account_id: UUID) -> datetime:
    """When to fetch the bills of `day`: after they are ready, accounts spread over some minutes."""
    share = account_id.int % int(SPREAD.total_seconds())
    return bounds(day)[1] + READY_AT + timedelta(seconds=share)


def first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of an instant: rows made since have greater ones."""
    return UUID(int=(int(at.timestamp() * 1000) << 80) | 0x7 << 76 | 0b10 << 62)


def can_finish(difference: Difference) -> bool:
    """Whether asking the provider may put it right: it is known here and is not yet what the provider says it is, or it is a
    refund made there by hand."""
    if difference.ref_id is None:
        return difference.subject == "refund" and difference.kind == "missing_here"
    if difference.subject == "payment":
        return difference.kind == "missing_here"
    if difference.subject in {"split", "transfer"}:
        return difference.kind == "missing_here" and difference.our_state in UNDER_WAY
    return (
        difference.subject == "refund" and difference.kind == "state" and difference.our_state != "succeeded"
    )


UNDER_WAY = frozenset({"sent", "approved", "waiting"})
"""States of a share and of a withdrawal in which the provider may be further than we are."""


def settlement(difference: Difference, account_id: UUID) -> list[Transfer]:
    """The transfers that bring the book to what the provider says; empty when there is nothing to post.

    What the provider holds more or less goes against `adjustment`; its fees, which the day's run has posted as billed, are
    the merchant's.
    """
    held, fee = corrections(difference)
    return [
        *_move(clearing(account_id), ADJUSTMENT, held),
        *_move(STORE_PAYABLE, provider_fee(account_id), fee),
    ]


def _move(debit: Account, credit: Account, amount: int) -> list[Transfer]:
    if not amount:
        return []
    sides = (debit, credit) if amount > 0 else (credit, debit)
    return [Transfer(*sides, abs(amount), "adjustment")]


def corrections(d: Difference) -> tuple[int, int]:
    """What settles it: (fen the provider holds more than the book says, fen of fee that the merchant owes more)."""
    sign = -1 if d.subject in OUTGOING else 1
    ours, theirs = d.ours or 0, d.theirs or 0
    our_fee, their_fee = d.our_fee or 0, d.their_fee or 0
    if d.subject == "order" or d.kind == "coupon":
        return 0, 0
    if d.kind == "fee":
        return 0, sign * (theirs - ours)
    if d.kind == "missing_there" or (d.kind == "state" and d.our_state == "succeeded"):
        return -sign * ours, -sign * our_fee
    if d.kind in {"missing_here", "state"}:
        return sign * theirs, sign * their_fee
    return sign * (theirs - ours), 0
