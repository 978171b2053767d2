"""Rows of fulfillment, written and moved inside the caller's transaction; the order is locked by then."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.fulfillment.rules import Status, may_move
from zhanggui.stores.rules import DeliveryMethod

INSERT = statement(
    "fulfillment.insert",
    """
    INSERT INTO fulfillment (store_id, id, order_id, kind, status, carrier, waybill, created_at, shipped_at,
                             delivered_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN $5 IN ('shipped', 'delivered') THEN $8::timestamptz END,
            CASE WHEN $5 = 'delivered' THEN $8::timestamptz END)
    """,
)
INSERT_LINES = statement(
    "fulfillment.insert_lines",
    """
    INSERT INTO fulfillment_line (store_id, fulfillment_id, order_line_id, quantity)
    SELECT $1, $2, id, quantity FROM unnest($3::uuid[], $4::int[]) AS l (id, quantity)
    """,
)
OF_ORDER = statement(
    "fulfillment.of_order",
    "SELECT id, status FROM fulfillment WHERE store_id = $1 AND order_id = $2 ORDER BY id FOR UPDATE",
)
PARCELS_OF = statement(
    "fulfillment.parcels_of",
    """
    SELECT f.id, f.status, f.carrier, f.waybill,
           coalesce((SELECT jsonb_object_agg(l.order_line_id, l.quantity) FROM fulfillment_line l
                     WHERE l.store_id = f.store_id AND l.fulfillment_id = f.id), '{}') AS units
    FROM fulfillment f WHERE f.store_id = $1 AND f.order_id = $2 ORDER BY f.id
    """,
)
CORRECT = statement(
    "fulfillment.correct",
    "UPDATE fulfillment SET carrier = $3, waybill = $4 WHERE store_id = $1 AND id = $2",
)
MOVE = statement(
    "fulfillment.move",
    """
    UPDATE fulfillment SET status = $4,
      shipped_at = CASE WHEN $4 = 'picked' THEN $5 ELSE shipped_at END,
      delivered_at = CASE WHEN $4 IN ('delivered', 'handed_over') THEN $5 ELSE delivered_at END
    WHERE store_id = $1 AND id = ANY($2::uuid[]) AND status = $3
    """,
)


class Held(NamedTuple):
    """A fulfillment of the order and where it stands."""

    id: UUID
    status: Status


class Sent(NamedTuple):
    """A parcel of the order: units by line id."""

    id: UUID
    status: Status
    carrier: str | None
    waybill: str | None
    units: dict[UUID, int]


async def create(
    conn: Connection,
    store_id: UUID,
    order_id: UUID,
    kind: DeliveryMethod,
    status: Status,
    units: Sequence[tuple[UUID, int]],
    *,
    carrier: str | None = None,
    waybill: str | None = None,
) -> UUID:
    """A new fulfillment of `units` (order line id, quantity)."""
    fulfillment_id = new_id()
    now = clock.now()
    await conn.execute(INSERT, store_id, fulfillment_id, order_id, kind, status, carrier, waybill, now)
    await conn.execute(
        INSERT_LINES, store_id, fulfillment_id, [line for line, _ in units], [n for _, n in units]
    )
    return fulfillment_id


async def of_order(conn: Connection, store_id: UUID, order_id: UUID) -> list[Held]:
    """The order's fulfillments, locked."""
    return [Held(r["id"], r["status"]) for r in await conn.fetch(OF_ORDER, store_id, order_id)]


async def parcels_of(conn: Connection, store_id: UUID, order_id: UUID) -> list[Sent]:
    """The order's parcels with what is in them, oldest first; they change only under the order's lock."""
    return [
        Sent(r["id"], r["status"], r["carrier"], r["waybill"], {UUID(i): n for i, n in r["units"].items()})
        for r in await conn.fetch(PARCELS_OF, store_id, order_id)
    ]


async def correct(conn: Connection, store_id: UUID, parcel_id: UUID, carrier: str, waybill: str) -> None:
    """Another carrier or number for a parcel that left. The order must be locked."""
    await conn.execute(CORRECT, store_id, parcel_id, carrier, waybill)


async def move(
    conn: Connection, store_id: UUID, kind: DeliveryMethod, held: Sequence[Held], to: Status
) -> None:
    """Move those that may go to `to`. Raises 409 `wrong_state` when none may: somebody was faster."""
    movable = [h for h in held if may_move(kind, h.status, to)]
    if not movable:
        raise ShopError("wrong_state", 409)
    for old in sorted({h.status for h in movable}):
        ids = [h.id for h in movable if h.status == old]
        await conn.execute(MOVE, store_id, ids, old, to, clock.now())
