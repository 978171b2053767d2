"""The nonces of verified messages, remembered for longer than a signature is good: one nonce signs one message.

The provider signs every delivery afresh, so a nonce that comes with another message is none of its own doing. The same
message with the same nonce is a repetition like any other.
"""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.retention import clear_away
from zhanggui.payments.inbox import Source

# The first to come keeps it; whoever comes at the same time waits for that one's commit.
REMEMBER = statement(
    "payments.nonces.remember",
    """
    INSERT INTO provider_nonce AS known (store_id, nonce, external_id, seen_at)
    SELECT $1, nonce, external_id, $4 FROM unnest($2::text[], $3::text[]) AS n (nonce, external_id) ORDER BY nonce
    ON CONFLICT (store_id, nonce) DO UPDATE SET seen_at = known.seen_at RETURNING nonce, external_id
    """,
)
clear_away(
    "nonces",
    """
    WITH old AS MATERIALIZED (
      SELECT store_id, nonce FROM provider_nonce WHERE seen_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM provider_nonce n USING old o WHERE n.store_id = o.store_id AND n.nonce = o.nonce RETURNING 1)
    SELECT count(*)::int FROM gone
    """,
    days=1,
)


async def reused_nonces(conn: Connection, store_id: UUID, sources: Sequence[Source]) -> set[tuple[str, str]]:
    """Remember the nonces of these messages; returns those messages whose nonce came with another one before.

    Comes first in a transaction, before orders are locked.
    """
    first: dict[str, str] = {}
    for source in sources:
        first.setdefault(source.nonce, source.id)
    if not first:
        return set()
    rows = await conn.fetch(REMEMBER, store_id, list(first), list(first.values()), clock.now())
    owner = {row["nonce"]: row["external_id"] for row in rows}
    return {(s.id, s.nonce) for s in sources if owner[s.nonce] != s.id}
