"""Gathers what a quote depends on: caches for store and catalogue, a fixed number of statements for the rest."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhanggui import inventory, promotions
from zhanggui.catalog.cache import SkuView, catalogue
from zhanggui.core import clock
from zhanggui.core.errors import FieldError, ShopError, not_found
from zhanggui.core.i18n import Locale, message
from zhanggui.core.runtime import Runtime
from zhanggui.customers.queries import load_address
from zhanggui.customers.shapes import AddressBody
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.pricing.modifiers import Resolved, resolve
from zhanggui.pricing.rules import Flash, PricedLine, Quoted, QuoteInput, StoreFacts, quote
from zhanggui.pricing.shapes import Quote, QuoteLine, QuoteProblem, QuoteRequest
from zhanggui.promotions.rules import FlashHold
from zhanggui.stores import queries as stores
from zhanggui.stores.rules import DeliveryMethod, Store, is_open, is_paused
from zhanggui.stores.tables_at import DiningTable, find_table
from zhanggui.wallets.queries import balance

ANY_HOUR: frozenset[DeliveryMethod] = frozenset({"express", "virtual"})


class Basket(NamedTuple):
    """A request with what its ids stand for. `resolved` are the chosen modifiers, line by line."""

    request: QuoteRequest
    views: dict[UUID, SkuView]
    resolved: list[Resolved]
    address: AddressBody | None
    table: DiningTable | None
    flash: FlashHold | None = None


async def prepare(rt: Runtime, customer_id: UUID, request: QuoteRequest) -> Basket:
    """Look everything up that a request names; at most two statements (address or table, flash place), however many lines.

    Raises 404 for an unknown store or another buyer's flash place, 422 with one field error per wrong line, address or table.
    """
    await stores.load(rt, request.store_id)
    skus = (await catalogue(rt, request.store_id)).skus
    known = {line.sku_id: skus.get(line.sku_id) for line in request.lines}
    views = {view.sku_id: view for view in known.values() if view is not None}
    resolved, errors = resolve_lines(request, views)
    if errors:
        raise ShopError("invalid", 422, errors=errors)
    address = table = None
    if request.address_id is not None and request.delivery_method in {"express", "delivery"}:
        address = await load_address(rt.db, rt.sealer, customer_id, request.address_id)
        if address is None:
            raise ShopError("address_unknown", 422, field="address_id")
    if request.table_code is not None and request.delivery_method == "dine_in":
        table = await find_table(rt, request.store_id, request.table_code)
    flash = None
    if request.flash_token is not None:
        flash = await promotions.load_hold(rt.db, request.store_id, customer_id, request.flash_token)
        if flash is None:
            raise not_found("flash place", "flash_token")
    return Basket(request, views, resolved, address, table, flash)


def resolve_lines(
    request: QuoteRequest, views: Mapping[UUID, SkuView]
) -> tuple[list[Resolved], list[FieldError]]:
    """Modifiers line by line, and what is wrong with the lines: unknown SKUs, repeated keys, wrong modifiers; pure."""
    errors: list[FieldError] = []
    resolved: list[Resolved] = []
    keys: set[str] = set()
    for i, line in enumerate(request.lines):
        if line.key in keys:
            errors.append(FieldError(f"lines[{i}].key", "line_key_repeated"))
        keys.add(line.key)
        view = views.get(line.sku_id)
        if view is None:
            errors.append(FieldError(f"lines[{i}].sku_id", "sku_not_found"))
            continue
        choice = resolve(view.modifiers, line.modifiers)
        errors.extend(FieldError(f"lines[{i}].modifiers", code) for code in choice.faults)
        resolved.append(choice)
    return resolved, errors


def store_facts(store: Store, at: datetime, method: DeliveryMethod) -> StoreFacts:
    """The store's rules at `at` (UTC). What needs no counter can be ordered at any hour, what
    one makes only while it is open. Every store can hand out what has no body: its product must say so."""
    s = store.settings
    return StoreFacts(
        store_id=store.id,
        currency=store.currency,
        open=store.status == "on" and (method in ANY_HOUR or is_open(s.hours, store.timezone, at)),
        paused=is_paused(store, at),
        methods=[*s.delivery_methods, "virtual"],
        packing_fee=s.packing_fee,
        express=s.express,
        delivery=s.delivery,
        points=s.points,
        at=(store.lat, store.lng) if store.lat is not None and store.lng is not None else None,
    )


def quote_input(
    basket: Basket, store: Store, available: Mapping[UUID, int], at: datetime, points: int = 0
) -> QuoteInput:
    """`basket` as the pure function takes it; `available` are units by SKU, `points` the buyer's balance."""
    request, address = basket.request, basket.address
    to = None
    if address is not None and address.lat is not None and address.lng is not None:
        to = (address.lat, address.lng)
    flash = basket.flash
    lines = [
        PricedLine(
            key=line.key,
            sku_id=(view := basket.views[line.sku_id]).sku_id,
            unit_price=view.price
            + choice.price
            - (saving := max(0, view.price - flash.price) if flash and flash.sku_id == line.sku_id else 0),
            quantity=line.quantity,
            weight_g=view.weight_g,
            limit=None if flash and flash.sku_id == line.sku_id else view.buy_limit,
            on_shelf=view.on_shelf,
            available=flash.quantity
            if flash and flash.sku_id == line.sku_id
            else available.get(line.sku_id, 0),
            methods=view.delivery_methods,
            flash_saving=saving,
        )
        for line, choice in zip(request.lines, basket.resolved, strict=True)
    ]
    return QuoteInput(
        store=store_facts(store, at, request.delivery_method),
        lines=lines,
        method=request.delivery_method,
        region_code=address.region_code if address else request.region_code,
        to=to,
        has_address=address is not None,
        has_table=basket.table is not None,
        flash=Flash(flash.name, flash.sku_id, flash.quantity, flash.good(at)) if flash else None,
        points=points,
        use_points=request.use_points,
    )


