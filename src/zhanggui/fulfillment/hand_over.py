"""The goods change hands: at the counter against the pick-up code, at the table, at the buyer's door."""

import hmac
from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.open_order import completion, take
from zhanggui.fulfillment.prepare import COUNTER
from zhanggui.orders.moves import move
from zhanggui.orders.progress import fulfil_lines
from zhanggui.orders.queries import OrderRecord
from zhanggui.orders.rules import SYSTEM, Actor


async def hand_over(rt: Runtime, store_id: UUID, order_id: UUID, code: str | None, actor: Actor) -> None:
    """Over the counter or to the table; the order is completed with it.

    A pick-up needs the buyer's code: 422 `pickup_code_needed` without one, 409 `wrong_pickup_code` with another.
    """

    async def work(conn: Connection) -> None:
        order = await take(conn, store_id, order_id, frozenset({"preparing"}), COUNTER)
        if order.delivery_method == "pickup":
            _check_code(order, code)
        held = await records.of_order(conn, store_id, order_id)
        await records.move(conn, store_id, order.delivery_method, held, "handed_over")
        await _fulfil(conn, order)
        await move(conn, store_id, [order_id], "preparing", "fulfilled", actor, kind="handed_over")
        await move(conn, store_id, [order_id], "fulfilled", "completed", SYSTEM)

    await in_transaction(rt.db, work)


async def deliver(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> None:
    """The store's courier gave it to the buyer, who may still confirm. Raises 404 and 409."""

    async def work(conn: Connection) -> None:
        order = await take(conn, store_id, order_id, frozenset({"preparing"}), frozenset({"delivery"}))
        held = await records.of_order(conn, store_id, order_id)
        await records.move(conn, store_id, "delivery", held, "delivered")
        await _fulfil(conn, order)
        await move(conn, store_id, [order_id], "preparing", "fulfilled", actor, kind="delivered")
        await enqueue(conn, [completion(store_id, order_id)])

    await in_transaction(rt.db, work)


def _check_code(order: OrderRecord, code: str | None) -> None:
    if not code:
        raise ShopError("pickup_code_needed", 422, field="code")
    if not hmac.compare_digest((order.pickup_code or "").encode(), code.encode()):
        raise ShopError("wrong_pickup_code", 409, field="code")


async def _fulfil(conn: Connection, order: OrderRecord) -> None:
    units = [(line.id, line.unsent) for line in order.lines]
    await fulfil_lines(conn, order.store_id, order.id, units)
