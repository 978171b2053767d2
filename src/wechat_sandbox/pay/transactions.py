"""Orders of WeChat Pay and where they are found: by merchant's number, prepay_id and transaction id."""

from typing import Any, Literal

import msgspec

from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.clock import china_time
from wechat_sandbox.pay.coupons import Coupon, off
from wechat_sandbox.storage import Storage

TradeType = Literal["JSAPI", "MWEB", "NATIVE", "APP"]
TradeState = Literal["SUCCESS", "REFUND", "NOTPAY", "CLOSED", "USERPAYING"]
STATE_WORDS: dict[TradeState, str] = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "USERPAYING": "用户支付中，需要输入密码",
}


class Transaction(msgspec.Struct, kw_only=True):
    """An order. Amounts are fen, times are platform seconds since the epoch."""

    mchid: str
    appid: str
    out_trade_no: str
    trade_type: TradeType
    description: str
    notify_url: str
    total: int
    currency: str
    created_at: float
    pay_by: float
    fingerprint: str
    prepay_id: str
    prepay_until: float
    openid: str | None = None
    attach: str | None = None
    goods_tag: str | None = None
    scene_info: dict[str, Any] | None = None
    profit_sharing: bool = False
    state: TradeState = "NOTPAY"
    transaction_id: str | None = None
    paid_at: float | None = None
    coupons: list[Coupon] = []
    """What the buyer did not pay himself."""
    refunded: int = 0
    unsettled: int = 0
    """What of `refunded` was never settled to the merchant."""
    refunds: list[str] = []
    last_refund_at: float | None = None
    sub_mchid: str | None = None
    combine_out_trade_no: str | None = None
    """The combined payment that this is a sub-order of."""
    combine_mchid: str | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the money came, whatever was given back since."""
        return self.state in ("SUCCESS", "REFUND")

    @property
    def payer_total(self) -> int:
        """Fen that the buyer pays himself."""
        return self.total - off(self.coupons)

    @property
    def settled(self) -> int:
        """Fen that reach the merchant, fees not yet taken (应结订单金额)."""
        return self.total - off(self.coupons, "NOCASH")

    def describe(self) -> dict[str, Any]:
        """The order as a query answers it, and as the notification carries it."""
        answer: dict[str, Any] = {
            "appid": self.appid,
            "mchid": self.mchid,
            "out_trade_no": self.out_trade_no,
            "trade_type": self.trade_type,
            "trade_state": self.state,
            "trade_state_desc": STATE_WORDS[self.state],
            "attach": self.attach or "",
            "amount": {"total": self.total, "currency": self.currency},
            "payer": {"openid": self.openid} if self.openid else {},
        }
        if self.scene_info and "device_id" in self.scene_info:
            answer["scene_info"] = {"device_id": self.scene_info["device_id"]}
        if self.is_paid and self.paid_at is not None:
            answer |= {
                "transaction_id": self.transaction_id,
                "bank_type": "OTHERS",
                "success_time": china_time(self.paid_at),
                "amount": {
                    "total": self.total,
                    "payer_total": self.payer_total,
                    "currency": self.currency,
                    "payer_currency": self.currency,
                },
                **self._promotions(),
            }
        return answer

    def describe_part(self) -> dict[str, Any]:
        """A sub-order as the combined payment's query and notification carry it: amounts have other names there."""
        answer: dict[str, Any] = {
            "mchid": self.mchid,
            "out_trade_no": self.out_trade_no,
            "trade_type": self.trade_type,
            "trade_state": self.state,
            "attach": self.attach or "",
            "amount": {"total_amount": self.total, "currency": self.currency},
        }
        if self.sub_mchid:
            answer["sub_mchid"] = self.sub_mchid
        if self.is_paid and self.paid_at is not None:
            answer |= {
                "transaction_id": self.transaction_id,
                "bank_type": "OTHERS",
                "success_time": china_time(self.paid_at),
                "amount": {
                    "total_amount": self.total,
                    "payer_amount": self.payer_total,
                    "currency": self.currency,
                    "payer_currency": self.currency,
                },
                **self._promotions(),
            }
        return answer

    def _promotions(self) -> dict[str, Any]:
        return {"promotion_detail": [c.describe() for c in self.coupons]} if self.coupons else {}


class Transactions:
    """All orders, found without searching."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._by_number: dict[tuple[str, str], Transaction] = {}
        self._by_prepay: dict[str, Transaction] = {}
        self._by_id: dict[str, Transaction] = {}
        for transaction in storage.load("transaction", Transaction):
            self._index(transaction)

    def by_number(self, merchant: Merchant, out_trade_no: str) -> Transaction | None:
        """An order by the merchant's number."""
        return self._by_number.get((merchant.mchid, out_trade_no))

    def by_prepay(self, prepay_id: str) -> Transaction | None:
        """An order by any prepay_id it was given."""
        return self._by_prepay.get(prepay_id)

    def by_id(self, transaction_id: str) -> Transaction | None:
        """A paid order by the platform's number."""
        return self._by_id.get(transaction_id)

    def at(self, mchid: str, out_trade_no: str) -> Transaction:
        """An order that is known to be there."""
        return self._by_number[mchid, out_trade_no]

    def listing(self, *, mchid: str, limit: int) -> list[Transaction]:
        """The newest orders first; all merchants' when `mchid` is empty. Not for the API path."""
        found = [t for t in self._by_number.values() if not mchid or t.mchid == mchid]
        return found[: -limit - 1 : -1]

    def of_merchant(self, mchid: str) -> list[Transaction]:
        """All orders of a merchant. Not for the API path of payments."""
        return [t for t in self._by_number.values() if t.mchid == mchid]

    def find_number(self, out_trade_no: str) -> Transaction | None:
        """An order by number alone, for people. Not for the API path."""
        return next((t for t in self._by_number.values() if t.out_trade_no == out_trade_no), None)

    def save(self, transaction: Transaction) -> None:
        """Index and store a new or changed order."""
        self._index(transaction)
        self._storage.put("transaction", f"{transaction.mchid}/{transaction.out_trade_no}", transaction)

    def all_in_state(self, state: TradeState) -> list[Transaction]:
        """Orders in a state, for resuming after a restart."""
        return [t for t in self._by_number.values() if t.state == state]

    def _index(self, transaction: Transaction) -> None:
        self._by_number[transaction.mchid, transaction.out_trade_no] = transaction
        if transaction.prepay_id:
            self._by_prepay[transaction.prepay_id] = transaction
        if transaction.transaction_id is not None:
            self._by_id[transaction.transaction_id] = transaction
