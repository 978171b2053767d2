"""The console's accounts, entries and trial balance: typed selects that never write."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, FromClause, Select, String, and_, case, cast, func, or_, select
from sqlalchemy.sql.selectable import Join

from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.core.schema import metadata
from zhanggui.ledger.chart import NOBODY, Code
from zhanggui.ledger.rules import Kind
from zhanggui.ledger.shapes import AccountName, LedgerAccount, LedgerEntry, TrialBalance, TrialLine
from zhanggui.ledger.tables import ledger_account, ledger_book, ledger_entry
from zhanggui.stores.tables import store

PAGE = 50


class EntryFilter(msgspec.Struct, frozen=True):
    """Which entries to show; what is None does not count."""

    account_id: UUID | None = None
    order_id: UUID | None = None
    kind: Kind | None = None


def _owned(account: FromClause, name: str) -> tuple[ColumnElement[str], FromClause, ColumnElement[bool]]:
    """(the owner's name, the table it comes from, the join): a merchant number, a store; a buyer stays unnamed.

    A payment account's number is a higher floor's column, read for display only.
    """
    shop = store.alias(f"{name}_store")
    named = (
        select(shop.c.name["zh"].as_string()).where(shop.c.store_id == account.c.owner_id).scalar_subquery()
    )
    holder = metadata.tables["payment_account"].alias(f"{name}_holder")
    join = and_(holder.c.store_id == account.c.store_id, holder.c.id == account.c.owner_id)
    owner = case(
        (account.c.owner_id == NOBODY, ""),
        else_=func.coalesce(holder.c.mchid, named, func.right(cast(account.c.owner_id, String), 8)),
    )
    return owner, holder, join


async def list_accounts(
    rt: Runtime, store_id: UUID, code: Code | None, *, moving: bool, cursor: str | None
) -> Page[LedgerAccount]:
    """By code, then newest change last; `moving` leaves out accounts that are empty with nothing pending."""
    a = ledger_account.c
    owner, holder, join = _owned(ledger_account, "own")
    query = (
        select(ledger_account, owner.label("owner"))
        .select_from(ledger_account.outerjoin(holder, join))
        .where(a.store_id == store_id)
        .order_by(a.code, a.id)
        .limit(PAGE + 1)
    )
    if code is not None:
        query = query.where(a.code == code)
    if moving:
        query = query.where(
            or_(a.debits_posted != a.credits_posted, a.debits_pending > 0, a.credits_pending > 0)
        )
    after = decode_cursor(cursor, tuple[str, UUID])
    if after:
        query = query.where(or_(a.code > after[0], and_(a.code == after[0], a.id > after[1])))
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).mappings().all()
    items = [_account(row) for row in rows[:PAGE]]
    return Page(items, encode_cursor(items[-1].code, items[-1].id) if len(rows) > PAGE else None)


async def one_account(rt: Runtime, store_id: UUID, account_id: UUID) -> LedgerAccount:
    """An account of the store's book. Raises 404."""
    owner, holder, join = _owned(ledger_account, "own")
    query = (
        select(ledger_account, owner.label("owner"))
        .select_from(ledger_account.outerjoin(holder, join))
        .where(ledger_account.c.store_id == store_id, ledger_account.c.id == account_id)
    )
    async with rt.reads.connect() as conn:
        row = (await conn.execute(query)).mappings().one_or_none()
    if row is None:
        raise not_found("account")
    return _account(row)


async def list_entries(
    rt: Runtime, store_id: UUID, wanted: EntryFilter, cursor: str | None
) -> Page[LedgerEntry]:
    """The journal, newest first, 50 a page."""
    query = _entries(store_id).order_by(ledger_entry.c.seq.desc()).limit(PAGE + 1)
    e = ledger_entry.c
    if wanted.account_id is not None:
        query = query.where(or_(e.debit_id == wanted.account_id, e.credit_id == wanted.account_id))
    if wanted.order_id is not None:
        query = query.where(e.order_id == wanted.order_id)
    if wanted.kind is not None:
        query = query.where(e.kind == wanted.kind)
    before = decode_cursor(cursor, tuple[int])
    if before:
        query = query.where(e.seq < before[0])
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).mappings().all()
    items = [_entry(row) for row in rows[:PAGE]]
    return Page(items, encode_cursor(items[-1].seq) if len(rows) > PAGE else None)


async def trial_balance(rt: Runtime, store_id: UUID) -> TrialBalance:
    """Both sides of every code, from the balances."""
    a = ledger_account.c
    sums = (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
    query = (
        select(
            a.code,
            a.currency,
            a.normal,
            func.count().label("accounts"),
            *(cast(func.sum(column), column.type).label(column.name) for column in sums),
        )
        .where(a.store_id == store_id)
        .group_by(a.code, a.currency, a.normal)
        .order_by(a.code, a.currency)
    )
    entries = select(ledger_book.c.entries).where(ledger_book.c.store_id == store_id)
    async with rt.reads.connect() as conn:
        lines = [TrialLine(**row) for row in (await conn.execute(query)).mappings()]
        written = await conn.scalar(entries) or 0
    balanced = (
        sum(x.debits_posted - x.credits_posted for x in lines)
        == 0
        == sum(x.debits_pending - x.credits_pending for x in lines)
    )
    return TrialBalance(lines, written, balanced)


def _entries(store_id: UUID) -> Select[Any]:
    e = ledger_entry.c
    debit, credit = ledger_account.alias("debit"), ledger_account.alias("credit")
    debit_owner, debit_holder, debit_join = _owned(debit, "debit")
    credit_owner, credit_holder, credit_join = _owned(credit, "credit")
    order = metadata.tables["sales_order"]  # a higher floor's number, read for display only
    source: Join = (
        ledger_entry.join(debit, and_(debit.c.store_id == e.store_id, debit.c.id == e.debit_id))
        .join(credit, and_(credit.c.store_id == e.store_id, credit.c.id == e.credit_id))
        .outerjoin(debit_holder, debit_join)
        .outerjoin(credit_holder, credit_join)
        .outerjoin(order, and_(order.c.store_id == e.store_id, order.c.id == e.order_id))
    )
    return (
        select(
            ledger_entry,
            debit.c.code.label("debit_code"),
            debit_owner.label("debit_owner"),
            credit.c.code.label("credit_code"),
            credit_owner.label("credit_owner"),
            order.c.number.label("order_number"),
        )
        .select_from(source)
        .where(e.store_id == store_id)
    )


def _account(row: Mapping[Any, Any]) -> LedgerAccount:
    sign = 1 if row["normal"] == "debit" else -1
    return LedgerAccount(
        id=row["id"],
        code=row["code"],
        owner=row["owner"],
        currency=row["currency"],
        normal=row["normal"],
        posted=sign * (row["debits_posted"] - row["credits_posted"]),
        pending=sign * (row["debits_pending"] - row["credits_pending"]),
        debits_posted=row["debits_posted"],
        credits_posted=row["credits_posted"],
        updated_at=row["updated_at"],
    )


def _entry(row: Mapping[Any, Any]) -> LedgerEntry:
    return LedgerEntry(
        debit=AccountName(row["debit_id"], row["debit_code"], row["debit_owner"]),
        credit=AccountName(row["credit_id"], row["credit_code"], row["credit_owner"]),
        **{name: row[name] for name in LedgerEntry.__struct_fields__ if name not in {"debit", "credit"}},
    )
