"""What profit sharing remembers: settings of merchants, receivers, split orders, returns."""

from typing import Any, Literal

import msgspec

from wechat_sandbox.clock import china_time
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.storage import Storage

AccountType = Literal["MERCHANT_ID", "PERSONAL_OPENID"]
Result = Literal["PENDING", "SUCCESS", "CLOSED"]
ReturnResult = Literal["PROCESSING", "SUCCESS", "FAILED"]
DAY_S = 86400
MAX_RATIO = 3000
FROZEN_DAYS = 30


class SharingSettings(msgspec.Struct, kw_only=True):
    """What a merchant agreed with the platform. `max_ratio` in ten-thousandths of a payment."""

    mchid: str
    max_ratio: int = MAX_RATIO
    frozen_days: int = FROZEN_DAYS  # 180 for the e-commerce product
    notify_url: str | None = None
    returns_allowed: bool = True


class Receiver(msgspec.Struct, kw_only=True):
    """Whom a merchant may share with."""

    mchid: str
    type: AccountType
    account: str
    relation_type: str
    custom_relation: str | None = None
    name: str | None = None
    removed: bool = False


class Detail(msgspec.Struct, kw_only=True):
    """One receiver's part of a split order; fen."""

    detail_id: str
    type: AccountType
    account: str
    amount: int
    description: str
    result: Result = "PENDING"
    fail_reason: str | None = None
    finished_at: float | None = None


class SplitOrder(msgspec.Struct, kw_only=True):
    """A split order (or an unfreezing, which has no receivers of its own)."""

    mchid: str
    order_id: str
    out_order_no: str
    transaction_id: str
    fingerprint: str
    ends: bool
    details: list[Detail]
    created_at: float
    state: Literal["PROCESSING", "FINISHED"] = "PROCESSING"

    def describe(self) -> dict[str, Any]:
        """The order as accepting and querying answer it."""
        return {
            "transaction_id": self.transaction_id,
            "out_order_no": self.out_order_no,
            "order_id": self.order_id,
            "state": self.state,
            "receivers": [self._receiver(detail) for detail in self.details],
        }

    def _receiver(self, detail: Detail) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "type": detail.type,
            "account": detail.account,
            "amount": detail.amount,
            "description": detail.description,
            "result": detail.result,
            "detail_id": detail.detail_id,
            "create_time": china_time(self.created_at),
        }
        if detail.finished_at is not None:
            answer["finish_time"] = china_time(detail.finished_at)
        if detail.fail_reason is not None:
            answer["fail_reason"] = detail.fail_reason
        return answer


class SplitReturn(msgspec.Struct, kw_only=True):
    """Money that a receiving merchant gives back; fen."""

    mchid: str
    order_id: str
    out_order_no: str
    transaction_id: str
    out_return_no: str
    return_id: str
    return_mchid: str
    amount: int
    description: str
    created_at: float
    result: ReturnResult = "PROCESSING"
    fail_reason: str | None = None
    finished_at: float | None = None

    def describe(self) -> dict[str, Any]:
        """The return as accepting and querying answer it."""
        answer: dict[str, Any] = {
            "order_id": self.order_id,
            "out_order_no": self.out_order_no,
            "out_return_no": self.out_return_no,
            "return_id": self.return_id,
            "return_mchid": self.return_mchid,
            "amount": self.amount,
            "description": self.description,
            "result": self.result,
            "create_time": china_time(self.created_at),
        }
        if self.finished_at is not None:
            answer["finish_time"] = china_time(self.finished_at)
        if self.fail_reason is not None:
            answer["fail_reason"] = self.fail_reason
        return answer


