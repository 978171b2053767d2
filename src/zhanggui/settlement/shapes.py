"""Bodies of the settlement API. Amounts are fen, ratios ten-thousandths, times UTC."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Fen, Line, Reason
from zhanggui.core.i18n import Text
from zhanggui.settlement.rules import (
    AccountType,
    Kind,
    Payout,
    ReceiverState,
    ShareState,
    SplitState,
    WithdrawalState,
)

Ratio = Annotated[int, Meta(ge=1, le=10_000, description="ten-thousandths")]
Amount = Annotated[int, Meta(ge=1, le=1_000_000_000, description="fen")]
Account = Annotated[str, Meta(min_length=6, max_length=64, pattern=r"^[0-9A-Za-z_\-]+$")]
Label = Annotated[str, Meta(min_length=1, max_length=60)]


class PolicyBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the store agreed with the provider, and how it pays people."""

    max_ratio: Annotated[int, Meta(ge=0, le=10_000)]
    frozen_days: Annotated[int, Meta(ge=1, le=180)]
    advance_refunds: bool
    withdraw_min: Annotated[int, Meta(ge=10, le=20_000_000)]
    withdraw_max: Annotated[int, Meta(ge=10, le=20_000_000)]
    withdraw_daily: Annotated[int, Meta(ge=1, le=100)]


class StoreBuyer(msgspec.Struct):
    """A buyer of the store as a merchant finds him: name and masked phone of his latest order."""

    customer_id: UUID
    buyer: str
    number: str
    ordered_at: datetime


class StoreBuyers(msgspec.Struct):
    """Those that fit best, the latest first."""

    items: list[StoreBuyer]


class ReceiverInput(msgspec.Struct, forbid_unknown_fields=True):
    """Whom to add, `name` the real name (a merchant's full name).

    Either one of the store's buyers (`customer_id`, whose openid is looked up) or an `account`: a mchid or an openid.
    """

    kind: Kind
    payout: Payout
    account_type: AccountType
    label: Label
    account: Account | None = None
    customer_id: UUID | None = None
    name: Annotated[str, Meta(max_length=120)] = ""


class Receiver(msgspec.Struct):
    """A receiver as lists show it; `balance` is what is owed to a person who withdraws."""

    id: UUID
    kind: Kind
    payout: Payout
    account_type: AccountType
    account: str
    label: str
    name_masked: str
    state: ReceiverState
    error: str | None
    balance: int
    created_at: datetime


class Receivers(msgspec.Struct):
    """All receivers of the store, the removed ones last."""

    items: list[Receiver]


class RuleInput(msgspec.Struct, forbid_unknown_fields=True):
    """A rule: a ratio or a fixed amount, of the whole payment or of one product."""

    receiver_id: UUID
    product_id: UUID | None = None
    ratio: Ratio | None = None
    amount: Amount | None = None
    priority: Annotated[int, Meta(ge=0, le=999)] = 100
    active_from: datetime | None = None
    active_to: datetime | None = None
    enabled: bool = True


class SplitRule(msgspec.Struct):
    """A rule with the names of whom and what it concerns."""

    id: UUID
    receiver_id: UUID
    receiver_label: str
    product_id: UUID | None
    product_name: str | None
    ratio: int | None
    amount: int | None
    priority: int
    active_from: datetime | None
    active_to: datetime | None
    enabled: bool


class LatePresale(msgspec.Struct):
    """A pre-sale product whose orders are completed after their freeze has ended: `days` after payment, as promised."""

    product_id: UUID
    name: str
    days: int


class SplitRules(msgspec.Struct):
    """All rules, first by priority, and how they stand against the platform's limits.

    `together` are the ratios of an order in sum: above `max_ratio` (the provider lowered it since) later ones get less.
    `beyond_freeze`: what cannot be shared through the provider, longest first.
    """

    items: list[SplitRule]
    max_ratio: int
    together: int
    frozen_days: int
    beyond_freeze: list[LatePresale]


