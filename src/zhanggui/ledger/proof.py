"""Proof that balances are the sums of the journal, that the journal is whole, and that the trial balance is zero."""

from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement

DRIFT = statement(
    "ledger.proof.drift",
    """
    WITH sides AS (
      SELECT debit_id AS id, phase, amount AS debit, 0::bigint AS credit FROM ledger_entry WHERE store_id = $1
      UNION ALL
      SELECT credit_id, phase, 0, amount FROM ledger_entry WHERE store_id = $1),
    summed AS (
      SELECT id,
        coalesce(sum(CASE phase WHEN 'pending' THEN debit WHEN 'posted' THEN 0 ELSE -debit END), 0) AS debits_pending,
        coalesce(sum(CASE phase WHEN 'pending' THEN credit WHEN 'posted' THEN 0 ELSE -credit END), 0) AS credits_pending,
        coalesce(sum(debit) FILTER (WHERE phase IN ('posted', 'settled')), 0) AS debits_posted,
        coalesce(sum(credit) FILTER (WHERE phase IN ('posted', 'settled')), 0) AS credits_posted
      FROM sides GROUP BY id)
    SELECT coalesce(a.id, s.id) AS id FROM ledger_account a
    FULL JOIN summed s ON s.id = a.id
    WHERE (a.store_id = $1 OR a.store_id IS NULL)
      AND (coalesce(a.debits_pending, 0), coalesce(a.credits_pending, 0), coalesce(a.debits_posted, 0),
           coalesce(a.credits_posted, 0))
        IS DISTINCT FROM (coalesce(s.debits_pending, 0), coalesce(s.credits_pending, 0), coalesce(s.debits_posted, 0),
           coalesce(s.credits_posted, 0))
    """,
)
WHOLE = statement(
    "ledger.proof.whole",
    """
    SELECT coalesce((SELECT entries FROM ledger_book WHERE store_id = $1), 0) AS numbered,
      (SELECT count(*) FROM ledger_entry WHERE store_id = $1) AS entries,
      (SELECT coalesce(max(seq), 0) FROM ledger_entry WHERE store_id = $1) AS newest,
      (SELECT coalesce(sum(debits_posted - credits_posted), 0)::bigint FROM ledger_account WHERE store_id = $1) AS posted,
      (SELECT coalesce(sum(debits_pending - credits_pending), 0)::bigint FROM ledger_account WHERE store_id = $1)
        AS pending
    """,
)


class Proof(msgspec.Struct, frozen=True):
    """What a check of a store's whole book found. It holds when nothing is off."""

    entries: int
    missing: int
    posted: int
    pending: int
    drifted: list[UUID]

    @property
    def holds(self) -> bool:
        """Balances are the sums, no entry is missing, debits are credits."""
        return not (self.missing or self.posted or self.pending or self.drifted)


async def prove(conn: Connection, store_id: UUID) -> Proof:
    """Add the journal up again (about a second for a million entries) and compare; fen.

    `missing`: entries that were numbered and are not there. `posted`, `pending`: debits less credits over all accounts, zero.
    `drifted`: accounts whose balance is not the sum of their entries. Each of
    the two statements has one picture of the whole book, so it may run while others post.
    """
    drifted = [row["id"] for row in await conn.fetch(DRIFT, store_id)]
    row = await conn.fetchrow(WHOLE, store_id)
    if row is None:
        raise LookupError("a count answers a row")
    missing = max(row["numbered"], row["newest"]) - row["entries"]
    return Proof(row["entries"], missing, row["posted"], row["pending"], drifted)
