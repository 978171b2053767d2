"""Orders in the console: the list, the page, the contact, the counter's look-up by code."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.params import QueryParameter

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.errors import ShopError
from zhanggui.core.http import among
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.orders.contact import read_contact
from zhanggui.orders.listing import Filter, find_by_code, list_orders
from zhanggui.orders.pages import console_order
from zhanggui.orders.points import adjust
from zhanggui.orders.rules import Actor, Status
from zhanggui.orders.shapes import (
    AdjustPoints,
    ConsoleOrder,
    ConsoleOrderPage,
    ConsoleOrderRow,
    OpenContact,
    PointsBalance,
)
from zhanggui.stores import queries as stores
from zhanggui.stores.rules import DeliveryMethod

Words = Annotated[list[str] | None, QueryParameter(max_items=10)]
Instant = Annotated[str, QueryParameter(max_length=40)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@get("/stores/{store_id:uuid}/orders", opt=staff("orders.read"))
async def read_orders(
    rt: Runtime,
    store_id: UUID,
    status: Words = None,
    method: Words = None,
    since: Annotated[str, QueryParameter(name="from", max_length=40)] = "",
    to: Instant = "",
    q: Annotated[str, QueryParameter(max_length=64)] = "",
    presale: bool = False,
    refund_stuck: bool = False,
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
    limit: Limit = 20,
) -> ConsoleOrderPage:
    """Newest first. `from` and `to` are instants or the store's dates (`to` inclusive), `presale` only
    what was sold in advance, `refund_stuck` only what has a refund that does not go on."""
    zone = ZoneInfo((await stores.load(rt, store_id)).timezone)
    wanted = Filter(
        among(status, get_args(Status), "status"),
        among(method, get_args(DeliveryMethod), "method"),
        _instant(since, zone, "from"),
        _instant(to, zone, "to", end=True),
        q,
        presale,
        refund_stuck,
    )
    return await list_orders(rt, store_id, wanted, cursor, limit)


@get("/stores/{store_id:uuid}/orders/find", opt=staff("orders.read"))
async def find_order(
    rt: Runtime, store_id: UUID, pickup_code: Annotated[str, QueryParameter(pattern=r"^\d{4,6}$")]
) -> ConsoleOrderRow:
    """The open order that a pick-up code belongs to."""
    return await find_by_code(rt, store_id, pickup_code)


@get("/stores/{store_id:uuid}/orders/{order_id:uuid}", opt=staff("orders.read"))
async def read_order(rt: Runtime, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """One order with everything that happened to it; the contact masked."""
    return await console_order(rt, store_id, order_id)


@get("/stores/{store_id:uuid}/orders/{order_id:uuid}/contact", opt=staff("orders.contact"))
async def read_order_contact(rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID) -> OpenContact:
    """The contact unmasked; who looked and when goes into the timeline."""
    return await read_contact(rt, store_id, order_id, Actor("merchant", member.id, member.name))


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/points", opt=staff("orders.refund"), status_code=201)
async def adjust_points(
    rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID, data: AdjustPoints, idempotency_key: Key
) -> PointsBalance:
    """Give the order's buyer points, or take some, by hand; who and why stands in the journal."""
    by = Actor("merchant", member.id, member.name)
    return PointsBalance(
        await adjust(rt, store_id, order_id, by, data.delta, data.reason.strip(), idempotency_key)
    )


def _instant(text: str, zone: ZoneInfo, field: str, *, end: bool = False) -> datetime | None:
    """An ISO 8601 instant, or a local date (its end with `end`), as UTC; None for an empty text."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            day = timedelta(days=1) if end and len(text) == len("2026-01-01") else timedelta()
            at = (at + day).replace(tzinfo=zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise ShopError("invalid", 400, field=field) from fault


routes: list[Any] = [read_orders, find_order, read_order, read_order_contact, adjust_points]
