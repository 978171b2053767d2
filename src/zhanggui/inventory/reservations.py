"""Units promised to a holder: reserve, release, consume. Releasing moves only what a reservation row holds."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.ids import new_id
from zhanggui.inventory.journal import lock, lock_of_holders, post
from zhanggui.inventory.rules import Balance, Change, Shortage, Want, decide

HOLD = statement(
    "inventory.hold",
    """
    INSERT INTO reservation (store_id, id, holder_id, sku_id, location_id, quantity, state, created_at)
    SELECT $1, id, holder_id, sku_id, $1, quantity, 'held', $6
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[]) AS r (id, holder_id, sku_id, quantity)
    """,
)
SETTLE = statement(
    "inventory.settle",
    """
    UPDATE reservation SET state = $4, settled_at = $5
    WHERE store_id = $1 AND location_id = $1 AND holder_id = ANY($2::uuid[]) AND sku_id = ANY($3::uuid[])
      AND state = 'held'
    RETURNING holder_id, sku_id, quantity
    """,
)


async def reserve(
    conn: Connection, store_id: UUID, wants: Sequence[Want], actor: str = "buyer"
) -> list[Shortage]:
    """Promise units to their holders in order of arrival, each holder all or nothing.

    Returns what was short (empty: all granted); holders without a shortage have their units. A holder reserves a SKU
    once; doing it again violates reservation_holder_key.
    """
    balances = await lock(conn, store_id, (w.sku_id for w in wants))
    now = clock.now()
    granted, shortages = decide(wants, {sku: b.available(now) for sku, b in balances.items()})
    await hold(conn, store_id, balances, granted, actor)
    return shortages


async def hold(
    conn: Connection,
    store_id: UUID,
    balances: dict[UUID, Balance],
    granted: Sequence[Want],
    actor: str = "buyer",
) -> None:
    """Write reservations that were decided under the lock of `balances`: one per holder and SKU."""
    if not granted:
        return
    await conn.execute(
        HOLD,
        store_id,
        [new_id() for _ in granted],
        [w.holder_id for w in granted],
        [w.sku_id for w in granted],
        [w.quantity for w in granted],
        clock.now(),
    )
    changes = [Change(w.sku_id, "reserve", 0, w.quantity, actor, "", w.holder_id) for w in granted]
    await post(conn, store_id, balances, changes)


async def release(
    conn: Connection, store_id: UUID, holder_ids: Sequence[UUID], actor: str, reason: str = ""
) -> set[UUID]:
    """Give back what these holders still hold; returns the holders that held something."""
    balances, rows = await _settle(conn, store_id, holder_ids, "released")
    changes = [Change(r["sku_id"], "release", 0, -r["quantity"], actor, reason, r["holder_id"]) for r in rows]
    await post(conn, store_id, balances, changes)
    return {r["holder_id"] for r in rows}


async def consume(conn: Connection, store_id: UUID, holder_ids: Sequence[UUID], actor: str) -> set[UUID]:
    """Deduct what these holders hold from the shelf; returns the holders that held nothing.

    Those were released or consumed before (or never reserved): nothing is deducted for them.
    """
    balances, rows = await _settle(conn, store_id, holder_ids, "consumed")
    changes = [
        Change(r["sku_id"], "deduct", -r["quantity"], -r["quantity"], actor, "", r["holder_id"]) for r in rows
    ]
    await post(conn, store_id, balances, changes)
    return set(holder_ids) - {r["holder_id"] for r in rows}


async def _settle(
    conn: Connection, store_id: UUID, holder_ids: Sequence[UUID], state: str
) -> tuple[dict[UUID, Balance], list[Row]]:
    """Lock the balances first: whoever settles a reservation holds them, so a row is settled once."""
    balances = await lock_of_holders(conn, store_id, holder_ids)
    if not balances:
        return {}, []
    rows = await conn.fetch(SETTLE, store_id, sorted(set(holder_ids)), sorted(balances), state, clock.now())
    return balances, sorted(rows, key=lambda r: (r["holder_id"], r["sku_id"]))
