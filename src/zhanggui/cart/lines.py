"""Rows of carts: add, change, remove; set-based, always under their owner."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, json_bytes, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.ids import new_id
from zhanggui.pricing.modifiers import choice_hash
from zhanggui.pricing.shapes import Chosen

MAX_QUANTITY = 999
MAX_LINES = 200

# One person's cart changes one request at a time: the rows are locked in id order before they are counted.
LOCK = statement(
    "cart.lock",
    """
    SELECT c.id, c.store_id, c.sku_id, c.quantity, s.buy_limit
    FROM cart_line c LEFT JOIN sku s ON s.store_id = c.store_id AND s.id = c.sku_id
    WHERE c.customer_id = $1 ORDER BY c.id FOR UPDATE OF c
    """,
)
ADD = statement(
    "cart.add",
    """
    INSERT INTO cart_line (customer_id, id, store_id, sku_id, modifiers, modifiers_hash, quantity, added_unit_price,
                           added_at)
    SELECT $1, id, $2, sku_id, modifiers::jsonb, hash, quantity, price, $9
    FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::int[], $8::bigint[])
      AS l (id, sku_id, modifiers, hash, quantity, price) ORDER BY sku_id, hash
    ON CONFLICT (customer_id, store_id, sku_id, modifiers_hash) DO UPDATE
      SET quantity = least(cart_line.quantity + excluded.quantity, $10), selected = true,
          added_unit_price = excluded.added_unit_price, added_at = excluded.added_at
    """,
)
CHANGE = statement(
    "cart.change",
    """
    UPDATE cart_line SET quantity = coalesce($3, quantity), selected = coalesce($4, selected)
    WHERE customer_id = $1 AND id = $2 RETURNING id
    """,
)
SELECT = statement(
    "cart.select", "UPDATE cart_line SET selected = $3 WHERE customer_id = $1 AND id = ANY($2::uuid[])"
)
DELETE = statement("cart.delete", "DELETE FROM cart_line WHERE customer_id = $1 AND id = $2 RETURNING id")
REMOVE = statement(
    "cart.remove",
    """
    DELETE FROM cart_line WHERE (customer_id, id) IN (
      SELECT c.customer_id, c.id FROM cart_line c
      JOIN unnest($1::uuid[], $2::uuid[]) AS gone (customer_id, id) USING (customer_id, id)
      ORDER BY c.customer_id, c.id FOR UPDATE OF c)
    """,
)


class NewLine(NamedTuple):
    """A SKU with chosen modifiers; `unit_price` (fen) is what it costs now, to flag changes later."""

    sku_id: UUID
    modifiers: Sequence[Chosen]
    quantity: int
    unit_price: int


async def lock_cart(conn: Connection, customer_id: UUID) -> list[Row]:
    """The rows (id, store_id, sku_id, quantity, buy_limit) of a cart, locked until the transaction ends."""
    return await conn.fetch(LOCK, customer_id)


async def add_lines(
    conn: Connection, customer_id: UUID, store_id: UUID, lines: Sequence[NewLine], held: Sequence[Row]
) -> None:
    """Put lines into a locked cart (`held`); the same SKU with the same modifiers adds up, to 999 at most.

    Raises 409 `cart_full` beyond 200 lines.
    """
    if not lines:
        return
    joined: dict[tuple[UUID, bytes], NewLine] = {}
    for line in lines:
        place = line.sku_id, choice_hash(line.modifiers)
        before = joined[place].quantity if place in joined else 0
        joined[place] = line._replace(quantity=min(before + line.quantity, MAX_QUANTITY))
    if len(held) + len(joined) > MAX_LINES:
        raise ShopError("cart_full", 409, limit=MAX_LINES)
    await conn.execute(
        ADD,
        customer_id,
        store_id,
        [new_id() for _ in joined],
        [sku_id for sku_id, _ in joined],
        [json_bytes(sorted(line.modifiers)).decode() for line in joined.values()],
        [hash_ for _, hash_ in joined],
        [line.quantity for line in joined.values()],
        [line.unit_price for line in joined.values()],
        clock.now(),
        MAX_QUANTITY,
    )


async def change_line(
    conn: Connection, customer_id: UUID, line_id: UUID, quantity: int | None, selected: bool | None
) -> None:
    """Set what is given. Raises 404 for a line that is not the caller's."""
    if await conn.fetchval(CHANGE, customer_id, line_id, quantity, selected) is None:
        raise not_found("cart line")


async def select_lines(
    conn: Connection, customer_id: UUID, line_ids: Sequence[UUID], selected: bool
) -> None:  # the column's value
    """Tick or untick those of `line_ids` that are the caller's."""
    await conn.execute(SELECT, customer_id, list(line_ids), selected)


async def delete_line(conn: Connection, customer_id: UUID, line_id: UUID) -> None:
    """Raises 404 for a line that is not the caller's."""
    if await conn.fetchval(DELETE, customer_id, line_id) is None:
        raise not_found("cart line")


async def remove_lines(conn: Connection, lines: Sequence[tuple[UUID, UUID]]) -> None:
    """Take (customer, line) pairs out: what was ordered. Lines gone already are no error."""
    if lines:
        await conn.execute(REMOVE, [c for c, _ in lines], [i for _, i in lines])
