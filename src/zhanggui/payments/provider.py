"""What payments needs of a provider; `wechat_pay` is the first."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, Literal, Protocol
from uuid import UUID

import msgspec

from zhanggui.payments.rules import Method, Received, RefundStatus
from zhanggui.payments.shapes import PayInstructions

TradeState = Literal["absent", "open", "paying", "paid", "closed", "failed", "returned"]
BillKind = Literal["trade", "flow"]
CloseResult = Literal["closed", "absent", "paid", "paying"]


class ProviderRefused(Exception):
    """The provider said no; nothing was done. `code` is its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class OutcomeUnknown(Exception):
    """No trustworthy answer: it may have been done. Query, then repeat with the same number."""


class BadMessage(Exception):
    """What came to our hook is not from the provider, or not for this account."""


class Unfit(Exception):
    """A verified message that cannot speak of anything asked for; `why` names the fact that says so."""

    def __init__(self, message: "Message", why: str) -> None:
        super().__init__(f"{message.kind} {message.id}: {why}")
        self.message, self.why = message, why


class AttemptRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A payment attempt as it is kept; its id (32 hex) is the number at the provider. Amount in fen, times UTC."""

    store_id: UUID
    id: UUID
    order_id: UUID
    customer_id: UUID
    account_id: UUID
    combined_id: UUID | None = None
    appid: str | None = None
    method: Method
    status: Literal["created", "pending", "succeeded", "closed", "failed"]
    amount: int
    currency: str
    payer: str | None
    profit_sharing: bool = False
    prepay: dict[str, str] | None
    prepared_at: datetime | None
    transaction_id: str | None
    expires_at: datetime
    queries: int

    @property
    def number(self) -> str:
        return self.id.hex


class CombinedPart(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt as part of a combined payment, with the merchant that is paid; `order_number` is what people read."""

    attempt: AttemptRecord
    mchid: str
    sub_mchid: str | None
    order_number: str


class CombinedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A combined payment as it is kept; its id (32 hex) is the number at the provider. Amount in fen, times UTC."""

    customer_id: UUID
    id: UUID
    store_id: UUID
    account_id: UUID
    appid: str
    method: Method
    amount: int
    currency: str
    payer: str | None
    prepay: dict[str, str] | None
    prepared_at: datetime | None
    expires_at: datetime

    @property
    def number(self) -> str:
        return self.id.hex


class Scene(msgspec.Struct, frozen=True):
    """Where the buyer stands: what he buys in words, his address on the network."""

    description: str
    client_ip: str


class Trade(msgspec.Struct, frozen=True):
    """What the provider knows of an attempt; `received` when it is paid."""

    state: TradeState
    received: Received | None = None


class PartTrade(msgspec.Struct, frozen=True):
    """What the provider knows of one part; `received` (its account as yet unknown) when it is paid."""

    attempt_id: UUID
    state: TradeState
    received: Received | None = None


class CombinedTrade(msgspec.Struct, frozen=True):
    """What the provider knows of a combined payment that merchant `mchid` asked for, part by part."""

    combined_id: UUID
    mchid: str
    parts: list[PartTrade]


class RefundFact(msgspec.Struct, frozen=True):
    """What a provider verifiably said about a refund of `total`. Amounts in fen, `at` UTC when it is done.

    `payer_amount` reaches the buyer and `settled_amount` leaves the merchant; they are less than the amount where a coupon
    paid. A message may leave out the latter: then it is None, and a query tells.
    """

    refund_id: UUID
    attempt_id: UUID
    amount: int
    total: int
    currency: str
    status: RefundStatus
    provider_refund_id: str
    payer_amount: int
    settled_amount: int | None
    at: datetime | None = None


class ForeignRefund(msgspec.Struct, frozen=True):
    """A refund that was made by hand at the provider, under a number that is none of ours. As a `RefundFact` otherwise.

    `total` is None where the provider does not repeat what was paid.
    """

    number: str
    attempt_id: UUID
    mchid: str
    amount: int
    total: int | None
    currency: str
    status: RefundStatus
    provider_refund_id: str
    payer_amount: int
    settled_amount: int | None
    at: datetime | None = None


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A refund to be made: `amount` of the `total` that was paid, both fen. Its id (32 hex) is the number."""

    refund_id: UUID
    attempt_id: UUID
    amount: int
    total: int
    currency: str
    reason: str
    advance: bool = False
    """The merchant's available balance pays, whatever became of the order's own money."""


class Message(msgspec.Struct, frozen=True):
    """A verified message: money came (for one order or several), or news of a refund, or neither (`kind` says what)."""

    id: str
    nonce: str
    kind: str
    body: dict[str, Any]
    received: Received | None = None
    combined: CombinedTrade | None = None
    refund: RefundFact | None = None

    @property
    def subject_id(self) -> UUID | None:
        """The attempt or refund it is about; None for a combined payment, which has several."""
        if self.received is not None:
            return self.received.attempt_id
        return self.refund.refund_id if self.refund is not None else None


class Provider(Protocol):
    """One account at a provider. All methods may raise OutcomeUnknown; those that act also ProviderRefused."""

    async def prepare(self, attempt: AttemptRecord, scene: Scene) -> dict[str, str]:
        """Place the attempt at the provider; repeating it with the same attempt answers the same payment."""
        ...

    def instructions(
        self, prepared: AttemptRecord | CombinedRecord, return_url: str | None
    ) -> PayInstructions:
        """What the buyer's device needs in order to pay a prepared attempt or combined payment."""
        ...

    async def prepare_combined(
        self, order: CombinedRecord, parts: Sequence[CombinedPart], scene: Scene
    ) -> dict[str, str]: ...

    async def query_combined(self, order: CombinedRecord) -> CombinedTrade | None:
        """None when the provider has never seen it."""
        ...

    async def close_combined(self, order: CombinedRecord, parts: Sequence[CombinedPart]) -> CloseResult:
        """Make it impossible to pay any part; `closed` also when it was closed before."""
        ...

    async def query(self, attempt: AttemptRecord) -> Trade: ...

    async def close(self, attempt: AttemptRecord) -> CloseResult:
        """Make it impossible to pay; `closed` also when it was closed before."""
        ...

    async def refund(self, order: RefundOrder) -> RefundFact: ...

    async def query_refund(self, order: RefundOrder) -> RefundFact | None:
        """None when the provider has never seen this refund."""
        ...

    async def query_foreign(self, number: str) -> ForeignRefund | None:
        """A refund made by hand at the provider; None when it has none under this number, or one of ours."""
        ...

    async def download_bill(self, kind: BillKind, day: date, into: IO[bytes]) -> str | None:
        """Fetch a day's bill, packed as GZIP, and return the SHA-1 (hex) that its content must have.

        None when the provider has none because nothing happened. Raises OutcomeUnknown when it is not ready.
        """
        ...

    async def parse(self, headers: Mapping[str, str], body: bytes) -> Message:
        """Verify and open a notification. Raises BadMessage, Unfit."""
        ...
