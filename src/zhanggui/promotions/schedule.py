"""The merchant's side: drafting a sale, setting its units aside, changing it until it starts, calling it off."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.catalog.cache import catalogue
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.errors import FieldError, ShopError, not_found
from zhanggui.core.events import Event, append
from zhanggui.core.idempotency import Asked, made_once
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.inventory import Want, journal
from zhanggui.inventory.set_aside import draw, set_aside
from zhanggui.promotions.expire import end
from zhanggui.promotions.journal import lock_items, post
from zhanggui.promotions.rules import Move
from zhanggui.promotions.shapes import FlashItemInput, FlashSaleInput

KEEP = "promotions.keep"
ADD = statement(
    "promotions.add_sale",
    """
    INSERT INTO flash_sale (store_id, id, name, status, starts_at, ends_at, reserve_seconds, pay_seconds, version,
                            created_by, created_at, updated_at)
    VALUES ($1, $2, $3, 'draft', $4, $5, $6, $7, 1, $8, $9, $9)
    """,
)
CHANGE = statement(
    "promotions.change_sale",
    """
    UPDATE flash_sale SET name = $3, starts_at = $4, ends_at = $5, reserve_seconds = $6, pay_seconds = $7,
      version = version + 1, updated_at = $8
    WHERE store_id = $1 AND id = $2
    """,
)
LOCK_SALE = statement(
    "promotions.lock_sale",
    "SELECT status, starts_at, ends_at, version FROM flash_sale WHERE store_id = $1 AND id = $2 FOR UPDATE",
)
SET_STATUS = statement(
    "promotions.set_status",
    "UPDATE flash_sale SET status = $3, version = version + 1, updated_at = $4 WHERE store_id = $1 AND id = $2",
)
ITEMS_OF = statement(
    "promotions.items_of",
    "SELECT sku_id, planned, units FROM flash_item WHERE store_id = $1 AND sale_id = $2 ORDER BY position",
)
CLEAR_ITEMS = statement(
    "promotions.clear_items", "DELETE FROM flash_item WHERE store_id = $1 AND sale_id = $2 AND units = 0"
)
ADD_ITEMS = statement(
    "promotions.add_items",
    """
    INSERT INTO flash_item (store_id, sale_id, position, sku_id, price, per_buyer, planned)
    SELECT $1, $2, position, sku_id, price, per_buyer, planned
    FROM unnest($3::int[], $4::uuid[], $5::bigint[], $6::int[], $7::int[])
      AS i (position, sku_id, price, per_buyer, planned)
    """,
)


async def save(
    rt: Runtime,
    store_id: UUID,
    sale_id: UUID | None,
    data: FlashSaleInput,
    actor: str,
    asked: Asked | None = None,
) -> UUID:
    """Make a draft (once for each key), or change a sale that has not started; returns its id.

    A scheduled sale stays scheduled and its units are set aside anew, all or nothing. Raises 404 for a sale or SKU of
    another store, 409 `flash_started`, `flash_conflict` (stale version), `out_of_stock` (data: what is left), 422 for
    fields at fault.
    """
    await _check(rt, store_id, data)

    async def work(conn: Connection) -> UUID:
        if sale_id is None:
            return await made_once(conn, asked, lambda: _add(conn, store_id, data, actor))
        row = await _editable(conn, store_id, sale_id)
        if data.version != row["version"]:
            raise ShopError("flash_conflict", 409, field="version")
        if row["status"] == "scheduled":
            await _take_down(conn, store_id, sale_id, actor)
        times = (data.starts_at, data.ends_at, data.reserve_seconds, data.pay_seconds)
        await conn.execute(CHANGE, store_id, sale_id, _name(data), *times, clock.now())
        await conn.execute(CLEAR_ITEMS, store_id, sale_id)
        await _add_items(conn, store_id, sale_id, data.items)
        if row["status"] == "scheduled":
            await _put_up(conn, store_id, sale_id, actor)
        await append(conn, [Event(store_id, "flash.changed", sale_id, None, {"status": row["status"]})])
        return sale_id

    return await in_transaction(rt.db, work)


async def schedule(rt: Runtime, store_id: UUID, sale_id: UUID, actor: str) -> None:
    """A draft becomes a scheduled sale: its units are set aside and its timer starts; again is nothing.

    Raises 404, 409 `out_of_stock` (data: what is left), 409 `flash_ended` when its time is over or it was cancelled.
    """

    async def work(conn: Connection) -> None:
        row = await _locked(conn, store_id, sale_id)
        if row["status"] == "scheduled":
            return
        if row["status"] != "draft" or row["ends_at"] <= clock.now():
            raise ShopError("flash_ended", 409)
        await _put_up(conn, store_id, sale_id, actor)
        await conn.execute(SET_STATUS, store_id, sale_id, "scheduled", clock.now())
        await enqueue(conn, [NewJob(store_id, KEEP, str(sale_id), {"sale_id": sale_id})])
        await append(conn, [Event(store_id, "flash.changed", sale_id, None, {"status": "scheduled"})])

    await in_transaction(rt.db, work)


async def cancel(rt: Runtime, store_id: UUID, sale_id: UUID) -> None:
    """Call a sale off: free units go back to stock at once, places held are withdrawn, orders placed stay.

    Again is nothing. Raises 404, 409 `flash_ended` when it is over.
    """

    async def work(conn: Connection) -> None:
        if await end(conn, store_id, sale_id, "cancelled"):
            return
        row = await _locked(conn, store_id, sale_id)
        if row["status"] == "draft":
            await conn.execute(SET_STATUS, store_id, sale_id, "cancelled", clock.now())
        elif row["status"] == "ended":
            raise ShopError("flash_ended", 409)

    await in_transaction(rt.db, work)


async def _locked(conn: Connection, store_id: UUID, sale_id: UUID) -> Row:
    row = await conn.fetchrow(LOCK_SALE, store_id, sale_id)
    if row is None:
        raise not_found("flash sale")
    return row


async def _editable(conn: Connection, store_id: UUID, sale_id: UUID) -> Row:
    row = await _locked(conn, store_id, sale_id)
    started = row["status"] == "scheduled" and row["starts_at"] <= clock.now()
    if started or row["status"] in {"ended", "cancelled"}:
        raise ShopError("flash_started", 409)
    return row


async def _add(conn: Connection, store_id: UUID, data: FlashSaleInput, actor: str) -> UUID:
    sale_id = new_id()
    times = (data.starts_at, data.ends_at, data.reserve_seconds, data.pay_seconds)
    await conn.execute(ADD, store_id, sale_id, _name(data), *times, actor, clock.now())
    await _add_items(conn, store_id, sale_id, data.items)
    return sale_id


async def _add_items(
    conn: Connection, store_id: UUID, sale_id: UUID, items: Sequence[FlashItemInput]
) -> None:
    await conn.execute(
        ADD_ITEMS,
        store_id,
        sale_id,
        list(range(len(items))),
        [i.sku_id for i in items],
        [i.price for i in items],
        [i.per_buyer for i in items],
        [i.stock_units for i in items],
    )


async def _put_up(conn: Connection, store_id: UUID, sale_id: UUID, actor: str) -> None:
    """Set the planned units aside from ordinary stock."""
    wants = [Want(sale_id, r["sku_id"], r["planned"]) for r in await conn.fetch(ITEMS_OF, store_id, sale_id)]
    balances = await journal.lock(conn, store_id, (w.sku_id for w in wants))
    now = clock.now()
    left = {w.sku_id: balances[w.sku_id].available(now) if w.sku_id in balances else 0 for w in wants}
    short = [w for w in wants if w.quantity > left[w.sku_id]]
    if short:
        raise ShopError(
            "out_of_stock",
            409,
            field="items",
            data=[{"sku_id": w.sku_id, "available": left[w.sku_id]} for w in short],
            available=left[short[0].sku_id],
        )
    await lock_items(conn, store_id, ((sale_id, w.sku_id) for w in wants))
    await set_aside(conn, store_id, balances, wants, actor, "flash")
    await post(
        conn,
        store_id,
        [Move(sale_id, w.sku_id, "set_aside", units=w.quantity, free=w.quantity) for w in wants],
    )


async def _take_down(conn: Connection, store_id: UUID, sale_id: UUID, actor: str) -> None:
    """Give everything back that was set aside for a sale that has not started."""
    rows = await conn.fetch(ITEMS_OF, store_id, sale_id)
    wants = [Want(sale_id, r["sku_id"], r["units"]) for r in rows if r["units"]]
    balances = await journal.lock(conn, store_id, (w.sku_id for w in wants))
    await lock_items(conn, store_id, ((sale_id, w.sku_id) for w in wants))
    await draw(conn, store_id, balances, wants, actor, "flash")
    await post(
        conn,
        store_id,
        [Move(sale_id, w.sku_id, "take_down", units=-w.quantity, free=-w.quantity) for w in wants],
    )


async def _check(rt: Runtime, store_id: UUID, data: FlashSaleInput) -> None:
    skus = (await catalogue(rt, store_id)).skus
    errors: list[FieldError] = []
    seen: set[UUID] = set()
    for i, item in enumerate(data.items):
        view = skus.get(item.sku_id)
        if view is None:
            errors.append(FieldError(f"items[{i}].sku_id", "sku_not_found"))
        elif item.price > view.price:
            errors.append(FieldError(f"items[{i}].price", "flash_price_high"))
        if item.sku_id in seen:
            errors.append(FieldError(f"items[{i}].sku_id", "flash_sku_twice"))
        seen.add(item.sku_id)
    if data.ends_at <= max(data.starts_at, clock.now()):
        errors.append(FieldError("ends_at", "flash_times"))
    if errors:
        raise ShopError("invalid", 422, errors=errors)


def _name(data: FlashSaleInput) -> dict[str, str]:
    return {"zh": data.name.zh, "en": data.name.en}
