"""The pages of an order, the buyer's and the merchant's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import not_found
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import mask_phone
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.orders import points
from zhanggui.orders.listing import ON_TICKET
from zhanggui.orders.numbers import NOT_CALLED
from zhanggui.orders.page_parts import (
    HEAD_COLUMNS,
    Parts,
    as_shape,
    as_text,
    buyer_text,
    event_view,
    line_fields,
    load_parts,
    masked_address,
    open_contact,
    refund_view,
    report_view,
    ticket_line,
)
from zhanggui.orders.rules import buyer_actions, is_partly_shipped, merchant_actions, shown_refund
from zhanggui.orders.shapes import (
    BuyerPoints,
    ConsoleLine,
    ConsoleOrder,
    MaskedContact,
    Order,
    OrderLine,
    OrderPoints,
    PaymentView,
    Receipt,
    TableRef,
)
from zhanggui.orders.timeline import QUIET
from zhanggui.pricing.shapes import TraceStep
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.shapes import StoreCard, store_card
from zhanggui.wallets.queries import balance

PAYMENTS = statement(
    "orders.pages.payments",
    """
    SELECT id, method, status, amount, transaction_id, created_at FROM payment_attempt
    WHERE store_id = $1 AND order_id = $2 ORDER BY id
    """,
)
REPORT = statement(
    "orders.pages.shipping_report",
    "SELECT state, code, error, tries, updated_at FROM shipping_report WHERE store_id = $1 AND order_id = $2",
)
PROMISE = statement(
    "orders.pages.promise", "SELECT ships_by FROM order_presale WHERE store_id = $1 AND order_id = $2"
)
RECEIPTS = statement(
    "orders.pages.receipts",
    """
    SELECT DISTINCT ON (a.order_id) a.order_id, p.mchid AS merchant_id, a.id, a.transaction_id
    FROM shipping_report r
    JOIN payment_attempt a ON a.store_id = r.store_id AND a.order_id = r.order_id AND a.status = 'succeeded'
    JOIN payment_account p ON p.store_id = a.store_id AND p.id = a.account_id
    WHERE r.store_id = $1 AND r.order_id = ANY($2::uuid[]) AND r.state = 'sent' AND a.transaction_id IS NOT NULL
    ORDER BY a.order_id, a.succeeded_at
    """,
)
AT_COUNTER = {"paid", "preparing"}


async def buyer_order(rt: Runtime, customer_id: UUID, store_id: UUID, order_id: UUID) -> Order:
    """The buyer's page of an order. Raises 404 for another's."""
    return (await buyer_orders(rt, customer_id, store_id, [order_id]))[0]


async def buyer_orders(
    rt: Runtime, customer_id: UUID, store_id: UUID, order_ids: Sequence[UUID]
) -> list[Order]:
    """The buyer's pages of several orders of one store, in the order given. Raises 404 for another's."""
    parts = await load_parts(rt.db, store_id, order_ids)
    if any(i not in parts or parts[i].order["customer_id"] != customer_id for i in order_ids):
        raise not_found("order")
    store = await stores.load(rt, store_id)
    card = store_card(store, await store_pictures.logos(rt, [store]), clock.now())
    shown = await pictures(rt, store_id, [line["picture_id"] for p in parts.values() for line in p.lines])
    receipts = {
        r["order_id"]: Receipt(r["merchant_id"], r["id"].hex, r["transaction_id"])
        for r in await rt.db.fetch(RECEIPTS, store_id, list(order_ids))
    }
    moved = await points.shown(rt.db, store_id, order_ids)
    return [await _buyer_page(rt, parts[i], card, shown, receipts.get(i), moved.get(i)) for i in order_ids]


async def console_order(rt: Runtime, store_id: UUID, order_id: UUID) -> ConsoleOrder:
    """The merchant's page of an order. Raises 404 for one of another store."""
    parts = (await load_parts(rt.db, store_id, [order_id])).get(order_id)
    if parts is None:
        raise not_found("order")
    shown = await pictures(rt, store_id, [line["picture_id"] for line in parts.lines])
    attempts = [as_shape(r, PaymentView) for r in await rt.db.fetch(PAYMENTS, store_id, order_id)]
    report = await rt.db.fetchrow(REPORT, store_id, order_id)
    o = parts.order
    contact = open_contact(rt.sealer, o)
    head = {name: o[name] for name in HEAD_COLUMNS}
    return ConsoleOrder(
        **head,
        first_line=as_text(parts.lines[0]["name"]),
        line_count=len(parts.lines),
        ticket=[ticket_line(line) for line in parts.lines[:ON_TICKET]],
        buyer=buyer_text(contact),
        table=o["table_name"],
        partly_shipped=is_partly_shipped(parts.facts),
        ships_by=await rt.db.fetchval(PROMISE, store_id, order_id),
        actions=merchant_actions(parts.facts),
        lines=[
            ConsoleLine(
                **line_fields(line, shown),
                refunded=line["refunded"],
                sku_code=line["sku_code"],
            )
            for line in parts.lines
        ],
        trace=msgspec.convert(o["trace"], list[TraceStep]),
        contact=MaskedContact(contact.recipient, mask_phone(contact.phone)) if contact else None,
        address=masked_address(contact),
        fulfillments=parts.fulfillments,
        timeline=[event_view(e) for e in parts.events],
        refunds=parts.refunds,
        payments=attempts,
        shipping_report=report_view(report),
        points=await _buyer_points(rt, store_id, order_id, o["customer_id"]),
    )


