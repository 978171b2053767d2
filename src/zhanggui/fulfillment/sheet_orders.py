"""Orders as the spreadsheet knows them: what is to be shipped, and what an upload names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from zhanggui.core.db import Connection, statement
from zhanggui.fulfillment.sheet_plan import OpenLine, OpenOrder

TO_SHIP = statement(
    "fulfillment.sheet.to_ship",
    """
    SELECT o.id, o.number, o.paid_at, o.remark, o.contact_sealed, l.id AS line_id, l.position, l.name, l.spec_text,
           l.modifiers_text, l.sku_code, l.quantity - l.fulfilled - l.cancelled AS unsent
    FROM sales_order o JOIN order_line l ON l.store_id = o.store_id AND l.order_id = o.id
    WHERE o.store_id = $1 AND o.delivery_method = 'express' AND o.status IN ('paid', 'preparing')
      AND o.refund_status IS NULL AND l.quantity > l.fulfilled + l.cancelled
      AND ($2::timestamptz IS NULL OR o.placed_at >= $2) AND ($3::timestamptz IS NULL OR o.placed_at < $3)
      AND ($4 = '' OR o.number LIKE $4 || '%')
    ORDER BY o.id, l.position LIMIT $5
    """,
)
NAMED = statement(
    "fulfillment.sheet.named",
    """
    SELECT o.id, o.number, o.status, o.refund_status, o.delivery_method,
           (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'place', l.position + 1,
                     'unsent', l.quantity - l.fulfilled - l.cancelled) ORDER BY l.position)
            FROM order_line l WHERE l.store_id = o.store_id AND l.order_id = o.id) AS lines,
           coalesce((SELECT jsonb_agg(jsonb_build_object('carrier', f.carrier, 'waybill', f.waybill, 'units',
                       (SELECT jsonb_object_agg(u.order_line_id, u.quantity) FROM fulfillment_line u
                        WHERE u.store_id = f.store_id AND u.fulfillment_id = f.id)))
                     FROM fulfillment f WHERE f.store_id = o.store_id AND f.order_id = o.id
                       AND f.waybill IS NOT NULL), '[]') AS sent
    FROM sales_order o WHERE o.store_id = $1 AND o.number = ANY($2::text[])
    """,
)


async def to_ship(
    conn: Connection, store_id: UUID, since: datetime | None, to: datetime | None, number: str, most: int
) -> Sequence[Any]:
    """Lines with units that have not left, oldest order first; one statement. `number`: how the order's number begins."""
    begins = number.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return await conn.fetch(TO_SHIP, store_id, since, to, begins, most)


async def named(conn: Connection, store_id: UUID, numbers: Sequence[str]) -> dict[str, OpenOrder]:
    """The orders of this store that have these numbers; one statement."""
    found: dict[str, OpenOrder] = {}
    for row in await conn.fetch(NAMED, store_id, list(numbers)):
        lines = [OpenLine(UUID(x["id"]), x["place"], x["unsent"]) for x in row["lines"]]
        parcels: list[dict[str, Any]] = row["sent"]
        sent = {(p["carrier"], p["waybill"]): _units(p["units"]) for p in parcels}
        found[row["number"]] = OpenOrder(row["id"], row["number"], _refusal(row), lines, sent)
    return found


def _units(units: dict[str, int] | None) -> dict[UUID, int]:
    return {UUID(line_id): n for line_id, n in (units or {}).items()}


def _refusal(row: Any) -> str | None:
    if row["delivery_method"] != "express":
        return "wrong_method"
    if row["status"] not in {"paid", "preparing"}:
        return "wrong_state"
    return "refund_under_way" if row["refund_status"] is not None else None
