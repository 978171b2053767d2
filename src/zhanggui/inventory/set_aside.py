"""Units set aside for a holder that takes and gives them in parts (a flash sale): one reservation row that grows and shrinks."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.ids import new_id
from zhanggui.inventory.journal import post
from zhanggui.inventory.rules import Balance, Change, Want

ADD = statement(
    "inventory.set_aside",
    """
    INSERT INTO reservation (store_id, id, holder_id, sku_id, location_id, quantity, state, created_at)
    SELECT $1, id, holder_id, sku_id, $1, quantity, 'held', $6
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[]) AS r (id, holder_id, sku_id, quantity)
    ON CONFLICT (store_id, holder_id, sku_id, location_id)
      DO UPDATE SET quantity = reservation.quantity + excluded.quantity
    """,
)
DRAW = statement(
    "inventory.draw",
    """
    UPDATE reservation r SET quantity = r.quantity - d.quantity
    FROM unnest($2::uuid[], $3::uuid[], $4::int[]) AS d (holder_id, sku_id, quantity)
    WHERE r.store_id = $1 AND r.location_id = $1 AND r.holder_id = d.holder_id AND r.sku_id = d.sku_id
      AND r.state = 'held'
    RETURNING r.holder_id
    """,
)


async def set_aside(  # the six that every caller names in this order
    conn: Connection,
    store_id: UUID,
    balances: dict[UUID, Balance],
    wants: Sequence[Want],
    actor: str,
    reason: str,
) -> None:
    """Add units to what holders hold; `balances` are locked, and the caller has seen that they suffice."""
    if not wants:
        return
    await conn.execute(
        ADD,
        store_id,
        [new_id() for _ in wants],
        [w.holder_id for w in wants],
        [w.sku_id for w in wants],
        [w.quantity for w in wants],
        clock.now(),
    )
    changes = [Change(w.sku_id, "reserve", 0, w.quantity, actor, reason, w.holder_id) for w in wants]
    await post(conn, store_id, balances, changes)


async def draw(  # the six that every caller names in this order
    conn: Connection,
    store_id: UUID,
    balances: dict[UUID, Balance],
    wants: Sequence[Want],
    actor: str,
    reason: str,
) -> None:
    """Take units from what holders hold, back to ordinary stock. Raises RuntimeError when one holds no such thing."""
    if not wants:
        return
    rows = await conn.fetch(
        DRAW,
        store_id,
        [w.holder_id for w in wants],
        [w.sku_id for w in wants],
        [w.quantity for w in wants],
    )
    if len(rows) != len(wants):
        raise RuntimeError("units were drawn from a holder that holds none of them")
    changes = [Change(w.sku_id, "release", 0, -w.quantity, actor, reason, w.holder_id) for w in wants]
    await post(conn, store_id, balances, changes)
