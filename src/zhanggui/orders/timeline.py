"""The timeline of an order: append-only entries, each with its event for jobs and live updates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, Row, json_bytes, statement
from zhanggui.core.events import Event
from zhanggui.core.ids import new_id
from zhanggui.orders.rules import Actor, Status
from zhanggui.stores.rules import DeliveryMethod

INSERT = statement(
    "orders.timeline.insert",
    """
    INSERT INTO order_event (store_id, id, order_id, kind, from_status, to_status, actor, actor_id, actor_name,
                             reason, data, at)
    SELECT $1, id, order_id, kind, from_status, to_status, actor, actor_id, actor_name, reason, data::jsonb, at
    FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::text[],
                $10::text[], $11::text[], $12::timestamptz[])
      AS e (id, order_id, kind, from_status, to_status, actor, actor_id, actor_name, reason, data, at)
    """,
)
FACTS = statement(
    "orders.timeline.facts",
    """
    SELECT id, number, status, customer_id, delivery_method FROM sales_order
    WHERE store_id = $1 AND id = ANY($2::uuid[])
    """,
)


class TimelineEntry(NamedTuple):
    """Something that happened to an order. `kind` is both the message `timeline_<kind>` and the topic `order.<kind>`.

    Kinds in `QUIET` are kept in the timeline only (nobody outside the store is to hear of them).
    """

    order_id: UUID
    kind: str
    actor: Actor
    reason: str = ""
    data: dict[str, Any] = {}  # noqa: RUF012  # never changed, only written
    from_status: Status | None = None
    to_status: Status | None = None
    at: datetime | None = None
    id: UUID | None = None


class Concerned(NamedTuple):
    """What an event says of its order besides what happened."""

    number: str
    status: Status
    customer_id: UUID
    delivery_method: DeliveryMethod


QUIET = frozenset(
    {"contact_viewed", "report_retried", "presale_retried", "given_back_there", "handout_viewed"}
)


async def append_timeline(
    conn: Connection,
    store_id: UUID,
    entries: Sequence[TimelineEntry],
    concerned: Mapping[UUID, Concerned] | None = None,
) -> None:
    """Write entries and their `order.<kind>` events in the caller's transaction.

    The event's payload is {status, number, customer_id, kind, delivery_method} and the entry's `data`; the status is
    the order's in this transaction, so move first and append after. A caller that knows the orders as they are now
    gives them as `concerned`; otherwise they are read.
    """
    if not entries:
        return
    now = clock.now()
    await conn.execute(
        INSERT,
        store_id,
        [e.id or new_id() for e in entries],
        [e.order_id for e in entries],
        [e.kind for e in entries],
        [e.from_status for e in entries],
        [e.to_status for e in entries],
        [e.actor.kind for e in entries],
        [e.actor.id for e in entries],
        [e.actor.name for e in entries],
        [e.reason for e in entries],
        [json_bytes(e.data).decode() for e in entries],
        [e.at or now for e in entries],
    )
    loud = [e for e in entries if e.kind not in QUIET]
    if not loud:
        return
    if concerned is None:
        rows = await conn.fetch(FACTS, store_id, list({e.order_id for e in loud}))
        concerned = {r["id"]: concerned_of(r, r["status"]) for r in rows}
    await events.append(
        conn,
        [
            Event(
                store_id,
                f"order.{e.kind}",
                e.order_id,
                (order := concerned[e.order_id]).customer_id,
                {
                    **e.data,
                    "status": order.status,
                    "number": order.number,
                    "customer_id": order.customer_id,
                    "kind": e.kind,
                    "delivery_method": order.delivery_method,
                },
            )
            for e in loud
        ],
    )


def concerned_of(row: Row, status: Status) -> Concerned:
    """Out of a row with number, customer_id and delivery_method."""
    return Concerned(row["number"], status, row["customer_id"], row["delivery_method"])
