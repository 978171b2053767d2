"""The only writer of balances: locks them in order, posts movements with the balance after each."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.events import Event
from zhanggui.core.ids import new_id
from zhanggui.inventory.rules import Balance, Change

TOLD_TOGETHER = 500

LOCK = statement(
    "inventory.lock",
    """
    SELECT sku_id, on_hand, reserved, safety, sold_out_until FROM stock
    WHERE store_id = $1 AND location_id = $1 AND sku_id = ANY($2::uuid[])
    ORDER BY sku_id, location_id FOR UPDATE
    """,
)
LOCK_OF_HOLDERS = statement(
    "inventory.lock_of_holders",
    """
    SELECT sku_id, on_hand, reserved, safety, sold_out_until FROM stock
    WHERE store_id = $1 AND location_id = $1 AND sku_id IN (
      SELECT sku_id FROM reservation
      WHERE store_id = $1 AND location_id = $1 AND holder_id = ANY($2::uuid[]) AND state = 'held')
    ORDER BY sku_id, location_id FOR UPDATE
    """,
)
OPEN_PLACES = statement(
    "inventory.open_places",
    """
    INSERT INTO stock (store_id, sku_id, location_id, updated_at)
    SELECT $1, sku_id, location_id, $4 FROM unnest($2::uuid[], $3::uuid[]) AS s (sku_id, location_id)
    ORDER BY sku_id, location_id
    ON CONFLICT DO NOTHING
    """,
)
LOCK_PLACES = statement(
    "inventory.lock_places",
    """
    SELECT s.sku_id, s.location_id, s.on_hand, s.reserved, s.safety, s.sold_out_until
    FROM stock s JOIN unnest($2::uuid[], $3::uuid[]) AS p (sku_id, location_id) USING (sku_id, location_id)
    WHERE s.store_id = $1 ORDER BY s.sku_id, s.location_id FOR UPDATE OF s
    """,
)
POST = statement(
    "inventory.post",
    """
    WITH moved AS (
      INSERT INTO stock_movement (store_id, id, sku_id, location_id, kind, on_hand_delta, reserved_delta,
                                  on_hand_after, reserved_after, reason, actor, ref_id, at)
      SELECT $1, id, sku_id, $13, kind, on_hand, reserved, on_hand_after, reserved_after, reason, actor, ref_id, $2
      FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::int[], $8::int[], $9::int[], $10::text[],
                  $11::text[], $12::uuid[])
        AS m (id, sku_id, kind, on_hand, reserved, on_hand_after, reserved_after, reason, actor, ref_id))
    UPDATE stock SET on_hand = stock.on_hand + s.on_hand, reserved = stock.reserved + s.reserved, updated_at = $2
    FROM (
      SELECT sku_id, sum(on_hand) AS on_hand, sum(reserved) AS reserved
      FROM unnest($4::uuid[], $6::int[], $7::int[]) AS m (sku_id, on_hand, reserved) GROUP BY sku_id) AS s
    WHERE stock.store_id = $1 AND stock.location_id = $13 AND stock.sku_id = s.sku_id
    """,
)


async def lock(conn: Connection, store_id: UUID, sku_ids: Iterable[UUID]) -> dict[UUID, Balance]:
    """Lock the balances of these SKUs in SKU order and return them as they are now; unknown SKUs are left out."""
    return _balances(await conn.fetch(LOCK, store_id, sorted(set(sku_ids))))


async def lock_of_holders(
    conn: Connection, store_id: UUID, holder_ids: Iterable[UUID]
) -> dict[UUID, Balance]:
    """Lock the balances that these holders have units held of."""
    return _balances(await conn.fetch(LOCK_OF_HOLDERS, store_id, sorted(set(holder_ids))))


async def lock_places(
    conn: Connection, store_id: UUID, places: Iterable[tuple[UUID, UUID]]
) -> dict[UUID, dict[UUID, Balance]]:
    """Lock the balances of (SKU, location) pairs in that order, an empty one made first where there is none.

    By location, then SKU.
    """
    wanted = sorted(set(places))
    skus, locations = [sku_id for sku_id, _ in wanted], [location_id for _, location_id in wanted]
    await conn.execute(OPEN_PLACES, store_id, skus, locations, clock.now())
    found: dict[UUID, dict[UUID, Balance]] = {location_id: {} for location_id in locations}
    for row in await conn.fetch(LOCK_PLACES, store_id, skus, locations):
        found[row["location_id"]][row["sku_id"]] = _balance(row)
    return found


async def lock_opened(
    conn: Connection, store_id: UUID, sku_ids: Iterable[UUID], location_id: UUID | None = None
) -> dict[UUID, Balance]:
    """`lock_places` of one location, the main one unless told."""
    where = location_id or store_id
    return (await lock_places(conn, store_id, ((sku_id, where) for sku_id in sku_ids))).get(where, {})


async def post(
    conn: Connection,
    store_id: UUID,
    balances: dict[UUID, Balance],
    changes: Sequence[Change],
    location_id: UUID | None = None,
) -> None:
    """Write movements in the order given and the balances they lead to, which must be locked, and `stock.changed`.

    At the main location unless told; nobody hears of the others, as nothing is sold from there. `balances` follows. Raises KeyError for a balance that is not locked; the database refuses what can never be.
    """
    if not changes:
        return
    after: list[tuple[int, int]] = []
    for change in changes:
        balance = balances[change.sku_id]
        balance.apply(change)
        after.append((balance.on_hand, balance.reserved))
    await conn.execute(
        POST,
        store_id,
        clock.now(),
        [new_id() for _ in changes],
        [c.sku_id for c in changes],
        [c.kind for c in changes],
        [c.on_hand for c in changes],
        [c.reserved for c in changes],
        [on_hand for on_hand, _ in after],
        [reserved for _, reserved in after],
        [c.reason for c in changes],
        [c.actor for c in changes],
        [c.ref_id for c in changes],
        location_id or store_id,
    )
    if location_id is None or location_id == store_id:
        await announce(conn, store_id, balances, {c.sku_id for c in changes})


async def announce(
    conn: Connection, store_id: UUID, balances: dict[UUID, Balance], sku_ids: Iterable[UUID]
) -> None:
    """Append `stock.changed` of the store: the units now free of each of these SKUs, up to TOLD_TOGETHER in one event: {"skus": {id: units}}.

    One event for a whole batch: an event for every line would be written, and read by every process, more often than
    anything else there is.
    """
    now = clock.now()
    told = [(str(sku_id), balances[sku_id].available(now)) for sku_id in sorted(sku_ids)]
    await events.append(
        conn,
        [
            Event(store_id, "stock.changed", store_id, None, {"skus": dict(told[i : i + TOLD_TOGETHER])})
            for i in range(0, len(told), TOLD_TOGETHER)
        ],
    )


def _balances(rows: Sequence[Row]) -> dict[UUID, Balance]:
    return {r["sku_id"]: _balance(r) for r in rows}


def _balance(row: Row) -> Balance:
    return Balance(row["on_hand"], row["reserved"], row["safety"], row["sold_out_until"])
