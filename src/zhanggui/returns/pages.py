"""The pages of a return, the buyer's and the merchant's."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Row, statement
from zhanggui.core.i18n import both
from zhanggui.core.runtime import Runtime
from zhanggui.customers.phones import mask_phone
from zhanggui.fulfillment.travel import travel
from zhanggui.orders.page_parts import load_parts as order_parts
from zhanggui.orders.page_parts import open_contact, refund_view
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.shapes import Fulfillment, MaskedContact
from zhanggui.returns.amounts import fees_due, within_paid
from zhanggui.returns.console_shapes import (
    BuyerRecord,
    ConsoleReturn,
    ConsoleReturnLine,
    OrderFacts,
    RuleView,
)
from zhanggui.returns.page_parts import common_fields, exception_text, line_fields, load_parts
from zhanggui.returns.policy import Policy, ReturnAddress
from zhanggui.returns.records import ReturnRecord, load
from zhanggui.returns.rules import REASONS, buyer_actions, goes_to, merchant_actions, no_reason_until
from zhanggui.returns.shapes import ReturnLine
from zhanggui.returns.shop_shapes import Return
from zhanggui.returns.state import bought, journey, load_policy, order_state
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.rules import Store
from zhanggui.stores.shapes import store_card

ORDER_NUMBER = statement(
    "returns.pages.order_number", "SELECT number FROM sales_order WHERE store_id = $1 AND id = $2"
)
ADDRESSED = frozenset({"approved", "sent_back"})


async def buyer_return(rt: Runtime, customer_id: UUID, store_id: UUID, return_id: UUID) -> Return:
    """The buyer's page of a return. Raises 404 for another's. Seven statements."""
    request = await load(rt.db, store_id, return_id, customer_id=customer_id)
    parts = await load_parts(rt, rt.db, request)
    policy, _ = await load_policy(rt.db, store_id)
    store = await stores.load(rt, store_id)
    facts = request.facts(refund_stuck=parts.refund_stuck)
    return Return(
        **common_fields(parts),
        store=store_card(store, await store_pictures.logos(rt, [store]), clock.now()),
        order_number=await rt.db.fetchval(ORDER_NUMBER, store_id, request.order_id),
        lines=[ReturnLine(**line_fields(parts, row)) for row in parts.lines],
        refunds=[refund_view(refund) for refund in parts.refunds],
        return_to=_address(policy, store) if request.status in ADDRESSED else None,
        appeal_until=facts.appeal_until,
        actions=buyer_actions(facts, clock.now()),
    )


async def console_return(rt: Runtime, store_id: UUID, return_id: UUID) -> ConsoleReturn:
    """Everything for the decision on one screen. Raises 404 for one of another store. Seventeen statements."""
    request = await load(rt.db, store_id, return_id)
    parts = await load_parts(rt, rt.db, request)
    order = await load_order(rt.db, store_id, request.order_id)
    around = (await order_parts(rt.db, store_id, [request.order_id]))[request.order_id]
    contact = open_contact(rt.sealer, around.order)
    known = await bought(rt.db, store_id, request.customer_id, request.id)
    nowhere = sum((row["accepted"] or 0) - row["shelved"] - row["written_off"] for row in parts.lines)
    facts = request.facts(refund_stuck=parts.refund_stuck, nowhere=nowhere)
    return ConsoleReturn(
        **common_fields(parts),
        order=await _order_facts(rt, order, around.fulfillments, {x["order_line_id"] for x in parts.lines}),
        fault=REASONS[request.reason].fault,
        restock=goes_to(request.reason),
        refunds=parts.refunds,
        lines=[
            ConsoleReturnLine(
                **line_fields(parts, row),
                sku_code=row["sku_code"],
                bought=row["bought"],
                unit_price=row["unit_price"],
                payable=row["payable"],
                entitled=row["entitled"],
                sent=row["sent"],
                refunded=row["refunded"],
                exception=row["exception"],
                exception_text=exception_text(row["exception"]),
                shelved=row["shelved"],
                written_off=row["written_off"],
                location=row["location"],
            )
            for row in parts.lines
        ],
        most=await _most(rt, order, request, parts.lines),
        buyer=MaskedContact(contact.recipient, mask_phone(contact.phone)) if contact else None,
        record=BuyerRecord(
            orders=known.record.orders,
            spent=known.spent,
            cases=known.record.cases,
            refused=known.record.refused,
            refunded=known.refunded,
        ),
        rule=rule_view(request),
        actions=merchant_actions(facts),
    )


def _address(policy: Policy, store: Store) -> ReturnAddress:
    """Where goods go back to: what the merchant wrote for returns, otherwise the store itself."""
    if policy.address.text:
        return policy.address
    return ReturnAddress(store.name.zh, store.settings.phone, store.settings.address.zh)


def rule_view(request: ReturnRecord) -> RuleView | None:
    """What the store's rules said when it was asked for; None for what the merchant opened himself."""
    if request.outcome is None or request.rule is None:
        return None
    return RuleView(request.outcome, request.rule, both(f"return_rule_{request.rule}"))


async def _most(rt: Runtime, order: OrderRecord, request: ReturnRecord, lines: Sequence[Row]) -> int:
    """The largest amount that the return may give back now, fen."""
    state = await order_state(rt.db, order, request.id)
    if request.status in {"refunding", "refunded"}:
        return request.amount
    units = {row["order_line_id"]: row["quantity"] for row in lines}
    worth = sum(row["entitled"] for row in lines)
    return within_paid(state, worth + fees_due(state, units, request.reason))


async def _order_facts(
    rt: Runtime, order: OrderRecord, fulfillments: list[Fulfillment], lines: set[UUID]
) -> OrderFacts:
    store = await stores.load(rt, order.store_id)
    wanted = {x.id: x.quantity for x in order.lines if x.id in lines}
    way = journey(order, await travel(rt.db, order.store_id, order.id), wanted)
    return OrderFacts(
        number=order.number,
        status=order.status,
        delivery_method=order.delivery_method,
        total=order.total,
        shipping_fee=order.shipping_fee,
        packing_fee=order.packing_fee,
        paid_amount=order.paid_amount,
        refunded_amount=order.refunded_amount,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        delivered_at=way.delivered_at,
        no_reason_until=no_reason_until(way.delivered_at, store.timezone) if way.delivered_at else None,
        fulfillments=fulfillments,
    )
