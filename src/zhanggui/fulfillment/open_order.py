"""Taking an order into hand: its row is locked, and what the merchant means to do must be possible now."""

from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import NewJob
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.rules import Status
from zhanggui.stores.rules import DeliveryMethod


async def take(
    conn: Connection,
    store_id: UUID,
    order_id: UUID,
    states: frozenset[Status],
    methods: frozenset[DeliveryMethod],
) -> OrderRecord:
    """The order, locked. Raises 404, or 409 `wrong_state` / `wrong_method` / `refund_under_way`."""
    order = await load_order(conn, store_id, order_id, lock=True)
    check(order, states, methods)
    return order


def check(order: OrderRecord, states: frozenset[Status], methods: frozenset[DeliveryMethod]) -> None:
    """Raises 409 `wrong_state` / `wrong_method` / `refund_under_way` when it cannot be done now."""
    if order.delivery_method not in methods:
        raise ShopError("wrong_method", 409)
    if order.status not in states:
        raise ShopError("wrong_state", 409)
    if order.refund_status is not None:
        raise ShopError("refund_under_way", 409)


def completion(store_id: UUID, order_id: UUID) -> NewJob:
    """The job that completes an order some days after it was fulfilled; the handler works out when."""
    payload = {"order_id": order_id, "fulfilled_at": clock.now()}
    return NewJob(store_id, "fulfillment.complete", str(order_id), payload)
