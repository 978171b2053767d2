"""Points as the API answers them."""

from datetime import datetime
from uuid import UUID

import msgspec

from zhanggui.stores.rules import Points
from zhanggui.stores.shapes import StoreCard
from zhanggui.wallets.rules import Kind


class StorePoints(msgspec.Struct, frozen=True):
    """A buyer's points in a store, which may be below nothing, and the store's rule as it is now."""

    store: StoreCard
    balance: int
    rule: Points


class PointsOfStores(msgspec.Struct, frozen=True):
    """All stores in which the buyer has, or had, points."""

    items: list[StorePoints]


class PointsEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the journal; `reason` is a merchant's word."""

    id: UUID
    kind: Kind
    delta: int
    balance_after: int
    order_id: UUID | None
    order_number: str | None
    reason: str
    at: datetime


class PointsPage(msgspec.Struct, frozen=True):
    """A store's points with a page of their journal, newest first; `next` goes into `?cursor=`."""

    points: StorePoints
    items: list[PointsEntry]
    next: str | None