class PreviewInput(msgspec.Struct, forbid_unknown_fields=True):
    """An order of this amount, all of one product if one is named."""

    amount: Annotated[int, Meta(ge=1, le=100_000_000)]
    product_id: UUID | None = None


class PreviewShare(msgspec.Struct):
    """What a receiver would get."""

    receiver_id: UUID
    label: str
    payout: Payout
    amount: int


class Preview(msgspec.Struct):
    """Who would get what now; `capped` when the maximum cut something off."""

    amount: int
    shares: list[PreviewShare]
    merchant: int
    most: int
    capped: bool


class SplitShare(msgspec.Struct):
    """A receiver's part of a payment."""

    receiver_id: UUID
    label: str
    payout: Payout
    planned: int
    amount: int
    returned: int
    state: ShareState
    fail_reason: str | None


class Split(msgspec.Struct):
    """A payment that is shared. `error` is a code of ours or the provider's.

    `waiting`: fen that receivers have not given back while a refund waits for them, until `advance_at`; `advanced`: fen of
    refunds that the merchant paid in their place.
    """

    id: UUID
    order_id: UUID
    number: str
    total: int
    refunded: int
    state: SplitState
    frozen: bool
    error: str | None
    shares: list[SplitShare]
    paid_at: datetime
    freeze_until: datetime | None
    completed_at: datetime | None
    unfrozen_at: datetime | None
    waiting: int = 0
    advanced: int = 0
    advance_at: datetime | None = None


class ConsoleWithdrawal(msgspec.Struct):
    """A person's withdrawal as the merchant sees it."""

    id: UUID
    receiver_id: UUID
    label: str
    name_masked: str
    amount: int
    state: WithdrawalState
    reason: str
    decided_by: str
    created_at: datetime
    decided_at: datetime | None
    confirm_by: datetime | None
    ended_at: datetime | None


class RejectInput(msgspec.Struct, forbid_unknown_fields=True):
    """Why; the person sees it."""

    reason: Reason


class StatementFigures(msgspec.Struct):
    """What changed the merchant's own money in a period; costs are negative, `net` is their sum."""

    gross: int
    refunds: int
    fees: int
    splits: int
    subsidies: int
    discounts: int
    withdrawals: int
    adjustments: int
    net: int


class StatementOrder(msgspec.Struct):
    """The same of one order; `number` is empty for what concerns none."""

    order_id: UUID | None
    number: str
    figures: StatementFigures


class Statement(msgspec.Struct):
    """A store's account of a period, out of its ledger. `from_` and `to` are the store's days, both included."""

    from_: date
    to: date
    opening: int
    figures: StatementFigures
    closing: int
    paid_to_people: int
    orders: list[StatementOrder]
    next: str | None


class ShareWithdrawal(msgspec.Struct):
    """A withdrawal as the person sees it."""

    id: UUID
    amount: int
    state: WithdrawalState
    reason: Line
    created_at: datetime
    confirm_by: datetime | None
    ended_at: datetime | None


class ShareAccount(msgspec.Struct):
    """What a person has with a store. `least`, `most` and `daily` are the store's limits."""

    store_id: UUID
    store_slug: str
    store_name: Text
    receiver_id: UUID
    available: Fen
    pending: Fen
    earned: Fen
    least: int
    most: int
    daily: int
    withdrawals: list[ShareWithdrawal]


class ShareAccounts(msgspec.Struct):
    """Everything the person has; empty for who is nobody's receiver."""

    items: list[ShareAccount]


class WithdrawalInput(msgspec.Struct, forbid_unknown_fields=True):
    """How much."""

    amount: Amount


class MerchantTransfer(msgspec.Struct, rename="camel"):
    """Arguments of `wx.requestMerchantTransfer`; `confirm_url` only where a sandbox stands in for WeChat."""

    mch_id: str
    app_id: str
    package: str
    confirm_url: str | None = None
