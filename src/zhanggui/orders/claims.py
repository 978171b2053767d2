"""Idempotency keys of a batch of tickets: claimed first, with what they will answer; freed again where nothing was placed."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, json_bytes, statement
from zhanggui.orders.decide import Refusal, Ticket
from zhanggui.orders.outcome import Outcome, Placed

CLAIM = statement(
    "orders.claims.claim",
    """
    INSERT INTO idempotency_key (store_id, owner_id, key, fingerprint, result, created_at)
    SELECT $1, owner_id, key, fingerprint, result::jsonb, $6
    FROM unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[]) AS k (owner_id, key, fingerprint, result)
    ORDER BY owner_id, key
    ON CONFLICT DO NOTHING RETURNING owner_id, key
    """,
)
KNOWN = statement(
    "orders.claims.known",
    """
    SELECT k.owner_id, k.key, k.fingerprint, k.result
    FROM idempotency_key k JOIN unnest($2::uuid[], $3::text[]) AS w (owner_id, key) USING (owner_id, key)
    WHERE k.store_id = $1
    """,
)
# A refused ticket changed nothing, so its key is free again: the next try is decided anew.
FORGET = statement(
    "orders.claims.forget",
    """
    DELETE FROM idempotency_key k USING unnest($2::uuid[], $3::text[]) AS f (owner_id, key)
    WHERE k.store_id = $1 AND k.owner_id = f.owner_id AND k.key = f.key
    """,
)
REUSED = Refusal("idempotency_key_reused", 409)
Key = tuple[UUID, str]


class Answer(msgspec.Struct):
    """What is stored under the key."""

    orders: list[UUID]


class Claims:
    """A batch's tickets by key: `fresh` are to be decided, each key once, in order of arrival."""

    def __init__(self, first: dict[Key, Ticket], known: dict[Key, tuple[bytes, Outcome]]) -> None:
        self._first, self._known = first, known
        self.fresh = [ticket for key, ticket in first.items() if key not in known]

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """What became of `fresh`."""
        for ticket, outcome in zip(self.fresh, outcomes, strict=True):
            self._known[_key(ticket)] = ticket.fingerprint, outcome

    def outcomes(self, tickets: Sequence[Ticket]) -> list[Outcome]:
        """One per ticket: equal tickets share one, another body under a key is refused."""
        return [self._outcome(ticket) for ticket in tickets]

    def fresh_outcomes(self) -> list[tuple[Ticket, Outcome]]:
        return [(ticket, self._known[_key(ticket)][1]) for ticket in self.fresh]

    def _outcome(self, ticket: Ticket) -> Outcome:
        fingerprint, outcome = self._known[_key(ticket)]
        return outcome if fingerprint == ticket.fingerprint else REUSED


async def claim(conn: Connection, store_id: UUID, tickets: Sequence[Ticket]) -> Claims:
    """Take the batch's keys, in order; a concurrent holder of one of them is waited for.

    The ids of a ticket's orders are drawn before it is decided, so a key holds its answer from the start.
    """
    first: dict[Key, Ticket] = {}
    for ticket in tickets:
        first.setdefault(_key(ticket), ticket)
    owners, names = [t.customer_id for t in first.values()], [t.key for t in first.values()]
    answers = [json_bytes(Answer([d.order_id for d in t.drafts])).decode() for t in first.values()]
    prints = [t.fingerprint for t in first.values()]
    rows = await conn.fetch(CLAIM, store_id, owners, names, prints, answers, clock.now())
    taken = {(r["owner_id"], r["key"]) for r in rows}
    known: dict[Key, tuple[bytes, Outcome]] = {}
    if len(taken) < len(first):
        for r in await conn.fetch(KNOWN, store_id, owners, names):
            if (r["owner_id"], r["key"]) not in taken:
                known[r["owner_id"], r["key"]] = r["fingerprint"], _stored(r["result"])
    return Claims(first, known)


async def known(
    conn: Connection, store_id: UUID, customer_id: UUID, key: str, fingerprint: bytes
) -> Outcome | None:
    """What a key was answered before, None for a new one; no lock."""
    rows = await conn.fetch(KNOWN, store_id, [customer_id], [key])
    if not rows:
        return None
    return _stored(rows[0]["result"]) if rows[0]["fingerprint"] == fingerprint else REUSED


async def free_refused(conn: Connection, store_id: UUID, claims: Claims) -> None:
    """Free the keys of the refused, in the same transaction: the next try is decided anew."""
    refused = [t for t, o in claims.fresh_outcomes() if isinstance(o, Refusal)]
    if refused:
        await conn.execute(FORGET, store_id, [t.customer_id for t in refused], [t.key for t in refused])


def _key(ticket: Ticket) -> Key:
    return ticket.customer_id, ticket.key


def _stored(result: object) -> Outcome:
    """An answer of this operation; a key used for another one carries another fingerprint and is refused anyway."""
    try:
        return Placed(msgspec.convert(result, Answer).orders, again=True)
    except msgspec.ValidationError:
        return REUSED
