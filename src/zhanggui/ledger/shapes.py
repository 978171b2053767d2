"""Shapes of the ledger's console API. Amounts in fen."""

from datetime import datetime
from uuid import UUID

import msgspec

from zhanggui.ledger.chart import Code, Side
from zhanggui.ledger.rules import Kind, Phase


class LedgerAccount(msgspec.Struct, frozen=True):
    """An account with its balance on its normal side; `owner` names whose it is, where that is not the store."""

    id: UUID
    code: Code
    owner: str
    currency: str
    normal: Side
    posted: int
    pending: int
    debits_posted: int
    credits_posted: int
    updated_at: datetime


class AccountName(msgspec.Struct, frozen=True):
    """An account as an entry names it."""

    id: UUID
    code: Code
    owner: str


class LedgerEntry(msgspec.Struct, frozen=True):
    """One amount from the account debited to the account credited."""

    seq: int
    key: str
    kind: Kind
    phase: Phase
    settles: str | None
    debit: AccountName
    credit: AccountName
    amount: int
    currency: str
    order_id: UUID | None
    order_number: str | None
    actor: str
    actor_name: str
    reason: str
    at: datetime


class TrialLine(msgspec.Struct, frozen=True):
    """All accounts of a code and currency together: sums of both sides, posted and pending."""

    code: Code
    currency: str
    normal: Side
    accounts: int
    debits_posted: int
    credits_posted: int
    debits_pending: int
    credits_pending: int


class TrialBalance(msgspec.Struct, frozen=True):
    """Every code of the store's book; debits and credits are equal, posted and pending, or something is wrong."""

    lines: list[TrialLine]
    entries: int
    balanced: bool


class BookProof(msgspec.Struct, frozen=True):
    """What adding the whole journal up again gave."""

    holds: bool
    entries: int
    missing: int
    posted: int
    pending: int
    drifted: list[UUID]
