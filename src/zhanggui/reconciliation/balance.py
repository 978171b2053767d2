"""The account's balance at a day's end as the provider says it, against the book at the same instant less what is open."""

import msgspec

from zhanggui.core.db import Connection, statement
from zhanggui.ledger.chart import account_id, clearing
from zhanggui.reconciliation.lines import Day
from zhanggui.reconciliation.rules import KEPT, Difference, bounds, corrections

# Whether all days before are booked (their fees come from their bills), and what the last bill before left on the account.
BEFORE = statement(
    "reconciliation.balance.before",
    """
    SELECT NOT EXISTS (
        SELECT FROM bill_run WHERE store_id = $1 AND account_id = $2 AND bill_date < $3 AND bill_date >= $4
          AND status IN ('running', 'failed'))
      AND (EXISTS (
          SELECT FROM bill_run WHERE store_id = $1 AND account_id = $2 AND bill_date = $3 - 1
            AND status IN ('matched', 'differences'))
        OR NOT EXISTS (
          SELECT FROM payment_attempt WHERE store_id = $1 AND account_id = $2 AND status = 'succeeded'
            AND succeeded_at < $5)) AS is_whole,
      (SELECT closing_balance FROM bill_run
       WHERE store_id = $1 AND account_id = $2 AND bill_date < $3 AND closing_balance IS NOT NULL
       ORDER BY bill_date DESC LIMIT 1) AS closing
    """,
)
# One picture of the book. What happened later at the provider is taken out, by its own time and not by when we heard of it.
AT_END = statement(
    "reconciliation.balance.at_end",
    """
    SELECT (SELECT coalesce(sum(debits_posted - credits_posted), 0) FROM ledger_account WHERE store_id = $1 AND id = $4)
      - (SELECT coalesce(sum(CASE e.debit_id WHEN $4 THEN e.amount ELSE -e.amount END), 0)
         FROM ledger_entry e
         LEFT JOIN payment_attempt a ON a.store_id = $1 AND a.id = e.ref_id
         LEFT JOIN refund r ON r.store_id = $1 AND r.id = e.ref_id
         LEFT JOIN split_share h ON h.store_id = $1 AND h.id = e.ref_id
         LEFT JOIN split_return b ON b.store_id = $1 AND b.id = e.ref_id
         LEFT JOIN receiver_withdrawal w ON w.store_id = $1 AND w.id = e.ref_id
         LEFT JOIN bill_run n ON n.store_id = $1 AND n.id = e.ref_id
         LEFT JOIN bill_difference d ON d.store_id = $1 AND d.id = e.ref_id
         WHERE e.store_id = $1 AND (e.debit_id = $4 OR e.credit_id = $4) AND e.phase IN ('posted', 'settled')
           AND CASE WHEN n.id IS NOT NULL OR d.id IS NOT NULL THEN coalesce(n.bill_date, d.bill_date) > $2
             ELSE coalesce(a.succeeded_at, r.succeeded_at, h.paid_at, b.finished_at, w.ended_at) >= $3 END) AS held
    """,
)
OPEN = statement(
    "reconciliation.balance.open",
    """
    SELECT subject, number, kind, order_id, ref_id, ours, theirs, our_fee, their_fee, our_state, their_state
    FROM bill_difference
    WHERE store_id = $1 AND account_id = $2 AND bill_date <= $3 AND status = 'open'
      AND (bill_date < $3 OR subject <> 'balance')
    """,
)


async def compare_balance(conn: Connection, day: Day, closing: int | None, unposted: int) -> list[Difference]:
    """The difference of a day's end, if there is one; fen.

    `closing` is what the fund flow ends with (None without one: then nothing moved since the last). `unposted` fen are
    about to be taken from what the provider holds: fees and money drawn, as the day's bills say. Not compared while an
    earlier day is not booked, or where no bill has ever told a balance.
    """
    begin, end = bounds(day.date)
    before = await conn.fetchrow(BEFORE, *day, day.date - KEPT, begin)
    if before is None or not before["is_whole"]:
        return []
    theirs = before["closing"] if closing is None else closing
    if theirs is None:
        return []
    held = account_id(day.store_id, clearing(day.account_id))
    booked = int(await conn.fetchval(AT_END, day.store_id, day.date, end, held)) - unposted
    left = [msgspec.convert(dict(row), Difference) for row in await conn.fetch(OPEN, *day)]
    ours = booked + sum(corrections(one)[0] for one in left)
    if ours == theirs:
        return []
    return [
        Difference(subject="balance", number=day.date.isoformat(), kind="balance", ours=ours, theirs=theirs)
    ]
