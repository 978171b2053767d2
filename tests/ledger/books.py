"""A store's book as tests read it."""

from typing import Any
from uuid import UUID

from zhanggui.core.db import Connection, Pool, in_transaction
from zhanggui.ledger import Account, Posting, post
from zhanggui.ledger.chart import account_id
from zhanggui.ledger.proof import prove

BALANCE = "SELECT * FROM ledger_account WHERE store_id = $1 AND id = $2"


async def put(pool: Pool, store_id: UUID, *postings: Posting) -> int:
    """Post in a transaction of its own; returns how many entries are new."""
    return await in_transaction(pool, lambda conn: post(conn, store_id, postings))


async def balance(conn: Connection, store_id: UUID, account: Account) -> tuple[int, int]:
    """(posted, pending) on the account's normal side, fen; (0, 0) for one that was never opened."""
    row: Any = await conn.fetchrow(BALANCE, store_id, account_id(store_id, account))
    if row is None:
        return 0, 0
    sign = 1 if row["normal"] == "debit" else -1
    posted = sign * (row["debits_posted"] - row["credits_posted"])
    return posted, sign * (row["debits_pending"] - row["credits_pending"])


async def book_holds(pool: Pool, store_id: UUID) -> int:
    """Assert that balances are sums, nothing is missing and debits are credits; returns the number of entries."""
    proof = await prove(pool, store_id)
    assert proof.holds, proof
    return proof.entries
