"""The console's lists: typed selects on the reading engine; never writes."""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, or_, select

from zhanggui.catalog.tables import product
from zhanggui.core import clock
from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.tables import presale
from zhanggui.ledger.tables import ledger_account
from zhanggui.payments.tables import refund
from zhanggui.settlement.give_back import WAIT_AT_MOST
from zhanggui.settlement.rules import SplitState, WithdrawalState
from zhanggui.settlement.shapes import (
    ConsoleWithdrawal,
    LatePresale,
    Receiver,
    Receivers,
    Split,
    SplitRule,
    SplitShare,
)
from zhanggui.settlement.tables import (
    order_split,
    receiver_withdrawal,
    split_receiver,
    split_return,
    split_rule,
    split_share,
)
from zhanggui.stores.queries import load as load_store

PAGE = 30
MOST = 500
r, s, h, w, b = split_receiver.c, order_split.c, split_share.c, receiver_withdrawal.c, split_return.c


async def list_receivers(rt: Runtime, store_id: UUID) -> Receivers:
    """All of them with what is owed to each."""
    a = ledger_account.c
    balance = func.coalesce(a.credits_posted - a.debits_posted - a.debits_pending, 0).label("balance")
    query = (
        select(
            r.id, r.kind, r.payout, r.account_type, r.account, r.label, r.name_masked, r.state, r.error, balance,
            r.created_at,
        )
        .select_from(
            split_receiver.outerjoin(
                ledger_account,
                (a.store_id == r.store_id) & (a.code == "split.due") & (a.owner_id == r.id),
            )
        )
        .where(r.store_id == store_id)
        .order_by(r.state == "removed", r.id.desc())
        .limit(MOST)
    )  # fmt: skip
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query)).mappings()
        return Receivers([msgspec.convert(_plain(row), Receiver) for row in rows])


async def list_rules(rt: Runtime, store_id: UUID) -> list[SplitRule]:
    """All rules, first by priority."""
    c = split_rule.c
    query = (
        select(split_rule, r.label.label("receiver_label"), product.c.name.label("named"))
        .select_from(
            split_rule.join(split_receiver, (r.store_id == c.store_id) & (r.id == c.receiver_id)).outerjoin(
                product, (product.c.store_id == c.store_id) & (product.c.id == c.product_id)
            )
        )
        .where(c.store_id == store_id)
        .order_by(c.priority, c.id)
        .limit(MOST)
    )
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query)).mappings())
    return [
        msgspec.convert({**_plain(row), "product_name": (row["named"] or {}).get("zh")}, SplitRule)
        for row in rows
    ]


async def beyond_freeze(rt: Runtime, store_id: UUID, frozen_days: int) -> list[LatePresale]:
    """Pre-sale products that are promised, and completed by themselves, later than their money stays frozen."""
    done_after = (await load_store(rt, store_id)).settings.auto_complete_days
    c, now = presale.c, clock.now()
    query = (
        select(c.product_id, c.ships_within_days, c.ships_at, product.c.name)
        .join(product, (product.c.store_id == c.store_id) & (product.c.id == c.product_id))
        .where(
            c.store_id == store_id,
            product.c.status == "on",
            or_(
                c.ships_within_days + done_after > frozen_days,
                c.ships_at > now + timedelta(days=frozen_days - done_after),
            ),
        )
        .limit(MOST)
    )
    async with rt.reads.connect() as conn:
        rows = list(await conn.execute(query))
    late = [
        LatePresale(row[0], row[3]["zh"], done_after + (row[1] or ceil((row[2] - now) / timedelta(days=1))))
        for row in rows
    ]
    return sorted(late, key=lambda one: -one.days)


async def list_splits(
    rt: Runtime, store_id: UUID, state: SplitState | None, cursor: str | None, *, unreturned: bool = False
) -> Page[Split]:
    """Payments that are shared, newest first; `unreturned`: of which a refund waits for a receiver."""
    query = select(order_split).where(s.store_id == store_id)
    if unreturned:
        query = query.where(s.id.in_(waiting_splits(store_id)))
    if state is not None:
        query = query.where(s.state == state)
    before = decode_cursor(cursor, tuple[UUID])
    if before is not None:
        query = query.where(s.id < before[0])
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query.order_by(s.id.desc()).limit(PAGE + 1))).mappings())
        shown = rows[:PAGE]
        items = await _splits(conn, store_id, shown)
    return Page(items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


def waiting_splits(store_id: UUID) -> Select[tuple[UUID]]:
    """Splits of which a receiver has not given back, so that a refund waits."""
    return select(b.split_id).where(b.store_id == store_id, b.state == "failed").distinct()


async def read_split(rt: Runtime, store_id: UUID, split_id: UUID) -> Split:
    """One of them. Raises 404."""
    query = select(order_split).where(s.store_id == store_id, s.id == split_id)
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query)).mappings())
        if not rows:
            raise not_found("split")
        return (await _splits(conn, store_id, rows))[0]


