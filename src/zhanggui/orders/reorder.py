"""Buying the same again."""

from uuid import UUID

import msgspec

from zhanggui.cart.lines import NewLine, add_lines, lock_cart
from zhanggui.catalog.cache import catalogue
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import not_found
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.pricing.modifiers import resolve
from zhanggui.pricing.shapes import Chosen

LINES = statement(
    "orders.reorder.lines",
    """
    SELECT l.sku_id, l.modifiers, l.quantity FROM order_line l
    JOIN sales_order o ON o.store_id = l.store_id AND o.id = l.order_id
    WHERE l.store_id = $1 AND l.order_id = $2 AND o.customer_id = $3 ORDER BY l.position
    """,
)


async def reorder(rt: Runtime, customer_id: UUID, store_id: UUID, order_id: UUID, key: str) -> None:
    """Put what an order held and can still be bought into the cart, with the same choices; once per idempotency key.

    Raises 404 for another's, 409 `idempotency_key_reused` or `cart_full`.
    """
    rows = await rt.db.fetch(LINES, store_id, order_id, customer_id)
    if not rows:
        raise not_found("order")
    skus = (await catalogue(rt, store_id)).skus
    lines: list[NewLine] = []
    for row in rows:
        view, chosen = skus.get(row["sku_id"]), msgspec.convert(row["modifiers"], list[Chosen])
        if view is None or not view.on_shelf:
            continue
        choice = resolve(view.modifiers, chosen)
        if not choice.faults:
            lines.append(NewLine(view.sku_id, chosen, row["quantity"], view.price + choice.price))

    print_ = fingerprint("orders.reorder", order_id)

    async def work(conn: Connection) -> None:
        if await claim(conn, store_id, customer_id, key, print_) is not None:
            return
        await add_lines(conn, customer_id, store_id, lines, await lock_cart(conn, customer_id))
        await answer(conn, store_id, customer_id, key, {"lines": len(lines)})

    await in_transaction(rt.db, work)
