"""What time does to a sale: places nobody redeemed become free again, and a sale that is over gives back what is left."""

from datetime import datetime
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.events import Event, append
from zhanggui.inventory import Want, journal
from zhanggui.inventory.set_aside import draw
from zhanggui.promotions.journal import lock_items, post, read_sales
from zhanggui.promotions.rules import ItemKey, Move, Status

BATCH = 1_000
SKUS = statement(
    "promotions.skus_of", "SELECT sku_id FROM flash_item WHERE store_id = $1 AND sale_id = $2 ORDER BY sku_id"
)
EXPIRE = statement(
    "promotions.expire",
    """
    WITH due AS (
      SELECT customer_id, id FROM flash_place
      WHERE store_id = $1 AND sale_id = $2 AND state = 'held' AND (expires_at <= $3 OR $4 = 'withdrawn')
      ORDER BY expires_at LIMIT $5 FOR UPDATE SKIP LOCKED)
    UPDATE flash_place p SET state = $4, settled_at = $3 FROM due
    WHERE p.store_id = $1 AND p.customer_id = due.customer_id AND p.id = due.id
    RETURNING p.sku_id, p.quantity
    """,
)
NEXT_DUE = statement(
    "promotions.next_due",
    "SELECT min(expires_at) FROM flash_place WHERE store_id = $1 AND sale_id = $2 AND state = 'held'",
)
END = statement(
    "promotions.end",
    """
    UPDATE flash_sale SET status = $3, version = version + 1, updated_at = $4
    WHERE store_id = $1 AND id = $2 AND status = 'scheduled' RETURNING id
    """,
)


async def expire_due(conn: Connection, store_id: UUID, sale_id: UUID) -> int:
    """Free up to BATCH places whose time is over (all of a cancelled sale); returns how many.

    A place that is being redeemed at this moment is left to that. Units go back to the sale while it runs, otherwise to
    ordinary stock.
    """
    skus = [r["sku_id"] for r in await conn.fetch(SKUS, store_id, sale_id)]
    balances = await journal.lock(conn, store_id, skus)
    cancelled = (await read_sales(conn, store_id, [sale_id]))[sale_id].status == "cancelled"
    rows = await conn.fetch(
        EXPIRE, store_id, sale_id, clock.now(), "withdrawn" if cancelled else "expired", BATCH
    )
    if not rows:
        return 0
    back: dict[UUID, tuple[int, int]] = {}
    for r in rows:
        places, units = back.get(r["sku_id"], (0, 0))
        back[r["sku_id"]] = places + 1, units + r["quantity"]
    await lock_items(conn, store_id, ((sale_id, sku) for sku in back))
    running = (await read_sales(conn, store_id, [sale_id]))[sale_id].running(clock.now())
    moves = [
        Move(
            sale_id,
            sku,
            "expire",
            places,
            held=-units,
            free=units if running else 0,
            returned=0 if running else units,
        )
        for sku, (places, units) in sorted(back.items())
    ]
    if not running:
        wants = [Want(sale_id, sku, units) for sku, (_, units) in sorted(back.items())]
        await draw(conn, store_id, balances, wants, "system", "flash")
    await post(conn, store_id, moves)
    return len(rows)


async def end(conn: Connection, store_id: UUID, sale_id: UUID, status: Status) -> bool:
    """A scheduled sale is over (`ended`) or called off (`cancelled`): free units go back to ordinary stock.

    False when it was not scheduled. Places that are held stay until their own time (see `expire_due`).
    """
    if await conn.fetchval(END, store_id, sale_id, status, clock.now()) is None:
        return False
    skus = [r["sku_id"] for r in await conn.fetch(SKUS, store_id, sale_id)]
    balances = await journal.lock(conn, store_id, skus)
    keys: list[ItemKey] = [(sale_id, sku) for sku in skus]
    items = await lock_items(conn, store_id, keys)
    left = {sku: items[sale_id, sku]["free"] for sku in skus if items[sale_id, sku]["free"]}
    await draw(
        conn, store_id, balances, [Want(sale_id, s, n) for s, n in left.items()], "system", f"flash {status}"
    )
    await post(conn, store_id, [Move(sale_id, s, "close", free=-n, returned=n) for s, n in left.items()])
    await append(conn, [Event(store_id, "flash.changed", sale_id, None, {"status": status})])
    return True


async def next_due(conn: Connection, store_id: UUID, sale_id: UUID) -> datetime | None:
    """When the next held place is over (UTC), None when none is held."""
    return await conn.fetchval(NEXT_DUE, store_id, sale_id)
