"""Which of a batch's tickets become orders: pure, in order of arrival."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.catalog.views import SkuView
from zhanggui.core.errors import FieldError
from zhanggui.orders.requests import OrderRequest
from zhanggui.orders.rules import MAX_OPEN_UNPAID
from zhanggui.pricing.prepare import Basket, quote_input, resolve_lines
from zhanggui.pricing.rules import Quoted, quote
from zhanggui.promotions.rules import FlashHold
from zhanggui.stores.rules import Store

STATUS_OF = {"method_not_offered": 422, "method_not_for_product": 422, "virtual_apart": 422, "over_limit": 422, "address_needed": 422,
             "address_location_needed": 422, "table_needed": 422, "out_of_range": 422, "too_far": 422, "below_minimum": 422,
             "total_too_large": 422, "flash_line": 422}  # fmt: skip
"""HTTP status of a quote's problem; 409 where the shop changed rather than the request being wrong."""


class Draft(NamedTuple):
    """An order before it is decided; what needs keys or looking up has been prepared."""

    order_id: UUID
    customer_id: UUID
    request: OrderRequest
    basket: Basket
    channel: str
    contact_sealed: bytes | None
    phone_index: bytes | None
    region_text: str
    cart_lines: tuple[UUID, ...]


class Ticket(NamedTuple):
    """What one buyer asks of one store under one idempotency key: all its drafts or none."""

    customer_id: UUID
    key: str
    fingerprint: bytes
    drafts: tuple[Draft, ...]


class Accepted(NamedTuple):
    """The price at which an order is placed."""

    draft: Draft
    quoted: Quoted


class Refusal(NamedTuple):
    """Why nothing was placed: `code` and `status` of the answer, fresh quotes for `price_changed`."""

    code: str
    status: int
    params: dict[str, Any] = {}  # noqa: RUF012  # never changed, only read
    data: Any = None
    quotes: tuple[Accepted, ...] = ()
    errors: tuple[FieldError, ...] = ()


class Counter(NamedTuple):
    """What the transaction read: the store's row, its SKUs, units left, open unpaid orders by buyer, the time (UTC),
    the locked flash places by token, the locked points of buyers who use them.

    `available`, `unpaid`, `flash` and `points` are used up in place.
    """

    store: Store
    views: Mapping[UUID, SkuView]
    available: dict[UUID, int]
    unpaid: dict[UUID, int]
    at: datetime
    flash: dict[UUID, FlashHold]
    points: dict[UUID, int]


def decide(tickets: Sequence[Ticket], counter: Counter) -> list[list[Accepted] | Refusal]:
    """One decision per ticket; what an earlier one takes is gone for the later ones."""
    return [_decide_one(ticket, counter) for ticket in tickets]


def _decide_one(ticket: Ticket, counter: Counter) -> list[Accepted] | Refusal:
    left = dict(counter.available) if len(ticket.drafts) > 1 else counter.available
    points = counter.points.get(ticket.customer_id, 0)
    priced: list[Accepted] = []
    places: set[UUID] = set()
    for draft in ticket.drafts:
        flash = _place(draft, counter, places)
        if draft.request.flash_token is not None and flash is None:
            return Refusal("flash_expired", 409)
        views = {sku_id: counter.views[sku_id] for sku_id in draft.basket.views}
        resolved, errors = resolve_lines(draft.request, views)
        if errors:
            return Refusal("invalid", 422, errors=tuple(errors))
        basket = draft.basket._replace(views=views, resolved=resolved, flash=flash)
        quoted = quote(quote_input(basket, counter.store, left, counter.at, points))
        points -= quoted.points_spent
        priced.append(Accepted(draft._replace(basket=basket), quoted))
        if len(ticket.drafts) > 1:
            _take(left, priced[-1])
    refusal = _refusal(ticket, priced, counter)
    if refusal is None:
        for one in priced:
            _take(counter.available, one)
        for token in places:
            del counter.flash[token]
        if ticket.customer_id in counter.points:
            counter.points[ticket.customer_id] = points
        owed = sum(1 for one in priced if one.quoted.total > 0)
        counter.unpaid[ticket.customer_id] = counter.unpaid.get(ticket.customer_id, 0) + owed
        return priced
    return refusal


def _place(draft: Draft, counter: Counter, used: set[UUID]) -> FlashHold | None:
    """The draft's flash place, None when it has none or an order before it took it."""
    token = draft.request.flash_token
    if token is None or token in used or token not in counter.flash:
        return None
    used.add(token)
    return counter.flash[token]


def _refusal(ticket: Ticket, priced: list[Accepted], counter: Counter) -> Refusal | None:
    for one in priced:
        for problem in one.quoted.problems:
            if problem.code == "out_of_stock":
                return Refusal("out_of_stock", 409, problem.params, _shortages(priced))
            return Refusal(problem.code, STATUS_OF.get(problem.code, 409), problem.params)
    if any(_differs(one) for one in priced):
        return Refusal("price_changed", 409, quotes=tuple(priced))
    owed = sum(1 for one in priced if one.quoted.total > 0)
    if owed and counter.unpaid.get(ticket.customer_id, 0) + owed > MAX_OPEN_UNPAID:
        return Refusal("too_many_unpaid", 409, {"limit": MAX_OPEN_UNPAID})
    return None


def _differs(one: Accepted) -> bool:
    """Whether it would cost the buyer other money, or other points, than were agreed to."""
    request = one.draft.request
    return (one.quoted.total, one.quoted.points_spent) != (request.expected_total, request.expected_points)


def _shortages(priced: list[Accepted]) -> list[dict[str, Any]]:
    short: dict[UUID, int] = {}
    for one in priced:
        skus = {line.key: line.sku_id for line in one.quoted.lines}
        for problem in one.quoted.problems:
            if problem.code == "out_of_stock" and problem.key is not None:
                short[skus[problem.key]] = int(str(problem.params["available"]))
    return [{"sku_id": sku_id, "available": units} for sku_id, units in short.items()]


def _take(available: dict[UUID, int], accepted: Accepted) -> None:
    """What an order takes from ordinary stock; a flash place's units were set aside before."""
    flash = accepted.draft.basket.flash
    for line in accepted.quoted.lines:
        if flash is not None and line.sku_id == flash.sku_id:
            continue
        available[line.sku_id] = available.get(line.sku_id, 0) - line.quantity
