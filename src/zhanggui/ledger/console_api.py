"""The store's book in the console: read only, nobody edits it."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import QueryParameter

from zhanggui.core.auth import staff
from zhanggui.core.http import Page
from zhanggui.core.runtime import Runtime
from zhanggui.ledger.chart import Code
from zhanggui.ledger.listing import EntryFilter, list_accounts, list_entries, one_account, trial_balance
from zhanggui.ledger.proof import prove
from zhanggui.ledger.rules import Kind
from zhanggui.ledger.shapes import BookProof, LedgerAccount, LedgerEntry, TrialBalance

Cursor = Annotated[str | None, QueryParameter(max_length=200)]
BOOK = "/stores/{store_id:uuid}/ledger"


@get(f"{BOOK}/accounts", opt=staff("money.read"))
async def read_accounts(
    rt: Runtime, store_id: UUID, code: Code | None = None, moving: bool = False, cursor: Cursor = None
) -> Page[LedgerAccount]:
    """Accounts with their balances; `moving` leaves out the empty ones with nothing pending."""
    return await list_accounts(rt, store_id, code, moving=moving, cursor=cursor)


@get(f"{BOOK}/accounts/{{account_id:uuid}}", opt=staff("money.read"))
async def read_account(rt: Runtime, store_id: UUID, account_id: UUID) -> LedgerAccount:
    """One account."""
    return await one_account(rt, store_id, account_id)


@get(f"{BOOK}/entries", opt=staff("money.read"))
async def read_entries(
    rt: Runtime,
    store_id: UUID,
    account_id: UUID | None = None,
    order_id: UUID | None = None,
    kind: Kind | None = None,
    cursor: Cursor = None,
) -> Page[LedgerEntry]:
    """The journal, newest first: all of it, of an account, of an order, of a kind."""
    return await list_entries(rt, store_id, EntryFilter(account_id, order_id, kind), cursor)


@get(f"{BOOK}/trial-balance", opt=staff("money.read"))
async def read_trial_balance(rt: Runtime, store_id: UUID) -> TrialBalance:
    """Both sides of every kind of account, posted and pending."""
    return await trial_balance(rt, store_id)


@get(f"{BOOK}/proof", opt=staff("money.read"))
async def read_proof(rt: Runtime, store_id: UUID) -> BookProof:
    """Adds the whole journal up again and compares it with the balances (about a second for a million entries)."""
    proof = await prove(rt.db, store_id)
    return BookProof(proof.holds, proof.entries, proof.missing, proof.posted, proof.pending, proof.drifted)


routes = [read_accounts, read_account, read_entries, read_trial_balance, read_proof]
