"""What a receiver has in the store's ledger."""

from uuid import UUID

from zhanggui.core.db import Connection, statement
from zhanggui.ledger.chart import account_id, split_due

AVAILABLE = statement(
    "settlement.available",
    """
    SELECT credits_posted - debits_posted - debits_pending FROM ledger_account WHERE store_id = $1 AND id = $2
    """,
)


async def available_of(conn: Connection, store_id: UUID, receiver_id: UUID) -> int:
    """Fen that a receiver is owed, less what is announced to leave."""
    return await conn.fetchval(AVAILABLE, store_id, account_id(store_id, split_due(receiver_id))) or 0
