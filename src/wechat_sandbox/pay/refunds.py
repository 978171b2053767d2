"""Refunds: what was asked for, what became of it, and how the platform answers about it."""

from typing import Any, Literal

import msgspec

from wechat_sandbox.clock import china_time
from wechat_sandbox.pay.coupons import Coupon, off
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.storage import Storage

RefundStatus = Literal["PROCESSING", "SUCCESS", "ABNORMAL", "CLOSED"]


class Refund(msgspec.Struct, kw_only=True):
    """A refund. Amounts are fen, times platform seconds since the epoch."""

    refund_id: str
    mchid: str
    out_refund_no: str
    out_trade_no: str
    transaction_id: str
    refund: int
    total: int
    currency: str
    created_at: float
    reason: str | None = None
    notify_url: str | None = None
    status: RefundStatus = "PROCESSING"
    settled_at: float | None = None
    sub_mchid: str | None = None
    """The merchant below a platform that was paid."""
    coupons: list[Coupon] = []
    """Those that the order was paid with."""
    given: list[int] = []
    """Fen that go back to each coupon."""

    @property
    def payer_refund(self) -> int:
        """Fen that the buyer gets."""
        return self.refund - sum(self.given)

    @property
    def unsettled(self) -> int:
        """Fen that the merchant need not give back, for it never had them."""
        return sum(
            given for coupon, given in zip(self.coupons, self.given, strict=True) if coupon.type == "NOCASH"
        )

    @property
    def settled(self) -> int:
        """Fen that the merchant gives back."""
        return self.refund - self.unsettled

    def describe(self) -> dict[str, Any]:
        """The refund as the platform answers about it."""
        answer: dict[str, Any] = {
            "refund_id": self.refund_id,
            "out_refund_no": self.out_refund_no,
            "transaction_id": self.transaction_id,
            "out_trade_no": self.out_trade_no,
            "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱",
            "create_time": china_time(self.created_at),
            "status": self.status,
            "funds_account": "AVAILABLE",
            "amount": {
                "total": self.total,
                "refund": self.refund,
                "payer_total": self.total - off(self.coupons),
                "payer_refund": self.payer_refund,
                "settlement_total": self.total - off(self.coupons, "NOCASH"),
                "settlement_refund": self.settled,
                "discount_refund": sum(self.given),
                "currency": self.currency,
            },
        }
        if self.coupons:
            answer["promotion_detail"] = [
                coupon.refunded(given)
                for coupon, given in zip(self.coupons, self.given, strict=True)
                if given
            ]
        if self.status == "SUCCESS" and self.settled_at is not None:
            answer["success_time"] = china_time(self.settled_at)
        return answer

    def notice(self) -> dict[str, Any]:
        """The refund as its notification carries it: other names than a query has, and fewer."""
        notice: dict[str, Any] = {
            **(
                {"sp_mchid": self.mchid, "sub_mchid": self.sub_mchid}
                if self.sub_mchid
                else {"mchid": self.mchid}
            ),
            "transaction_id": self.transaction_id,
            "out_trade_no": self.out_trade_no,
            "refund_id": self.refund_id,
            "out_refund_no": self.out_refund_no,
            "refund_status": self.status,
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": self.total,
                "refund": self.refund,
                "payer_total": self.total - off(self.coupons),
                "payer_refund": self.payer_refund,
            },
        }
        if self.status == "SUCCESS" and self.settled_at is not None:
            notice["success_time"] = china_time(self.settled_at)
        return notice


class Refunds:
    """All refunds, by the merchant's number."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._by_number = {(r.mchid, r.out_refund_no): r for r in storage.load("refund", Refund)}
        self.next_outcomes: list[RefundStatus] = []
        """Results ordered for the next refunds; SUCCESS when there is none."""

    def by_number(self, mchid: str, out_refund_no: str) -> Refund | None:
        """A refund by the merchant's number."""
        return self._by_number.get((mchid, out_refund_no))

    def of(self, transaction: Transaction) -> list[Refund]:
        """The refunds of an order, oldest first."""
        return [self._by_number[transaction.mchid, number] for number in transaction.refunds]

    def processing(self) -> list[Refund]:
        """Those without a result, for resuming after a restart."""
        return [r for r in self._by_number.values() if r.status == "PROCESSING"]

    def save(self, refund: Refund) -> None:
        """Keep a new or changed refund."""
        self._by_number[refund.mchid, refund.out_refund_no] = refund
        self._storage.put("refund", f"{refund.mchid}/{refund.out_refund_no}", refund)
