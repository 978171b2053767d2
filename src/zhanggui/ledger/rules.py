"""Transfers and postings as values, and what an entry does to balances; pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.core.money import MAX_AMOUNT
from zhanggui.ledger.chart import Account

Phase = Literal["posted", "pending", "settled", "voided"]
Kind = Literal[
    "payment",
    "late_payment",
    "fee",
    "fee_returned",
    "fee_billed",
    "refund",
    "refund_paid",
    "refund_dropped",
    "split",
    "split_paid",
    "split_returned",
    "subsidy",
    "subsidy_paid",
    "subsidy_returned",
    "coupon_refund",
    "discount",
    "discount_returned",
    "withdrawal",
    "adjustment",
    "commission",
    "commission_returned",
]
MAX_KEY = 120


class PostingRefused(RuntimeError):
    """A posting contradicts what is in the book: its key has other content, or what it settles is not pending."""


class Transfer(NamedTuple):
    """`amount` (fen, > 0) debited to one account and credited to another; both have the same currency."""

    debit: Account
    credit: Account
    amount: int
    kind: Kind


class Posting(NamedTuple):
    """Transfers that belong together, written once under `key` (unique in the store's book).

    `settled` and `voided` name in `settles` the key of a pending posting and repeat its transfers; each pending posting
    is settled or voided at most once.
    """

    key: str
    transfers: Sequence[Transfer]
    phase: Phase = "posted"
    settles: str | None = None
    order_id: UUID | None = None
    ref_id: UUID | None = None
    actor: str = "system"
    actor_name: str = ""
    reason: str = ""


def check(posting: Posting) -> None:
    """Raises ValueError for a posting that can never be written: programming errors, not what users do."""
    if not 0 < len(posting.key) <= MAX_KEY or not posting.transfers:
        raise ValueError(f"posting {posting.key!r} has no key or no transfers")
    if (posting.phase in {"settled", "voided"}) != (posting.settles is not None):
        raise ValueError(f"posting {posting.key!r} is {posting.phase} and settles {posting.settles!r}")
    for transfer in posting.transfers:
        if not 0 < transfer.amount <= MAX_AMOUNT:
            raise ValueError(f"posting {posting.key!r} moves {transfer.amount}")
        if transfer.debit == transfer.credit or transfer.debit.currency != transfer.credit.currency:
            raise ValueError(f"posting {posting.key!r} is from {transfer.debit} to {transfer.credit}")


def settle(pending: Posting, *, actor: str = "system") -> Posting:
    """What makes a pending posting final."""
    return pending._replace(
        key=f"{pending.key}/settled",
        phase="settled",
        settles=pending.key,
        actor=actor,
        actor_name="",
        reason="",
    )


def void(pending: Posting, *, actor: str = "system") -> Posting:
    """What drops a pending posting."""
    return pending._replace(
        key=f"{pending.key}/voided",
        phase="voided",
        settles=pending.key,
        actor=actor,
        actor_name="",
        reason="",
    )
