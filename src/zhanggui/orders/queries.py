"""An order as other domains read it inside their transactions."""

from datetime import datetime
from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import not_found
from zhanggui.orders.rules import RefundStatus, Status
from zhanggui.stores.rules import DeliveryMethod

COLUMNS = """
    id, store_id, number, customer_id, status, refund_status, channel, delivery_method, currency, items_total,
    packing_fee, shipping_fee, discount_total, tax, total, paid_amount, refunded_amount, quantity, remark, cutlery,
    table_code, table_name, pickup_number, pickup_code, placed_at, pay_by, paid_at, closed_at, completed_at
"""
LOAD = statement(
    "orders.load",
    f"SELECT {COLUMNS} FROM sales_order WHERE store_id = $1 AND id = $2",  # noqa: S608  # constant
)
LOAD_LOCKED = statement("orders.load_locked", LOAD + " FOR UPDATE")
LINES = statement(
    "orders.load_lines",
    """
    SELECT id, position, sku_id, product_id, sku_code, quantity, unit_price, payable, fulfilled, refunded, cancelled,
           weight_g, return_exception
    FROM order_line WHERE store_id = $1 AND order_id = $2 ORDER BY position
    """,
)


class LineRecord(msgspec.Struct, frozen=True):
    """A line's figures: units, fen, grams a unit."""

    id: UUID
    position: int
    sku_id: UUID
    product_id: UUID
    sku_code: str
    quantity: int
    unit_price: int
    payable: int
    fulfilled: int
    refunded: int
    cancelled: int
    weight_g: int
    return_exception: str | None

    @property
    def unsent(self) -> int:
        """Units that have not left the store and were not taken out of the order."""
        return self.quantity - self.fulfilled - self.cancelled


class OrderRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row of sales_order without what is sealed; amounts in fen, times UTC."""

    id: UUID
    store_id: UUID
    number: str
    customer_id: UUID
    status: Status
    refund_status: RefundStatus | None
    channel: str
    delivery_method: DeliveryMethod
    currency: str
    items_total: int
    packing_fee: int
    shipping_fee: int
    discount_total: int
    tax: int
    total: int
    paid_amount: int
    refunded_amount: int
    quantity: int
    remark: str
    cutlery: int
    table_code: str | None
    table_name: str | None
    pickup_number: str | None
    pickup_code: str | None
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    closed_at: datetime | None
    completed_at: datetime | None
    lines: list[LineRecord] = []


async def load_order(
    conn: Connection,
    store_id: UUID,
    order_id: UUID,
    *,
    customer_id: UUID | None = None,
    lock: bool = False,
) -> OrderRecord:
    """The order and its lines; with `lock` its row is locked until the transaction ends.

    Raises 404 when there is none in this store, or when it is not `customer_id`'s (if given).
    """
    row = await conn.fetchrow(LOAD_LOCKED if lock else LOAD, store_id, order_id)
    if row is None or customer_id not in (None, row["customer_id"]):
        raise not_found("order")
    lines = [msgspec.convert(dict(r), LineRecord) for r in await conn.fetch(LINES, store_id, order_id)]
    return msgspec.convert({**dict(row), "lines": lines}, OrderRecord)
