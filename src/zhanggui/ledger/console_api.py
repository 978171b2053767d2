"""The store's book in the console: read only, nobody edits it."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import QueryParameter

from zhanggui.core.auth import staff
from zhanggui.core.http import Page
from zhanggui.core.runtime import Runtime
from zhanggui.ledger.chart import PLATFORM_BOOK, Code
from zhanggui.ledger.listing import EntryFilter, list_accounts, list_entries, one_account, trial_balance
from zhanggui.ledger.proof import prove
from zhanggui.ledger.rules import Kind
from zhanggui.ledger.shapes import BookProof, LedgerAccount, LedgerEntry, TrialBalance

Cursor = Annotated[str | None, QueryParameter(max_length=200)]
BOOK = "/stores/{store_id:uuid}/ledger"
PLATFORM = "/stores/{store_id:uuid}/platform/ledger"


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
    return await _proof(rt, store_id)


@get(f"{PLATFORM}/accounts", opt=staff("platform.read"), operation_id="platform_accounts")
async def read_platform_accounts(
    rt: Runtime, store_id: UUID, code: Code | None = None, moving: bool = False, cursor: Cursor = None
) -> Page[LedgerAccount]:
    """Accounts of the platform's own book, for its people; they hold their role at the store named."""
    del store_id
    return await list_accounts(rt, PLATFORM_BOOK, code, moving=moving, cursor=cursor)


@get(f"{PLATFORM}/accounts/{{account_id:uuid}}", opt=staff("platform.read"), operation_id="platform_account")
async def read_platform_account(rt: Runtime, store_id: UUID, account_id: UUID) -> LedgerAccount:
    """One account of the platform's book."""
    del store_id
    return await one_account(rt, PLATFORM_BOOK, account_id)


@get(f"{PLATFORM}/entries", opt=staff("platform.read"), operation_id="platform_entries")
async def read_platform_entries(
    rt: Runtime,
    store_id: UUID,
    account_id: UUID | None = None,
    order_id: UUID | None = None,
    kind: Kind | None = None,
    cursor: Cursor = None,
) -> Page[LedgerEntry]:
    """The platform's journal, newest first."""
    del store_id
    return await list_entries(rt, PLATFORM_BOOK, EntryFilter(account_id, order_id, kind), cursor)


@get(f"{PLATFORM}/trial-balance", opt=staff("platform.read"), operation_id="platform_trial_balance")
async def read_platform_trial_balance(rt: Runtime, store_id: UUID) -> TrialBalance:
    """Both sides of the platform's book."""
    del store_id
    return await trial_balance(rt, PLATFORM_BOOK)


@get(f"{PLATFORM}/proof", opt=staff("platform.read"), operation_id="platform_proof")
async def read_platform_proof(rt: Runtime, store_id: UUID) -> BookProof:
    """Adds the platform's whole journal up again and compares it with the balances."""
    del store_id
    return await _proof(rt, PLATFORM_BOOK)


async def _proof(rt: Runtime, book: UUID) -> BookProof:
    proof = await prove(rt.db, book)
    return BookProof(proof.holds, proof.entries, proof.missing, proof.posted, proof.pending, proof.drifted)


routes = [
    read_accounts,
    read_account,
    read_entries,
    read_trial_balance,
    read_proof,
    read_platform_accounts,
    read_platform_account,
    read_platform_entries,
    read_platform_trial_balance,
    read_platform_proof,
]
