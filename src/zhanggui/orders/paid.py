"""What payments tell an order: money came, money goes back."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhanggui import inventory
from zhanggui.core.db import Connection, statement
from zhanggui.orders.moves import move
from zhanggui.orders.rules import UNPAID, Actor, RefundStatus

RECORD_PAID = statement(
    "orders.record_paid",
    """
    UPDATE sales_order SET paid_amount = p.amount, paid_at = p.at
    FROM unnest($2::uuid[], $3::bigint[], $4::timestamptz[]) AS p (id, amount, at)
    WHERE store_id = $1 AND sales_order.id = p.id
    """,
)
RECORD_REFUND = statement(
    "orders.record_refund",
    """
    UPDATE sales_order SET refunded_amount = refunded_amount + r.amount, refund_status = r.status
    FROM unnest($2::uuid[], $3::bigint[], $4::text[]) AS r (id, amount, status)
    WHERE store_id = $1 AND sales_order.id = r.id
    """,
)

RECORD_LATE = statement(
    "orders.record_late_money",
    """
    UPDATE sales_order SET paid_amount = paid_amount + p.amount
    FROM (SELECT id, sum(amount)::bigint AS amount FROM unnest($2::uuid[], $3::bigint[]) AS u (id, amount)
          GROUP BY id) AS p
    WHERE store_id = $1 AND sales_order.id = p.id
    """,
)


class Payment(NamedTuple):
    """Money that came for an order: fen, and when the provider says it was paid (UTC)."""

    order_id: UUID
    amount: int
    at: datetime


class RefundNote(NamedTuple):
    """Change of `refunded_amount` in fen (negative when a refund came to nothing) and the status to show."""

    order_id: UUID
    amount: int
    status: RefundStatus | None


async def mark_paid(
    conn: Connection, store_id: UUID, payments: Sequence[Payment], actor: Actor
) -> list[UUID]:
    """Unpaid and closing orders become paid: state, amount, timeline, event, reserved units deducted.

    Returns the orders that moved; for the others (cancelled, paid before) nothing is changed and the money must be
    given back. Locks the orders, then their stock.
    """
    moved = await move(conn, store_id, [p.order_id for p in payments], UNPAID, "paid", actor)
    if not moved:
        return []
    ours = [p for p in payments if p.order_id in set(moved)]
    await conn.execute(
        RECORD_PAID, store_id, [p.order_id for p in ours], [p.amount for p in ours], [p.at for p in ours]
    )
    missing = await inventory.consume(conn, store_id, moved, actor.kind)
    if missing:
        raise RuntimeError(f"unpaid orders without a reservation: {sorted(map(str, missing))}")
    return moved


async def note_refunds(conn: Connection, store_id: UUID, notes: Sequence[RefundNote]) -> None:
    """Record money on its way back; CHECK keeps the sum at or below what was paid. The orders must be locked."""
    await conn.execute(
        RECORD_REFUND,
        store_id,
        [n.order_id for n in notes],
        [n.amount for n in notes],
        [n.status for n in notes],
    )


async def note_late_money(conn: Connection, store_id: UUID, received: Sequence[tuple[UUID, int]]) -> None:
    """Add money (order id, fen) that came for an order that no longer wants it; its state stays as it is.

    The caller gives it back in the same transaction. The orders must be locked.
    """
    await conn.execute(RECORD_LATE, store_id, [i for i, _ in received], [amount for _, amount in received])
