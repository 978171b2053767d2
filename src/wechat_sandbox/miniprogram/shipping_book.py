"""What merchants reported about shipping, by transaction."""

from typing import Any

import msgspec

from wechat_sandbox.storage import Storage


class Parcel(msgspec.Struct, kw_only=True):
    """One parcel (or one hand-over without a parcel)."""

    tracking_no: str = ""
    express_company: str = ""
    item_desc: str
    contact: dict[str, Any] = {}
    upload_time: float


class Shipping(msgspec.Struct, kw_only=True):
    """The report for one transaction. Times are seconds since the epoch as the merchant stated them."""

    transaction_id: str
    logistics_type: int
    delivery_mode: int
    parcels: list[Parcel]
    finished: bool
    finished_count: int
    upload_time: float
    reported_at: float
    confirmed_at: float | None = None


class Special(msgspec.Struct, kw_only=True):
    """特殊发货报备 of one transaction: 1 pre-sale until `delay_to`, 2 a test order that needs no shipping."""

    transaction_id: str
    kind: int
    delay_to: float | None = None


class ShippingBook:
    """All reports, and what was declared special."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._all = {s.transaction_id: s for s in storage.load("shipping", Shipping)}
        self._special = {s.transaction_id: s for s in storage.load("special_order", Special)}

    def special(self, transaction_id: str) -> Special | None:
        """What was declared of a transaction."""
        return self._special.get(transaction_id)

    def declare(self, special: Special) -> None:
        """Keep a declaration; a later one takes its place."""
        self._special[special.transaction_id] = special
        self._storage.put("special_order", special.transaction_id, special)

    def get(self, transaction_id: str) -> Shipping | None:
        """The report for a transaction."""
        return self._all.get(transaction_id)

    def save(self, shipping: Shipping) -> None:
        """Keep a new or changed report."""
        self._all[shipping.transaction_id] = shipping
        self._storage.put("shipping", shipping.transaction_id, shipping)

    def listing(self, limit: int) -> list[Shipping]:
        """The newest first."""
        return list(self._all.values())[: -limit - 1 : -1]