async def quote_now(rt: Runtime, customer_id: UUID, basket: Basket) -> Quoted:
    """The basket's price now; one statement (stock), another where the store has points."""
    store = await stores.load(rt, basket.request.store_id)
    rule = store.settings.points
    points = await balance(rt.db, store.id, customer_id) if rule.earning or rule.spending else 0
    found = await inventory.availability(rt.db, store.id, list(basket.views))
    available = {sku_id: a.available for sku_id, a in found.items()}
    return quote(quote_input(basket, store, available, clock.now(), points))


async def line_pictures(rt: Runtime, basket: Basket) -> dict[UUID, Picture]:
    """The pictures of the basket's SKUs by picture id."""
    ids = [view.picture_id for view in basket.views.values()]
    return await pictures(rt, basket.request.store_id, ids)


def render(
    basket: Basket, quoted: Quoted, shown: Mapping[UUID, Picture], currency: str, locale: Locale
) -> Quote:
    """A quote as the API answers it, problems in the caller's language."""
    lines = [
        QuoteLine(
            key=line.key,
            sku_id=line.sku_id,
            name=(view := basket.views[line.sku_id]).name,
            spec_text=view.spec_text,
            modifiers_text=choice.text,
            picture=shown.get(view.picture_id) if view.picture_id else None,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            discount=line.discount,
            payable=line.payable,
            return_exception=view.return_exception,
        )
        for line, choice in zip(quoted.lines, basket.resolved, strict=True)
    ]
    return Quote(
        store_id=basket.request.store_id,
        currency=currency,
        lines=lines,
        adjustments=quoted.adjustments,
        items_total=quoted.items_total,
        packing_fee=quoted.packing_fee,
        shipping_fee=quoted.shipping_fee,
        discount_total=quoted.discount_total,
        tax=quoted.tax,
        total=quoted.total,
        shortfall=quoted.shortfall,
        problems=[QuoteProblem(p.code, message(p.code, locale, **p.params), p.key) for p in quoted.problems],
        trace=quoted.trace,
        points=quoted.points,
        fingerprint=quoted.fingerprint,
        methods=quoted.methods,
    )
