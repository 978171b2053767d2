"""What an order still has to give, as rows say it: the input of amounts and of the store's rules."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.money import allocate
from zhanggui.fulfillment.travel import Travel, travel
from zhanggui.orders.queries import OrderRecord
from zhanggui.returns.amounts import LineState, OrderState
from zhanggui.returns.policy import Case, Policy, Record
from zhanggui.returns.rules import FREE, Kind, Reason, no_reason_until

CLAIMS = statement(
    "returns.state.claims",
    """
    SELECT l.order_line_id, sum(coalesce(l.accepted, l.quantity))::int AS units, sum(l.entitled)::bigint AS entitled
    FROM return_request r JOIN return_line l ON l.store_id = r.store_id AND l.return_id = r.id
    WHERE r.store_id = $1 AND r.order_id = $2 AND r.id <> $3 AND NOT r.status = ANY($4::text[])
    GROUP BY l.order_line_id
    """,
)
FEES = statement(
    "returns.state.fees",
    """
    SELECT coalesce(sum(fees), 0)::bigint FROM return_request
    WHERE store_id = $1 AND order_id = $2 AND id <> $3 AND NOT status = ANY($4::text[])
    """,
)
RECORD = statement(
    "returns.state.record",
    """
    SELECT count(*)::int AS cases, count(*) FILTER (WHERE status = 'rejected')::int AS refused,
      coalesce(sum(amount) FILTER (WHERE status IN ('refunding', 'refunded')), 0)::bigint AS refunded
    FROM return_request
    WHERE customer_id = $2 AND store_id = $1 AND id <> $3 AND created_at > $4 AND status <> 'withdrawn'
    """,
)
BOUGHT = statement(
    "returns.state.bought",
    """
    SELECT count(*)::int AS orders, coalesce(sum(paid_amount - refunded_amount), 0)::bigint AS spent FROM sales_order
    WHERE customer_id = $2 AND store_id = $1 AND paid_at IS NOT NULL
    """,
)
POLICY = statement("returns.policy.load", "SELECT policy, version FROM return_policy WHERE store_id = $1")
NOBODY = UUID(int=0)
RECORD_DAYS = timedelta(days=90)


class Bought(NamedTuple):
    """What the store knows of a buyer: `record` over 90 days, and fen given back in them and spent ever."""

    record: Record
    refunded: int
    spent: int


async def order_state(conn: Connection, order: OrderRecord, but: UUID = NOBODY) -> OrderState:
    """What the order has left to give besides what its other returns hold; `but` is left out. Two statements."""
    free = sorted(FREE)
    claims = {r["order_line_id"]: r for r in await conn.fetch(CLAIMS, order.store_id, order.id, but, free)}
    fees_claimed = await conn.fetchval(FEES, order.store_id, order.id, but, free)
    taxes = allocate(order.tax, [line.payable for line in order.lines])
    return OrderState(
        paid=order.paid_amount,
        refunded=order.refunded_amount,
        fees=order.shipping_fee + order.packing_fee,
        fees_claimed=fees_claimed,
        lines={
            line.id: LineState(
                id=line.id,
                quantity=line.quantity,
                payable=line.payable + tax,
                left=line.fulfilled,
                cancelled=line.cancelled,
                claimed=claims[line.id]["units"] if line.id in claims else 0,
                entitled=claims[line.id]["entitled"] if line.id in claims else 0,
            )
            for line, tax in zip(order.lines, taxes, strict=True)
        },
    )


async def load_policy(conn: Connection, store_id: UUID) -> tuple[Policy, int]:
    """The store's rules and their version; the defaults, version 0, where none were saved."""
    row = await conn.fetchrow(POLICY, store_id)
    return (msgspec.convert(row["policy"], Policy), row["version"]) if row else (Policy(), 0)


async def bought(conn: Connection, store_id: UUID, customer_id: UUID, but: UUID = NOBODY) -> Bought:
    """What this store knows of the buyer, without the return `but`. Two statements."""
    since = clock.now() - RECORD_DAYS
    cases = await conn.fetchrow(RECORD, store_id, customer_id, but, since)
    orders = await conn.fetchrow(BOUGHT, store_id, customer_id)
    if cases is None or orders is None:
        raise LookupError("a count answers a row")
    record = Record(cases["cases"], cases["refused"], orders["orders"])
    return Bought(record, cases["refunded"], orders["spent"])


class Journey(NamedTuple):
    """How far the units asked for have travelled."""

    sent: bool
    delivered: bool
    sent_at: datetime | None
    delivered_at: datetime | None


def journey(order: OrderRecord, ways: Mapping[UUID, Travel], wanted: Mapping[UUID, int]) -> Journey:
    """Of the units wanted, by line: whether some have left, whether all that left have arrived, and when the last did.

    An order that was completed has arrived, whatever its parcels say.
    """
    lines = [line for line in order.lines if line.id in wanted]
    sent = any(line.unsent < wanted[line.id] for line in lines)
    known = [ways[line.id] for line in lines if line.id in ways]
    left = _latest(w.sent_at for w in known)
    arrived = _latest(w.delivered_at for w in known)
    delivered = sent and all(ways[x.id].arrived >= x.fulfilled for x in lines if x.id in ways)
    if order.status == "completed" and sent:
        return Journey(True, True, left or order.completed_at, arrived or order.completed_at)
    return Journey(sent, delivered, left, arrived if delivered else None)


async def case_of(
    conn: Connection,
    order: OrderRecord,
    kind: Kind,
    reason: Reason,
    wanted: Mapping[UUID, int],
    amount: int,
    pictures: int,
    timezone: str,
    but: UUID = NOBODY,
) -> Case:
    """The facts that the store's rules judge by, as they are now. Three statements."""
    way = journey(order, await travel(conn, order.store_id, order.id), wanted)
    known = await bought(conn, order.store_id, order.customer_id, but)
    now = clock.now()
    return Case(
        kind=kind,
        reason=reason,
        amount=amount,
        sent=way.sent,
        being_made=order.status == "preparing" and order.delivery_method not in {"express", "virtual"},
        delivered=way.delivered,
        days_since_sent=(now - way.sent_at).days if way.sent_at else 0,
        days_since_delivered=(now - way.delivered_at).days if way.delivered_at else 0,
        in_time=way.delivered_at is None or now < no_reason_until(way.delivered_at, timezone),
        excepted=any(line.return_exception for line in order.lines if line.id in wanted),
        pictures=pictures,
        record=known.record,
        virtual=order.delivery_method == "virtual",
    )


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    known = [t for t in times if t is not None]
    return max(known) if known else None
