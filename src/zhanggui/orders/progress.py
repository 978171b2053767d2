"""What fulfillment tells an order's lines."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core.db import Connection, statement

FULFIL = statement(
    "orders.fulfil_lines",
    """
    UPDATE order_line SET fulfilled = fulfilled + f.quantity
    FROM unnest($3::uuid[], $4::int[]) AS f (id, quantity)
    WHERE store_id = $1 AND order_id = $2 AND order_line.id = f.id
    """,
)
LEFT = statement(
    "orders.lines_left",
    "SELECT coalesce(sum(quantity - fulfilled), 0)::int FROM order_line WHERE store_id = $1 AND order_id = $2",
)


async def fulfil_lines(
    conn: Connection, store_id: UUID, order_id: UUID, units: Sequence[tuple[UUID, int]]
) -> int:
    """Add units (line id, quantity; ids distinct) to what was fulfilled; returns the units still left in the order.

    The order must be locked. CHECK order_line_units refuses more than was bought.
    """
    await conn.execute(FULFIL, store_id, order_id, [line for line, _ in units], [n for _, n in units])
    return await conn.fetchval(LEFT, store_id, order_id)
