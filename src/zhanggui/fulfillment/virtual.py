"""Virtual goods: what has no body (a code, a link, a course) is handed out as a text, by the merchant or at payment.

The text may be worth money: it is sealed where it is kept, is part of no event, job or list, and has endpoints of its own.
"""

from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.jobs import enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.open_order import completion, take
from zhanggui.fulfillment.presale import check_product
from zhanggui.fulfillment.ship import SHIPPABLE
from zhanggui.orders.moves import move
from zhanggui.orders.progress import fulfil_lines
from zhanggui.orders.rules import SYSTEM, Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.stores.rules import DeliveryMethod

VIRTUAL: frozenset[DeliveryMethod] = frozenset({"virtual"})
MAX_TEXT = 2000

SAVE = statement(
    "fulfillment.virtual.save",
    """
    INSERT INTO virtual_product (store_id, product_id, at_payment, text_sealed, updated_at)
    SELECT $1, id, $3, $4, $5 FROM product WHERE store_id = $1 AND id = $2
    ON CONFLICT (store_id, product_id) DO UPDATE SET at_payment = excluded.at_payment,
      text_sealed = excluded.text_sealed, updated_at = excluded.updated_at
    RETURNING product_id
    """,
)
READ = statement(
    "fulfillment.virtual.read",
    "SELECT at_payment, text_sealed FROM virtual_product WHERE store_id = $1 AND product_id = $2",
)
OF_ORDER = statement(
    "fulfillment.virtual.of_order",
    """
    SELECT DISTINCT ON (l.product_id) l.product_id, l.name->>'zh' AS name, l.position, v.at_payment, v.text_sealed
    FROM order_line l LEFT JOIN virtual_product v ON v.store_id = l.store_id AND v.product_id = l.product_id
    WHERE l.store_id = $1 AND l.order_id = $2 AND l.quantity > l.fulfilled + l.cancelled
    ORDER BY l.product_id, l.position
    """,
)
KEEP = statement(
    "fulfillment.virtual.keep", "UPDATE fulfillment SET text_sealed = $3 WHERE store_id = $1 AND id = $2"
)
HANDED_OUT = statement(
    "fulfillment.virtual.handed_out",
    """
    SELECT id, text_sealed FROM fulfillment
    WHERE store_id = $1 AND order_id = $2 AND kind = 'virtual' AND text_sealed IS NOT NULL ORDER BY id
    """,
)


class VirtualProduct(msgspec.Struct, frozen=True):
    """How a virtual product is handed out: at payment by itself or not, with which text to every buyer."""

    at_payment: bool
    text: str


async def product(rt: Runtime, store_id: UUID, product_id: UUID) -> VirtualProduct:
    """What is set of a product. Raises 404."""
    await check_product(rt.db, store_id, product_id)
    row = await rt.db.fetchrow(READ, store_id, product_id)
    if row is None:
        return VirtualProduct(at_payment=False, text="")
    return VirtualProduct(row["at_payment"], _open_of_product(rt.sealer, row["text_sealed"], product_id))


async def save_product(rt: Runtime, store_id: UUID, product_id: UUID, given: VirtualProduct) -> None:
    """Set how a product is handed out; what was handed out before stays as it was. Raises 404."""
    text = given.text.strip()
    sealed = rt.sealer.seal(text, "virtual_product", "text_sealed", product_id) if text else None
    if not await rt.db.fetchval(SAVE, store_id, product_id, given.at_payment, sealed, clock.now()):
        raise not_found("product")


async def hand_out(rt: Runtime, store_id: UUID, order_id: UUID, text: str, actor: Actor) -> None:
    """Give the buyer what was bought: the products' own texts and `text`; the order is fulfilled with it.

    Raises 404 and 409 as `take`.
    """

    async def work(conn: Connection) -> None:
        order = await take(conn, store_id, order_id, SHIPPABLE, VIRTUAL)
        units = [(line.id, line.unsent) for line in order.lines if line.unsent]
        whole = await _texts(rt, conn, store_id, order_id, text.strip())
        made = await records.create(conn, store_id, order_id, "virtual", "delivered", units)
        if whole:
            await conn.execute(
                KEEP, store_id, made, rt.sealer.seal(whole, "fulfillment", "text_sealed", made)
            )
        await fulfil_lines(conn, store_id, order_id, units)
        await move(conn, store_id, [order_id], SHIPPABLE, "fulfilled", actor, kind="handed_out")
        await enqueue(conn, [completion(store_id, order_id)])

    await in_transaction(rt.db, work)


async def at_payment(rt: Runtime, store_id: UUID, order_id: UUID) -> None:
    """Hand out what was paid for, if all of it is set so; nothing when somebody was faster or the money goes back."""
    rows = await rt.db.fetch(OF_ORDER, store_id, order_id)
    if not rows or not all(row["at_payment"] for row in rows):
        return
    try:
        await hand_out(rt, store_id, order_id, "", SYSTEM)
    except ShopError as fault:
        if fault.status != 409:
            raise


async def handed_out(rt: Runtime, store_id: UUID, order_id: UUID) -> str:
    """What the buyer of an order was given; empty when nothing was."""
    rows = await rt.db.fetch(HANDED_OUT, store_id, order_id)
    texts = [rt.sealer.open(row["text_sealed"], "fulfillment", "text_sealed", row["id"]) for row in rows]
    return "\n\n".join(texts)


async def look(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> str:
    """The same for staff, written down in the order's timeline. Raises 404 when nothing was handed out."""
    text = await handed_out(rt, store_id, order_id)
    if not text:
        raise not_found("handout")

    async def work(conn: Connection) -> None:
        await append_timeline(conn, store_id, [TimelineEntry(order_id, "handout_viewed", actor)])

    await in_transaction(rt.db, work)
    return text


async def _texts(rt: Runtime, conn: Connection, store_id: UUID, order_id: UUID, own: str) -> str:
    """The texts of the order's products, each under its name where there are several, then the merchant's own."""
    rows = sorted(await conn.fetch(OF_ORDER, store_id, order_id), key=lambda row: row["position"])
    parts = [
        text if len(rows) == 1 else f"{row['name']}\n{text}"
        for row in rows
        if (text := _open_of_product(rt.sealer, row["text_sealed"], row["product_id"]))
    ]
    return "\n\n".join([*parts, own] if own else parts)


def _open_of_product(sealer: Sealer, sealed: bytes | None, product_id: UUID) -> str:
    return sealer.open(sealed, "virtual_product", "text_sealed", product_id) if sealed else ""
