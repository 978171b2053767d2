"""What other domains ask the book."""

from collections.abc import Collection
from uuid import UUID

from zhanggui.core.db import Connection, statement

KINDS = statement(
    "ledger.kinds",
    "SELECT key, kind FROM ledger_entry WHERE store_id = $1 AND key = ANY($2::text[]) AND position = 0",
)


async def kinds(conn: Connection, store_id: UUID, keys: Collection[str]) -> dict[str, str]:
    """The kind of the first entry of each of these postings; those that were never written are left out."""
    return {row["key"]: row["kind"] for row in await conn.fetch(KINDS, store_id, list(keys))}
