"""A day's reconciliation of a payment account: fetch, keep, compare, post the fees that were taken, and say what differs.

The files are fetched before the transaction; what follows is one transaction, so that a run is there whole or not at all. Running a
day again replaces its lines, adds what is found newly, and lets go of open differences that are no longer there.
"""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import NamedTuple
from uuid import UUID

import structlog

from zhanggui import ledger
from zhanggui.core import clock, events
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.events import Event
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.ledger import recipes
from zhanggui.ledger.proof import prove
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.reconciliation.balance import compare_balance
from zhanggui.reconciliation.bill_format import BadBill, Line, flow_lines, trade_lines
from zhanggui.reconciliation.fetch import BillText, bill
from zhanggui.reconciliation.lines import Day, forget_lines, keep_lines
from zhanggui.reconciliation.match import match
from zhanggui.reconciliation.rules import Difference, RunStatus

log = structlog.get_logger()
START = statement(
    "reconciliation.run.start",
    """
    INSERT INTO bill_run (store_id, id, account_id, bill_date, status, started_at) VALUES ($1, $4, $2, $3, 'running', $5)
    ON CONFLICT (store_id, account_id, bill_date) DO UPDATE
      SET status = 'running', times = bill_run.times + 1, started_at = $5, finished_at = NULL, error = NULL
    RETURNING id, times
    """,
)
LOCK = statement(
    "reconciliation.run.lock",
    """
    SELECT id, billed, drawn, times FROM bill_run
    WHERE store_id = $1 AND account_id = $2 AND bill_date = $3 FOR UPDATE
    """,
)
FAIL = statement(
    "reconciliation.run.fail",
    """
    UPDATE bill_run SET status = 'failed', error = $4, finished_at = $5
    WHERE store_id = $1 AND account_id = $2 AND bill_date = $3
    """,
)
SUMS = statement(
    "reconciliation.run.sums",
    """
    SELECT count(*) FILTER (WHERE kind = 'payment')::int AS payments, count(*) FILTER (WHERE kind = 'refund')::int AS refunds,
      coalesce(sum(amount) FILTER (WHERE kind = 'payment'), 0)::bigint AS paid,
      coalesce(sum(amount) FILTER (WHERE kind = 'refund'), 0)::bigint AS refunded,
      coalesce(sum(CASE kind WHEN 'payment' THEN fee WHEN 'refund' THEN -fee END) FILTER (WHERE state = 'SUCCESS'),
               0)::bigint AS fees,
      coalesce(-sum(amount) FILTER (WHERE kind = 'flow_drawn'), 0)::bigint AS drawn
    FROM bill_line WHERE store_id = $1 AND account_id = $2 AND bill_date = $3
    """,
)
FOUND = statement(
    "reconciliation.run.found",
    """
    INSERT INTO bill_difference (store_id, id, account_id, bill_date, subject, number, kind, order_id, ref_id, ours, theirs,
                                 our_fee, their_fee, our_state, their_state, status, found_at)
    SELECT $1, id, $2, $3, subject, number, kind, order_id, ref_id, ours, theirs, our_fee, their_fee, our_state,
      their_state, 'open', $4
    FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::bigint[], $12::bigint[],
                $13::bigint[], $14::bigint[], $15::text[], $16::text[])
      AS d (id, subject, number, kind, order_id, ref_id, ours, theirs, our_fee, their_fee, our_state, their_state)
    ON CONFLICT (store_id, account_id, bill_date, subject, number, kind) DO UPDATE
      SET ours = excluded.ours, theirs = excluded.theirs, our_fee = excluded.our_fee, their_fee = excluded.their_fee,
        our_state = excluded.our_state, their_state = excluded.their_state, order_id = excluded.order_id,
        ref_id = excluded.ref_id, status = 'open', resolved_at = NULL
      WHERE bill_difference.status IN ('open', 'gone')
    """,
)
# What is settled stays; what is open and was not found again is gone, and so is money that another day's bill lists.
GONE = statement(
    "reconciliation.run.gone",
    """
    UPDATE bill_difference d SET status = 'gone', resolved_at = $4
    WHERE d.store_id = $1 AND d.account_id = $2 AND d.status = 'open' AND (
      (d.bill_date = $3 AND NOT EXISTS (
        SELECT FROM unnest($5::text[], $6::text[], $7::text[]) AS f (subject, number, kind)
        WHERE (f.subject, f.number, f.kind) = (d.subject, d.number, d.kind)))
      OR (d.kind = 'missing_there' AND EXISTS (
        SELECT FROM bill_line l
        WHERE l.store_id = $1 AND l.number = d.number
          AND l.kind = CASE WHEN d.subject IN ('payment', 'refund') THEN d.subject ELSE 'flow_' || d.subject END)))
    """,
)
FINISH = statement(
    "reconciliation.run.finish",
    """
    UPDATE bill_run SET status = $4, payments = $5, refunds = $6, paid = $7, refunded = $8, fees = $9, billed = $9,
      drawn = $10, closing_balance = $11, trade_sha1 = $12, flow_sha1 = $13, found = $14, book_holds = $15,
      finished_at = $16
    WHERE store_id = $1 AND account_id = $2 AND bill_date = $3
    """,
)


