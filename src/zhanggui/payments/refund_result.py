"""What a provider says about refunds, from a notification or a query: recorded once, shown on the order."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.runtime import Runtime
from zhanggui.orders.paid import RefundNote, note_refunds
from zhanggui.orders.rules import PLATFORM, RefundStatus
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.payments.confirm import Source, note_message
from zhanggui.payments.provider import RefundFact
from zhanggui.payments.refund import news
from zhanggui.payments.rules import REFUND_MOVES, Decision

LOCK_ORDERS = statement(
    "payments.refund_result.lock_orders",
    """
    SELECT id, status, refund_status FROM sales_order
    WHERE store_id = $1 AND id IN (SELECT order_id FROM refund WHERE store_id = $1 AND id = ANY($2::uuid[]))
    ORDER BY id FOR UPDATE
    """,
)
LOCK_REFUNDS = statement(
    "payments.refund_result.lock",
    """
    SELECT id, order_id, attempt_id, amount, currency, status, notify FROM refund
    WHERE store_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE
    """,
)
MOVE = statement(
    "payments.refund_result.move",
    """
    UPDATE refund SET status = r.status, provider_refund_id = r.number, updated_at = $6,
      succeeded_at = CASE WHEN r.status = 'succeeded' THEN coalesce(r.at, $6) END
    FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) AS r (id, status, number, at)
    WHERE store_id = $1 AND refund.id = r.id
    """,
)
UNFINISHED = statement(
    "payments.refund_result.unfinished",
    """
    SELECT DISTINCT order_id FROM refund
    WHERE store_id = $1 AND order_id = ANY($2::uuid[]) AND status IN ('requested', 'processing', 'abnormal')
    """,
)
KINDS = {"succeeded": "refunded", "abnormal": "refund_abnormal", "closed": "refund_closed"}


class News(NamedTuple):
    """One refund's new state, with the row it moves."""

    row: Row
    fact: RefundFact


async def apply_refund(
    rt: Runtime, store_id: UUID, fact: RefundFact, source: Source | None = None
) -> Decision:
    """Act on what a provider said about a refund; `known` when it says nothing new, `refused` when it does not fit.

    Orders are locked before refunds, as everywhere.
    """

    async def work(conn: Connection) -> Decision:
        orders = {r["id"]: r for r in await conn.fetch(LOCK_ORDERS, store_id, [fact.refund_id])}
        rows = await conn.fetch(LOCK_REFUNDS, store_id, [fact.refund_id])
        decision = _judge(rows[0] if rows else None, fact)
        if source is not None:
            await note_message(conn, store_id, source, decision)
        if decision.verdict == "paid":
            await _move(conn, store_id, [News(rows[0], fact)], orders)
        return decision

    return await in_transaction(rt.db, work)


def _judge(row: Row | None, fact: RefundFact) -> Decision:
    if row is None:
        return Decision("refused", "unknown_refund")
    if row["attempt_id"] != fact.attempt_id:
        return Decision("refused", "attempt_id")
    if row["amount"] != fact.amount:
        return Decision("refused", "amount")
    if row["status"] == fact.status or fact.status not in REFUND_MOVES[row["status"]]:
        return Decision("known")  # repeated or overtaken
    return Decision("paid")


async def _move(conn: Connection, store_id: UUID, entries: Sequence[News], orders: dict[UUID, Row]) -> None:
    await conn.execute(
        MOVE,
        store_id,
        [n.row["id"] for n in entries],
        [n.fact.status for n in entries],
        [n.fact.provider_refund_id for n in entries],
        [n.fact.at for n in entries],
        clock.now(),
    )
    ended = [n for n in entries if n.fact.status in KINDS]
    if not ended:
        return
    unfinished = {r["order_id"] for r in await conn.fetch(UNFINISHED, store_id, list(orders))}
    notes = [
        RefundNote(
            n.row["order_id"],
            -n.row["amount"] if n.fact.status == "closed" else 0,
            _shown(orders[n.row["order_id"]], n.row["order_id"] in unfinished),
        )
        for n in ended
    ]
    await note_refunds(conn, store_id, notes)
    await append_timeline(
        conn,
        store_id,
        [
            TimelineEntry(
                n.row["order_id"],
                KINDS[n.fact.status],
                PLATFORM,
                data=news(n.row["id"], n.row["amount"], n.row["currency"], n.row["notify"]),
            )
            for n in ended
        ],
    )


def _shown(order: Row, unfinished: bool) -> RefundStatus | None:
    if order["status"] != "cancelled":
        return order["refund_status"]
    return "processing" if unfinished else "refunded"
