"""Shapes of the payments API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Reason
from zhanggui.payments.rules import MOST_COMBINED, AttemptStatus, Method, Place


class JsapiPay(msgspec.Struct, frozen=True):
    """The arguments of `wx.requestPayment`."""

    appId: str  # the platform's spelling
    timeStamp: str
    nonceStr: str
    package: str
    signType: str
    paySign: str


class PayInstructions(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the buyer's device needs: exactly one of them."""

    jsapi: JsapiPay | None = None
    h5_url: str | None = None
    code_url: str | None = None


class PaymentAttempt(msgspec.Struct, frozen=True):
    """An attempt to be paid; amount in fen, `pay` while it can be paid."""

    id: UUID
    order_id: UUID
    method: Method
    status: AttemptStatus
    amount: int
    expires_at: datetime
    pay: PayInstructions | None


class StartPayment(msgspec.Struct, forbid_unknown_fields=True):
    """How to pay; `return_url` (own shop only) is where an H5 payment comes back to, `place` where a JSAPI one is made."""

    method: Method
    return_url: Annotated[str, Meta(max_length=500)] | None = None
    place: Place = "mini_program"


class OrderRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An order by its store and id."""

    store_id: UUID
    order_id: UUID


class StartCombined(msgspec.Struct, forbid_unknown_fields=True):
    """Which unpaid orders to pay at once, and how; the first one's store asks. `return_url`, `place` as for one order."""

    orders: Annotated[list[OrderRef], Meta(min_length=1, max_length=MOST_COMBINED)]
    method: Method
    return_url: Annotated[str, Meta(max_length=500)] | None = None
    place: Place = "mini_program"


class CombinedShare(msgspec.Struct, frozen=True):
    """One order's share of a combined payment; amount in fen."""

    store_id: UUID
    order_id: UUID
    attempt_id: UUID
    status: AttemptStatus
    amount: int


class CombinedPayment(msgspec.Struct, frozen=True):
    """One payment for several orders; amount in fen is their sum, `pay` while it can be paid."""

    id: UUID
    method: Method
    status: AttemptStatus
    amount: int
    expires_at: datetime
    orders: list[CombinedShare]
    pay: PayInstructions | None


class ReplayEntry(msgspec.Struct, forbid_unknown_fields=True):
    """Which entry of the inbox."""

    entry: Annotated[str, Meta(min_length=1, max_length=200)]


class BuyerCancel(msgspec.Struct, forbid_unknown_fields=True):
    """Why the buyer no longer wants it."""

    reason: Reason


class MerchantCancel(msgspec.Struct, forbid_unknown_fields=True):
    """Cancel an order; one that was paid is refunded in full. `restock` puts its units back on the shelf."""

    reason: Reason
    restock: bool = True
    notify: bool = True
