"""What receivers have in the store's ledger."""

from collections.abc import Iterable
from uuid import UUID

from zhanggui.core.db import Connection, statement
from zhanggui.ledger.chart import Account, account_id
from zhanggui.ledger.post import available

BALANCES = statement(
    "settlement.balances",
    """
    SELECT id, normal, debits_pending, credits_pending, debits_posted, credits_posted FROM ledger_account
    WHERE store_id = $1 AND id = ANY($2::uuid[])
    """,
)


async def available_of(conn: Connection, store_id: UUID, accounts: Iterable[Account]) -> dict[Account, int]:
    """Fen that each account has, less what is announced to leave it; accounts never posted to are left out."""
    known = {account_id(store_id, account): account for account in accounts}
    return {known[row["id"]]: available(row) for row in await conn.fetch(BALANCES, store_id, list(known))}
