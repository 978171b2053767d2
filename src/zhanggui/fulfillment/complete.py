"""The end of an order: the buyer says it arrived, the merchant does, or some days have passed."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import records
from zhanggui.fulfillment.rules import may_move
from zhanggui.orders.moves import move
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import Actor


async def complete(
    rt: Runtime, store_id: UUID, order_id: UUID, actor: Actor, *, customer_id: UUID | None = None
) -> None:
    """A fulfilled order becomes completed, its parcels delivered; done before, nothing changes.

    With `customer_id` only for that buyer's order. Raises 404, or 409 `wrong_state` before everything was sent.
    """

    async def work(conn: Connection) -> None:
        order = await load_order(conn, store_id, order_id, customer_id=customer_id, lock=True)
        if order.status == "completed":
            return
        if order.status != "fulfilled":
            raise ShopError("wrong_state", 409)
        held = await records.of_order(conn, store_id, order_id)
        if any(may_move(order.delivery_method, h.status, "delivered") for h in held):
            await records.move(conn, store_id, order.delivery_method, held, "delivered")
        await move(conn, store_id, [order_id], "fulfilled", "completed", actor)

    await in_transaction(rt.db, work)
