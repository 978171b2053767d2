"""Put products on the shelf and take them off, many at a time."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.events import Event, append

SET_STATUS = statement(
    "catalog.shelf.set",
    """
    UPDATE product SET status = $3, version = version + 1, updated_at = $4
    WHERE store_id = $1 AND status <> $3 AND id IN (
      SELECT id FROM product WHERE store_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE)
    RETURNING id
    """,
)


async def set_status(conn: Connection, store_id: UUID, ids: Sequence[UUID], status: str) -> int:
    """Set `on` or `off`; run it in a transaction. Returns how many changed; ids of other stores are not touched."""
    rows = await conn.fetch(SET_STATUS, store_id, list(ids), status, clock.now())
    await append(
        conn,
        [Event(store_id, "catalog.changed", r["id"], None, {"entity": "product"}) for r in rows],
    )
    return len(rows)
