"""Shapes of the reconciliation's console API. Amounts in fen, days are the provider's (Beijing's)."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from zhanggui.core.fields import Reason
from zhanggui.reconciliation.rules import DifferenceStatus, Kind, RunStatus, Subject


class BillRun(msgspec.Struct, frozen=True):
    """A day's reconciliation of a payment account. `open` of its differences are not settled yet."""

    id: UUID
    mchid: str
    bill_date: date
    status: RunStatus
    times: int
    payments: int
    refunds: int
    paid: int
    refunded: int
    fees: int
    closing_balance: int | None
    found: int
    open: int
    book_holds: bool | None
    error: str | None
    started_at: datetime
    finished_at: datetime | None


class BillRuns(msgspec.Struct, frozen=True):
    """A page of runs, newest day first, and how many differences of the store are open altogether."""

    items: list[BillRun]
    next: str | None
    open: int


class BillDifference(msgspec.Struct, frozen=True):
    """What the provider's bill and our books say differently.

    `can_finish`: the provider can be asked and what was missed done. `correction` is what an adjustment posts to what the
    provider holds, `fee_correction` to its fees.
    """

    id: UUID
    mchid: str
    bill_date: date
    subject: Subject
    number: str
    kind: Kind
    order_id: UUID | None
    order_number: str | None
    ours: int | None
    theirs: int | None
    our_fee: int | None
    their_fee: int | None
    our_state: str | None
    their_state: str | None
    status: DifferenceStatus
    can_finish: bool
    correction: int
    fee_correction: int
    found_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    reason: str | None


class AdjustDifference(msgspec.Struct, forbid_unknown_fields=True):
    """Why the difference is posted as it is; kept with the posting and who did it."""

    reason: Reason
