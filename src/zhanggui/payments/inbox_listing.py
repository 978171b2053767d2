"""The inbox as the console shows it: newest first, filtered; facts without what names a buyer."""

from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, select

from zhanggui.core.errors import not_found
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.core.schema import metadata
from zhanggui.payments.replay import can_replay
from zhanggui.payments.tables import payment_attempt, provider_inbox, refund

PAGE = 50
PERSONAL = frozenset({"openid", "sub_openid", "sp_openid", "user_received_account", "user_name"})
Direction = Literal["in", "out"]
Subject = Literal["payment", "refund", "split", "give_back", "withdrawal", "receiver", "bill"]
SUBJECTS: tuple[tuple[str, Subject], ...] = (
    ("TRANSACTION.", "payment"),
    ("REFUND.", "refund"),
    ("PROFITSHARING", "split"),
    ("MCHTRANSFER.", "withdrawal"),
    ("prepare", "payment"),
    ("close", "payment"),
    ("query_refund", "refund"),
    ("query_split", "split"),
    ("query_give_back", "give_back"),
    ("query_transfer", "withdrawal"),
    ("query", "payment"),
    ("refund", "refund"),
    ("split", "split"),
    ("unfreeze", "split"),
    ("give_back", "give_back"),
    ("transfer", "withdrawal"),
    ("add_receiver", "receiver"),
    ("delete_receiver", "receiver"),
    ("maximum_ratio", "receiver"),
    ("bill", "bill"),
)
"""What a message or a call is about, by how its kind begins."""
State = Literal["handled", "refused", "waiting", "dead"]
box = provider_inbox.c


class InboxRow(msgspec.Struct, frozen=True):
    """A message to us (`in`) or a call of ours (`out`); `tries` counts how often it came or was worked on.

    `subject` is what it is about, `number` its number at the provider (of a bill its day).
    """

    id: str
    direction: Direction
    kind: str
    state: State
    outcome: str | None
    error: str | None
    tries: int
    took_ms: int | None
    subject: Subject | None
    number: str | None
    order_id: UUID | None
    received_at: datetime
    handled_at: datetime | None


class InboxDetail(msgspec.Struct, frozen=True):
    """One entry with its decrypted facts; what names the buyer is masked. `replayable`: there is something to ask about."""

    entry: InboxRow
    nonce: str
    facts: dict[str, Any]
    replayable: bool


async def list_inbox(
    rt: Runtime,
    store_id: UUID,
    direction: Direction | None,
    state: State | None,
    subject: UUID | None,
    cursor: str | None,
) -> Page[InboxRow]:
    """One page of the store's inbox; `subject` is an attempt or a refund."""
    query = _select().where(box.store_id == store_id).order_by(box.received_at.desc(), box.external_id.desc())
    if direction is not None:
        query = query.where(box.direction == direction)
    if state is not None:
        query = query.where(box.state == state)
    if subject is not None:
        query = query.where(box.subject_id == subject)
    before = decode_cursor(cursor, tuple[datetime, str])
    if before is not None:
        at, external_id = before
        query = query.where(
            (box.received_at < at) | ((box.received_at == at) & (box.external_id < external_id))
        )
    async with rt.reads.connect() as conn:
        rows = (await conn.execute(query.limit(PAGE + 1))).all()
    items = [_row(row) for row in rows[:PAGE]]
    last = items[-1] if len(rows) > PAGE else None
    return Page(items, encode_cursor(last.received_at, last.id) if last else None)


async def read_entry(rt: Runtime, store_id: UUID, external_id: str) -> InboxDetail:
    """One entry. Raises 404."""
    query = (
        _select()
        .add_columns(box.nonce, box.body)
        .where(box.store_id == store_id, box.external_id == external_id)
    )
    async with rt.reads.connect() as conn:
        row = (await conn.execute(query)).first()
    if row is None:
        raise not_found("message")
    entry = _row(row)
    replayable = can_replay(entry.direction, entry.kind, row.subject_id)
    return InboxDetail(entry, row.nonce, masked(row.body), replayable)


def masked(value: Any) -> Any:
    """The facts with what names a buyer shortened to its first four characters."""
    if isinstance(value, dict):
        known = cast(dict[str, Any], value)
        return {n: f"{str(v)[:4]}…" if n in PERSONAL and v else masked(v) for n, v in known.items()}
    if isinstance(value, list):
        return [masked(one) for one in cast(list[Any], value)]
    return value


def _select() -> Any:
    attempt, back = payment_attempt.c, refund.c
    splits, returns = (
        metadata.tables["order_split"],
        metadata.tables["split_return"],
    )  # a higher floor's, read only
    split, given = splits.c, returns.c
    order = (
        select(attempt.order_id)
        .where(attempt.store_id == box.store_id, attempt.id == box.subject_id)
        .union_all(
            select(back.order_id).where(back.store_id == box.store_id, back.id == box.subject_id),
            select(split.order_id).where(split.store_id == box.store_id, split.id == box.subject_id),
            select(split.order_id)
            .select_from(
                returns.join(splits, (split.store_id == given.store_id) & (split.id == given.split_id))
            )
            .where(given.store_id == box.store_id, given.id == box.subject_id),
        )
        .limit(1)
        .scalar_subquery()
    )
    return select(
        box.external_id, box.direction, box.kind, box.state, box.outcome, box.error, box.tries, box.took_ms,
        order.label("order_id"), box.received_at, box.handled_at, box.subject_id,
        func.coalesce(box.body["number"].astext, box.body["day"].astext).label("number"),
    )  # fmt: skip


def _subject(kind: str) -> Subject | None:
    for begin, subject in SUBJECTS:
        if kind.startswith(begin):
            return subject
    return None


def _row(row: Row[Any]) -> InboxRow:
    return InboxRow(
        row.external_id,
        row.direction,
        row.kind,
        row.state,
        row.outcome,
        row.error,
        row.tries,
        row.took_ms,
        _subject(row.kind),
        row.number or (row.subject_id.hex if row.subject_id else None),
        row.order_id,
        row.received_at,
        row.handled_at,
    )
