"""Returns as rows: read, locked after their order, written."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import not_found
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.returns.policy import Outcome, Rule
from zhanggui.returns.rules import Appeal, DecidedBy, Facts, Kind, Reason, Status

COLUMNS = """
    store_id, id, number, order_id, customer_id, kind, reason, status, description, picture_ids, currency, amount, fees,
    notify, decided_by, outcome, rule, reject_reason, carrier, waybill, reship_carrier, reship_waybill, appeal,
    appeal_reason, appeal_picture_ids, appeal_note, appealed_at, due_at, messages, version, created_at, updated_at,
    finished_at
"""
OWNER = statement(
    "returns.owner", "SELECT order_id, customer_id FROM return_request WHERE store_id = $1 AND id = $2"
)
LOAD = statement(
    "returns.load",
    f"SELECT {COLUMNS} FROM return_request WHERE store_id = $1 AND id = $2",  # noqa: S608  # constant
)
LOAD_LOCKED = statement("returns.load_locked", LOAD + " FOR UPDATE")
LINES = statement(
    "returns.lines",
    """
    SELECT order_line_id, position, sku_id, exchange_sku_id, quantity, accepted, entitled, amount, shelved, written_off
    FROM return_line WHERE store_id = $1 AND return_id = $2 ORDER BY position
    """,
)
INSERT = statement(
    "returns.insert",
    """
    INSERT INTO return_request (store_id, id, number, order_id, customer_id, kind, reason, status, description,
      picture_ids, currency, amount, fees, notify, outcome, rule, due_at, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'requested', $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)
    """,
)
# What a buyer has of a line after it was exchanged: the goods that were sent last.
SENT_LAST = statement(
    "returns.sent_last",
    """
    SELECT DISTINCT ON (l.order_line_id) l.order_line_id, l.exchange_sku_id, l.quantity
    FROM return_request r JOIN return_line l ON l.store_id = r.store_id AND l.return_id = r.id
    WHERE r.store_id = $1 AND r.order_id = $2 AND r.kind = 'exchange' AND r.status IN ('reshipped', 'completed')
      AND r.reship_waybill IS NOT NULL
    ORDER BY l.order_line_id, r.id DESC
    """,
)
INSERT_LINES = statement(
    "returns.insert_lines",
    """
    INSERT INTO return_line (store_id, return_id, order_line_id, position, sku_id, exchange_sku_id, quantity, entitled,
                             amount)
    SELECT $1, $2, l.* FROM unnest($3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::int[], $8::bigint[], $9::bigint[])
      AS l (order_line_id, position, sku_id, exchange_sku_id, quantity, entitled, amount)
    """,
)
SETTLE_LINES = statement(
    "returns.settle_lines",
    """
    UPDATE return_line SET accepted = s.accepted, entitled = s.entitled, amount = s.amount,
      shelved = return_line.shelved + s.shelved, written_off = return_line.written_off + s.written_off,
      location_id = s.location_id
    FROM unnest($3::uuid[], $4::int[], $5::bigint[], $6::bigint[], $7::int[], $8::int[], $9::uuid[])
      AS s (id, accepted, entitled, amount, shelved, written_off, location_id)
    WHERE store_id = $1 AND return_id = $2 AND order_line_id = s.id
    """,
)
ENTITLE = statement(
    "returns.entitle",
    """
    UPDATE return_line SET entitled = e.entitled FROM unnest($3::uuid[], $4::bigint[]) AS e (id, entitled)
    WHERE store_id = $1 AND return_id = $2 AND order_line_id = e.id
    """,
)
NUMBER_TAKEN = statement(
    "returns.number_taken", "SELECT 1 FROM return_request WHERE store_id = $1 AND number = $2"
)


class LineRecord(msgspec.Struct, frozen=True):
    """Units of an order line in a return; amounts in fen."""

    order_line_id: UUID
    position: int
    sku_id: UUID
    exchange_sku_id: UUID | None
    quantity: int
    accepted: int | None
    entitled: int
    amount: int
    shelved: int
    written_off: int


class ReturnRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row of return_request; amounts in fen, times UTC. What has a default is not known when it is opened."""

    store_id: UUID
    id: UUID
    number: str
    order_id: UUID
    customer_id: UUID
    kind: Kind
    reason: Reason
    status: Status = "requested"
    description: str
    picture_ids: list[UUID] = []
    currency: str
    amount: int
    fees: int
    notify: bool = True
    decided_by: DecidedBy | None = None
    outcome: Outcome | None = None
    rule: Rule | None = None
    reject_reason: str = ""
    carrier: str | None = None
    waybill: str | None = None
    reship_carrier: str | None = None
    reship_waybill: str | None = None
    appeal: Appeal | None = None
    appeal_reason: str = ""
    appeal_picture_ids: list[UUID] = []
    appeal_note: str = ""
    appealed_at: datetime | None = None
    due_at: datetime | None = None
    messages: int = 0
    version: int = 0
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None

    def facts(self, *, refund_stuck: bool = False, nowhere: int = 0) -> Facts:
        return Facts(self.status, self.kind, self.appeal, self.due_at, refund_stuck, nowhere)


