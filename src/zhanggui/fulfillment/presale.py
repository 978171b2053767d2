"""Pre-sale: products that are sold before they can be sent, the promise made to their buyers, and telling the platform.

A product ships, or is ready to be fetched, within some days of payment or on a fixed day. What an order promises is kept when it is paid (the latest
of its products), so that a later change of the product changes no promise. The platform wants to hear of promises beyond
15 days (特殊发货报备, type 1) and takes none beyond 330.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.events import Event, append
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.report import managed
from zhanggui.fulfillment.report_rows import facts_of
from zhanggui.fulfillment.report_rules import KNOWN_AFTER, meaning
from zhanggui.wechat.apps import mini_program
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown

TOLD_FROM = timedelta(days=15)
TOLD_TO = timedelta(days=330)
AGAIN = timedelta(seconds=60)

SAVE = statement(
    "fulfillment.presale.save",
    """
    INSERT INTO presale (store_id, product_id, ships_within_days, ships_at, updated_at)
    SELECT $1, id, $3, $4, $5 FROM product WHERE store_id = $1 AND id = $2
    ON CONFLICT (store_id, product_id) DO UPDATE SET ships_within_days = excluded.ships_within_days,
      ships_at = excluded.ships_at, updated_at = excluded.updated_at
    RETURNING product_id
    """,
)
END = statement("fulfillment.presale.end", "DELETE FROM presale WHERE store_id = $1 AND product_id = $2")
KNOWN = statement("fulfillment.presale.product", "SELECT id FROM product WHERE store_id = $1 AND id = $2")
READ = statement(
    "fulfillment.presale.read",
    """
    SELECT product_id, ships_within_days, ships_at FROM presale
    WHERE store_id = $1 AND (product_id = ANY($2::uuid[]) OR product_id IN (
      SELECT product_id FROM sku WHERE store_id = $1 AND id = ANY($2::uuid[]))) ORDER BY product_id
    """,
)
PROMISE = statement(
    "fulfillment.presale.promise",
    """
    INSERT INTO order_presale (store_id, order_id, ships_by, state, updated_at)
    SELECT $1, $2, p.ships_by, CASE WHEN p.ships_by > p.paid_at + $4::interval THEN 'waiting' ELSE 'unneeded' END, $3
    FROM (SELECT max(coalesce(s.ships_at, o.paid_at + make_interval(days => s.ships_within_days))) AS ships_by,
                 min(o.paid_at) AS paid_at
          FROM sales_order o
          JOIN order_line l ON l.store_id = o.store_id AND l.order_id = o.id
          JOIN presale s ON s.store_id = l.store_id AND s.product_id = l.product_id
          WHERE o.store_id = $1 AND o.id = $2 AND o.paid_at IS NOT NULL) p
    WHERE p.ships_by IS NOT NULL ON CONFLICT (store_id, order_id) DO NOTHING
    """,
)
NOTE = statement(
    "fulfillment.presale.note",
    """
    UPDATE order_presale SET state = $3, code = $4, error = $5, updated_at = $6
    WHERE store_id = $1 AND order_id = $2
    """,
)
OF_ORDER = statement(
    "fulfillment.presale.of_order",
    "SELECT ships_by, state, code, error FROM order_presale WHERE store_id = $1 AND order_id = $2",
)


class Presale(msgspec.Struct, frozen=True):
    """When a product ships: within days of payment, or on a fixed day; exactly one of them."""

    product_id: UUID
    ships_within_days: int | None
    ships_at: datetime | None


async def save(
    conn: Connection, store_id: UUID, product_id: UUID, days: int | None, at: datetime | None
) -> None:
    """Make a product a pre-sale one, or with neither an ordinary one again. Raises 404; 422 `presale_one`, `presale_past`."""
    if days is None and at is None:
        await check_product(conn, store_id, product_id)
        await conn.execute(END, store_id, product_id)
        return
    if days is not None and at is not None:
        raise ShopError("presale_one", 422, field="ships_at")
    if at is not None and not clock.now() < at <= clock.now() + TOLD_TO:
        raise ShopError("presale_past", 422, field="ships_at")
    if await conn.fetchval(SAVE, store_id, product_id, days, at, clock.now()) is None:
        raise not_found("product")


async def check_product(conn: Connection, store_id: UUID, product_id: UUID) -> None:
    """Raises 404 for a product that is not this store's."""
    if await conn.fetchval(KNOWN, store_id, product_id) is None:
        raise not_found("product")


async def of_products(conn: Connection, store_id: UUID, ids: Sequence[UUID]) -> list[Presale]:
    """Which of these products (or products of these SKUs) are sold in advance; one statement."""
    rows = await conn.fetch(READ, store_id, list(ids))
    return [Presale(r["product_id"], r["ships_within_days"], r["ships_at"]) for r in rows]


async def promise(conn: Connection, store_id: UUID, order_id: UUID) -> None:
    """Keep what a paid order promises; once."""
    await conn.execute(PROMISE, store_id, order_id, clock.now(), TOLD_FROM)


async def tell(rt: Runtime, store_id: UUID, order_id: UUID) -> None:
    """Tell the platform of a promise beyond 15 days, once. Raises Later while it does not know the order yet."""
    row = await rt.db.fetchrow(OF_ORDER, store_id, order_id)
    if row is None or row["state"] != "waiting":
        return
    facts = await facts_of(rt.db, rt.sealer, store_id, order_id)
    if facts is None or facts.order["status"] not in {"paid", "preparing"}:
        await _note(rt, store_id, order_id, "unneeded")  # not paid there, or nothing waits any more
        return
    app = await mini_program(rt, facts.order["appid"])
    state, code, error = "sent", None, None
    try:
        if await managed(rt, app):
            await app.report_presale(facts.order["transaction_id"], row["ships_by"])
        else:
            state = "unneeded"
    except WeChatUnknown as unknown:
        # Saying it twice does no harm: the later declaration takes the earlier one's place.
        raise Later(AGAIN, str(unknown)) from unknown
    except WeChatRefused as refused:
        if meaning(refused.code, clock.now() - facts.order["paid_at"]) == "later":
            raise Later(KNOWN_AFTER, str(refused)) from refused
        state, code, error = "failed", refused.code, str(refused)
    await _note(rt, store_id, order_id, state, code, error)


async def _note(
    rt: Runtime, store_id: UUID, order_id: UUID, state: str, code: str | None = None, error: str | None = None
) -> None:
    """Write how the declaration stands and tell the console's open pages."""

    async def work(conn: Connection) -> None:
        await conn.execute(NOTE, store_id, order_id, state, code, error, clock.now())
        await append(conn, [Event(store_id, "shipping_report.changed", order_id, None, {"state": state})])

    await in_transaction(rt.db, work)
