"""Attempts as rows: read, made, and moved by compare-and-set."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import not_found
from zhanggui.payments.provider import AttemptRecord
from zhanggui.payments.rules import AttemptStatus

COLUMNS = """
    store_id, id, order_id, customer_id, account_id, combined_id, appid, method, status, amount, currency, payer, prepay,
    prepared_at, transaction_id, expires_at, queries, profit_sharing
"""
LOAD = statement(
    "payments.attempts.load",
    f"SELECT {COLUMNS} FROM payment_attempt WHERE store_id = $1 AND id = $2",  # noqa: S608  # constant
)
OPEN_OF = statement(
    "payments.attempts.open_of",
    f"SELECT {COLUMNS} FROM payment_attempt"  # noqa: S608  # constant
    " WHERE store_id = $1 AND order_id = $2 AND status IN ('created', 'pending') ORDER BY id",
)
INSERT = statement(
    "payments.attempts.insert",
    """
    INSERT INTO payment_attempt (store_id, id, order_id, customer_id, account_id, provider, method, status, amount,
                                 currency, payer, expires_at, created_at, updated_at, combined_id, appid,
                                 profit_sharing)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'created', $8, $9, $10, $11, $12, $12, $13, $14, $15)
    """,
)
PREPARED = statement(
    "payments.attempts.prepared",
    """
    UPDATE payment_attempt SET status = 'pending', prepay = $3, prepared_at = $4, updated_at = $4
    WHERE store_id = $1 AND id = $2 AND status IN ('created', 'pending') RETURNING id
    """,
)
END = statement(
    "payments.attempts.end",
    """
    UPDATE payment_attempt SET status = $3, updated_at = $4
    WHERE store_id = $1 AND id = $2 AND status IN ('created', 'pending') RETURNING id
    """,
)
ASKED = statement(
    "payments.attempts.asked",
    "UPDATE payment_attempt SET queries = queries + 1, updated_at = $3 WHERE store_id = $1 AND id = $2",
)


async def load_attempt(
    conn: Connection, store_id: UUID, attempt_id: UUID, *, customer_id: UUID | None = None
) -> AttemptRecord:
    """The attempt. Raises 404 when there is none in this store, or when it is not `customer_id`'s (if given)."""
    row = await conn.fetchrow(LOAD, store_id, attempt_id)
    if row is None or customer_id not in (None, row["customer_id"]):
        raise not_found("payment")
    return msgspec.convert(dict(row), AttemptRecord)


async def open_attempts(conn: Connection, store_id: UUID, order_id: UUID) -> Sequence[AttemptRecord]:
    """The attempts of an order that may still be paid (at most one, by payment_attempt_open_key)."""
    rows = await conn.fetch(OPEN_OF, store_id, order_id)
    return [msgspec.convert(dict(row), AttemptRecord) for row in rows]


async def insert_attempt(conn: Connection, attempt: AttemptRecord, provider: str) -> None:
    """Keep a new attempt, not yet known to the provider."""
    await conn.execute(
        INSERT,
        attempt.store_id,
        attempt.id,
        attempt.order_id,
        attempt.customer_id,
        attempt.account_id,
        provider,
        attempt.method,
        attempt.amount,
        attempt.currency,
        attempt.payer,
        attempt.expires_at,
        clock.now(),
        attempt.combined_id,
        attempt.appid,
        attempt.profit_sharing,
    )


async def set_prepared(conn: Connection, attempt: AttemptRecord, prepay: dict[str, str]) -> bool:
    """created | pending → pending with what the provider answered; False when it was ended meanwhile."""
    found = await conn.fetchval(PREPARED, attempt.store_id, attempt.id, prepay, clock.now())
    return found is not None


async def end_attempt(conn: Connection, attempt: AttemptRecord, status: AttemptStatus) -> bool:
    """created | pending → closed or failed; False when it was ended or paid meanwhile."""
    found = await conn.fetchval(END, attempt.store_id, attempt.id, status, clock.now())
    return found is not None


async def count_query(conn: Connection, attempt: AttemptRecord) -> None:
    """Remember that the provider was asked."""
    await conn.execute(ASKED, attempt.store_id, attempt.id, clock.now())
