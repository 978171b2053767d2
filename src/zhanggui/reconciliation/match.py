"""Compares a day's lines with attempts, refunds, orders, splits, transfers and the book: a statement for each, however many there are.

Which of our rows belong to the day is told by when the provider says they happened. Their ids are UUIDv7 and therefore in order of
creation, so only those made in the time before are read: an attempt is paid within weeks, a refund may take months.
"""

from datetime import timedelta
from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement
from zhanggui.ledger.chart import account_id, clearing
from zhanggui.reconciliation.lines import Day
from zhanggui.reconciliation.rules import Difference, bounds, first_id

PAID_WITHIN = timedelta(days=32)
REFUNDED_WITHIN = timedelta(days=200)

# Classes are told apart here: what is missing or has another state is not compared further.
PAYMENTS = statement(
    "reconciliation.match.payments",
    """
    WITH lines AS MATERIALIZED (
      SELECT number, amount, settled, coupon, amount - settled + coupon AS coupons, fee, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3 AND kind = 'payment'),
    known AS (
      SELECT id, order_id, status, paid_amount, payer_amount, settled_amount FROM payment_attempt
      WHERE store_id = $1 AND account_id = $2 AND id >= $6 AND id < $7
        AND status = 'succeeded' AND succeeded_at >= $4 AND succeeded_at < $5
      UNION
      SELECT id, order_id, status, paid_amount, payer_amount, settled_amount FROM payment_attempt
      WHERE store_id = $1 AND account_id = $2
        AND id = ANY(ARRAY(SELECT number::uuid FROM lines WHERE number ~ '^[0-9a-f]{32}$'))),
    ours AS MATERIALIZED (SELECT *, replace(id::text, '-', '') AS number FROM known),
    booked AS MATERIALIZED (
      SELECT o.id, sum(e.amount) FILTER (WHERE e.kind IN ('payment', 'late_payment', 'subsidy'))::bigint AS amount,
        sum(e.amount) FILTER (WHERE e.debit_id = $8)::bigint AS settled,
        coalesce(sum(e.amount) FILTER (WHERE e.kind = 'fee'), 0)::bigint AS fee
      FROM ours o JOIN ledger_entry e ON e.store_id = $1 AND e.key = 'payment/' || o.number
      GROUP BY o.id),
    side AS (
      SELECT coalesce(o.number, l.number) AS number, o.order_id, o.id AS ref_id, o.status, o.paid_amount,
        coalesce(o.settled_amount, o.paid_amount) AS ours, o.paid_amount - coalesce(o.payer_amount, o.paid_amount) AS coupons,
        coalesce(o.settled_amount, o.paid_amount) - coalesce(o.payer_amount, o.paid_amount) AS prefunded,
        b.amount AS booked, coalesce(b.settled, 0) AS held, coalesce(b.fee, 0) AS our_fee, l.number IS NOT NULL AS there,
        l.amount, l.settled, l.coupon, l.coupons AS their_coupons, l.fee, l.state
      FROM ours o FULL JOIN lines l ON l.number = o.number LEFT JOIN booked b ON b.id = o.id)
    SELECT 'payment' AS subject, s.number, d.kind, s.order_id, s.ref_id, d.ours, d.theirs, d.our_fee, d.their_fee,
      d.our_state, d.their_state
    FROM side s CROSS JOIN LATERAL (VALUES
      ('missing_here', NULL::bigint, s.settled, NULL::bigint, s.fee, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status IS DISTINCT FROM 'succeeded'),
      ('missing_there', s.ours, NULL, s.our_fee, NULL, s.status, NULL,
       NOT s.there AND s.status = 'succeeded'
         AND NOT EXISTS (SELECT FROM bill_line x WHERE x.store_id = $1 AND x.number = s.number AND x.kind = 'payment')),
      ('state', s.ours, s.settled, s.our_fee, s.fee, s.status, s.state,
       s.there AND s.state <> 'SUCCESS' AND s.status = 'succeeded'),
      ('amount', s.held, s.settled, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded'
         AND (s.settled <> s.ours OR s.settled <> s.held OR s.paid_amount IS DISTINCT FROM s.booked)),
      ('coupon', s.coupons, s.their_coupons, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded' AND s.settled = s.ours
         AND s.settled = s.held AND s.paid_amount = s.booked AND (s.amount <> s.paid_amount OR s.coupon <> s.prefunded)),
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
      SELECT number, amount, settled, coupon, amount - settled + coupon AS coupons, fee, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3 AND kind = 'refund'),
    known AS (
      SELECT r.id, r.order_id, r.status, r.amount, r.payer_amount, r.settled_amount, r.foreign_number FROM refund r
      JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
      WHERE r.store_id = $1 AND a.account_id = $2 AND r.id >= $6 AND r.id < $7
        AND r.status = 'succeeded' AND r.succeeded_at >= $4 AND r.succeeded_at < $5
      UNION
      SELECT r.id, r.order_id, r.status, r.amount, r.payer_amount, r.settled_amount, r.foreign_number FROM refund r
      JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
      WHERE r.store_id = $1 AND a.account_id = $2
        AND (r.id = ANY(ARRAY(SELECT number::uuid FROM lines WHERE number ~ '^[0-9a-f]{32}$'))
          OR r.foreign_number = ANY(ARRAY(SELECT number FROM lines WHERE number !~ '^[0-9a-f]{32}$')))),
    ours AS MATERIALIZED (
      SELECT *, replace(id::text, '-', '') AS key, coalesce(foreign_number, replace(id::text, '-', '')) AS number
      FROM known),
    booked AS MATERIALIZED (
      SELECT o.id, sum(e.amount) FILTER (WHERE e.kind = 'refund_paid')::bigint AS amount,
        sum(CASE WHEN e.credit_id = $8 THEN e.amount WHEN e.debit_id = $8 THEN -e.amount ELSE 0 END)::bigint AS settled,
        coalesce(sum(e.amount) FILTER (WHERE e.kind = 'fee_returned'), 0)::bigint AS fee
      FROM ours o JOIN ledger_entry e ON e.store_id = $1
        AND e.key IN ('refund/' || o.key || '/payout/settled', 'refund/' || o.key || '/coupon',
                      'refund/' || o.key || '/fee')
      GROUP BY o.id),
    side AS (
      SELECT coalesce(o.number, l.number) AS number, o.order_id, o.id AS ref_id, o.status, o.amount AS asked,
        coalesce(o.settled_amount, o.amount) AS ours, o.amount - coalesce(o.payer_amount, o.amount) AS coupons,
        coalesce(o.settled_amount, o.amount) - coalesce(o.payer_amount, o.amount) AS prefunded,
        b.amount AS booked, coalesce(b.settled, 0) AS held, coalesce(b.fee, 0) AS our_fee, l.number IS NOT NULL AS there,
        l.amount, l.settled, l.coupon, l.coupons AS their_coupons, l.fee, l.state
      FROM ours o FULL JOIN lines l ON l.number = o.number LEFT JOIN booked b ON b.id = o.id)
    SELECT 'refund' AS subject, s.number, d.kind, s.order_id, s.ref_id, d.ours, d.theirs, d.our_fee, d.their_fee,
      d.our_state, d.their_state
    FROM side s CROSS JOIN LATERAL (VALUES
      ('missing_here', NULL::bigint, s.settled, NULL::bigint, s.fee, NULL, s.state,
       s.there AND s.ref_id IS NULL AND s.state = 'SUCCESS'),
      ('missing_there', s.ours, NULL, s.our_fee, NULL, s.status, NULL,
       NOT s.there AND s.status = 'succeeded'
         AND NOT EXISTS (SELECT FROM bill_line x WHERE x.store_id = $1 AND x.number = s.number AND x.kind = 'refund')),
      ('state', s.ours, s.settled, s.our_fee, s.fee, s.status, s.state,
       s.there AND s.ref_id IS NOT NULL AND (s.state = 'SUCCESS') <> (s.status = 'succeeded')),
      ('amount', s.held, s.settled, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded'
         AND (s.settled <> s.ours OR s.settled <> s.held OR s.asked IS DISTINCT FROM s.booked)),
      ('coupon', s.coupons, s.their_coupons, NULL, NULL, s.status, s.state,
       s.there AND s.state = 'SUCCESS' AND s.status = 'succeeded' AND s.settled = s.ours
         AND s.settled = s.held AND s.asked = s.booked AND (s.amount <> s.asked OR s.coupon <> s.prefunded)),
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
      SELECT kind, number, coalesce(settled, amount) AS amount, fee, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3),
    trade AS (
      SELECT t.kind, number, t.amount FROM lines CROSS JOIN LATERAL (VALUES
        (CASE kind WHEN 'payment' THEN 'flow_payment' ELSE 'flow_refund' END, amount),
        (CASE kind WHEN 'payment' THEN 'flow_fee' ELSE 'flow_fee_returned' END, nullif(fee, 0))) AS t (kind, amount)
      WHERE lines.kind IN ('payment', 'refund') AND state = 'SUCCESS' AND t.amount IS NOT NULL),
    flow AS (
      SELECT f.kind, f.number, f.amount, f.state FROM lines f
      WHERE f.kind IN ('flow_payment', 'flow_fee', 'flow_refund', 'flow_fee_returned', 'flow_other') AND NOT EXISTS (
        SELECT FROM lines l WHERE l.number = f.number AND l.kind = 'refund' AND l.state <> 'SUCCESS'))
    SELECT 'flow' AS subject, coalesce(t.number, f.number) AS number,
      CASE WHEN t.number IS NULL THEN 'missing_here' WHEN f.number IS NULL THEN 'missing_there' ELSE 'amount' END AS kind,
      NULL::uuid AS order_id, NULL::uuid AS ref_id,
      sum(t.amount * sign.of)::bigint AS ours, sum(f.amount * sign.of)::bigint AS theirs,
      NULL::bigint AS our_fee, NULL::bigint AS their_fee,
      string_agg(t.kind, ',' ORDER BY t.kind) AS our_state, string_agg(CASE f.kind WHEN 'flow_other' THEN f.state ELSE f.kind END, ',' ORDER BY f.kind) AS their_state
    FROM trade t FULL JOIN flow f ON (f.kind, f.number) = (t.kind, t.number)
    CROSS JOIN LATERAL (
      SELECT CASE WHEN coalesce(t.kind, f.kind) IN ('flow_payment', 'flow_fee_returned', 'flow_other') THEN 1 ELSE -1 END AS of) AS sign
    WHERE t.amount IS DISTINCT FROM f.amount
    GROUP BY 2, 3 ORDER BY 2, 3
    """,
)
# What the store itself moved: a call of a split is one line here however many share it, as its lines are added up there.
MOVED = statement(
    "reconciliation.match.moved",
    """
    WITH lines AS MATERIALIZED (
      SELECT kind, number, amount, state FROM bill_line
      WHERE store_id = $1 AND account_id = $2 AND bill_date = $3
        AND kind IN ('flow_split', 'flow_split_return', 'flow_transfer')),
    known AS MATERIALIZED (
      SELECT kind, substr(number, 1, 32)::uuid AS id FROM lines WHERE number ~ '^[0-9a-f]{32}'),
    splits AS (
      SELECT h.out_order_no AS number, o.order_id, o.id AS ref_id, max(h.state) FILTER (WHERE h.state <> 'paid') AS other,
        sum(h.amount) FILTER (WHERE h.state = 'paid') AS amount,
        sum((SELECT sum(e.amount) FROM ledger_entry e WHERE e.store_id = $1 AND e.key =
          'split/' || replace(h.id::text, '-', '') || '/' || substr(h.out_order_no, 33) || '/paid')) AS booked
      FROM split_share h JOIN order_split o ON o.store_id = h.store_id AND o.id = h.split_id
      WHERE h.store_id = $1 AND o.account_id = $2 AND h.out_order_no IN (
        SELECT s.out_order_no FROM split_share s
        WHERE s.store_id = $1 AND s.out_order_no IS NOT NULL AND s.paid_at >= $4 AND s.paid_at < $5
        UNION
        SELECT s.out_order_no FROM split_share s
        WHERE s.store_id = $1 AND s.split_id = ANY(ARRAY(SELECT id FROM known WHERE kind = 'flow_split'))
          AND s.out_order_no IN (SELECT number FROM lines WHERE kind = 'flow_split'))
      GROUP BY h.out_order_no, o.order_id, o.id),
    returns AS (
      SELECT replace(r.id::text, '-', '') || 'T' || r.tries AS number, o.order_id, r.id AS ref_id, r.state AS other,
        CASE r.state WHEN 'succeeded' THEN r.amount END AS amount,
        (SELECT sum(e.amount) FROM ledger_entry e WHERE e.store_id = $1
          AND e.key = 'split-return/' || replace(r.id::text, '-', '')) AS booked
      FROM split_return r JOIN order_split o ON o.store_id = r.store_id AND o.id = r.split_id
      JOIN split_share h ON h.store_id = r.store_id AND h.id = r.share_id AND h.payout = 'sharing'
      WHERE r.store_id = $1 AND o.account_id = $2 AND r.id IN (
        SELECT id FROM split_return WHERE store_id = $1 AND finished_at >= $4 AND finished_at < $5
        UNION SELECT id FROM known WHERE kind = 'flow_split_return')
        AND (r.finished_at >= $4 AND r.finished_at < $5
          OR replace(r.id::text, '-', '') || 'T' || r.tries IN (SELECT number FROM lines))),
    transfers AS (
      SELECT replace(w.id::text, '-', '') AS number, NULL::uuid AS order_id, w.id AS ref_id, w.state AS other,
        CASE w.state WHEN 'paid' THEN w.amount END AS amount,
        (SELECT sum(e.amount) FROM ledger_entry e WHERE e.store_id = $1
          AND e.key = 'receiver-withdrawal/' || replace(w.id::text, '-', '') || '/settled'
          AND e.phase = 'settled') AS booked
      FROM receiver_withdrawal w
      WHERE w.store_id = $1 AND w.account_id = $2 AND w.id IN (
        SELECT id FROM receiver_withdrawal
        WHERE store_id = $1 AND state = 'paid' AND ended_at >= $4 AND ended_at < $5
        UNION SELECT id FROM known WHERE kind = 'flow_transfer')),
    ours AS (
      SELECT 'flow_split' AS kind, * FROM splits
      UNION ALL SELECT 'flow_split_return', * FROM returns
      UNION ALL SELECT 'flow_transfer', * FROM transfers),
    side AS (
      SELECT coalesce(o.kind, l.kind) AS kind, coalesce(o.number, l.number) AS number, o.order_id, o.ref_id,
        o.amount::bigint AS ours, o.booked::bigint AS booked, l.number IS NOT NULL AS there, l.amount, l.state,
        CASE WHEN o.amount IS NULL THEN o.other ELSE 'paid' END AS status
      FROM ours o FULL JOIN lines l ON (l.kind, l.number) = (o.kind, o.number))
    SELECT substr(s.kind, 6) AS subject, s.number, d.kind, s.order_id, s.ref_id, d.ours, d.theirs,
      NULL::bigint AS our_fee, NULL::bigint AS their_fee, s.status AS our_state, s.state AS their_state
    FROM side s CROSS JOIN LATERAL (VALUES
      ('missing_here', NULL::bigint, s.amount, s.there AND s.ours IS NULL),
      ('missing_there', s.ours, NULL, NOT s.there AND s.ours IS NOT NULL
         AND NOT EXISTS (SELECT FROM bill_line x WHERE x.store_id = $1 AND x.number = s.number AND x.kind = s.kind)),
      ('amount', coalesce(s.booked, 0), s.amount,
       s.there AND s.ours IS NOT NULL AND (s.amount <> s.ours OR s.amount IS DISTINCT FROM s.booked)))
      AS d (kind, ours, theirs, holds)
    WHERE d.holds ORDER BY 1, 2, 3
    """,
)
ORDERS = statement(
    "reconciliation.match.orders",
    """
    WITH touched AS (
      SELECT order_id FROM payment_attempt
      WHERE store_id = $1 AND account_id = $2 AND id >= $5 AND id < $6
        AND status = 'succeeded' AND succeeded_at >= $3 AND succeeded_at < $4
      UNION
      SELECT r.order_id FROM refund r
      JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id AND a.account_id = $2
      WHERE r.store_id = $1 AND r.id >= $7 AND r.id < $8
        AND (r.succeeded_at >= $3 AND r.succeeded_at < $4 OR r.updated_at >= $3 AND r.updated_at < $4)),
    sums AS (
      SELECT t.order_id,
        (SELECT coalesce(sum(a.paid_amount), 0)::bigint FROM payment_attempt a
         WHERE a.store_id = $1 AND a.order_id = t.order_id AND a.status = 'succeeded') AS paid,
        (SELECT coalesce(sum(r.amount), 0)::bigint FROM refund r
         WHERE r.store_id = $1 AND r.order_id = t.order_id AND r.status <> 'closed') AS refunded
      FROM touched t)
    SELECT 'order' AS subject, o.number, d.kind, o.id AS order_id, NULL::uuid AS ref_id,
      d.ours, d.theirs, NULL::bigint AS our_fee, NULL::bigint AS their_fee,
      o.status AS our_state, NULL::text AS their_state
    FROM sums s JOIN sales_order o ON o.store_id = $1 AND o.id = s.order_id
    CROSS JOIN LATERAL (VALUES ('amount', o.paid_amount, s.paid), ('refunded', o.refunded_amount, s.refunded))
      AS d (kind, ours, theirs)
    WHERE d.ours <> d.theirs ORDER BY o.number, d.kind
    """,
)


async def match(conn: Connection, day: Day, *, flows: bool) -> list[Difference]:
    """All differences of a day whose lines are kept. `flows`: the provider had a fund-flow bill to compare with."""
    begin, end = bounds(day.date)
    held = account_id(day.store_id, clearing(day.account_id))

    def ids(within: timedelta) -> tuple[UUID, UUID]:
        return first_id(begin - within), first_id(end + timedelta(days=1))

    found = [
        *await conn.fetch(PAYMENTS, *day, begin, end, *ids(PAID_WITHIN), held),
        *await conn.fetch(REFUNDS, *day, begin, end, *ids(REFUNDED_WITHIN), held),
        *await conn.fetch(ORDERS, *day[:2], begin, end, *ids(PAID_WITHIN), *ids(REFUNDED_WITHIN)),
        *(await conn.fetch(FLOWS, *day) if flows else []),
        *(await conn.fetch(MOVED, *day, begin, end) if flows else []),
    ]
    return [msgspec.convert(dict(row), Difference) for row in found]
