"""At the counter and in the kitchen: begin, ready, off with the courier."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.open_order import take
from zhanggui.fulfillment.rules import FIRST, Status
from zhanggui.orders.moves import move
from zhanggui.orders.rules import Actor
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.stores.rules import DeliveryMethod

COUNTER: frozenset[DeliveryMethod] = frozenset({"pickup", "dine_in"})
KITCHEN: frozenset[DeliveryMethod] = frozenset({"pickup", "dine_in", "delivery"})


async def prepare(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> None:
    """A paid order is begun: one fulfillment of all its lines. Raises 404 and 409."""

    async def work(conn: Connection) -> None:
        order = await take(conn, store_id, order_id, frozenset({"paid"}), KITCHEN)
        units = [(line.id, line.unsent) for line in order.lines if line.unsent]
        kind = order.delivery_method
        await records.create(conn, store_id, order_id, kind, FIRST[kind], units)
        await move(conn, store_id, [order_id], "paid", "preparing", actor)

    await in_transaction(rt.db, work)


async def ready(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> None:
    """It stands on the counter; the buyer is told. Raises 404 and 409."""
    await _step(rt, store_id, order_id, actor, COUNTER, "ready")


async def out_for_delivery(rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor) -> None:
    """It left with the store's own courier; the buyer is told. Raises 404 and 409."""
    await _step(rt, store_id, order_id, actor, frozenset({"delivery"}), "picked")


async def _step(
    rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor, methods: frozenset[DeliveryMethod], to: Status
) -> None:
    async def work(conn: Connection) -> None:
        order = await take(conn, store_id, order_id, frozenset({"preparing"}), methods)
        held = await records.of_order(conn, store_id, order_id)
        await records.move(conn, store_id, order.delivery_method, held, to)
        await append_timeline(conn, store_id, [TimelineEntry(order_id, to, actor)])

    await in_transaction(rt.db, work)
