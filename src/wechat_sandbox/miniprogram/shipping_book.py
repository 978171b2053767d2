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


class ShippingBook:
    """All reports."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._all = {s.transaction_id: s for s in storage.load("shipping", Shipping)}

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
