"""What is kept of talking to providers: messages with what came of them, calls of ours, what failed, what was not theirs."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, json_bytes, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.ratelimit import Limit, take
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import Message
from zhanggui.payments.rules import Decision
from zhanggui.wechat.signing import PROBE

NAME = "wechat_pay"
JOB = "payments.inbox"
NOBODY = UUID(int=0)
"""Whose inbox keeps what came for an account that does not exist."""
NEVER_VERIFIED = frozenset({"SIGNTEST", "UNVERIFIED"})
UNVERIFIED_PER_MINUTE = 30

KEEP = statement(
    "payments.inbox.keep",
    """
    INSERT INTO provider_inbox (store_id, provider, external_id, direction, kind, state, account_id, subject_id, nonce,
                                body, outcome, error, took_ms, received_at, handled_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (store_id, provider, external_id) DO UPDATE SET tries = provider_inbox.tries + 1,
      error = excluded.error, nonce = excluded.nonce
    """,
)
RECORD = statement(
    "payments.inbox.record",
    """
    INSERT INTO provider_inbox (store_id, provider, external_id, kind, nonce, body, outcome, state, account_id,
                                subject_id, received_at, handled_at)
    SELECT $1, $2, external_id, kind, nonce, body::jsonb, outcome, state, account_id, subject_id, $8, $8
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $9::text[], $10::uuid[], $11::uuid[])
      AS m (external_id, kind, nonce, body, outcome, state, account_id, subject_id)
    ON CONFLICT (store_id, provider, external_id) DO UPDATE SET tries = provider_inbox.tries + 1,
      nonce = excluded.nonce,
      state = CASE WHEN excluded.state = 'handled' THEN excluded.state ELSE provider_inbox.state END,
      outcome = CASE WHEN provider_inbox.state = 'handled' THEN provider_inbox.outcome ELSE excluded.outcome END,
      handled_at = coalesce(provider_inbox.handled_at, excluded.handled_at)
    """,
)
PART_HERE = statement(
    "payments.inbox.part_here",
    "SELECT id FROM payment_attempt WHERE combined_id = $2 AND store_id = $1 LIMIT 1",
)


class Source(NamedTuple):
    """The message that brought the facts: kept once under the provider's id, refused ones beside it."""

    id: str
    nonce: str
    kind: str
    body: dict[str, Any]
    account_id: UUID | None = None
    subject_id: UUID | None = None


class Call(NamedTuple):
    """A call of ours: what was asked, about what, what came of it, how long it took (ms). `facts` are shown with it."""

    store_id: UUID
    account_id: UUID | None
    kind: str
    subject_id: UUID | None
    outcome: str
    error: str | None
    took_ms: int | None
    facts: Mapping[str, str] = {}  # never changed, only written


async def note_messages(conn: Connection, store_id: UUID, kept: Sequence[tuple[Source, Decision]]) -> None:
    """Keep messages with what came of them.

    The true message may still come under the id of a refused one, so a refused one is kept by id and nonce.
    """
    once: dict[str, tuple[Source, Decision]] = {}
    for s, d in kept:  # the same message twice in one batch is one row
        once.setdefault(f"{s.id}/{s.nonce}" if d.verdict == "refused" else s.id, (s, d))
    if not once:
        return
    await conn.execute(
        RECORD,
        store_id,
        NAME,
        list(once),
        [s.kind for s, _ in once.values()],
        [s.nonce for s, _ in once.values()],
        [json_bytes(s.body).decode() for s, _ in once.values()],
        [f"{d.verdict}:{d.why}" if d.why else d.verdict for _, d in once.values()],
        clock.now(),
        ["refused" if d.verdict == "refused" else "handled" for _, d in once.values()],
        [s.account_id for s, _ in once.values()],
        [s.subject_id for s, _ in once.values()],
    )


def of_one_store(body: dict[str, Any]) -> dict[str, Any]:
    """A message without its sub-orders: other stores' orders are not this store's to keep."""
    return {name: value for name, value in body.items() if name != "sub_orders"}


async def note_call(conn: Connection, call: Call) -> None:
    """Keep one call to the provider; what became of one whose outcome is not known the next query says."""
    now = clock.now()
    state = "refused" if call.outcome.startswith("refused") else "handled"
    await conn.execute(
        KEEP,
        call.store_id,
        NAME,
        new_id().hex,
        "out",
        call.kind,
        state,
        call.account_id,
        call.subject_id,
        "",
        dict(call.facts),
        call.outcome,
        call.error,
        call.took_ms,
        now,
        now,
    )


async def note_misfit(
    conn: Connection, store_id: UUID, account_id: UUID | None, kind: str, subject_id: UUID, why: str
) -> None:
    """Keep that an answer to a call of ours, verified as it was, did not fit what was asked: nothing of it was believed."""
    said = f"the answer does not fit: {why}"
    await note_call(conn, Call(store_id, account_id, kind, subject_id, f"refused:{why}", said, None))


async def keep_failed(
    rt: Runtime, store_id: UUID, account_id: UUID, message: Message, fault: Exception
) -> None:
    """A verified message that we failed to act on is kept and tried again by a job of its own: it blocks no other."""
    subject = message.subject_id
    if message.combined is not None:
        subject = await rt.db.fetchval(PART_HERE, store_id, message.combined.combined_id)
    await rt.db.execute(
        KEEP,
        store_id,
        NAME,
        message.id,
        "in",
        message.kind,
        "waiting",
        account_id,
        subject,
        message.nonce,
        of_one_store(message.body),
        None,
        f"{type(fault).__name__}: {fault}"[:1000],
        None,
        clock.now(),
        None,
    )
    due = clock.now() + timedelta(seconds=5)
    await enqueue(rt.db, [NewJob(store_id, JOB, message.id, {"external_id": message.id}, due)])


async def keep_unverified(
    rt: Runtime, store_id: UUID, account_id: UUID, headers: Mapping[str, str], body: bytes, why: str
) -> None:
    """What came without a good signature leaves a trace, not its content; strangers cannot fill the table with it.

    Beyond the limit of a minute it is counted: one row an hour, whose `tries` say how much came. `store_id` is NOBODY for an
    account that does not exist; all of those have one limit, for anybody can make up more.
    """
    signature = headers.get("wechatpay-signature", "")
    mark = hashlib.sha256(signature.encode() + b"\n" + body).hexdigest()[:32]
    known: dict[str, Any] = {"serial": headers.get("wechatpay-serial", "")[:80], "bytes": len(body)}
    if store_id == NOBODY:
        known["account"] = str(account_id)
    now, whose = clock.now(), store_id if store_id == NOBODY else account_id
    limit = Limit("payments.unverified", str(whose), UNVERIFIED_PER_MINUTE, timedelta(minutes=1))
    try:
        await take(rt.db, [limit])
    except ShopError:
        mark, known = f"beyond-{whose.hex}-{now:%Y%m%d%H}", {}
        why = f"more than {UNVERIFIED_PER_MINUTE} a minute, last: {why}"
    await rt.db.execute(
        KEEP,
        store_id,
        NAME,
        f"unverified-{mark}",
        "in",
        "SIGNTEST" if signature.startswith(PROBE) else "UNVERIFIED",
        "refused",
        None if store_id == NOBODY else account_id,
        None,
        headers.get("wechatpay-nonce", "")[:64],
        known,
        "refused:signature",
        why[:1000],
        None,
        now,
        now,
    )
