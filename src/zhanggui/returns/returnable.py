"""What of an order may be asked for, and what it would give back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from zhanggui import inventory
from zhanggui.catalog.cache import catalogue
from zhanggui.catalog.views import StoreCatalogue
from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment.travel import Travel, travel
from zhanggui.inventory import Availability
from zhanggui.media.queries import pictures
from zhanggui.orders.page_parts import as_text
from zhanggui.orders.queries import LineRecord, OrderRecord, load_order
from zhanggui.returns.amounts import LineState, share
from zhanggui.returns.checks import blocked
from zhanggui.returns.page_parts import exception_text
from zhanggui.returns.rules import AFTER_SHIPPING, BEFORE_SHIPPING, REASONS, Kind, Reason, no_reason_until
from zhanggui.returns.shop_shapes import ExchangeSku, ReasonChoice, Returnable, ReturnableLine
from zhanggui.returns.state import order_state
from zhanggui.stores import queries as stores

KINDS: tuple[Kind, ...] = ("refund_only", "return_refund", "exchange")
SHOWN = statement(
    "returns.returnable.shown",
    """
    SELECT id, name, spec_text, picture_id FROM order_line WHERE store_id = $1 AND order_id = $2 ORDER BY position
    """,
)


async def returnable(rt: Runtime, store_id: UUID, order_id: UUID, customer_id: UUID) -> Returnable:
    """The lines of an order that may be asked for with what each would give back. Raises 404. Seven statements."""
    order = await load_order(rt.db, store_id, order_id, customer_id=customer_id)
    state = await order_state(rt.db, order)
    ways = await travel(rt.db, store_id, order_id)
    rows = {r["id"]: r for r in await rt.db.fetch(SHOWN, store_id, order_id)}
    shown = await pictures(rt, store_id, [r["picture_id"] for r in rows.values()])
    goods = await catalogue(rt, store_id)
    others = {line.id: _others(goods, line) for line in order.lines if line.fulfilled}
    stock = await inventory.availability(rt.db, store_id, [s for skus in others.values() for s in skus])
    store = await stores.load(rt, store_id)
    code = blocked(order, clock.now())
    lines = [
        ReturnableLine(
            order_line_id=line.id,
            sku_id=line.sku_id,
            name=as_text(rows[line.id]["name"]),
            spec_text=as_text(rows[line.id]["spec_text"]),
            picture=shown.get(rows[line.id]["picture_id"]),
            quantity=line.quantity,
            available=0 if code else state.lines[line.id].open_units,
            sent=line.fulfilled,
            amounts=[] if code else _amounts(state.lines[line.id]),
            no_reason_until=_until(order, ways, line, store.timezone),
            exception=line.return_exception,
            exception_text=exception_text(line.return_exception),
            exchange=_exchange(goods, stock, others.get(line.id, [])),
        )
        for line in order.lines
    ]
    reasons = [] if code else _reasons(order)
    kinds: list[Kind] = [k for k in KINDS if any(k in r.kinds for r in reasons)]
    return Returnable(
        order_id=order.id,
        order_number=order.number,
        currency=order.currency,
        blocked=code,
        kinds=kinds,
        reasons=reasons,
        lines=lines,
    )


def _amounts(line: LineState) -> list[int]:
    """What 1, 2, … units give back, fen; of large lines the first hundred."""
    return [share(line, n) for n in range(1, min(line.open_units, 100) + 1)]


def _until(
    order: OrderRecord, ways: Mapping[UUID, Travel], line: LineRecord, timezone: str
) -> datetime | None:
    arrived = ways[line.id].delivered_at if line.id in ways else None
    if order.status == "completed" and line.fulfilled:
        arrived = arrived or order.completed_at
    return no_reason_until(arrived, timezone) if arrived else None


def _reasons(order: OrderRecord) -> list[ReasonChoice]:
    """Reasons that fit how far the order is; partly sent ones have both."""
    fitting = set[Reason]()
    if any(line.unsent for line in order.lines):
        fitting |= BEFORE_SHIPPING
    sent = any(line.fulfilled for line in order.lines)
    if sent:
        fitting |= AFTER_SHIPPING
    if order.delivery_method == "virtual":  # nothing could be sent back
        fitting = {code for code in fitting if "refund_only" in REASONS[code].kinds}
    back = sent and order.delivery_method != "virtual"
    return [
        ReasonChoice(
            code,
            rule.name,
            [k for k in KINDS if k in rule.kinds and (back or k == "refund_only")],
            rule.fault,
            rule.pictures,
        )
        for code, rule in REASONS.items()
        if code in fitting
    ]


def _others(goods: StoreCatalogue, line: LineRecord) -> list[UUID]:
    """SKUs of the same product at today's price of the one that was bought, that one first."""
    was = goods.skus.get(line.sku_id)
    if was is None:
        return []
    skus = goods.products[was.product_id].active_skus
    return [was.sku_id, *(s.sku_id for s in skus if s.price == was.price and s.sku_id != was.sku_id)][:50]


def _exchange(
    goods: StoreCatalogue, stock: Mapping[UUID, Availability], skus: list[UUID]
) -> list[ExchangeSku]:
    found = [ExchangeSku(s, goods.skus[s].spec_text, stock[s].available) for s in skus if s in stock]
    return [e for e in found if e.available > 0]
