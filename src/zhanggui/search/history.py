"""A buyer's own searches in a store: the last 20, theirs to delete, a guest's go along at sign-in."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from zhanggui.core.db import Connection, statement

KEPT = 20

REMEMBER = statement(
    "search.remember",
    """
    INSERT INTO search_history (customer_id, store_id, term, at)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) ORDER BY 1, 2, 3
    ON CONFLICT (customer_id, store_id, term) DO UPDATE SET at = greatest(search_history.at, excluded.at)
    """,
)
TRIM = statement(
    "search.trim",
    """
    DELETE FROM search_history h USING (
      SELECT customer_id, store_id, term,
             row_number() OVER (PARTITION BY customer_id, store_id ORDER BY at DESC, term) AS place
      FROM search_history
      WHERE (customer_id, store_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))) AS old
    WHERE old.place > $3 AND h.customer_id = old.customer_id AND h.store_id = old.store_id AND h.term = old.term
    """,
)
RECENT = statement(
    "search.recent",
    """
    SELECT term FROM search_history WHERE customer_id = $1 AND store_id = $2 ORDER BY at DESC, term LIMIT $3
    """,
)
CLEAR = statement(
    "search.clear",
    "DELETE FROM search_history WHERE customer_id = $1 AND store_id = $2 AND ($3::text IS NULL OR term = $3)",
)
MERGE = statement(
    "search.merge",
    """
    WITH gone AS (DELETE FROM search_history WHERE customer_id = $1 RETURNING store_id, term, at)
    INSERT INTO search_history (customer_id, store_id, term, at)
    SELECT $2, store_id, term, at FROM gone ORDER BY store_id, term
    ON CONFLICT (customer_id, store_id, term) DO UPDATE SET at = greatest(search_history.at, excluded.at)
    """,
)


async def remember(conn: Connection, searches: Mapping[tuple[UUID, UUID, str], datetime]) -> None:
    """Write searches as (customer, store, words) with their time (UTC); older ones than the last KEPT go."""
    customers, stores, terms = ([key[n] for key in searches] for n in range(3))
    await conn.execute(REMEMBER, customers, stores, terms, list(searches.values()))
    await conn.execute(TRIM, customers, stores, KEPT)


async def recent(conn: Connection, customer_id: UUID, store_id: UUID) -> list[str]:
    """The last searches, the latest first."""
    return [row["term"] for row in await conn.fetch(RECENT, customer_id, store_id, KEPT)]


async def clear(conn: Connection, customer_id: UUID, store_id: UUID, term: str | None) -> None:
    """Forget one search, or all of the store."""
    await conn.execute(CLEAR, customer_id, store_id, term)


async def merge(conn: Connection, guest_id: UUID, buyer_id: UUID) -> None:
    """Move the guest's searches to the buyer in the sign-in transaction."""
    await conn.execute(MERGE, guest_id, buyer_id)