class Taken(NamedTuple):
    """A return in hand: its order locked first, then itself."""

    order: OrderRecord
    request: ReturnRecord
    lines: list[LineRecord]


async def load(
    conn: Connection, store_id: UUID, return_id: UUID, *, customer_id: UUID | None = None
) -> ReturnRecord:
    """The return. Raises 404 when there is none in this store, or when it is not `customer_id`'s (if given)."""
    row = await conn.fetchrow(LOAD, store_id, return_id)
    if row is None or customer_id not in (None, row["customer_id"]):
        raise not_found("return")
    return msgspec.convert(dict(row), ReturnRecord)


async def load_lines(conn: Connection, store_id: UUID, return_id: UUID) -> list[LineRecord]:
    """Its lines, as in the order."""
    rows = await conn.fetch(LINES, store_id, return_id)
    return [msgspec.convert(dict(r), LineRecord) for r in rows]


async def take(
    conn: Connection, store_id: UUID, return_id: UUID, *, customer_id: UUID | None = None
) -> Taken:
    """The return with its order, both locked, the order first. Raises 404 as `load` does. Five statements."""
    owner = await conn.fetchrow(OWNER, store_id, return_id)
    if owner is None or customer_id not in (None, owner["customer_id"]):
        raise not_found("return")
    order = await load_order(conn, store_id, owner["order_id"], lock=True)
    row = await conn.fetchrow(LOAD_LOCKED, store_id, return_id)
    lines = await load_lines(conn, store_id, return_id)
    return Taken(order, msgspec.convert(dict(row or {}), ReturnRecord), lines)


class Settled(NamedTuple):
    """What becomes of a line: units accepted, what they are worth and give back (fen), and where units went."""

    order_line_id: UUID
    accepted: int
    entitled: int
    amount: int
    shelved: int = 0
    written_off: int = 0
    location_id: UUID | None = None


async def settle_lines(conn: Connection, request: ReturnRecord, lines: Sequence[Settled]) -> None:
    """Write what became of lines; one statement."""
    await conn.execute(
        SETTLE_LINES,
        request.store_id,
        request.id,
        [s.order_line_id for s in lines],
        [s.accepted for s in lines],
        [s.entitled for s in lines],
        [s.amount for s in lines],
        [s.shelved for s in lines],
        [s.written_off for s in lines],
        [s.location_id for s in lines],
    )


async def entitle(
    conn: Connection, request: ReturnRecord, line_ids: Sequence[UUID], shares: Sequence[int]
) -> None:
    """Write what units are worth (fen) that were free meanwhile and are held again."""
    await conn.execute(ENTITLE, request.store_id, request.id, line_ids, shares)
