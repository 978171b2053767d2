"""What fulfillment and returns tell an order's lines."""

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
    """
    SELECT coalesce(sum(quantity - fulfilled - cancelled), 0)::int FROM order_line WHERE store_id = $1 AND order_id = $2
    """,
)
GIVE_BACK = statement(
    "orders.give_back_lines",
    """
    UPDATE order_line SET refunded = order_line.refunded + g.refunded, cancelled = order_line.cancelled + g.cancelled
    FROM unnest($3::uuid[], $4::int[], $5::int[]) AS g (id, refunded, cancelled)
    WHERE store_id = $1 AND order_id = $2 AND order_line.id = g.id
    """,
)


async def fulfil_lines(
    conn: Connection, store_id: UUID, order_id: UUID, units: Sequence[tuple[UUID, int]]
) -> int:
    """Add units (line id, quantity; ids distinct) to what was fulfilled; returns the units still left in the order.

    The order must be locked. CHECK order_line_units refuses more than was bought.
    """
    await conn.execute(FULFIL, store_id, order_id, [line for line, _ in units], [n for _, n in units])
    return await conn.fetchval(LEFT, store_id, order_id)


async def give_back_lines(
    conn: Connection, store_id: UUID, order_id: UUID, units: Sequence[tuple[UUID, int, int]]
) -> int:
    """Add units (line id, refunded, of them taken out before they could leave) to the order's lines.

    Returns the units still to be sent. The order must be locked. CHECKs refuse more than was bought, and taking out what
    has left.
    """
    await conn.execute(
        GIVE_BACK, store_id, order_id, [u[0] for u in units], [u[1] for u in units], [u[2] for u in units]
    )
    return await conn.fetchval(LEFT, store_id, order_id)
