"""The new units of an exchange: reserved under the return's own id until they are sent or no longer wanted."""

from uuid import UUID

from zhanggui import inventory
from zhanggui.core.db import Connection
from zhanggui.core.errors import ShopError
from zhanggui.inventory import Want
from zhanggui.orders.rules import Actor
from zhanggui.returns.records import ReturnRecord, Taken


async def reserve(conn: Connection, taken: Taken) -> None:
    """Promise the buyer the new units. Raises 409 `exchange_out_of_stock`."""
    order, request, lines = taken
    units: dict[UUID, int] = {}
    for line in lines:
        sku = line.exchange_sku_id or line.sku_id
        units[sku] = units.get(sku, 0) + line.quantity
    wants = [Want(request.id, sku, n) for sku, n in units.items()]
    if await inventory.reserve(conn, order.store_id, wants, request.number):
        raise ShopError("exchange_out_of_stock", 409)


async def release(conn: Connection, request: ReturnRecord, actor: Actor) -> None:
    """Give back what is still reserved for it; nothing for returns of another kind."""
    if request.kind == "exchange":
        who = actor.name or actor.kind
        await inventory.release(conn, request.store_id, [request.id], who, request.number)
