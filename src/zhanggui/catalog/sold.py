"""How often something was sold, as shown to buyers."""

from collections.abc import Mapping
from uuid import UUID

from zhanggui.core.db import Connection, statement
from zhanggui.core.events import Event, append

ADD = statement(
    "catalog.add_sold",
    """
    WITH held AS (
      SELECT p.id, s.units FROM product p JOIN unnest($2::uuid[], $3::int[]) AS s (id, units) USING (id)
      WHERE p.store_id = $1 ORDER BY p.id FOR UPDATE OF p)
    UPDATE product SET sold = sold + held.units FROM held WHERE product.store_id = $1 AND product.id = held.id
    """,
)


async def add_sold(conn: Connection, store_id: UUID, units: Mapping[UUID, int]) -> None:
    """Add units (> 0) by product id. The editor's version stays: a sale is not an edit."""
    await conn.execute(ADD, store_id, list(units), list(units.values()))
    await append(
        conn,
        [Event(store_id, "catalog.changed", i, None, {"entity": "product"}) for i in sorted(units)],
    )
