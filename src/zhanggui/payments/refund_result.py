"""What a provider says about refunds, from a notification or a query: recorded once, shown on the order."""

from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.runtime import Runtime
from zhanggui.orders.paid import RefundNote, note_refunds
from zhanggui.orders.rules import PLATFORM, SYSTEM
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.payments.booking import book_moved
from zhanggui.payments.inbox import Source, note_messages, note_misfit
from zhanggui.payments.nonces import reused_nonces
from zhanggui.payments.provider import RefundFact
from zhanggui.payments.refund import NewRefund, ask_about, load_refund, news, request_refunds
from zhanggui.payments.rules import MOST_NUMBERS, REFUND_MOVES, Decision, has_room

LOCK_ORDER = statement(
    "payments.refund_result.lock_order",
    """
    SELECT o.id, o.status, o.refund_status, o.paid_amount, o.refunded_amount FROM sales_order o
    WHERE o.store_id = $1 AND o.id = (SELECT order_id FROM refund WHERE store_id = $1 AND id = $2) FOR UPDATE
    """,
)
LOCK_REFUND = statement(
    "payments.refund_result.lock",
    """
    SELECT r.id, r.order_id, r.attempt_id, r.amount, r.currency, r.reason, r.kind, r.status, r.notify, r.cause_id,
      a.paid_amount AS total, a.account_id, r.payer_amount, r.settled_amount,
      coalesce(a.payer_amount, a.paid_amount) - coalesce(o.payer, 0) AS payer_left,
      coalesce(a.settled_amount, a.paid_amount) - coalesce(o.settled, 0) AS settled_left
    FROM refund r JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
    CROSS JOIN LATERAL (
      SELECT sum(payer_amount)::bigint AS payer, sum(settled_amount)::bigint AS settled FROM refund
      WHERE store_id = r.store_id AND attempt_id = r.attempt_id AND id <> r.id AND status <> 'closed') AS o
    WHERE r.store_id = $1 AND r.id = $2 FOR UPDATE OF r
    """,
)
MOVE = statement(
    "payments.refund_result.move",
    """
    UPDATE refund SET status = $3::text, provider_refund_id = $4, updated_at = $6::timestamptz, stuck = $7,
      payer_amount = coalesce($8, payer_amount), settled_amount = coalesce($9, settled_amount),
      succeeded_at = CASE WHEN $3 = 'succeeded' THEN coalesce($5::timestamptz, $6) END
    WHERE store_id = $1 AND id = $2
    """,
)
STANDING = statement(
    "payments.refund_result.standing",
    """
    SELECT count(*) FILTER (WHERE status IN ('requested', 'processing', 'abnormal')) AS unfinished,
      count(*) FILTER (WHERE attempt_id = $3 AND status = 'closed') AS closed,
      count(*) FILTER (WHERE attempt_id = $3)::int AS others
    FROM refund WHERE store_id = $1 AND order_id = $2 AND id <> $4
    """,
)
FACTS = ("attempt_id", "amount", "total", "currency")
STUCK = {"abnormal": "ABNORMAL", "closed": "CLOSED"}
"""What people have to look at; a closed one only once it is not asked for again by itself."""
KINDS = {"succeeded": "refunded", "abnormal": "refund_abnormal", "closed": "refund_closed"}


async def apply_refund(
    rt: Runtime, store_id: UUID, fact: RefundFact, source: Source | None = None
) -> Decision:
    """Act on what a provider said about a refund; `known` when it says nothing new, `refused` when it does not fit.

    The order is locked before the refund, as everywhere. A refund that the provider closed gives its amount free and is
    asked for again under a new number, as the platform wants it, a few times.
    """

    fact = await _whole(rt, store_id, fact)

    async def work(conn: Connection) -> Decision:
        reused = source is not None and bool(await reused_nonces(conn, store_id, [source]))
        order = await conn.fetchrow(LOCK_ORDER, store_id, fact.refund_id)
        row = await conn.fetchrow(LOCK_REFUND, store_id, fact.refund_id)
        decision = _judge(row, fact)
        if reused:
            decision = Decision("refused", "nonce")
        if source is None and decision.verdict == "refused":
            account = row["account_id"] if row is not None else None
            await note_misfit(conn, store_id, account, "query_refund", fact.refund_id, decision.why)
        if source is not None:
            await note_messages(conn, store_id, [(source, decision)])
        if decision.verdict == "paid" and order is not None and row is not None:
            await _move(conn, store_id, order, row, fact)
        return decision

    return await in_transaction(rt.db, work)


