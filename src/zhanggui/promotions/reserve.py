"""Places of a flash sale: many requests, one transaction, one changed row a SKU."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.promotions.journal import lock_items, post, read_sales
from zhanggui.promotions.rules import Facts, Item, Move, Outcome, Place, Wish, decide

MINE = statement(
    "promotions.reserve.mine",
    """
    SELECT id, customer_id, sale_id, sku_id, quantity, price, state, key, expires_at FROM flash_place
    WHERE store_id = $1 AND customer_id = ANY($2::uuid[]) AND sale_id = ANY($3::uuid[])
    """,
)
HOLD = statement(
    "promotions.reserve.hold",
    """
    INSERT INTO flash_place (store_id, customer_id, id, sale_id, sku_id, quantity, price, state, key, created_at,
                             expires_at)
    SELECT $1, customer_id, id, sale_id, sku_id, quantity, price, 'held', key, $2, expires_at
    FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::bigint[], $9::text[], $10::timestamptz[])
      AS p (customer_id, id, sale_id, sku_id, quantity, price, key, expires_at)
    """,
)


async def reserve_many(conn: Connection, store_id: UUID, wishes: Sequence[Wish]) -> list[Outcome]:
    """Decide a batch of one store in the caller's transaction: one outcome per wish, in their order.

    Locks the items, then reads sales, the buyers' places and the clock, decides in order of arrival, writes; at most five
    statements however many wishes. It may run again from its start: a place that was committed answers for its buyer.
    """
    rows = await lock_items(conn, store_id, ((w.sale_id, w.sku_id) for w in wishes))
    sale_ids = {w.sale_id for w in wishes}
    sales = await read_sales(conn, store_id, sale_ids)
    mine = await conn.fetch(MINE, store_id, list({w.customer_id for w in wishes}), list(sale_ids))
    now = clock.now()
    items = {key: Item(r["price"], r["per_buyer"], r["free"]) for key, r in rows.items()}
    outcomes, made = decide(wishes, Facts(items, sales, [Place(*r) for r in mine], now))
    if made:
        await conn.execute(
            HOLD,
            store_id,
            now,
            [p.customer_id for p in made],
            [p.token for p in made],
            [p.sale_id for p in made],
            [p.sku_id for p in made],
            [p.quantity for p in made],
            [p.price for p in made],
            [p.key for p in made],
            [p.expires_at for p in made],
        )
        await post(conn, store_id, _moves(made))
    return outcomes


def _moves(made: Sequence[Place]) -> list[Move]:
    taken: dict[tuple[UUID, UUID], tuple[int, int]] = {}
    for place in made:
        places, units = taken.get((place.sale_id, place.sku_id), (0, 0))
        taken[place.sale_id, place.sku_id] = places + 1, units + place.quantity
    return [
        Move(sale, sku, "hold", places, free=-units, held=units)
        for (sale, sku), (places, units) in taken.items()
    ]
