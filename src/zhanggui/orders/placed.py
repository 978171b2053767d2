"""The pages of orders that were just placed: out of what was written, without reading it back."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.i18n import both
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import mask_phone
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.orders.insert import NewOrder
from zhanggui.orders.pages import buyer_orders
from zhanggui.orders.rules import Facts, buyer_actions
from zhanggui.orders.shapes import MaskedAddress, Order, OrderLine, OrderPoints, TableRef, TimelineEvent
from zhanggui.orders.submit import Made
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.shapes import StoreCard, store_card


async def placed_orders(rt: Runtime, customer_id: UUID, made: Sequence[Made]) -> list[Order]:
    """The buyer's pages of `made`, in their order; the same that `buyer_orders` reads. No statement for fresh ones."""
    found: dict[UUID, Order] = {}
    for store_id in dict.fromkeys(one.store_id for one in made):
        of_store = [one for one in made if one.store_id == store_id]
        fresh = [one.fresh for one in of_store if one.fresh is not None]
        if len(fresh) == len(of_store):
            pages = await _fresh(rt, store_id, fresh)
        else:
            pages = await buyer_orders(rt, customer_id, store_id, [one.order_id for one in of_store])
        found |= {page.id: page for page in pages}
    return [found[one.order_id] for one in made]


async def _fresh(rt: Runtime, store_id: UUID, orders: Sequence[NewOrder]) -> list[Order]:
    store = await stores.load(rt, store_id)
    card = store_card(store, await store_pictures.logos(rt, [store]), clock.now())
    ids = [view.picture_id for o in orders for view in o.accepted.draft.basket.views.values()]
    shown = await pictures(rt, store_id, ids)
    return [_page(order, card, shown) for order in orders]


def _page(order: NewOrder, card: StoreCard, shown: dict[UUID, Picture]) -> Order:
    (draft, quoted), numbers = order.accepted, order.numbers
    request, address, table = draft.request, draft.basket.address, draft.basket.table
    return Order(
        id=draft.order_id,
        number=numbers.number,
        store=card,
        status="pending_payment",
        refund_status=None,
        delivery_method=request.delivery_method,
        total=quoted.total,
        currency=order.currency,
        quantity=sum(line.quantity for line in quoted.lines),
        placed_at=order.at,
        pay_by=order.pay_by,
        pickup_number=numbers.pickup_number,
        partly_shipped=False,
        receipt=None,
        points=_points(order),
        actions=buyer_actions(Facts("pending_payment", None, request.delivery_method, 0)),
        lines=_lines(order, shown),
        items_total=quoted.items_total,
        packing_fee=quoted.packing_fee,
        shipping_fee=quoted.shipping_fee,
        discount_total=quoted.discount_total,
        tax=quoted.tax,
        paid_amount=0,
        coupon_amount=0,
        refunded_amount=0,
        trace=quoted.trace,
        remark=request.remark.strip(),
        cutlery=order.cutlery,
        table=TableRef(table.code, table.name) if table else None,
        address=MaskedAddress(address.recipient, mask_phone(address.phone), address.text)
        if address
        else None,
        pickup_code=None,
        orders_before=None,
        fulfillments=[],
        timeline=[
            TimelineEvent(
                id=order.entry_id,
                kind="placed",
                text=both("timeline_placed"),
                actor="buyer",
                actor_name="",
                reason="",
                at=order.at,
                fulfillment_id=None,
            )
        ],
        paid_at=None,
        completed_at=None,
        refunds=[],
    )


def _points(order: NewOrder) -> OrderPoints | None:
    offer = order.accepted.quoted.points
    rate_or_spent = offer is not None and (offer.spent or order.points_rate)
    return OrderPoints(offer.spent, 0, 0, offer.earns) if offer is not None and rate_or_spent else None


def _lines(order: NewOrder, shown: dict[UUID, Picture]) -> list[OrderLine]:
    draft, quoted = order.accepted
    return [
        OrderLine(
            id=line_id,
            sku_id=line.sku_id,
            product_id=(view := draft.basket.views[line.sku_id]).product_id,
            name=view.name,
            spec_text=view.spec_text,
            modifiers_text=choice.text,
            modifiers=asked.modifiers,
            picture=shown.get(view.picture_id) if view.picture_id else None,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            discount=line.discount,
            payable=line.payable,
            fulfilled=0,
            cancelled=0,
        )
        for line_id, line, asked, choice in zip(
            order.line_ids, quoted.lines, draft.request.lines, draft.basket.resolved, strict=True
        )
    ]