class SharingBook:
    """All of it, found without searching."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._settings = {s.mchid: s for s in storage.load("sharing_settings", SharingSettings)}
        self._receivers: dict[tuple[str, str, str], Receiver] = {
            (r.mchid, r.type, r.account): r for r in storage.load("sharing_receiver", Receiver)
        }
        self._orders = {(o.mchid, o.out_order_no): o for o in storage.load("split_order", SplitOrder)}
        self._returns = {(r.mchid, r.out_return_no): r for r in storage.load("split_return", SplitReturn)}
        self._of: dict[str, list[SplitOrder]] = {}
        self._returned: dict[str, list[SplitReturn]] = {}
        for order in self._orders.values():
            self._of.setdefault(order.transaction_id, []).append(order)
        for back in self._returns.values():
            self._returned.setdefault(back.transaction_id, []).append(back)
        self._ended = set(storage.load("sharing_ended", str))
        self.next_results: list[str] = []
        """Reasons why the next receivers' parts fail, in order; "" for success."""
        self.next_returns: list[str] = []
        """The same for the next returns."""

    def settings(self, mchid: str) -> SharingSettings:
        """A merchant's settings, the usual ones unless told otherwise."""
        return self._settings.get(mchid) or SharingSettings(mchid=mchid)

    def agree(self, settings: SharingSettings) -> None:
        """Keep a merchant's settings."""
        self._settings[settings.mchid] = settings
        self._storage.put("sharing_settings", settings.mchid, settings)

    def receiver(self, mchid: str, type_: str, account: str) -> Receiver | None:
        """A receiver that the merchant added."""
        found = self._receivers.get((mchid, type_, account))
        return None if found is None or found.removed else found

    def add_receiver(self, receiver: Receiver) -> None:
        """Keep a receiver."""
        self._receivers[receiver.mchid, receiver.type, receiver.account] = receiver
        self._storage.put(
            "sharing_receiver", f"{receiver.mchid}/{receiver.type}/{receiver.account}", receiver
        )

    def drop_receiver(self, receiver: Receiver) -> None:
        """Forget a receiver."""
        receiver.removed = True
        self.add_receiver(receiver)

    def order(self, mchid: str, out_order_no: str) -> SplitOrder | None:
        """A split order by the merchant's number."""
        return self._orders.get((mchid, out_order_no))

    def orders_of(self, transaction_id: str) -> list[SplitOrder]:
        """The split orders of a payment, oldest first."""
        return self._of.get(transaction_id, [])

    def all_orders(self) -> list[SplitOrder]:
        """Every split order, oldest first."""
        return list(self._orders.values())

    def save_order(self, order: SplitOrder) -> None:
        """Keep a new or changed split order."""
        if (order.mchid, order.out_order_no) not in self._orders:
            self._of.setdefault(order.transaction_id, []).append(order)
        self._orders[order.mchid, order.out_order_no] = order
        self._storage.put("split_order", f"{order.mchid}/{order.out_order_no}", order)

    def give_back(self, mchid: str, out_return_no: str) -> SplitReturn | None:
        """A return by the merchant's number."""
        return self._returns.get((mchid, out_return_no))

    def returns_of(self, transaction_id: str) -> list[SplitReturn]:
        """The returns of a payment, oldest first."""
        return self._returned.get(transaction_id, [])

    def all_returns(self) -> list[SplitReturn]:
        """Every return, oldest first."""
        return list(self._returns.values())

    def save_return(self, back: SplitReturn) -> None:
        """Keep a new or changed return."""
        if (back.mchid, back.out_return_no) not in self._returns:
            self._returned.setdefault(back.transaction_id, []).append(back)
        self._returns[back.mchid, back.out_return_no] = back
        self._storage.put("split_return", f"{back.mchid}/{back.out_return_no}", back)

    def end(self, transaction_id: str) -> None:
        """The rest of the payment is the merchant's own from now on."""
        self._ended.add(transaction_id)
        self._storage.put("sharing_ended", transaction_id, transaction_id)

    def has_ended(self, transaction_id: str) -> bool:
        """Whether nothing of the payment is frozen any more."""
        return transaction_id in self._ended

    def split(self, transaction: Transaction) -> int:
        """Fen that went, or are on their way, to receivers."""
        orders = self.orders_of(transaction.transaction_id or "")
        return sum(
            d.amount
            for order in orders
            for d in order.details
            if d.result != "CLOSED" and d.account != transaction.mchid
        )

    def returned(self, transaction: Transaction, *, under_way: bool = False) -> int:
        """Fen that receivers gave back; with `under_way` those too that are being given back."""
        wanted = ("SUCCESS", "PROCESSING") if under_way else ("SUCCESS",)
        return sum(r.amount for r in self.returns_of(transaction.transaction_id or "") if r.result in wanted)

    def unsplit(self, transaction: Transaction) -> int:
        """Fen of a payment that are frozen and can still be split.

        What was refunded comes first out of what receivers gave back, then out of the frozen rest.
        """
        if not (transaction.profit_sharing and transaction.is_paid):
            return 0
        if self.has_ended(transaction.transaction_id or ""):
            return 0
        refunded = max(0, transaction.refunded - transaction.unsettled - self.returned(transaction))
        return max(0, transaction.settled - self.split(transaction) - refunded)

    def own(self, transaction: Transaction) -> int:
        """Fen of a payment that the merchant still holds, frozen or not: what a refund can be made from."""
        left = transaction.settled - (transaction.refunded - transaction.unsettled)
        return left - self.split(transaction) + self.returned(transaction)