async def _buyer_points(rt: Runtime, store_id: UUID, order_id: UUID, customer_id: UUID) -> BuyerPoints | None:
    """None where there are none: no rule, no balance and nothing in the order."""
    moved = (await points.shown(rt.db, store_id, [order_id])).get(order_id)
    have = await balance(rt.db, store_id, customer_id)
    rule = (await stores.load(rt, store_id)).settings.points
    return BuyerPoints(have, moved) if have or moved or rule.earning or rule.spending else None


async def _buyer_page(
    rt: Runtime,
    parts: Parts,
    card: StoreCard,
    shown: dict[UUID, Picture],
    receipt: Receipt | None,
    moved: OrderPoints | None,
) -> Order:
    o = parts.order
    made = any(f.status in {"ready", "picked"} for f in parts.fulfillments)
    waits = o["status"] in AT_COUNTER and o["delivery_method"] not in NOT_CALLED and not made
    before = await stores.orders_before(rt, o["store_id"], o["id"]) if waits else None
    head: dict[str, Any] = {name: o[name] for name in HEAD_COLUMNS}
    under_way = any(refund.status not in {"succeeded", "closed"} for refund in parts.refunds)
    refund = head["refund_status"] = shown_refund(parts.facts, o["refunded_amount"], under_way=under_way)
    actions = buyer_actions(parts.facts._replace(refund_status=refund))
    table = TableRef(o["table_code"], o["table_name"]) if o["table_code"] else None
    return Order(
        **head,
        store=card,
        completed_at=o["completed_at"],
        pay_by=o["pay_by"] if o["status"] == "pending_payment" else None,
        partly_shipped=is_partly_shipped(parts.facts),
        actions=actions,
        lines=[OrderLine(**line_fields(line, shown)) for line in parts.lines],
        trace=msgspec.convert(o["trace"], list[TraceStep]),
        table=table,
        address=masked_address(open_contact(rt.sealer, o)),
        pickup_code=o["pickup_code"]
        if o["status"] not in {"pending_payment", "closing", "cancelled"}
        else None,
        orders_before=before,
        fulfillments=parts.fulfillments,
        timeline=[event_view(e) for e in parts.events if e["kind"] not in QUIET],
        refunds=[refund_view(refund) for refund in parts.refunds],
        receipt=receipt if "receive" in actions else None,
        points=moved,
    )
