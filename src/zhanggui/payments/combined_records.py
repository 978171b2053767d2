"""Combined payments as rows: the payment, and its parts, which are ordinary attempts of their own stores."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, Pool, in_transaction, statement
from zhanggui.core.errors import not_found
from zhanggui.payments.provider import AttemptRecord, CombinedPart, CombinedRecord
from zhanggui.payments.records import COLUMNS as ATTEMPT
from zhanggui.payments.rules import Asked, AttemptStatus

COLUMNS = """
    customer_id, id, store_id, account_id, appid, method, amount, currency, payer, prepay, prepared_at, expires_at
"""
LOAD = statement(
    "payments.combined.load",
    f"SELECT {COLUMNS} FROM payment_combination WHERE customer_id = $1 AND id = $2",  # noqa: S608  # constant
)
PARTS = statement(
    "payments.combined.parts",
    f"""
    SELECT {", ".join("a." + name.strip() for name in ATTEMPT.split(","))}, c.mchid, c.sub_mchid,
      c.appid AS account_appid, o.number AS order_number
    FROM payment_attempt a
    JOIN payment_account c ON c.store_id = a.store_id AND c.id = a.account_id
    JOIN sales_order o ON o.store_id = a.store_id AND o.id = a.order_id
    WHERE a.combined_id = $1 ORDER BY a.store_id, a.id
    """,  # noqa: S608  # constant
)
INSERT = statement(
    "payments.combined.insert",
    """
    INSERT INTO payment_combination (customer_id, id, store_id, account_id, appid, method, amount, currency, payer,
                                     expires_at, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """,
)
PREPARED = statement(
    "payments.combined.prepared",
    "UPDATE payment_combination SET prepay = $3, prepared_at = $4 WHERE customer_id = $1 AND id = $2",
)
PARTS_PREPARED = statement(
    "payments.combined.parts_prepared",
    """
    UPDATE payment_attempt SET status = 'pending', prepared_at = $2, updated_at = $2
    WHERE combined_id = $1 AND status IN ('created', 'pending') RETURNING id
    """,
)
END_PARTS = statement(
    "payments.combined.end_parts",
    """
    UPDATE payment_attempt SET status = $2, updated_at = $3
    WHERE combined_id = $1 AND status IN ('created', 'pending') RETURNING id
    """,
)


async def load_combined(conn: Connection, customer_id: UUID, combined_id: UUID) -> CombinedRecord:
    """The combined payment of this buyer. Raises 404 when there is none."""
    row = await conn.fetchrow(LOAD, customer_id, combined_id)
    if row is None:
        raise not_found("payment")
    return msgspec.convert(dict(row), CombinedRecord)


async def load_parts(conn: Connection, combined_id: UUID) -> list[CombinedPart]:
    """Its parts, stores ascending. They are several stores': for the provider and for their buyer only."""
    return [
        CombinedPart(
            attempt=msgspec.convert({n: row[n] for n in AttemptRecord.__struct_fields__}, AttemptRecord),
            mchid=row["mchid"],
            sub_mchid=row["sub_mchid"],
            order_number=row["order_number"],
        )
        for row in await conn.fetch(PARTS, combined_id)
    ]


def asked_of(order: CombinedRecord, part: CombinedPart) -> Asked:
    """What was asked with this part."""
    one = part.attempt
    return Asked(
        one.id,
        one.order_id,
        one.account_id,
        one.status,
        one.amount,
        one.currency,
        part.mchid,
        order.appid,
        one.transaction_id,
        sub_mchid=part.sub_mchid,
        combined_id=order.id,
    )


async def insert_combined(conn: Connection, order: CombinedRecord) -> None:
    """Keep a new combined payment, not yet known to the provider; its attempts are written beside it."""
    await conn.execute(
        INSERT,
        order.customer_id,
        order.id,
        order.store_id,
        order.account_id,
        order.appid,
        order.method,
        order.amount,
        order.currency,
        order.payer,
        order.expires_at,
        clock.now(),
    )


async def set_combined_prepared(
    pool: Pool, order: CombinedRecord, parts: Sequence[CombinedPart], prepay: dict[str, str]
) -> bool:
    """Keep what the provider answered; False when a part was ended meanwhile."""
    now = clock.now()

    async def work(conn: Connection) -> bool:
        await conn.execute(PREPARED, order.customer_id, order.id, prepay, now)
        return len(await conn.fetch(PARTS_PREPARED, order.id, now)) == len(parts)

    return await in_transaction(pool, work)


async def end_parts(conn: Connection, combined_id: UUID, status: AttemptStatus) -> None:
    """All open parts end as closed or failed; those that were paid meanwhile stay so."""
    await conn.execute(END_PARTS, combined_id, status, clock.now())
