"""What WeChat Pay API v3 is told and answers; fields that we do not use are left out, unknown ones are ignored."""

from datetime import datetime
from typing import Literal

import msgspec

TradeState = Literal["SUCCESS", "REFUND", "NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR"]
RefundStatus = Literal["PROCESSING", "SUCCESS", "ABNORMAL", "CLOSED"]


class MerchantAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Everything needed to act as a merchant. Secret: kept sealed, never logged.

    Certificate mode: `certificates` (serial → PEM) may be empty, they are downloaded. Public-key mode: `public_key_id`
    (PUB_KEY_ID_…) and `public_key` (PEM). A merchant that migrates has both. What was replaced (`former_…`) is still
    taken: the platform goes over to a new key bit by bit, and what it sent before is on its way.
    """

    mchid: str
    appid: str
    serial: str
    private_key: str
    api_v3_key: str
    public_key_id: str | None = None
    public_key: str | None = None
    certificates: dict[str, str] = {}
    former_api_v3_key: str | None = None
    former_public_keys: dict[str, str] = {}
    sub_mchid: str | None = None
    """The store's number where `mchid` is a platform's that it is below of."""


class BillFile(msgspec.Struct, frozen=True):
    """Where a bill is (for five minutes) and the hash of the file before it was packed."""

    hash_type: str
    hash_value: str
    download_url: str


class SealedBillFile(msgspec.Struct, frozen=True):
    """A part of an encrypted bill: its key is encrypted under the merchant's certificate, its file with AES-256-GCM."""

    bill_sequence: int
    hash_type: str
    hash_value: str
    download_url: str
    encrypt_key: str
    nonce: str


class SealedBill(msgspec.Struct, frozen=True):
    """All parts of an encrypted bill, to be put together in the order of their numbers."""

    download_bill_list: list[SealedBillFile]


class PrepayOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order to be paid: amount in fen, `out_trade_no` 6–32 of [0-9A-Za-z_-|*], `expires_at` UTC and immutable."""

    out_trade_no: str
    description: str
    notify_url: str
    amount: int
    currency: str
    expires_at: datetime
    profit_sharing: bool = False
    appid: str | None = None
    """The application the buyer pays in; the account's own when None."""


class SubOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant's share of a combined payment: amount in fen, `attach` 1–128 characters, `profit_sharing` freezes it."""

    mchid: str
    out_trade_no: str
    description: str
    attach: str
    amount: int
    currency: str
    sub_mchid: str | None = None
    profit_sharing: bool = False


class CombinedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A combined payment of 1 to 50 sub-orders; numbers and times as for a `PrepayOrder`."""

    combine_out_trade_no: str
    appid: str
    notify_url: str
    expires_at: datetime
    parts: list[SubOrder]


class Amount(msgspec.Struct, frozen=True):
    """Fen; what the buyer paid himself is `payer_total`."""

    total: int | None = None
    currency: str | None = None
    payer_total: int | None = None


class Promotion(msgspec.Struct, frozen=True):
    """A coupon in a payment's promotion_detail, fen: prefunded (CASH, settled to the merchant) or his own discount (NOCASH)."""

    amount: int
    type: Literal["CASH", "NOCASH"] = "CASH"
    coupon_id: str = ""
    name: str = ""
    wechatpay_contribute: int = 0
    merchant_contribute: int = 0
    other_contribute: int = 0


class Payer(msgspec.Struct, frozen=True):
    openid: str | None = None


class Trade(msgspec.Struct, frozen=True):
    """A payment as a query answers it and as TRANSACTION.SUCCESS carries it."""

    appid: str
    mchid: str
    out_trade_no: str
    trade_state: TradeState
    transaction_id: str | None = None
    success_time: datetime | None = None
    amount: Amount | None = None
    payer: Payer | None = None
    promotion_detail: list[Promotion] = []


class PartAmount(msgspec.Struct, frozen=True):
    """Fen; a sub-order's amounts have other names."""

    total_amount: int | None = None
    currency: str | None = None
    payer_amount: int | None = None


