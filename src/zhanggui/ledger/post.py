"""The only writer of the book: any number of postings of a store in two statements, once each.

    await post(conn, store_id, [
        recipes.payment(money),                                                          # money came
        *recipes.refund_requested(refund, ...),                                          # pending
        Posting("gift/42", [Transfer(STORE_PAYABLE, ADJUSTMENT, 500, "adjustment")]),    # something of your own
    ])

The book's row is locked first, then balances are changed in order of account: whoever posts to a store waits for whoever
posted before, until that commits. So `post` belongs at the end of a transaction, after every other lock, and may be called
more than once in it. The same key with the same content changes nothing, however often it comes and from however many
processes; other content under a known key raises PostingRefused. (Measurements: docs/decisions, "The ledger".)
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.ledger.chart import CHART, Account, account_id
from zhanggui.ledger.rules import Posting, PostingRefused, Transfer, check

# The accounts are opened after the book is locked: `opened` reads `book`, which therefore comes first.
OPEN = statement(
    "ledger.post.open",
    """
    WITH book AS (
      INSERT INTO ledger_book (store_id, entries) VALUES ($1, $2)
      ON CONFLICT (store_id) DO UPDATE SET entries = ledger_book.entries + $2 RETURNING entries),
    opened AS (
      INSERT INTO ledger_account (store_id, id, code, owner_id, currency, normal, strict, opened_at, updated_at)
      SELECT $1, a.id, a.code, a.owner_id, a.currency, a.normal, a.strict, $9, $9
      FROM book, unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::boolean[])
        AS a (id, code, owner_id, currency, normal, strict)
      ON CONFLICT DO NOTHING)
    SELECT entries FROM book
    """,
)
# Begins after OPEN has the lock, so it sees every posting that was committed before.
WRITE = statement(
    "ledger.post.write",
    """
    WITH sent AS (
      SELECT s.*, row_number() OVER (ORDER BY n) AS nth
      FROM unnest($4::text[], $5::smallint[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::text[],
                  $12::bigint[], $13::uuid[], $14::uuid[], $15::text[], $16::text[], $17::text[])
        WITH ORDINALITY AS s (key, position, kind, phase, settles, debit_id, credit_id, currency, amount, order_id,
                              ref_id, actor, actor_name, reason, n)
      WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.store_id = $1 AND e.key = s.key)),
    new AS (
      INSERT INTO ledger_entry (store_id, seq, key, position, kind, phase, settles, debit_id, credit_id, currency,
                                amount, order_id, ref_id, actor, actor_name, reason, at)
      SELECT $1, $2 + nth, key, position, kind, phase, settles, debit_id, credit_id, currency, amount, order_id, ref_id,
        actor, actor_name, reason, $3
      FROM sent ORDER BY nth
      RETURNING debit_id, credit_id, phase, amount),
    delta AS (
      SELECT id, sum(debits_pending)::bigint AS debits_pending, sum(credits_pending)::bigint AS credits_pending,
        sum(debits_posted)::bigint AS debits_posted, sum(credits_posted)::bigint AS credits_posted
      FROM new CROSS JOIN LATERAL (
        SELECT CASE phase WHEN 'pending' THEN amount WHEN 'posted' THEN 0 ELSE -amount END AS announced,
          CASE WHEN phase IN ('posted', 'settled') THEN amount ELSE 0 END AS done) AS a
      CROSS JOIN LATERAL (VALUES (debit_id, announced, 0::bigint, done, 0::bigint),
                                 (credit_id, 0::bigint, announced, 0::bigint, done))
        AS side (id, debits_pending, credits_pending, debits_posted, credits_posted)
      GROUP BY id)
    UPDATE ledger_account a SET updated_at = $3,
      debits_pending = a.debits_pending + d.debits_pending, credits_pending = a.credits_pending + d.credits_pending,
      debits_posted = a.debits_posted + d.debits_posted, credits_posted = a.credits_posted + d.credits_posted
    FROM delta d WHERE a.store_id = $1 AND a.id = d.id
    RETURNING (SELECT count(*) FROM new) AS written
    """,
)
KNOWN = statement(
    "ledger.post.known",
    """
    SELECT key, position, phase, settles, debit_id, credit_id, currency, amount FROM ledger_entry
    WHERE store_id = $1 AND key = ANY($2::text[]) ORDER BY key, position
    """,
)
GIVE_BACK = statement(
    "ledger.post.give_back", "UPDATE ledger_book SET entries = entries - $2 WHERE store_id = $1"
)


OVERDRAWN = "ledger_account_side_check"
"""The constraint that keeps a strict account from being overdrawn, pending amounts counted."""


class _Line(NamedTuple):
    posting: Posting
    position: int
    transfer: Transfer


async def post(conn: Connection, store_id: UUID, postings: Sequence[Posting]) -> int:
    """Write postings in the caller's transaction and return how many entries are new.

    Raises PostingRefused for a known key with other content or a pending posting settled otherwise before, ValueError for
    what can never be posted; asyncpg.CheckViolationError (OVERDRAWN) where a strict account's balance would change sides.
    The transaction must then be rolled back.
    """
    lines = list(_lines(postings))
    if not lines:
        return 0
    accounts = {
        account_id(store_id, account): account
        for line in lines
        for account in (line.transfer.debit, line.transfer.credit)
    }
    base = await _open(conn, store_id, accounts, len(lines)) - len(lines)
    written = await _write(conn, store_id, base, lines)
    if written < len(lines):
        await conn.execute(GIVE_BACK, store_id, len(lines) - written)
        await _compare(conn, store_id, lines)
    return written


def _lines(postings: Sequence[Posting]) -> Iterator[_Line]:
    """Entries in the order given; a posting that comes twice in one call counts once."""
    seen: dict[str, Posting] = {}
    for posting in postings:
        check(posting)
        first = seen.get(posting.key)
        if first is not None:
            if _content(first) != _content(posting):
                raise PostingRefused(f"{posting.key} is sent twice with different content")
            continue
        seen[posting.key] = posting
        for position, transfer in enumerate(posting.transfers):
            yield _Line(posting, position, transfer)


def _content(posting: Posting) -> tuple[object, ...]:
    return posting.phase, posting.settles, [t[:3] for t in posting.transfers]


async def _open(conn: Connection, store_id: UUID, accounts: dict[UUID, Account], lines: int) -> int:
    kinds = [CHART[a.code] for a in accounts.values()]
    return await conn.fetchval(
        OPEN,
        store_id,
        lines,
        list(accounts),
        [a.code for a in accounts.values()],
        [a.owner_id for a in accounts.values()],
        [a.currency for a in accounts.values()],
        [k.normal for k in kinds],
        [k.strict for k in kinds],
        clock.now(),
    )


async def _write(conn: Connection, store_id: UUID, base: int, lines: Sequence[_Line]) -> int:
    written: int | None = await conn.fetchval(
        WRITE,
        store_id,
        base,
        clock.now(),
        [line.posting.key for line in lines],
        [line.position for line in lines],
        [line.transfer.kind for line in lines],
        [line.posting.phase for line in lines],
        [line.posting.settles for line in lines],
        [account_id(store_id, line.transfer.debit) for line in lines],
        [account_id(store_id, line.transfer.credit) for line in lines],
        [line.transfer.debit.currency for line in lines],
        [line.transfer.amount for line in lines],
        [line.posting.order_id for line in lines],
        [line.posting.ref_id for line in lines],
        [line.posting.actor for line in lines],
        [line.posting.actor_name for line in lines],
        [line.posting.reason for line in lines],
    )
    return written or 0


async def _compare(conn: Connection, store_id: UUID, lines: Sequence[_Line]) -> None:
    """Every posting sent is in the book now; one whose entries are not these was written with other content before."""
    wanted: dict[str, list[tuple[object, ...]]] = {}
    for posting, position, transfer in lines:
        debit, credit = account_id(store_id, transfer.debit), account_id(store_id, transfer.credit)
        entry = (
            position,
            posting.phase,
            posting.settles,
            debit,
            credit,
            transfer.debit.currency,
            transfer.amount,
        )
        wanted.setdefault(posting.key, []).append(entry)
    found: dict[str, list[tuple[object, ...]]] = {}
    for row in await conn.fetch(KNOWN, store_id, list(wanted)):
        found.setdefault(row["key"], []).append(tuple(row)[1:])
    for key, entries in wanted.items():
        if found.get(key) != entries:
            raise PostingRefused(f"{key} is in the book with other content")