class Outcome(NamedTuple):
    """What a run came to."""

    run_id: UUID
    status: RunStatus
    found: int


async def run_day(rt: Runtime, day: Day) -> Outcome:
    """Reconcile a day whose bills are ready. Raises OutcomeUnknown, ProviderRefused, BadBill; the run is `failed` then."""
    run = await rt.db.fetchrow(START, *day, new_id(), clock.now())
    if run is None:
        raise LookupError("an upsert answers a row")
    try:
        account = await account_by_id(rt, day.account_id)
        async with AsyncExitStack() as open_files:
            trade = await open_files.enter_async_context(bill(account, "trade", day.date))
            flow = await open_files.enter_async_context(bill(account, "flow", day.date))
            holds = (await prove(rt.db, day.store_id)).holds
            found = await in_transaction(
                rt.db,
                lambda conn: _reconcile(conn, day, trade, flow, holds=holds, below=account.sub_mchid or ""),
            )
    except (OutcomeUnknown, ProviderRefused, BadBill) as fault:
        error = f"{type(fault).__name__}: {fault}"[:500]
        await in_transaction(rt.db, lambda conn: _failed(conn, day, run, error))
        raise
    if found or not holds:
        log.error("reconciliation_differences", day=day.date.isoformat(), found=found, book_holds=holds)
    return Outcome(run["id"], "differences" if found or not holds else "matched", found)


async def _reconcile(
    conn: Connection, day: Day, trade: BillText | None, flow: BillText | None, *, holds: bool, below: str
) -> int:
    """Everything in one transaction, the book locked last; safe to run again from its start. Returns what was found.

    `below`: the merchant's number below the platform's, whose lines alone count; empty for a merchant of its own.
    """
    run = await conn.fetchrow(LOCK, *day)
    if run is None:
        raise LookupError("a run that was started is gone")
    await forget_lines(conn, day)
    closing: list[int] = []
    if trade is not None:
        trade.lines.seek(0)
        await keep_lines(conn, day, (line for line in trade_lines(trade.lines) if line.sub_mchid == below))
    if flow is not None:
        flow.lines.seek(0)
        await keep_lines(conn, day, _watched(flow_lines(flow.lines), closing))
    found = await match(conn, day, flows=flow is not None)
    now = clock.now()
    await _keep(conn, day, found)
    await conn.execute(
        GONE, *day, now, [d.subject for d in found], [d.number for d in found], [d.kind for d in found]
    )
    sums = await conn.fetchrow(SUMS, *day)
    if sums is None:
        raise LookupError("a sum answers a row")
    taken = sums["fees"] - run["billed"], sums["drawn"] - run["drawn"]
    off = await compare_balance(conn, day, closing[-1] if closing else None, sum(taken))
    await _keep(conn, day, off)
    found += off
    status: RunStatus = "differences" if found or not holds else "matched"
    await conn.execute(
        FINISH,
        *day,
        status,
        *(sums[name] for name in ("payments", "refunds", "paid", "refunded", "fees", "drawn")),
        closing[-1] if closing else None,
        trade.sha1 if trade else None,
        flow.sha1 if flow else None,
        len(found),
        holds,
        now,
    )
    await _tell(conn, day, run, status, len(found))
    key = f"{day.account_id.hex}/{day.date.isoformat()}/{run['times']}"
    posted = [
        post(key, day.account_id, delta, run["id"])
        for post, delta in (
            (recipes.fee_billed, taken[0]),
            (recipes.drawn, taken[1]),
        )
        if delta
    ]
    await ledger.post(conn, day.store_id, posted)
    return len(found)


async def _keep(conn: Connection, day: Day, found: list[Difference]) -> None:
    """New differences, and those found again that were open or gone."""
    if found:
        ids = [new_id() for _ in found]
        await conn.execute(FOUND, *day, clock.now(), ids, *_columns(found))


async def _failed(conn: Connection, day: Day, run: Row, error: str) -> None:
    await conn.execute(FAIL, *day, error, clock.now())
    await _tell(conn, day, run, "failed", 0)


async def _tell(conn: Connection, day: Day, run: Row, status: RunStatus, found: int) -> None:
    """Let those who may see money know at once; `times` tells a first run from what was tried again."""
    payload = {"date": day.date.isoformat(), "status": status, "found": found, "times": run["times"]}
    await events.append(conn, [Event(day.store_id, "reconciliation.finished", run["id"], None, payload)])


def _watched(lines: Iterator[Line], closing: list[int]) -> Iterator[Line]:
    """The lines as they are; the balance after the last one is kept in `closing`."""
    for line in lines:
        closing[:] = [line.balance]
        yield line


def _columns(found: list[Difference]) -> list[list[object]]:
    return [
        [d.subject for d in found],
        [d.number for d in found],
        [d.kind for d in found],
        [d.order_id for d in found],
        [d.ref_id for d in found],
        [d.ours for d in found],
        [d.theirs for d in found],
        [d.our_fee for d in found],
        [d.their_fee for d in found],
        [d.our_state for d in found],
        [d.their_state for d in found],
    ]
