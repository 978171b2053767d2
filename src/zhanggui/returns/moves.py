"""The one way a return changes its state: a compare-and-set with an entry in its own journal and in the order's timeline."""

from typing import Any, Literal

import msgspec

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.events import Event
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.money import amount_text
from zhanggui.orders.rules import Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.returns.records import ReturnRecord
from zhanggui.returns.rules import MOVES, OPEN, Status, due

LIMIT_JOB = "returns.limit"
Remark = Literal["overdue", "took_in"]

MOVE = statement(
    "returns.move",
    """
    UPDATE return_request SET status = $4, kind = $5, amount = $6, fees = $7, decided_by = $8, reject_reason = $9,
      carrier = $10, waybill = $11, reship_carrier = $12, reship_waybill = $13, appeal = $14, appeal_reason = $15,
      appeal_picture_ids = $16, appeal_note = $17, appealed_at = $18, due_at = $19, updated_at = $20, finished_at = $21,
      version = version + 1
    WHERE store_id = $1 AND id = $2 AND status = $3 RETURNING version
    """,
)
NOTE = statement(
    "returns.note_event",
    """
    INSERT INTO return_event (store_id, id, return_id, from_status, to_status, actor, actor_id, actor_name, reason, data,
                              at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """,
)


async def move(
    conn: Connection,
    request: ReturnRecord,
    to: Status,
    actor: Actor,
    *,
    reason: str = "",
    data: dict[str, Any] | None = None,
    **changes: Any,
) -> ReturnRecord:
    """Move a locked return to `to` with `changes` of its other fields; returns it as it is then.

    Writes the journal, the order's timeline (kind `return_<to>`), the event and the timer of the new state. Raises 409
    `return_state` for a move that MOVES does not know: somebody was faster.
    """
    if to not in MOVES[request.status]:
        raise ShopError("return_state", 409, data={"status": request.status})
    now = clock.now()
    ends = due(to, now)
    if to == "rejected" and request.appeal is not None:
        ends = None  # the platform has spoken
    new = msgspec.structs.replace(
        request,
        **changes,
        status=to,
        due_at=ends,
        updated_at=now,
        finished_at=None if to in OPEN else now,
        version=request.version + 1,
    )
    version = await conn.fetchval(
        MOVE,
        new.store_id,
        new.id,
        request.status,
        to,
        new.kind,
        new.amount,
        new.fees,
        new.decided_by,
        new.reject_reason,
        new.carrier,
        new.waybill,
        new.reship_carrier,
        new.reship_waybill,
        new.appeal,
        new.appeal_reason,
        new.appeal_picture_ids,
        new.appeal_note,
        new.appealed_at,
        new.due_at,
        now,
        new.finished_at,
    )
    if version != new.version:
        raise ShopError("return_state", 409)
    await note(conn, new, request.status, actor, reason, data)
    return new


async def note(
    conn: Connection,
    request: ReturnRecord,
    from_: Status | None,
    actor: Actor,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write that `request` came from `from_` into the state it is in now, and start its timer."""
    await _write(conn, request, from_, request.status, actor, reason, data or {})
    if request.due_at is not None:
        payload = {"return_id": request.id, "version": request.version}
        job = NewJob(request.store_id, LIMIT_JOB, f"{request.id}/{request.version}", payload, request.due_at)
        await enqueue(conn, [job])


async def remark(
    conn: Connection, request: ReturnRecord, what: Remark, actor: Actor, data: dict[str, Any] | None = None
) -> None:
    """Write what happened to a return that stays in its state: into its journal, the order's timeline, and as `return.<what>`."""
    await _write(conn, request, request.status, what, actor, "", {"what": what, **(data or {})})


async def _write(
    conn: Connection,
    request: ReturnRecord,
    from_: Status | None,
    what: str,
    actor: Actor,
    reason: str,
    data: dict[str, Any],
) -> None:
    facts = {
        "return_id": request.id,
        "return_number": request.number,
        "amount": request.amount,
        "amount_text": amount_text(request.amount, request.currency),
        **data,
    }
    await conn.execute(
        NOTE,
        request.store_id,
        new_id(),
        request.id,
        from_,
        request.status,
        actor.kind,
        actor.id,
        actor.name,
        reason,
        facts,
        clock.now() if "what" in data else request.updated_at,
    )
    entry = TimelineEntry(request.order_id, f"return_{what}", actor, reason, facts)
    await append_timeline(conn, request.store_id, [entry])
    await announce(conn, request, f"return.{what}")


async def announce(conn: Connection, request: ReturnRecord, topic: str) -> None:
    """Tell the pages that are open on it, and whoever follows, of a move (`return.<status>`), a remark or a message (`return.message`)."""
    payload = {
        "order_id": request.order_id,
        "status": request.status,
        "number": request.number,
        "decided_by": request.decided_by,
        "version": request.version,
    }
    event = Event(request.store_id, topic, request.id, request.customer_id, payload)
    await events.append(conn, [event])
