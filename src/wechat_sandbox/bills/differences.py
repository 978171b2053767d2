"""Differences that a test puts into bills: what the platform says then is not what happened."""

from typing import Literal

import msgspec

from wechat_sandbox.storage import Storage

Kind = Literal["missing", "extra", "amount", "settled", "coupon", "state", "fee"]
What = Literal["payment", "split_out", "return_in", "transfer", "strange"]
Bill = Literal["trade", "flow"]


class Difference(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One difference in the bills of a merchant and day.

    `number` is the out_trade_no or out_refund_no of the row, or the out_order_no, out_return_no or out_bill_no of a line of
    the fund flow; `extra` makes up one of what `what` says. `value` is the other amount (of the order, what is settled of it, what coupons
    paid) or fee in fen, `state` the other
    state (REVOKED for a payment; PROCESSING, ABNORMAL or CLOSED for a refund). `bill` is the one bill that has it; both when
    left out. The fund flow has no line of what did not succeed, and a balance goes on from day to day with what it said.
    """

    mchid: str
    bill_date: str
    kind: Kind
    number: str
    value: int = 0
    state: str = ""
    what: What = "payment"
    bill: Bill | None = None


class Differences:
    """All that were ordered, kept between runs."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._all: dict[str, Difference] = {}
        for found in storage.load("bill_difference", Difference):
            self._all[_key(found)] = found

    def add(self, difference: Difference) -> None:
        """Order one; the same row and kind again replaces it."""
        self._all[_key(difference)] = difference
        self._storage.put("bill_difference", _key(difference), difference)

    def of(self, mchid: str, bill_date: str, bill: Bill) -> list[Difference]:
        """Those of one day in one bill, in the order they came."""
        return [
            d
            for d in self._all.values()
            if (d.mchid, d.bill_date) == (mchid, bill_date) and d.bill in (None, bill)
        ]

    def days_before(self, mchids: set[str], bill_date: str) -> list[str]:
        """The days before this one on which these merchants' bills say something else."""
        return sorted(
            {d.bill_date for d in self._all.values() if d.mchid in mchids and d.bill_date < bill_date}
        )

    def clear(self) -> int:
        """Forget them all; returns how many there were."""
        count = len(self._all)
        self._all.clear()
        self._storage.flush()
        self._storage.forget_before("bill_difference", "\uffff")
        return count


def _key(difference: Difference) -> str:
    return f"{difference.mchid}/{difference.bill_date}/{difference.number}/{difference.kind}/{difference.bill or ''}"
