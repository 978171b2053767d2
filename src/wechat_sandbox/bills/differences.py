"""Differences that a test puts into bills: what the platform says then is not what happened."""

from typing import Literal

import msgspec

from wechat_sandbox.storage import Storage

Kind = Literal["missing", "extra", "amount", "state", "fee"]
What = Literal["payment", "split_out", "return_in", "transfer", "strange"]


class Difference(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """One difference in the bills of a merchant and day.

    `number` is the out_trade_no or out_refund_no of the row, or the out_order_no, out_return_no or out_bill_no of a line of
    the fund flow; `extra` makes up one of what `what` says. `value` is the other amount or fee in fen, `state` the other
    state (REVOKED for a payment; PROCESSING, ABNORMAL or CLOSED for a refund).
    """

    mchid: str
    bill_date: str
    kind: Kind
    number: str
    value: int = 0
    state: str = ""
    what: What = "payment"


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

    def of(self, mchid: str, bill_date: str) -> list[Difference]:
        """Those of one day, in the order they came."""
        return [d for d in self._all.values() if (d.mchid, d.bill_date) == (mchid, bill_date)]

    def clear(self) -> int:
        """Forget them all; returns how many there were."""
        count = len(self._all)
        self._all.clear()
        self._storage.flush()
        self._storage.forget_before("bill_difference", "\uffff")
        return count


def _key(difference: Difference) -> str:
    return f"{difference.mchid}/{difference.bill_date}/{difference.number}/{difference.kind}"
