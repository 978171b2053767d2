"""Flash sales for buyers. Asking for a place is also answered before the framework (core.lane)."""

from typing import Annotated, Any, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Parameter

from zhanggui.core.auth import BUYER, PUBLIC, Buyer
from zhanggui.core.i18n import Locale
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.promotions.desk import ask, desk
from zhanggui.promotions.progress import pages
from zhanggui.promotions.shapes import (
    FlashPlace,
    FlashQueued,
    FlashSale,
    FlashSales,
    FlashTicket,
    PlaceInput,
)
from zhanggui.stores.queries import by_slug

Slug = Annotated[str, Parameter(max_length=64)]
ONE_SECOND = {"Cache-Control": "public, max-age=1"}
NO_STORE = {"Cache-Control": "no-store"}


@get(
    "/stores/{slug:str}/flash",
    opt=PUBLIC,
    operation_id="flash_sales",
    responses={200: ResponseSpec(FlashSales, generate_examples=False, description="At most a second old")},
)
async def flash_sales(rt: Runtime, slug: Slug) -> Response[bytes]:
    """Running and coming flash sales with items, price and progress; counts are at most a second old."""
    store = await by_slug(rt, slug)
    body = await pages(rt).get(rt, store.id, None)
    return Response(body, media_type="application/json", headers=ONE_SECOND)


@get(
    "/stores/{slug:str}/flash/{sale_id:uuid}",
    opt=PUBLIC,
    operation_id="flash_sale",
    responses={200: ResponseSpec(FlashSale, generate_examples=False, description="At most a second old")},
)
async def flash_sale(rt: Runtime, slug: Slug, sale_id: UUID) -> Response[bytes]:
    """One sale, also when it is over; 404 while it is a draft."""
    store = await by_slug(rt, slug)
    body = await pages(rt).get(rt, store.id, sale_id)
    return Response(body, media_type="application/json", headers=ONE_SECOND)


@post(
    "/stores/{store_id:uuid}/flash/{sale_id:uuid}/places",
    opt=BUYER,
    operation_id="ask_flash_place",
    status_code=201,
    responses={202: ResponseSpec(FlashQueued, generate_examples=False, description="In the queue")},
)
async def ask_place(
    rt: Runtime,
    buyer: Buyer,
    store_id: UUID,
    sale_id: UUID,
    data: PlaceInput,
    idempotency_key: Key,
) -> Response[FlashPlace]:
    """Ask for a place: 201 with its token, or 202 with a ticket while many are before you.

    A buyer has one held place of an item at a time; asking again answers it. 409 `flash_sold_out`, `flash_limit`,
    `flash_not_started`, `flash_ended`; 503 with Retry-After when the queue is full.
    """
    answer = await ask(rt, store_id, sale_id, buyer.id, data, idempotency_key)
    status = 202 if isinstance(answer, FlashQueued) else 201
    return Response(cast("FlashPlace", answer), status_code=status, headers=NO_STORE)


@get(
    "/stores/{store_id:uuid}/flash/{sale_id:uuid}/places/{ticket:uuid}",
    opt=BUYER,
    operation_id="flash_ticket",
)
async def read_ticket(
    rt: Runtime, buyer: Buyer, locale: Locale, store_id: UUID, sale_id: UUID, ticket: UUID
) -> Response[FlashTicket]:
    """What became of a ticket; the token of a place works too and tells its state."""
    return Response(await desk(rt).ticket(store_id, sale_id, buyer.id, ticket, locale), headers=NO_STORE)


routes: list[Any] = [flash_sales, flash_sale, ask_place, read_ticket]