def _judge(row: Row | None, fact: RefundFact) -> Decision:
    if row is None:
        return Decision("refused", "unknown_refund")
    wrong = next((name for name in FACTS if row[name] != getattr(fact, name)), "")
    if wrong:
        return Decision("refused", wrong)
    if not _coupon_fits(row, fact):
        return Decision("refused", "coupon")
    if row["status"] == fact.status or fact.status not in REFUND_MOVES[row["status"]]:
        return Decision("known")  # repeated or overtaken
    return Decision("paid")


def _coupon_fits(row: Row, fact: RefundFact) -> bool:
    """What reaches the buyer and what leaves the merchant are parts of the amount, and over all refunds never more than came."""
    settled = fact.amount if fact.settled_amount is None else fact.settled_amount
    parts = 0 <= fact.payer_amount <= settled <= fact.amount
    return (
        parts
        and fact.payer_amount <= row["payer_left"]
        and (fact.settled_amount is None or settled <= row["settled_left"])
    )


async def _whole(rt: Runtime, store_id: UUID, fact: RefundFact) -> RefundFact:
    """A message says only what reaches the buyer: what leaves the merchant is known since the refund was accepted, or asked for.

    Raises OutcomeUnknown, ProviderRefused.
    """
    if fact.settled_amount is not None or fact.status != "succeeded":
        return fact
    row = await load_refund(rt.db, store_id, fact.refund_id)
    if row is None:
        return fact
    settled = row["settled_amount"]
    if settled is None:
        asked = await ask_about(rt, row)
        settled = asked.settled_amount if asked is not None else None
    return msgspec.structs.replace(fact, settled_amount=settled)


async def _move(conn: Connection, store_id: UUID, order: Row, row: Row, fact: RefundFact) -> None:
    standing = await conn.fetchrow(STANDING, store_id, order["id"], row["attempt_id"], row["id"])
    if standing is None:
        raise LookupError("a count answers a row")
    is_tried_again = (
        fact.status == "closed"
        and standing["closed"] + 1 < MOST_NUMBERS
        and has_room(standing["others"] + 1, rest=True)
    )
    stuck = None if is_tried_again else STUCK.get(fact.status)
    parts = (fact.payer_amount, fact.settled_amount)
    await conn.execute(
        MOVE, store_id, row["id"], fact.status, fact.provider_refund_id, fact.at, clock.now(), stuck, *parts
    )
    if fact.status not in KINDS:
        return
    freed = row["amount"] if fact.status == "closed" else 0
    shown = order["refund_status"]
    if order["status"] == "cancelled":
        owed = order["paid_amount"] - order["refunded_amount"] + freed
        is_open = fact.status == "abnormal" or standing["unfinished"] or owed > 0
        shown = "processing" if is_open else "refunded"
    await note_refunds(conn, store_id, [RefundNote(order["id"], -freed, shown)])
    data = news(row["id"], row["amount"], row["currency"], row["notify"], row["cause_id"])
    await append_timeline(
        conn, store_id, [TimelineEntry(order["id"], KINDS[fact.status], PLATFORM, data=data)]
    )
    await book_moved(conn, store_id, row["id"], row["status"], fact.status)
    if is_tried_again:
        again = NewRefund(
            order["id"],
            row["attempt_id"],
            row["amount"],
            row["currency"],
            row["reason"],
            row["kind"],
            SYSTEM,
            row["notify"],
            row["cause_id"],
        )
        await request_refunds(conn, store_id, [again])
