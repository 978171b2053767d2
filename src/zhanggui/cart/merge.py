"""A guest who signs in keeps what was in the cart."""

from uuid import UUID

from zhanggui.cart.lines import MAX_QUANTITY
from zhanggui.core.db import Connection, statement

LOCK_BOTH = statement(
    "cart.merge.lock",
    "SELECT id FROM cart_line WHERE customer_id IN ($1, $2) ORDER BY customer_id, id FOR UPDATE",
)
MOVE = statement(
    "cart.merge.move",
    """
    WITH gone AS (DELETE FROM cart_line WHERE customer_id = $1 RETURNING *)
    INSERT INTO cart_line (customer_id, id, store_id, sku_id, modifiers, modifiers_hash, quantity, selected,
                           added_unit_price, added_at)
    SELECT $2, id, store_id, sku_id, modifiers, modifiers_hash, quantity, selected, added_unit_price, added_at
    FROM gone ORDER BY store_id, sku_id, modifiers_hash
    ON CONFLICT (customer_id, store_id, sku_id, modifiers_hash) DO UPDATE
      SET quantity = least(cart_line.quantity + excluded.quantity, $3), selected = true
    """,
)


async def merge(conn: Connection, guest_id: UUID, buyer_id: UUID) -> None:
    """Move the guest's lines into the buyer's cart in the sign-in transaction; equal ones add up, to 999 at most."""
    await conn.execute(LOCK_BOTH, guest_id, buyer_id)
    await conn.execute(MOVE, guest_id, buyer_id, MAX_QUANTITY)
