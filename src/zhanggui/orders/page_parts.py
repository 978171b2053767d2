"""What both pages of an order are made of: its rows, a fixed number of statements however many orders and lines."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.i18n import Text, both, catalogue
from zhanggui.customers.phones import mask_phone
from zhanggui.media.shapes import Picture
from zhanggui.orders import shapes
from zhanggui.orders.drafts import Contact
from zhanggui.orders.queries import COLUMNS
from zhanggui.orders.rules import Facts
from zhanggui.pricing.shapes import Chosen

ORDERS = statement(
    "orders.pages.orders",
    f"""
    SELECT {COLUMNS}, trace, contact_sealed, (
      SELECT coalesce(sum(a.paid_amount - a.payer_amount), 0)::bigint FROM payment_attempt a
      WHERE a.store_id = sales_order.store_id AND a.order_id = sales_order.id AND a.status = 'succeeded') AS coupon_amount
    FROM sales_order WHERE store_id = $1 AND id = ANY($2::uuid[])
    """,  # noqa: S608  # constant
)
LINES = statement(
    "orders.pages.lines",
    """
    SELECT order_id, id, sku_id, product_id, sku_code, name, spec_text, modifiers_text, modifiers, picture_id, quantity,
           unit_price, amount, discount, payable, fulfilled, refunded, cancelled
    FROM order_line WHERE store_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY order_id, position
    """,
)
EVENTS = statement(
    "orders.pages.events",
    """
    SELECT order_id, id, kind, actor, actor_name, reason, data, at FROM order_event
    WHERE store_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY order_id, id
    """,
)
# Rows of higher floors, read only, for one page: how the goods travel and what of the money.
FULFILLMENTS = statement(
    "orders.pages.fulfillments",
    """
    SELECT f.order_id, f.id, f.kind, f.status, f.carrier, f.waybill, f.shipped_at, f.delivered_at,
           coalesce((SELECT jsonb_agg(jsonb_build_object('order_line_id', l.order_line_id, 'quantity', l.quantity))
                     FROM fulfillment_line l WHERE l.store_id = f.store_id AND l.fulfillment_id = f.id), '[]') AS lines
    FROM fulfillment f WHERE f.store_id = $1 AND f.order_id = ANY($2::uuid[]) ORDER BY f.id
    """,
)
REFUNDS = statement(
    "orders.pages.refunds",
    """
    SELECT order_id, id, amount, amount - coalesce(payer_amount, amount) AS coupon_amount, status, reason,
      created_at AS at, stuck
    FROM refund
    WHERE store_id = $1 AND order_id = ANY($2::uuid[]) ORDER BY id
    """,
)
CARRIER_NAMES: dict[str, Text] = {}
"""Names by code; fulfillment, which lies above and knows the carriers, fills it when imported."""
HEAD_COLUMNS = ("id", "number", "status", "refund_status", "delivery_method", "total", "quantity",
                    "pickup_number", "placed_at", "paid_at", "currency", "items_total", "packing_fee",
                    "shipping_fee", "discount_total", "tax", "paid_amount", "coupon_amount", "refunded_amount", "remark",
                    "cutlery")  # fmt: skip


class Parts(NamedTuple):
    """Rows that belong to one order."""

    order: Row
    lines: list[Row]
    events: list[Row]
    fulfillments: list[shapes.Fulfillment]
    refunds: list[shapes.ConsoleRefund]

    @property
    def facts(self) -> Facts:
        o = self.order
        states = tuple(f.status for f in self.fulfillments)
        return Facts(o["status"], o["refund_status"], o["delivery_method"], o["paid_amount"], states)


async def load_parts(conn: Connection, store_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, Parts]:
    """Rows of several orders of a store by order id; five statements."""
    ids = list(order_ids)
    found = {r["id"]: Parts(r, [], [], [], []) for r in await conn.fetch(ORDERS, store_id, ids)}
    for r in await conn.fetch(LINES, store_id, ids):
        found[r["order_id"]].lines.append(r)
    for r in await conn.fetch(EVENTS, store_id, ids):
        found[r["order_id"]].events.append(r)
    for r in await conn.fetch(FULFILLMENTS, store_id, ids):
        found[r["order_id"]].fulfillments.append(_fulfillment(r))
    for r in await conn.fetch(REFUNDS, store_id, ids):
        found[r["order_id"]].refunds.append(as_shape(r, shapes.ConsoleRefund))
    return found


def open_contact(sealer: Sealer, order: Row) -> Contact | None:
    """The contact sealed in an order row (columns id, contact_sealed)."""
    sealed = order["contact_sealed"]
    if sealed is None:
        return None
    return msgspec.json.decode(
        sealer.open(sealed, "sales_order", "contact_sealed", order["id"]), type=Contact
    )


def buyer_text(contact: Contact | None) -> str:
    """The buyer in a list: name (if given) and masked phone, empty for who left none."""
    return f"{contact.recipient} {mask_phone(contact.phone)}".strip() if contact else ""


def line_fields(row: Row, shown: dict[UUID, Picture]) -> dict[str, Any]:
    plain = ("id", "sku_id", "product_id", "quantity", "unit_price", "amount", "discount", "payable",
             "fulfilled", "cancelled")  # fmt: skip
    return {
        **{name: row[name] for name in plain},
        "name": as_text(row["name"]),
        "spec_text": as_text(row["spec_text"]),
        "modifiers_text": as_text(row["modifiers_text"]),
        "modifiers": msgspec.convert(row["modifiers"], list[Chosen]),
        "picture": shown.get(row["picture_id"]) if row["picture_id"] else None,
    }


def ticket_line(row: Any) -> shapes.TicketLine:
    """A line (columns name, spec_text, modifiers_text, quantity, cancelled) as the counter needs it."""
    name, spec, modifiers = (as_text(row[of]) for of in ("name", "spec_text", "modifiers_text"))
    return shapes.TicketLine(name, spec, modifiers, row["quantity"] - row["cancelled"])


def event_view(row: Row) -> shapes.TimelineEvent:
    code = f"timeline_{row['kind']}"
    return shapes.TimelineEvent(
        id=row["id"],
        kind=row["kind"],
        text=both(code, **row["data"]) if code in catalogue() else Text(row["kind"], row["kind"]),
        actor=row["actor"],
        actor_name=row["actor_name"],
        reason=row["reason"],
        at=row["at"],
        fulfillment_id=UUID(row["data"]["fulfillment_id"]) if row["data"].get("fulfillment_id") else None,
    )


def refund_view(refund: shapes.ConsoleRefund) -> shapes.RefundView:
    """What the buyer sees of it: what the provider said to the store is none of his concern."""
    return shapes.RefundView(
        refund.id, refund.amount, refund.coupon_amount, refund.status, refund.reason, refund.at
    )


def report_view(row: Row | None) -> shapes.ShippingReport:
    """A report (columns state, code, error, tries, updated_at) with its code explained; None: nothing was to be told."""
    if row is None:
        return shapes.ShippingReport("none")
    return shapes.ShippingReport(
        row["state"], row["code"], row["error"], explained(row["code"]), row["tries"], row["updated_at"]
    )


def explained(code: str | None) -> Text | None:
    """What the platform's code for a refused report means, in both languages; None when nothing is known of it."""
    key = f"report_{code}"
    return both(key) if key in catalogue() else None


def _fulfillment(row: Row) -> shapes.Fulfillment:
    carrier = row["carrier"]
    name = CARRIER_NAMES.get(carrier, Text(carrier, carrier)) if carrier else None
    fields = {
        key: row[key] for key in ("id", "kind", "status", "carrier", "waybill", "shipped_at", "delivered_at")
    }
    lines = msgspec.convert(row["lines"], list[shapes.FulfilledLine])
    return shapes.Fulfillment(**fields, carrier_name=name, lines=lines)


def masked_address(contact: Contact | None) -> shapes.MaskedAddress | None:
    if contact is None or not contact.text:
        return None
    return shapes.MaskedAddress(contact.recipient, mask_phone(contact.phone), contact.text)


def as_text(value: Any) -> Text:
    return msgspec.convert(value, Text)


def as_shape(row: Row, shape: type[Any]) -> Any:
    return msgspec.convert({name: row[name] for name in shape.__struct_fields__}, shape)
