"""Keeps a bill's lines, a few thousand with each statement."""

from collections.abc import Iterable
from datetime import date
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, statement
from zhanggui.reconciliation.bill_format import Line

CHUNK = 5_000
FORGET = statement(
    "reconciliation.lines.forget",
    "DELETE FROM bill_line WHERE store_id = $1 AND account_id = $2 AND bill_date = $3",
)
KEEP = statement(
    "reconciliation.lines.keep",
    """
    INSERT INTO bill_line (store_id, account_id, bill_date, kind, number, transaction_id, amount, fee, state, at, settled,
                           coupon)
    SELECT $1, $2, $3, kind, number, transaction_id, amount, fee, state, at, settled, coupon
    FROM unnest($4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::timestamptz[],
                $11::bigint[], $12::bigint[])
      AS l (kind, number, transaction_id, amount, fee, state, at, settled, coupon)
    ON CONFLICT (store_id, account_id, bill_date, kind, number) DO UPDATE
      SET amount = bill_line.amount + excluded.amount, fee = bill_line.fee + excluded.fee,
        settled = bill_line.settled + excluded.settled, coupon = bill_line.coupon + excluded.coupon
    """,
)


class Day(NamedTuple):
    """A payment account and a day of its bills."""

    store_id: UUID
    account_id: UUID
    date: date


async def forget_lines(conn: Connection, day: Day) -> None:
    """Drop what was kept of an earlier run of the day."""
    await conn.execute(FORGET, *day)


async def keep_lines(conn: Connection, day: Day, lines: Iterable[Line]) -> int:
    """Keep all lines; returns how many. Several lines of one number and kind count as one with their sum."""
    source, kept = iter(lines), 0
    while chunk := list(islice(source, CHUNK)):
        merged: dict[tuple[str, str], Line] = {}
        for line in chunk:
            key = line.kind, line.number
            known = merged.get(key)
            merged[key] = line if known is None else _added(known, line)
        found = list(merged.values())
        await conn.execute(
            KEEP,
            *day,
            [x.kind for x in found],
            [x.number for x in found],
            [x.transaction_id for x in found],
            [x.amount for x in found],
            [x.fee for x in found],
            [x.state for x in found],
            [x.at for x in found],
            [x.settled for x in found],
            [x.coupon for x in found],
        )
        kept += len(chunk)
    return kept


def _added(known: Line, line: Line) -> Line:
    settled = None if line.settled is None else line.settled + (known.settled or 0)
    return line._replace(
        amount=known.amount + line.amount,
        fee=known.fee + line.fee,
        settled=settled,
        coupon=known.coupon + line.coupon,
    )
