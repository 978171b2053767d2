"""One refund on its way: asked for at the provider, followed to its end, and tried again by people where it does not go on.

What the provider refuses was not done: the refund stays `requested` and its money pending in the book. `stuck` says why it
does not go on, until the provider has accepted it.
"""

from datetime import timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.jobs import Later, NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import PLATFORM, Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.payments.extensions import make_room
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.refund import JOB, LEFT, NewRefund, carry_out, load_refund, news, request_refunds
from zhanggui.payments.refund_result import LOCK_ORDER, apply_refund
from zhanggui.payments.rules import REFUND_OPEN, REFUSALS_THAT_PASS, has_room, refund_delay, refusal_delay

UNREACHABLE = timedelta(seconds=30)
HOLD_UP = statement(
    "payments.refund_steps.hold_up",
    """
    UPDATE refund SET stuck = $3, updated_at = $4
    WHERE store_id = $1 AND id = $2 AND status = 'requested' AND stuck IS DISTINCT FROM $3
    RETURNING order_id, amount, currency, notify, cause_id
    """,
)
STUCK = statement(
    "payments.refund_steps.stuck",
    """
    SELECT id, order_id, attempt_id, amount, currency, reason, kind, status, notify, cause_id, stuck FROM refund
    WHERE store_id = $1 AND id = $2 FOR UPDATE
    """,
)
RELEASE = statement(
    "payments.refund_steps.release",
    "UPDATE refund SET stuck = NULL, updated_at = $3 WHERE store_id = $1 AND id = $2",
)


async def step(rt: Runtime, store_id: UUID, refund_id: UUID) -> None:
    """Carry a refund one step on; returns when nothing more follows by itself, raises Later while something does.

    What passes by itself (no money on the account, keys that are being changed) is asked for again with growing pauses;
    any other refusal waits for people. Either is shown with the provider's code.
    """
    row = await load_refund(rt.db, store_id, refund_id)
    if row is None or row["status"] not in REFUND_OPEN:
        return
    age = clock.now() - row["created_at"]
    try:
        advance = row["status"] == "requested" and await make_room(rt, store_id, row)
        fact = await carry_out(rt, row, advance=advance)
    except OutcomeUnknown as fault:
        raise Later(UNREACHABLE, str(fault)) from fault
    except ProviderRefused as fault:
        await hold_up(rt, store_id, refund_id, fault.code)
        if fault.code in REFUSALS_THAT_PASS:
            raise Later(refusal_delay(age), str(fault)) from fault
        return
    if fact is not None:
        decision = await apply_refund(rt, store_id, fact)
        if decision.verdict == "refused":
            raise RuntimeError(f"the provider answered about another refund: {decision.why}")
        if fact.status not in REFUND_OPEN:
            return
    raise Later(refund_delay(age))


async def hold_up(rt: Runtime, store_id: UUID, refund_id: UUID, code: str) -> None:
    """Keep why the provider refused; said in the order's timeline once for each reason."""

    async def work(conn: Connection) -> None:
        await conn.fetchrow(LOCK_ORDER, store_id, refund_id)
        row = await conn.fetchrow(HOLD_UP, store_id, refund_id, code, clock.now())
        if row is None:
            return
        data = news(refund_id, row["amount"], row["currency"], row["notify"], row["cause_id"])
        entry = TimelineEntry(row["order_id"], "refund_refused", PLATFORM, data={**data, "refusal": code})
        await append_timeline(conn, store_id, [entry])

    await in_transaction(rt.db, work)


async def retry_refund(
    rt: Runtime, store_id: UUID, refund_id: UUID, actor: Actor, *, order_id: UUID | None = None
) -> None:
    """Try a refund that does not go on once more, now: under its own number, or a new one when the provider closed it.

    An abnormal refund is put right at the provider (the buyer's card is gone); here its end is looked up. Raises 404, also
    for one that is not `order_id`'s; 409 `refund_not_stuck`, `too_many_refunds`; 503 `payment_busy` when the provider does not answer.
    """

    async def work(conn: Connection) -> UUID:
        await conn.fetchrow(LOCK_ORDER, store_id, refund_id)
        row = await conn.fetchrow(STUCK, store_id, refund_id)
        if row is None or order_id not in (None, row["order_id"]):
            raise not_found("refund")
        if row["stuck"] is None:
            raise ShopError("refund_not_stuck", 409)
        data = news(refund_id, row["amount"], row["currency"], row["notify"], row["cause_id"])
        await append_timeline(
            conn, store_id, [TimelineEntry(row["order_id"], "refund_retried", actor, data=data)]
        )
        if row["status"] == "closed":
            await conn.execute(RELEASE, store_id, refund_id, clock.now())
            known = {r["id"]: r for r in await conn.fetch(LEFT, store_id, row["order_id"])}
            paid = known[row["attempt_id"]]
            amount = min(row["amount"], paid["amount"])  # the rest went back by another refund
            if amount > 0 and not has_room(paid["parts"], rest=True):
                raise ShopError("too_many_refunds", 409)
            again = [_again(row, amount, actor)] if amount > 0 else []
            return next(iter(await request_refunds(conn, store_id, again)), refund_id)
        key = f"{refund_id}/{clock.now():%Y%m%d%H%M%S%f}"
        due = clock.now() + UNREACHABLE
        await enqueue(conn, [NewJob(store_id, JOB, key, {"refund_id": str(refund_id)}, due)])
        return refund_id

    again = await in_transaction(rt.db, work)
    row = await load_refund(rt.db, store_id, again)
    if row is not None and row["status"] == "abnormal":
        await _look(rt, store_id, row)
        return
    try:
        await step(rt, store_id, again)
    except Later:
        return  # its job goes on with it


async def _look(rt: Runtime, store_id: UUID, row: Row) -> None:
    try:
        fact = await carry_out(rt, row)
    except (OutcomeUnknown, ProviderRefused) as fault:
        raise ShopError("payment_busy", 503, retry_after=5) from fault
    if fact is not None:
        await apply_refund(rt, store_id, fact)


def _again(row: Row, amount: int, actor: Actor) -> NewRefund:
    """A closed refund asked for once more, whoever asked for it first."""
    return NewRefund(
        row["order_id"],
        row["attempt_id"],
        amount,
        row["currency"],
        row["reason"],
        row["kind"],
        actor,
        row["notify"],
        row["cause_id"],
    )
