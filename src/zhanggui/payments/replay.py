"""Acting once more on a message or a call: the provider is asked how things stand, and what it says is believed again.

That is safe however often it is done: money is confirmed once, a refund moves only forward.
"""

from datetime import timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.jobs import Job, Later, handles
from zhanggui.core.runtime import Runtime
from zhanggui.payments.extensions import ASK_AGAIN, act_on
from zhanggui.payments.foreign_refund import take_foreign
from zhanggui.payments.inbox import JOB, NAME, NEVER_VERIFIED
from zhanggui.payments.provider import Message, OutcomeUnknown, ProviderRefused
from zhanggui.payments.records import load_attempt
from zhanggui.payments.refund import carry_out, load_refund
from zhanggui.payments.refund_result import apply_refund
from zhanggui.payments.settle import ask

FOREIGN = take_foreign  # importing it has `act_on` hear of refunds made by hand
MOST_TRIES = 8
"""After that a message is a dead letter: shown, and tried again by hand only."""

LOAD = statement(
    "payments.inbox.load",
    """
    SELECT i.external_id, i.direction, i.kind, i.state, i.subject_id, i.nonce, i.body, i.tries,
      (SELECT a.id FROM payment_attempt a
       WHERE a.store_id = i.store_id AND (a.id = i.subject_id OR a.combined_id = i.subject_id) LIMIT 1) AS attempt_id
    FROM provider_inbox i WHERE i.store_id = $1 AND i.provider = $2 AND i.external_id = $3
    """,
)
DONE = statement(
    "payments.inbox.done",
    """
    UPDATE provider_inbox SET state = 'handled', outcome = $4, error = NULL, handled_at = $5, tries = tries + 1
    WHERE store_id = $1 AND provider = $2 AND external_id = $3
    """,
)
FAILED = statement(
    "payments.inbox.failed",
    """
    UPDATE provider_inbox SET error = $4, tries = tries + 1,
      state = CASE WHEN state = 'handled' THEN state WHEN tries + 1 >= $5 THEN 'dead' ELSE 'waiting' END
    WHERE store_id = $1 AND provider = $2 AND external_id = $3 RETURNING state
    """,
)


async def replay(rt: Runtime, store_id: UUID, external_id: str) -> str:
    """Act on it again and answer what came of it. Raises 404, 409 `nothing_to_replay`, 503 `payment_busy`."""
    row = await rt.db.fetchrow(LOAD, store_id, NAME, external_id)
    if row is None:
        raise not_found("message")
    if not can_replay(row["direction"], row["kind"], row["subject_id"]):
        raise ShopError("nothing_to_replay", 409)
    try:
        if row["attempt_id"] is not None:
            attempt = await ask(rt, await load_attempt(rt.db, store_id, row["attempt_id"]))
            outcome = f"asked:{attempt.status}"
        elif row["kind"] in ASK_AGAIN:
            outcome = await _extension(rt, store_id, row["kind"], row["subject_id"])
        elif row["subject_id"] is not None:
            outcome = await _refund(rt, store_id, row["subject_id"])
        else:
            message = Message(external_id, row["nonce"], row["kind"], row["body"])
            outcome = (await act_on(rt, store_id, message)).verdict
    except (OutcomeUnknown, ProviderRefused) as fault:
        await _fail(rt, store_id, external_id, fault)
        raise ShopError("payment_busy", 503, retry_after=2) from fault
    await rt.db.execute(DONE, store_id, NAME, external_id, outcome, clock.now())
    return outcome


@handles(JOB)
async def try_again(rt: Runtime, job: Job) -> None:
    """A message that failed is tried with growing pauses; then it is a dead letter, and nothing waits for it."""
    external_id = job.payload["external_id"]
    row = await rt.db.fetchrow(LOAD, job.store_id, NAME, external_id)
    if row is None or row["state"] != "waiting":
        return
    try:
        await replay(rt, job.store_id, external_id)
    except Exception as fault:
        known = await rt.db.fetchrow(LOAD, job.store_id, NAME, external_id)
        tries = known["tries"] if known else MOST_TRIES
        if isinstance(fault, ShopError) or await _fail(rt, job.store_id, external_id, fault) != "dead":
            if tries >= MOST_TRIES:
                return
            raise Later(timedelta(seconds=min(5 * 2**tries, 1800)), str(fault)) from fault


def can_replay(direction: str, kind: str, subject_id: UUID | None) -> bool:
    """Whether there is something to ask about again: not for what never verified, nor for a call about no row of ours."""
    if direction == "in":
        return kind not in NEVER_VERIFIED
    return subject_id is not None


async def _extension(rt: Runtime, store_id: UUID, kind: str, subject_id: UUID) -> str:
    try:
        return f"asked:{await ASK_AGAIN[kind](rt, store_id, subject_id)}"
    except Later:
        return "asked:waiting"


async def _fail(rt: Runtime, store_id: UUID, external_id: str, fault: Exception) -> str:
    error = f"{type(fault).__name__}: {fault}"[:1000]
    return await rt.db.fetchval(FAILED, store_id, NAME, external_id, error, MOST_TRIES)


async def _refund(rt: Runtime, store_id: UUID, refund_id: UUID) -> str:
    row = await load_refund(rt.db, store_id, refund_id)
    if row is None:
        return "known"
    fact = await carry_out(rt, row)
    return "asked:absent" if fact is None else f"asked:{(await apply_refund(rt, store_id, fact)).verdict}"