async def list_withdrawals(
    rt: Runtime, store_id: UUID, state: WithdrawalState | None, cursor: str | None
) -> Page[ConsoleWithdrawal]:
    """People's withdrawals, newest first."""
    query = (
        select(receiver_withdrawal, r.label, r.name_masked)
        .join(split_receiver, (r.store_id == w.store_id) & (r.id == w.receiver_id))
        .where(w.store_id == store_id)
    )
    if state is not None:
        query = query.where(w.state == state)
    before = decode_cursor(cursor, tuple[UUID])
    if before is not None:
        query = query.where(w.id < before[0])
    async with rt.reads.connect() as conn:
        rows = list((await conn.execute(query.order_by(w.id.desc()).limit(PAGE + 1))).mappings())
    items = [msgspec.convert(_plain(row), ConsoleWithdrawal) for row in rows[:PAGE]]
    return Page(items, encode_cursor(items[-1].id) if len(rows) > PAGE else None)


async def read_withdrawal(rt: Runtime, store_id: UUID, withdrawal_id: UUID) -> ConsoleWithdrawal:
    """One of them. Raises 404."""
    query = (
        select(receiver_withdrawal, r.label, r.name_masked)
        .join(split_receiver, (r.store_id == w.store_id) & (r.id == w.receiver_id))
        .where(w.store_id == store_id, w.id == withdrawal_id)
    )
    async with rt.reads.connect() as conn:
        row = (await conn.execute(query)).mappings().first()
    if row is None:
        raise not_found("withdrawal")
    return msgspec.convert(_plain(row), ConsoleWithdrawal)


async def _splits(conn: Any, store_id: UUID, rows: Sequence[Any]) -> list[Split]:
    ids = [row["id"] for row in rows]
    of: dict[UUID, list[SplitShare]] = {}
    query = (
        select(split_share, r.label)
        .join(split_receiver, (r.store_id == h.store_id) & (r.id == h.receiver_id))
        .where(h.store_id == store_id, h.split_id.in_(ids))
        .order_by(h.id)
    )
    for share in (await conn.execute(query)).mappings():
        of.setdefault(share["split_id"], []).append(msgspec.convert(_plain(share), SplitShare))
    back = refund.c
    sums = (
        select(back.attempt_id, func.sum(back.amount))
        .where(
            back.store_id == store_id,
            back.attempt_id.in_([row["attempt_id"] for row in rows]),
            back.status != "closed",
        )
        .group_by(back.attempt_id)
    )
    refunded = {attempt: int(amount) for attempt, amount in await conn.execute(sums)}
    failed = b.state == "failed"
    returns = (
        select(
            b.split_id,
            func.coalesce(func.sum(b.amount).filter(failed), 0).label("waiting"),
            func.coalesce(func.sum(b.amount).filter(b.state == "advanced"), 0).label("advanced"),
            func.min(back.created_at).filter(failed).label("since"),
        )
        .select_from(split_return.join(refund, (back.store_id == b.store_id) & (back.id == b.refund_id)))
        .where(b.store_id == store_id, b.split_id.in_(ids))
        .group_by(b.split_id)
    )
    unreturned = {row["split_id"]: row for row in (await conn.execute(returns)).mappings()}
    return [
        msgspec.convert(
            {
                **_plain(row),
                "shares": of.get(row["id"], []),
                "refunded": refunded.get(row["attempt_id"], 0),
                **_unreturned(unreturned.get(row["id"])),
            },
            Split,
        )
        for row in rows
    ]


def _unreturned(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    since = row["since"]
    return {
        "waiting": int(row["waiting"]),
        "advanced": int(row["advanced"]),
        "advance_at": since + WAIT_AT_MOST if since else None,
    }


def _plain(row: Any) -> dict[str, Any]:
    """SQLAlchemy's names are a kind of str that msgspec does not take for one."""
    return {str(name): value for name, value in row.items()}
