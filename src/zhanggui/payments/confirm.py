"""The one operation that believes money: facts from a verified notification or a query, whichever comes first.

A batch belongs to one store and is one transaction: nonces are taken, orders locked, then attempts, then (through orders)
stock, then the ledger's book. It is safe to run again: what was confirmed before is `known`, and what does not fit is refused every time.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

import structlog

from zhanggui.core import clock
from zhanggui.core.batching import Batcher, take_turn
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.runtime import Runtime
from zhanggui.orders.paid import Payment, mark_paid, note_late_money
from zhanggui.orders.rules import PLATFORM, Status
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.payments.booking import book_payments
from zhanggui.payments.inbox import Source, note_messages
from zhanggui.payments.nonces import reused_nonces
from zhanggui.payments.refund import NewRefund, news, request_refunds
from zhanggui.payments.rules import Asked, Decision, Received, RefundKind, judge

log = structlog.get_logger()
ORDERS_OF = statement(
    "payments.confirm.orders_of",
    "SELECT order_id FROM payment_attempt WHERE store_id = $1 AND id = ANY($2::uuid[])",
)
LOCK_ORDERS = statement(
    "payments.confirm.lock_orders",
    "SELECT id, status FROM sales_order WHERE store_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR UPDATE",
)
LOCK_ATTEMPTS = statement(
    "payments.confirm.lock_attempts",
    """
    SELECT a.id, a.order_id, a.account_id, a.status, a.amount, a.currency, c.mchid, c.sub_mchid,
      coalesce(a.appid, c.appid) AS appid, a.transaction_id, a.combined_id, a.customer_id, c.fee_rate
    FROM payment_attempt a JOIN payment_account c ON c.store_id = a.store_id AND c.id = a.account_id
    WHERE a.store_id = $1 AND a.id = ANY($2::uuid[]) ORDER BY a.id FOR UPDATE OF a
    """,
)
SUCCEED = statement(
    "payments.confirm.succeed",
    """
    UPDATE payment_attempt SET status = 'succeeded', transaction_id = r.transaction_id, paid_amount = r.amount,
      succeeded_at = r.at, payer = coalesce(r.payer, payment_attempt.payer), updated_at = $7,
      payer_amount = r.amount - r.coupon, settled_amount = r.amount - r.discount
    FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::timestamptz[], $6::text[], $8::bigint[], $9::bigint[])
      AS r (id, transaction_id, amount, at, payer, coupon, discount)
    WHERE store_id = $1 AND payment_attempt.id = r.id
    """,
)

# Shown to the buyer by us and, as the refund's reason, by the platform.
REASONS: dict[RefundKind, str] = {
    "late_payment": "付款晚于订单取消，自动退回 · Paid after it was cancelled",
    "surplus": "重复付款，自动退回 · Paid twice",
}


class Item(NamedTuple):
    """Facts and, for a notification, where they come from."""

    received: Received
    source: Source | None


async def confirm(rt: Runtime, store_id: UUID, received: Received, source: Source | None = None) -> Decision:
    """Decide about money that came and wait until it is committed; the same facts again have the same result."""
    batcher: Batcher[UUID, Item, Decision] = rt.once(
        "payments.confirmer", lambda: Batcher(lambda store, batch: confirm_many(rt, store, batch.take))
    )
    return await batcher.submit(store_id, Item(received, source))


async def confirm_many(rt: Runtime, store_id: UUID, take: Callable[[], Sequence[Item]]) -> Sequence[Decision]:
    """Decide a batch of one store in one transaction, in order of arrival; it is taken when the transaction has its turn.

    An order whose own rows contradict each other must not hold up the others: the batch then runs one by one, and that
    one alone is refused and logged.
    """
    try:
        async with rt.db.acquire() as conn, conn.transaction():
            await take_turn(conn, "payments.confirm", store_id)
            return await decide(conn, store_id, take())
    except RuntimeError:  # what orders and inventory raise for rows that contradict each other
        items = take()
        if len(items) == 1:
            log.exception("payment_contradiction", attempt=str(items[0].received.attempt_id))
            refused = Decision("refused", "contradiction")
            if (source := items[0].source) is not None:
                await note_messages(rt.db, store_id, [(source, refused)])
            return [refused]
    return [(await confirm_many(rt, store_id, lambda one=item: [one]))[0] for item in items]


async def decide(conn: Connection, store_id: UUID, items: Sequence[Item]) -> list[Decision]:
    """One batch of `confirm_many` in the caller's transaction. Raises RuntimeError for an order that contradicts itself."""
    reused = await reused_nonces(conn, store_id, [i.source for i in items if i.source is not None])
    attempt_ids = list({i.received.attempt_id for i in items})
    order_ids = [r["order_id"] for r in await conn.fetch(ORDERS_OF, store_id, attempt_ids)]
    orders: dict[UUID, Status] = {
        r["id"]: r["status"] for r in await conn.fetch(LOCK_ORDERS, store_id, order_ids)
    }
    asked = {r["id"]: _asked(r) for r in await conn.fetch(LOCK_ATTEMPTS, store_id, attempt_ids)}
    decisions: list[Decision] = []
    accepted: list[tuple[Asked, Received, Decision]] = []
    for item in items:
        ours, received = asked.get(item.received.attempt_id), item.received
        decision = judge(ours, received, orders[ours.order_id] if ours else "cancelled")
        if item.source is not None and (item.source.id, item.source.nonce) in reused:
            decision = Decision("refused", "nonce")
        decisions.append(decision)
        if ours is not None and decision.verdict in {"paid", "late_payment", "surplus"}:
            accepted.append((ours, received, decision))
            # The rest of the batch is judged by what this one is about to write.
            asked[ours.attempt_id] = ours._replace(status="succeeded", transaction_id=received.transaction_id)
            if decision.verdict == "paid":
                orders[ours.order_id] = "paid"
    kept = [(i.source, d) for i, d in zip(items, decisions, strict=True) if i.source is not None]
    await note_messages(conn, store_id, kept)
    await _succeed(conn, store_id, [received for _, received, _ in accepted])
    payments = [Payment(a.order_id, r.amount, r.paid_at) for a, r, d in accepted if d.verdict == "paid"]
    moved = await mark_paid(conn, store_id, payments, PLATFORM)
    if len(moved) != len(payments):
        raise RuntimeError("an order that is locked and unpaid did not become paid")
    await book_payments(conn, store_id, accepted)
    await append_timeline(
        conn,
        store_id,
        [TimelineEntry(a.order_id, "given_back_there", PLATFORM) for a, r, _ in accepted if r.given_back],
    )
    await _give_back(conn, store_id, [entry for entry in accepted if entry[2].verdict != "paid"])
    return decisions


