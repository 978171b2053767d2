"""Compares a day's lines with attempts, refunds, orders and the book: a statement for each, however many there are.

Which of our rows belong to the day is told by when the provider says they happened. Their ids are UUIDv7 and therefore in order of
creation, so only those made in the time before are read: an attempt is paid within weeks, a refund may take months.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement
from zhanggui.reconciliation.lines import Day
from zhanggui.reconciliation.rules import Difference, bounds, first_id

PAID_WITHIN = timedelta(days=32)
REFUNDED_WITHIN = timedelta(days=200)

# Classes are told apart here: what is missing or has another state is not compared further.
PAYMENTS = statement(
    "reconciliation.match.payments",
    """
    WITH lines AS MATERIALIZED (
      SELECT number, amount, fee, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3 AND kind = 'payment'),
    known AS (
      SELECT id, order_id, status, paid_amount, succeeded_at FROM payment_attempt
      WHERE store_id = $1 AND account_id = $2 AND id >= $6 AND id < $7
        AND status = 'succeeded' AND succeeded_at >= $4 AND succeeded_at < $5
      UNION
      SELECT id, order_id, status, paid_amount, succeeded_at FROM payment_attempt
      WHERE store_id = $1 AND account_id = $2
        AND id = ANY(ARRAY(SELECT number::uuid FROM lines WHERE number ~ '^[0-9a-f]{32}$'))),
    ours AS MATERIALIZED (SELECT *, replace(id::text, '-', '') AS number FROM known),
    booked AS MATERIALIZED (
      SELECT o.id, sum(e.amount) FILTER (WHERE e.kind IN ('payment', 'late_payment'))::bigint AS amount,
        coalesce(sum(e.amount) FILTER (WHERE e.kind = 'fee'), 0)::bigint AS fee
      FROM ours o JOIN ledger_entry e ON e.store_id = $1 AND e.key = 'payment/' || o.number
      GROUP BY o.id),
    side AS (
      SELECT coalesce(o.number, l.number) AS number, o.order_id, o.id AS ref_id, o.status, o.paid_amount,
        b.amount AS booked, coalesce(b.fee, 0) AS our_fee, l.number IS NOT NULL AS there, l.amount, l.fee, l.state
      FROM ours o FULL JOIN lines l ON l.number = o.number LEFT JOIN booked b ON b.id = o.id)
    SELECT 'payment' AS subject, s.number, d.kind, s.order_id, s.ref_id, d.ours, d.theirs, d.our_fee, d.their_fee,
      d.our_state, d.their_state
    FROM side s CROSS JOIN LATERAL (VALUES
      ('missing_here', NULL::bigint, s.amount, NULL::bigint, s.fee, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status IS DISTINCT FROM 'succeeded'),
      ('missing_there', s.paid_amount, NULL, s.our_fee, NULL, s.status, NULL,
       NOT s.there AND s.status = 'succeeded'
         AND NOT EXISTS (SELECT FROM bill_line x WHERE x.store_id = $1 AND x.number = s.number AND x.kind = 'payment')),
      ('state', s.paid_amount, s.amount, s.our_fee, s.fee, s.status, s.state,
       s.there AND s.state <> 'SUCCESS' AND s.status = 'succeeded'),
      ('amount', coalesce(s.booked, 0), s.amount, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded'
         AND (s.amount <> s.paid_amount OR s.amount IS DISTINCT FROM s.booked)),
      ('fee', s.our_fee, s.fee, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded' AND s.fee <> s.our_fee))
      AS d (kind, ours, theirs, our_fee, their_fee, our_state, their_state, holds)
    WHERE d.holds ORDER BY s.number, d.kind
    """,
)
REFUNDS = statement(
    "reconciliation.match.refunds",
    """
    WITH lines AS MATERIALIZED (
      SELECT number, amount, fee, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3 AND kind = 'refund'),
    known AS (
      SELECT r.id, r.order_id, r.status, r.amount FROM refund r
      JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
      WHERE r.store_id = $1 AND a.account_id = $2 AND r.id >= $6 AND r.id < $7
        AND r.status = 'succeeded' AND r.succeeded_at >= $4 AND r.succeeded_at < $5
      UNION
      SELECT r.id, r.order_id, r.status, r.amount FROM refund r
      JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
      WHERE r.store_id = $1 AND a.account_id = $2
        AND r.id = ANY(ARRAY(SELECT number::uuid FROM lines WHERE number ~ '^[0-9a-f]{32}$'))),
    ours AS MATERIALIZED (SELECT *, replace(id::text, '-', '') AS number FROM known),
    booked AS MATERIALIZED (
      SELECT o.id, sum(e.amount) FILTER (WHERE e.kind = 'refund_paid')::bigint AS amount,
        coalesce(sum(e.amount) FILTER (WHERE e.kind = 'fee_returned'), 0)::bigint AS fee
      FROM ours o JOIN ledger_entry e ON e.store_id = $1
        AND e.key IN ('refund/' || o.number || '/payout/settled', 'refund/' || o.number || '/fee')
      GROUP BY o.id),
    side AS (
      SELECT coalesce(o.number, l.number) AS number, o.order_id, o.id AS ref_id, o.status, o.amount AS ours,
        b.amount AS booked, coalesce(b.fee, 0) AS our_fee, l.number IS NOT NULL AS there, l.amount, l.fee, l.state
      FROM ours o FULL JOIN lines l ON l.number = o.number LEFT JOIN booked b ON b.id = o.id)
    SELECT 'refund' AS subject, s.number, d.kind, s.order_id, s.ref_id, d.ours, d.theirs, d.our_fee, d.their_fee,
      d.our_state, d.their_state
    FROM side s CROSS JOIN LATERAL (VALUES
      ('missing_here', NULL::bigint, s.amount, NULL::bigint, s.fee, NULL, s.state,
       s.there AND s.ref_id IS NULL AND s.state = 'SUCCESS'),
      ('missing_there', s.ours, NULL, s.our_fee, NULL, s.status, NULL,
       NOT s.there AND s.status = 'succeeded'
         AND NOT EXISTS (SELECT FROM bill_line x WHERE x.store_id = $1 AND x.number = s.number AND x.kind = 'refund')),
      ('state', s.ours, s.amount, s.our_fee, s.fee, s.status, s.state,
       s.there AND s.ref_id IS NOT NULL AND (s.state = 'SUCCESS') <> (s.status = 'succeeded')),
      ('amount', coalesce(s.booked, 0), s.amount, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded'
         AND (s.amount <> s.ours OR s.amount IS DISTINCT FROM s.booked)),
      ('fee', s.our_fee, s.fee, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded' AND s.fee <> s.our_fee))
      AS d (kind, ours, theirs, our_fee, their_fee, our_state, their_state, holds)
    WHERE d.holds ORDER BY s.number, d.kind
    """,
)
FLOWS = statement(
    "reconciliation.match.flows",
    """
    WITH lines AS (
      SELECT kind, number, amount, fee, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3),
    trade AS (
      SELECT t.kind, number, t.amount FROM lines CROSS JOIN LATERAL (VALUES
        (CASE kind WHEN 'payment' THEN 'flow_payment' ELSE 'flow_refund' END, amount),
        (CASE kind WHEN 'payment' THEN 'flow_fee' ELSE 'flow_fee_returned' END, nullif(fee, 0))) AS t (kind, amount)
      WHERE lines.kind IN ('payment', 'refund') AND state = 'SUCCESS' AND t.amount IS NOT NULL),
    flow AS (
      SELECT f.kind, f.number, f.amount FROM lines f
      WHERE f.kind LIKE 'flow%' AND f.kind <> 'flow_other' AND NOT EXISTS (
        SELECT FROM lines l WHERE l.number = f.number AND l.kind IN ('payment', 'refund') AND l.state <> 'SUCCESS'))
    SELECT 'flow' AS subject, coalesce(t.number, f.number) AS number,
      CASE WHEN t.number IS NULL THEN 'missing_here' WHEN f.number IS NULL THEN 'missing_there' ELSE 'amount' END AS kind,
      NULL::uuid AS order_id, NULL::uuid AS ref_id,
      sum(t.amount * sign.of)::bigint AS ours, sum(f.amount * sign.of)::bigint AS theirs,
      NULL::bigint AS our_fee, NULL::bigint AS their_fee,
      string_agg(t.kind, ',' ORDER BY t.kind) AS our_state, string_agg(f.kind, ',' ORDER BY f.kind) AS their_state
    FROM trade t FULL JOIN flow f ON (f.kind, f.number) = (t.kind, t.number)
    CROSS JOIN LATERAL (
      SELECT CASE WHEN coalesce(t.kind, f.kind) IN ('flow_payment', 'flow_fee_returned') THEN 1 ELSE -1 END AS of) AS sign
    WHERE t.amount IS DISTINCT FROM f.amount
    GROUP BY 2, 3 ORDER BY 2, 3
    """,
)
ORDERS = statement(
    "reconciliation.match.orders",
    """
    WITH touched AS (
      SELECT DISTINCT order_id FROM payment_attempt
      WHERE store_id = $1 AND account_id = $2 AND id >= $5 AND id < $6
        AND status = 'succeeded' AND succeeded_at >= $3 AND succeeded_at < $4),
    paid AS (
      SELECT a.order_id, sum(a.paid_amount)::bigint AS amount FROM touched t
      JOIN payment_attempt a ON a.store_id = $1 AND a.order_id = t.order_id AND a.status = 'succeeded'
      GROUP BY a.order_id)
    SELECT 'order' AS subject, o.number, 'amount' AS kind, o.id AS order_id, NULL::uuid AS ref_id,
      o.paid_amount AS ours, p.amount AS theirs, NULL::bigint AS our_fee, NULL::bigint AS their_fee,
      o.status AS our_state, NULL::text AS their_state
    FROM paid p JOIN sales_order o ON o.store_id = $1 AND o.id = p.order_id
    WHERE o.paid_amount <> p.amount ORDER BY o.number
    """,
)


async def match(conn: Connection, day: Day, *, flows: bool) -> list[Difference]:
    """All differences of a day whose lines are kept. `flows`: the provider had a fund-flow bill to compare with."""
    begin, end = bounds(day.date)

    def ids(within: timedelta) -> tuple[UUID, UUID]:
        return first_id(begin - within), first_id(end + timedelta(days=1))

    found = [
        *await conn.fetch(PAYMENTS, *day, begin, end, *ids(PAID_WITHIN)),
        *await conn.fetch(REFUNDS, *day, begin, end, *ids(REFUNDED_WITHIN)),
        *await conn.fetch(ORDERS, day.store_id, day.account_id, begin, end, *ids(PAID_WITHIN)),
        *(await conn.fetch(FLOWS, *day) if flows else []),
    ]
    return [msgspec.convert(dict(row), Difference) for row in found]
