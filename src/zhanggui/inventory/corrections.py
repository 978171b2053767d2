"""What people do to stock: first counts, corrections, goods taken back, items taken off sale."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.inventory.journal import announce, lock_opened, lock_places, post
from zhanggui.inventory.locations import use_locations
from zhanggui.inventory.queries import must_exist
from zhanggui.inventory.rules import MAX_UNITS, Balance, Change

SOLD_OUT = statement(
    "inventory.sold_out",
    """
    UPDATE stock SET sold_out_until = $3, updated_at = $4
    WHERE store_id = $1 AND location_id = $1 AND sku_id = ANY($2::uuid[])
    """,
)

WRITTEN_OFF = "报损 · written off:"


class Adjustment(NamedTuple):
    """A correction in units: by `delta`, or to a counted `on_hand`; exactly one of them."""

    sku_id: UUID
    delta: int | None
    on_hand: int | None


class Restocked(NamedTuple):
    """Units taken back: to the main location unless told."""

    sku_id: UUID
    quantity: int
    location_id: UUID | None = None


async def receive_initial(
    conn: Connection, store_id: UUID, items: Sequence[tuple[UUID, int]], actor: str
) -> None:
    """Give new SKUs a balance, with a first receipt where units (≥ 0) came with them."""
    if not items:
        return
    balances = await lock_opened(conn, store_id, (sku_id for sku_id, _ in items))
    changes = [Change(sku_id, "receive", units, 0, actor) for sku_id, units in items if units > 0]
    await post(conn, store_id, balances, changes)


async def restock(  # the six that every caller names in this order
    conn: Connection,
    store_id: UUID,
    items: Sequence[Restocked],
    order_id: UUID,
    actor: str,
    reason: str,
    written_off: Sequence[Restocked] = (),
) -> None:
    """Put units of a cancelled or returned order back on the shelf, or where they were told to.

    Those of `written_off` came back too but cannot be sold: they are taken in and out again, so that the journal knows.
    Raises 422 `location_unknown`.
    """
    came = [*items, *written_off]
    await use_locations(conn, store_id, {i.location_id for i in came if i.location_id is not None})
    balances = await lock_places(conn, store_id, ((i.sku_id, i.location_id or store_id) for i in came))
    changes: dict[UUID, list[Change]] = {location_id: [] for location_id in balances}
    for i in came:
        taken = Change(i.sku_id, "restock", i.quantity, 0, actor, reason, order_id)
        changes[i.location_id or store_id].append(taken)
    for i in written_off:
        lost = Change(i.sku_id, "adjust", -i.quantity, 0, actor, f"{WRITTEN_OFF} {reason}", order_id)
        changes[i.location_id or store_id].append(lost)
    for location_id, made in sorted(changes.items()):
        await post(conn, store_id, balances[location_id], made, location_id)


async def adjust(
    conn: Connection,
    store_id: UUID,
    items: Sequence[Adjustment],
    actor: str,
    reason: str,
    location_id: UUID | None = None,
) -> None:
    """Correct counts, all or nothing, at the main location unless told.

    Raises 404 for a SKU of another store, 409 `stock_below_reserved`, 422 `location_unknown`.
    """
    where = location_id or store_id
    await use_locations(conn, store_id, [where])
    await must_exist(conn, store_id, [i.sku_id for i in items])
    balances = await lock_opened(conn, store_id, (i.sku_id for i in items), where)
    counted = {sku_id: Balance(b.on_hand, b.reserved) for sku_id, b in balances.items()}
    changes: list[Change] = []
    for item in items:
        balance = counted[item.sku_id]
        target = item.on_hand if item.on_hand is not None else balance.on_hand + (item.delta or 0)
        if not balance.reserved <= target <= MAX_UNITS:
            raise ShopError(
                "stock_below_reserved" if target < balance.reserved else "too_large",
                409,
                field="items",
                data={"sku_id": item.sku_id, "on_hand": balance.on_hand, "reserved": balance.reserved},
                reserved=balance.reserved,
            )
        if target != balance.on_hand:
            changes.append(Change(item.sku_id, "adjust", target - balance.on_hand, 0, actor, reason))
            balance.apply(changes[-1])
    await post(conn, store_id, balances, changes, where)


async def set_sold_out(
    conn: Connection, store_id: UUID, sku_ids: Sequence[UUID], until: datetime | None
) -> None:
    """Take SKUs off sale until an instant (UTC), or put them back (None). Balances stay as they are."""
    await must_exist(conn, store_id, sku_ids)
    balances = await lock_opened(conn, store_id, sku_ids)
    await conn.execute(SOLD_OUT, store_id, sorted(balances), until, clock.now())
    for balance in balances.values():
        balance.sold_out_until = until
    await announce(conn, store_id, balances, balances)
