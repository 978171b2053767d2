"""Before and at payment: whether its money is frozen, and who will get what of it.

What a rule says when the order is paid is what its receivers get, whatever the merchant changes afterwards.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.settlement.policy import load_policy
from zhanggui.settlement.rules import WARN_BEFORE, Line, Rule, Share, plan

WANTS = statement(
    "settlement.plan.wants",
    """
    SELECT EXISTS (
      SELECT FROM split_rule r JOIN split_receiver c ON c.store_id = r.store_id AND c.id = r.receiver_id
      WHERE r.store_id = $1 AND r.enabled AND c.state = 'active' AND c.payout = 'sharing'
        AND (r.active_from IS NULL OR r.active_from <= $3) AND (r.active_to IS NULL OR $3 < r.active_to)
        AND (r.product_id IS NULL OR r.product_id IN (
          SELECT product_id FROM order_line WHERE store_id = $1 AND order_id = $2)))
    """,
)
PAID = statement(
    "settlement.plan.paid",
    """
    SELECT a.id, a.account_id, a.paid_amount, coalesce(a.settled_amount, a.paid_amount) AS settled_amount, a.currency,
      a.transaction_id, a.profit_sharing, a.succeeded_at, o.number
    FROM sales_order o JOIN payment_attempt a ON a.store_id = o.store_id AND a.order_id = o.id
    WHERE o.store_id = $1 AND o.id = $2 AND a.status = 'succeeded' AND o.status <> 'cancelled'
    ORDER BY a.succeeded_at, a.id LIMIT 1 FOR UPDATE OF o
    """,
)
LINES = statement(
    "settlement.plan.lines",
    "SELECT product_id, payable, quantity FROM order_line WHERE store_id = $1 AND order_id = $2 ORDER BY position",
)
RULES = statement(
    "settlement.plan.rules",
    """
    SELECT r.id, r.receiver_id, c.payout, r.product_id, r.ratio, r.amount, r.priority
    FROM split_rule r JOIN split_receiver c ON c.store_id = r.store_id AND c.id = r.receiver_id
    WHERE r.store_id = $1 AND r.enabled AND c.state = 'active' AND (c.payout = 'balance' OR $3)
      AND (r.active_from IS NULL OR r.active_from <= $2) AND (r.active_to IS NULL OR $2 < r.active_to)
    ORDER BY r.priority, r.id
    """,
)
ADD = statement(
    "settlement.plan.add",
    """
    INSERT INTO order_split (store_id, id, order_id, attempt_id, account_id, number, transaction_id, total, currency,
                             frozen, state, paid_at, freeze_until, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'held', $11, $12, $13, $13)
    ON CONFLICT (store_id, attempt_id) DO NOTHING RETURNING id
    """,
)
ADD_SHARES = statement(
    "settlement.plan.add_shares",
    """
    INSERT INTO split_share (store_id, id, split_id, receiver_id, payout, rules, planned, state, created_at)
    SELECT $1, id, $2, receiver_id, payout, rules::jsonb, planned, 'planned', $8
    FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bigint[])
      AS s (id, receiver_id, payout, rules, planned)
    """,
)
COMPLETED = statement(
    "settlement.plan.completed",
    """
    UPDATE order_split SET state = 'due', completed_at = $3, updated_at = $3
    WHERE store_id = $1 AND order_id = $2 AND state = 'held' RETURNING id, created_at
    """,
)
ENDED = statement(
    "settlement.plan.ended",
    """
    UPDATE order_split SET state = 'void', updated_at = $3
    WHERE store_id = $1 AND order_id = $2 AND state = 'held' RETURNING id
    """,
)


async def wants_freeze(conn: Connection, store_id: UUID, order_id: UUID) -> bool:
    """Whether a rule in force shares this order's payment through the provider (payments.extensions.FREEZE)."""
    return await conn.fetchval(WANTS, store_id, order_id, clock.now())


async def plan_split(rt: Runtime, store_id: UUID, order_id: UUID) -> UUID | None:
    """Fix the shares of an order that was paid; None when nobody shares it. Again it changes nothing.

    A frozen payment gets a split even if nobody shares it any more, because the rest has to be unfrozen.
    """

    async def work(conn: Connection) -> UUID | None:
        paid = await conn.fetchrow(PAID, store_id, order_id)
        if paid is None:
            return None
        policy = await load_policy(conn, store_id)
        lines = [Line(*row) for row in await conn.fetch(LINES, store_id, order_id)]
        frozen: bool = paid["profit_sharing"]
        rules = [Rule(*row) for row in await conn.fetch(RULES, store_id, paid["succeeded_at"], frozen)]
        shares = plan(paid["settled_amount"], lines, rules, policy.most)
        if not shares and not frozen:
            return None
        return await _add(conn, store_id, order_id, paid, shares, policy.frozen_days)

    return await in_transaction(rt.db, work)


async def order_completed(conn: Connection, store_id: UUID, order_id: UUID) -> list[Row]:
    """Held splits of a completed order become due; answers (id, created_at) of those that moved."""
    return await conn.fetch(COMPLETED, store_id, order_id, clock.now())


async def order_cancelled(conn: Connection, store_id: UUID, order_id: UUID) -> None:
    """Nothing of a cancelled order is shared; its refund takes the frozen money."""
    await conn.fetch(ENDED, store_id, order_id, clock.now())


async def _add(
    conn: Connection, store_id: UUID, order_id: UUID, paid: Row, shares: list[Share], frozen_days: int
) -> UUID | None:
    split_id, now, frozen = new_id(), clock.now(), paid["profit_sharing"]
    until = paid["succeeded_at"] + timedelta(days=frozen_days) if frozen else None
    added = await conn.fetchval(
        ADD,
        store_id,
        split_id,
        order_id,
        paid["id"],
        paid["account_id"],
        paid["number"],
        paid["transaction_id"],
        paid["paid_amount"],
        paid["currency"],
        frozen,
        paid["succeeded_at"],
        until,
        now,
    )
    if added is None:
        return None
    await conn.execute(
        ADD_SHARES,
        store_id,
        split_id,
        [new_id() for _ in shares],
        [s.receiver_id for s in shares],
        [s.payout for s in shares],
        [_trace(s) for s in shares],
        [s.amount for s in shares],
        now,
    )
    if until is not None:
        payload = {"split_id": str(split_id)}
        watch = NewJob(store_id, "settlement.deadline", str(split_id), payload, until - WARN_BEFORE)
        await enqueue(conn, [watch])
    return split_id


def _trace(share: Share) -> str:
    return msgspec.json.encode([{"rule_id": rule, "amount": amount} for rule, amount in share.rules]).decode()
