"""What the dashboard endpoint answers; amounts in fen, hours in the store's local time."""

from uuid import UUID

import msgspec

from zhanggui.core.i18n import Text


class Figures(msgspec.Struct):
    """Money and orders of one stretch of time; `average` is fen per paid order, rounded down."""

    paid_amount: int
    paid_orders: int
    buyers: int
    average: int
    refunded: int


class Hour(msgspec.Struct):
    """Orders placed and fen paid within one local hour."""

    hour: int
    orders: int
    paid: int


class Todo(msgspec.Struct):
    """How many things wait for a person, by kind; the last five only for those who may see the store's money."""

    to_ship: int
    to_prepare: int
    to_hand_over: int
    refunds: int
    reports_failed: int
    low_stock: int
    dead_jobs: int
    stuck_refunds: int
    differences: int = 0
    failed_bills: int = 0
    withdrawals: int = 0
    stuck_splits: int = 0
    unreturned_shares: int = 0


class TopProduct(msgspec.Struct):
    """A product sold today, fen after discounts."""

    product_id: UUID
    name: Text
    quantity: int
    amount: int


class Dashboard(msgspec.Struct):
    """The first screen of the console."""

    today: Figures
    last_week: Figures
    by_hour: list[Hour]
    todo: Todo
    top: list[TopProduct]
