"""When pre-sale products ship: set in the console, asked for by product, confirm and order pages."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import QueryParameter
from litestar.status_codes import HTTP_200_OK
from msgspec import Meta

from zhanggui.core.auth import BUYER, PUBLIC, Buyer, StaffMember, staff
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import presale
from zhanggui.fulfillment.presale import Presale
from zhanggui.fulfillment.report_retry import retry_declaration
from zhanggui.orders.page_parts import explained
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import Actor
from zhanggui.stores.queries import by_slug

Ids = Annotated[list[UUID], QueryParameter(name="of", min_items=1, max_items=100)]


class PresaleInput(msgspec.Struct, forbid_unknown_fields=True):
    """Days after payment or a fixed day (UTC); with neither the product is an ordinary one."""

    ships_within_days: Annotated[int, Meta(ge=1, le=330)] | None = None
    ships_at: Annotated[datetime, Meta(tz=True)] | None = None


class Presales(msgspec.Struct, frozen=True):
    """Those of the products asked for that are sold in advance."""

    items: list[Presale]


class OrderPresale(msgspec.Struct, frozen=True):
    """What an order promised, and whether the platform was told. `ships_by` None: nothing in it is sold in advance."""

    ships_by: datetime | None
    state: Literal["waiting", "sent", "failed", "unneeded"] | None = None
    explanation: Text | None = None
    code: str | None = None
    error: str | None = None


class Promise(msgspec.Struct, frozen=True):
    """By when the buyer was promised that everything is sent (UTC); None where nothing was sold in advance."""

    ships_by: datetime | None


@get("/stores/{slug:str}/presale", opt=PUBLIC)
async def read_presale(rt: Runtime, slug: str, ids: Ids) -> Presales:
    """When products ship that are sold in advance; the others are left out. `of`: ids of products or of their SKUs."""
    store = await by_slug(rt, slug)
    return Presales(await presale.of_products(rt.db, store.id, ids))


@get("/stores/{store_id:uuid}/orders/{order_id:uuid}/presale", opt=BUYER)
async def read_promise(rt: Runtime, buyer: Buyer, store_id: UUID, order_id: UUID) -> Promise:
    """By when an order is sent in full, if something in it was sold in advance."""
    await load_order(rt.db, store_id, order_id, customer_id=buyer.id)
    row = await rt.db.fetchrow(presale.OF_ORDER, store_id, order_id)
    return Promise(row["ships_by"] if row else None)


@get("/stores/{store_id:uuid}/products/{product_id:uuid}/presale", opt=staff("products.read"))
async def read_product_presale(rt: Runtime, store_id: UUID, product_id: UUID) -> Presale:
    """When a product ships; neither days nor day for an ordinary one."""
    await presale.check_product(rt.db, store_id, product_id)
    found = await presale.of_products(rt.db, store_id, [product_id])
    return found[0] if found else Presale(product_id, None, None)


@put(
    "/stores/{store_id:uuid}/products/{product_id:uuid}/presale",
    opt=staff("products.write"),
    status_code=HTTP_200_OK,
)
async def save_presale(rt: Runtime, store_id: UUID, product_id: UUID, data: PresaleInput) -> Presale:
    """Sell a product in advance, or no longer. Orders that were paid keep their promise."""
    await presale.save(rt.db, store_id, product_id, data.ships_within_days, data.ships_at)
    return Presale(product_id, data.ships_within_days, data.ships_at)


@get("/stores/{store_id:uuid}/orders/{order_id:uuid}/presale", opt=staff("orders.read"))
async def read_order_presale(rt: Runtime, store_id: UUID, order_id: UUID) -> OrderPresale:
    """What an order promised, and how the platform answered."""
    await load_order(rt.db, store_id, order_id)
    return await _declared(rt, store_id, order_id)


@post(
    "/stores/{store_id:uuid}/orders/{order_id:uuid}/presale/retry",
    opt=staff("orders.work"),
    status_code=HTTP_200_OK,
)
async def declare_again(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> OrderPresale:
    """Tell the platform of a promise that it refused. Any other stays as it is; 404 when the order promised nothing."""
    await retry_declaration(rt, store_id, order_id, Actor("merchant", member.id, member.name))
    return await _declared(rt, store_id, order_id)


async def _declared(rt: Runtime, store_id: UUID, order_id: UUID) -> OrderPresale:
    row = await rt.db.fetchrow(presale.OF_ORDER, store_id, order_id)
    if row is None:
        return OrderPresale(None)
    return OrderPresale(row["ships_by"], row["state"], explained(row["code"]), row["code"], row["error"])


shop_routes: list[Any] = [read_presale, read_promise]
console_routes: list[Any] = [read_product_presale, save_presale, read_order_presale, declare_again]
