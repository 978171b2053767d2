"""Combined payments: one payment, one sub-order per merchant. A sub-order is a transaction like any other.

Source: pay.weixin.qq.com, "合单支付": up to 50 sub-orders, each of a merchant bound to the app (or of a merchant below the
platform that asks, named by sub_mchid); they are paid, and closed, all together.
"""

from typing import Any

import msgspec

from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.pay.transactions import TradeState, TradeType, Transaction, Transactions
from wechat_sandbox.storage import Storage


class Combination(msgspec.Struct, kw_only=True):
    """A combined payment. Amounts are fen, times platform seconds. It has the fields a cashier needs of an order."""

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
    parts: list[tuple[str, str]]
    """(mchid, out_trade_no) of the sub-orders, in the order in which they were named."""
    openid: str | None = None
    scene_info: dict[str, Any] | None = None
    state: TradeState = "NOTPAY"
    paid_at: float | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the money came."""
        return self.state in ("SUCCESS", "REFUND")

    @property
    def transaction_id(self) -> None:
        """Only sub-orders have one."""
        return None


Till = Transaction | Combination
"""What a cashier can take money for."""


class Combinations:
    """All combined payments, and their sub-orders among the transactions."""

    def __init__(self, storage: Storage, transactions: Transactions) -> None:
        self._storage, self._transactions = storage, transactions
        self._by_number: dict[tuple[str, str], Combination] = {}
        self._by_prepay: dict[str, Combination] = {}
        for combination in storage.load("combination", Combination):
            self._index(combination)

    def by_number(self, merchant: Merchant, combine_out_trade_no: str) -> Combination | None:
        """A combined payment by the number of the merchant that asked for it."""
        return self._by_number.get((merchant.mchid, combine_out_trade_no))

    def by_prepay(self, prepay_id: str) -> Combination | None:
        """A combined payment by any prepay_id it was given."""
        return self._by_prepay.get(prepay_id)

    def find_number(self, combine_out_trade_no: str) -> Combination | None:
        """A combined payment by number alone, for people. Not for the API path."""
        return next((c for c in self._by_number.values() if c.out_trade_no == combine_out_trade_no), None)

    def all_in_state(self, state: TradeState) -> list[Combination]:
        """Combined payments in a state, for resuming after a restart."""
        return [c for c in self._by_number.values() if c.state == state]

    def parts(self, combination: Combination) -> list[Transaction]:
        """The sub-orders, in the order in which they were named."""
        return [self._transactions.at(mchid, number) for mchid, number in combination.parts]

    def save(self, combination: Combination) -> None:
        """Index and store a new or changed combined payment."""
        self._index(combination)
        self._storage.put("combination", f"{combination.mchid}/{combination.out_trade_no}", combination)

    def move(self, combination: Combination, state: TradeState) -> None:
        """Give the payment and all its sub-orders this state."""
        combination.state = state
        for part in self.parts(combination):
            part.state = state
            self._transactions.save(part)
        self.save(combination)

    def describe(self, combination: Combination) -> dict[str, Any]:
        """The payment as a query answers it, and as the notification carries it."""
        answer: dict[str, Any] = {
            "combine_appid": combination.appid,
            "combine_mchid": combination.mchid,
            "combine_out_trade_no": combination.out_trade_no,
            "sub_orders": [part.describe_part() for part in self.parts(combination)],
        }
        if combination.openid:
            answer["combine_payer_info"] = {"openid": combination.openid}
        if combination.scene_info and "device_id" in combination.scene_info:
            answer["scene_info"] = {"device_id": combination.scene_info["device_id"]}
        return answer

    def _index(self, combination: Combination) -> None:
        self._by_number[combination.mchid, combination.out_trade_no] = combination
        self._by_prepay[combination.prepay_id] = combination
