"""The one way a balance of points changes: locked, journalled, kept beside its journal."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.ids import new_id
from zhanggui.wallets.rules import Kind

OPEN = statement(
    "wallets.open",
    """
    INSERT INTO points_balance (store_id, customer_id, balance, updated_at)
    SELECT $1, customer_id, 0, $3 FROM unnest($2::uuid[]) AS c (customer_id) ORDER BY customer_id
    ON CONFLICT DO NOTHING
    """,
)
LOCK = statement(
    "wallets.lock",
    """
    SELECT customer_id, balance FROM points_balance
    WHERE store_id = $1 AND customer_id = ANY($2::uuid[]) ORDER BY customer_id FOR UPDATE
    """,
)
JOURNAL = statement(
    "wallets.journal",
    """
    INSERT INTO points_entry (store_id, id, customer_id, kind, delta, balance_after, order_id, cause_id, reason, actor,
      actor_id, at)
    SELECT $1, id, customer_id, kind, delta, balance_after, order_id, cause_id, reason, actor, actor_id, $2
    FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::uuid[], $9::uuid[], $10::text[],
      $11::text[], $12::uuid[])
      AS e (id, customer_id, kind, delta, balance_after, order_id, cause_id, reason, actor, actor_id)
    """,
)
BALANCE = statement(
    "wallets.balance",
    """
    UPDATE points_balance SET balance = points_balance.balance + c.delta, updated_at = $4
    FROM unnest($2::uuid[], $3::bigint[]) AS c (customer_id, delta)
    WHERE store_id = $1 AND points_balance.customer_id = c.customer_id
    """,
)


class Entry(NamedTuple):
    """A change of a buyer's balance: of which order, caused by which return, by whom and why."""

    customer_id: UUID
    kind: Kind
    delta: int
    order_id: UUID | None = None
    cause_id: UUID | None = None
    reason: str = ""
    actor: str = "system"
    actor_id: UUID | None = None


async def lock(conn: Connection, store_id: UUID, customer_ids: Collection[UUID]) -> dict[UUID, int]:
    """Lock these buyers' balances in order, after orders and stock; who never had points has no row and nothing to spend."""
    rows = await conn.fetch(LOCK, store_id, sorted(customer_ids))
    return {r["customer_id"]: r["balance"] for r in rows}


async def post(conn: Connection, store_id: UUID, entries: Sequence[Entry]) -> None:
    """Book entries in the caller's transaction; four statements however many. Lock orders and stock before."""
    if not entries:
        return
    buyers = sorted({e.customer_id for e in entries})
    await conn.execute(OPEN, store_id, buyers, clock.now())
    await post_locked(conn, store_id, await lock(conn, store_id, buyers), entries)


async def post_locked(
    conn: Connection, store_id: UUID, balances: Mapping[UUID, int], entries: Sequence[Entry]
) -> None:
    """Book entries on balances that `lock` answered; two statements. CHECK refuses to spend what is not there."""
    if not entries:
        return
    now, after, changes = clock.now(), dict(balances), dict[UUID, int]()
    rows: list[tuple[object, ...]] = []
    for e in entries:
        after[e.customer_id] += e.delta
        changes[e.customer_id] = changes.get(e.customer_id, 0) + e.delta
        rows.append(
            (new_id(), e.customer_id, e.kind, e.delta, after[e.customer_id], e.order_id, e.cause_id, e.reason, e.actor,
             e.actor_id)
        )  # fmt: skip
    await conn.execute(JOURNAL, store_id, now, *(list(column) for column in zip(*rows, strict=True)))
    await conn.execute(BALANCE, store_id, list(changes), list(changes.values()), now)
