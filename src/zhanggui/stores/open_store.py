"""Open a store: used by the command line and the demo."""

from uuid import UUID

import asyncpg
import msgspec

from zhanggui.core import clock, events
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id
from zhanggui.stores.rules import Settings

INSERT = statement(
    "stores.open",
    """
    INSERT INTO store (store_id, slug, name, layout, currency, timezone, status, settings, lat, lng, sort, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'on', $7, $8, $9, $10, $11, $11)
    """,
)


async def open_store(
    conn: Connection,
    slug: str,
    name: Text,
    layout: str,
    settings: Settings,
    *,
    store_id: UUID | None = None,
    currency: str = "CNY",
    timezone: str = "Asia/Shanghai",
    lat: float | None = None,
    lng: float | None = None,
    sort: int = 0,
) -> UUID:
    """Add a store that is open to buyers at once and return its id; run it in a transaction.

    `layout` is `menu` or `grid`. Raises 409 `slug_taken`.
    """
    new = store_id or new_id()
    try:
        await conn.execute(
            INSERT,
            new,
            slug,
            msgspec.to_builtins(name),
            layout,
            currency,
            timezone,
            msgspec.to_builtins(settings),
            lat,
            lng,
            sort,
            clock.now(),
        )
    except asyncpg.UniqueViolationError as fault:
        raise ShopError("slug_taken", 409, field="slug") from fault
    await events.append(conn, [events.Event(new, "store.changed", new, None, {"slug": slug})])
    return new