async def _succeed(conn: Connection, store_id: UUID, received: Sequence[Received]) -> None:
    if not received:
        return
    await conn.execute(
        SUCCEED,
        store_id,
        [r.attempt_id for r in received],
        [r.transaction_id for r in received],
        [r.amount for r in received],
        [r.paid_at for r in received],
        [r.payer for r in received],
        clock.now(),
        [r.coupon for r in received],
        [r.discount for r in received],
    )


async def _give_back(
    conn: Connection, store_id: UUID, entries: Sequence[tuple[Asked, Received, Decision]]
) -> None:
    """Money for an order that was cancelled or paid already goes back by itself, and the buyer sees it."""
    if not entries:
        return
    await note_late_money(conn, store_id, [(a.order_id, r.amount) for a, r, _ in entries])
    await append_timeline(
        conn,
        store_id,
        [
            TimelineEntry(
                a.order_id, d.verdict, PLATFORM, data=news(None, r.amount, a.currency, notify=False)
            )
            for a, r, d in entries
        ],
    )
    kinds: list[RefundKind] = [
        "late_payment" if d.verdict == "late_payment" else "surplus" for _, _, d in entries
    ]
    refunds = [
        NewRefund(a.order_id, a.attempt_id, r.amount, a.currency, REASONS[kind], kind, PLATFORM)
        for (a, r, _), kind in zip(entries, kinds, strict=True)
    ]
    await request_refunds(conn, store_id, refunds)


def _asked(row: Row) -> Asked:
    return Asked(
        row["id"],
        row["order_id"],
        row["account_id"],
        row["status"],
        row["amount"],
        row["currency"],
        row["mchid"],
        row["appid"],
        row["transaction_id"],
        row["customer_id"],
        row["fee_rate"],
        row["sub_mchid"],
        row["combined_id"],
    )