class TradePart(msgspec.Struct, frozen=True):
    """A sub-order as the combined payment's query and notification carry it."""

    mchid: str
    out_trade_no: str
    trade_state: TradeState
    sub_mchid: str | None = None
    transaction_id: str | None = None
    success_time: datetime | None = None
    amount: PartAmount | None = None
    promotion_detail: list[Promotion] = []


class CombinedTrade(msgspec.Struct, frozen=True):
    """A combined payment as a query answers it and as TRANSACTION.SUCCESS carries it."""

    combine_appid: str
    combine_mchid: str
    combine_out_trade_no: str
    sub_orders: list[TradePart]
    combine_payer_info: Payer | None = None


class RefundParts(msgspec.Struct, frozen=True, kw_only=True):
    """Fen: `refund` of the order's total. The buyer gets `payer_refund`, the merchant gives `settlement_refund`; the rest
    goes back to who paid for a coupon. A notification and the e-commerce product leave out the latter."""

    refund: int
    currency: str = "CNY"
    payer_refund: int | None = None
    settlement_refund: int | None = None

    @property
    def to_payer(self) -> int:
        """What reaches the buyer."""
        return self.refund if self.payer_refund is None else self.payer_refund

    @property
    def settled(self) -> int | None:
        """What the merchant gives; None where a coupon has a part in it and nothing is said."""
        return self.refund if self.to_payer == self.refund else self.settlement_refund


class RefundAmount(RefundParts, frozen=True, kw_only=True):
    """Of an answer: the e-commerce product does not repeat the order's total."""

    total: int | None = None


class NoticeAmount(RefundParts, frozen=True, kw_only=True):
    """Of a notification, which always names the order's total."""

    total: int


class RefundedPromotion(msgspec.Struct, frozen=True):
    """What of a refund goes back to a coupon, fen. A DISCOUNT's part the merchant never had (免充值)."""

    type: str = ""
    refund_amount: int = 0


class RefundBelow(msgspec.Struct, frozen=True):
    """A refund as the e-commerce product answers it; to who asks for one it tells neither the order nor a state."""

    refund_id: str
    out_refund_no: str
    amount: RefundAmount
    out_trade_no: str = ""
    status: RefundStatus = "PROCESSING"
    success_time: datetime | None = None
    promotion_detail: list[RefundedPromotion] = []

    def answer(self, out_trade_no: str) -> "Refund":
        """As of a merchant of its own."""
        never_had = sum(p.refund_amount for p in self.promotion_detail if p.type == "DISCOUNT")
        amount = msgspec.structs.replace(self.amount, settlement_refund=self.amount.refund - never_had)
        return Refund(
            self.refund_id, self.out_refund_no, out_trade_no, self.status, amount, self.success_time
        )


class Refund(msgspec.Struct, frozen=True):
    """A refund as accepting and querying answer it."""

    refund_id: str
    out_refund_no: str
    out_trade_no: str
    status: RefundStatus
    amount: RefundAmount
    success_time: datetime | None = None


class RefundNotice(msgspec.Struct, frozen=True):
    """A refund as its notification carries it: other names than a query has, and fewer.

    Of a merchant below a platform it names both, `sp_mchid` and `sub_mchid`, in the place of `mchid`.
    """

    refund_id: str
    out_refund_no: str
    out_trade_no: str
    refund_status: RefundStatus
    amount: NoticeAmount
    success_time: datetime | None = None
    mchid: str = ""
    sp_mchid: str = ""
    sub_mchid: str | None = None

    @property
    def asked_by(self) -> str:
        """The merchant number that asks: the merchant's own, or the platform's."""
        return self.sp_mchid if self.sub_mchid else self.mchid


class Resource(msgspec.Struct, frozen=True):
    """The encrypted part of a notification."""

    algorithm: Literal["AEAD_AES_256_GCM"]
    ciphertext: str
    nonce: str
    associated_data: str = ""
    original_type: str = ""


class Notification(msgspec.Struct, frozen=True):
    """The envelope of a notification; `id` is the same in every repetition."""

    id: str
    event_type: str
    resource: Resource
    create_time: str = ""
    summary: str = ""
