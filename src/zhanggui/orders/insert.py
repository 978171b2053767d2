"""The rows of new orders, set-based."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, json_bytes, statement
from zhanggui.orders.decide import Accepted
from zhanggui.orders.numbers import Numbers
from zhanggui.stores.rules import Store

ORDERS = statement(
    "orders.insert",
    """
    INSERT INTO sales_order (store_id, status, currency, placed_at, pay_by, id, number, customer_id, channel,
      delivery_method, items_total, packing_fee, shipping_fee, discount_total, tax, total, quantity, trace, remark,
      cutlery, table_code, table_name, contact_sealed, contact_phone_index, region_text, pickup_number, pickup_code,
      points_spent, points_rate)
    SELECT $1, 'pending_payment', $2, $3, pay_by, id, number, customer_id, channel, delivery_method, items_total,
      packing_fee, shipping_fee, discount_total, tax, total, quantity, trace::jsonb, remark, cutlery, table_code,
      table_name, contact_sealed, contact_phone_index, region_text, pickup_number, pickup_code, points_spent, points_rate
    FROM unnest($4::timestamptz[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::bigint[], $11::bigint[],
      $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::int[], $17::text[], $18::text[], $19::int[],
      $20::text[], $21::text[], $22::bytea[], $23::bytea[], $24::text[], $25::text[], $26::text[], $27::bigint[], $28::int[])
      AS o (pay_by, id, number, customer_id, channel, delivery_method, items_total, packing_fee, shipping_fee,
      discount_total, tax, total, quantity, trace, remark, cutlery, table_code, table_name, contact_sealed,
      contact_phone_index, region_text, pickup_number, pickup_code, points_spent, points_rate)
    """,
)
LINES = statement(
    "orders.insert_lines",
    """
    INSERT INTO order_line (store_id, id, order_id, position, sku_id, product_id, sku_code, name, spec_text,
      modifiers_text, modifiers, picture_id, quantity, unit_price, amount, discount, payable, weight_g, return_exception,
      points)
    SELECT $1, id, order_id, position, sku_id, product_id, sku_code, name::jsonb, spec_text::jsonb,
      modifiers_text::jsonb, modifiers::jsonb, picture_id, quantity, unit_price, amount, discount, payable, weight_g,
      return_exception, points
    FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[],
      $10::text[], $11::text[], $12::uuid[], $13::int[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[],
      $18::int[], $19::text[], $20::bigint[])
      AS l (id, order_id, position, sku_id, product_id, sku_code, name, spec_text, modifiers_text, modifiers,
      picture_id, quantity, unit_price, amount, discount, payable, weight_g, return_exception, points)
    """,
)


class NewOrder(NamedTuple):
    """An accepted draft and what was added when it was written: times in UTC, ids of its lines and of its first entry,
    points promised a yuan."""

    accepted: Accepted
    numbers: Numbers
    currency: str
    cutlery: int
    at: datetime
    pay_by: datetime
    line_ids: tuple[UUID, ...]
    entry_id: UUID
    points_rate: int


async def insert_orders(conn: Connection, store: Store, at: datetime, orders: Sequence[NewOrder]) -> None:
    """Write orders, placed at `at` (UTC), and their lines; two statements."""
    rows = [_order_row(o) for o in orders]
    await conn.execute(ORDERS, store.id, store.currency, at, *_columns(rows))
    lines = [row for o in orders for row in _line_rows(o)]
    await conn.execute(LINES, store.id, *_columns(lines))


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _order_row(order: NewOrder) -> tuple[object, ...]:
    (draft, quoted), numbers = order.accepted, order.numbers
    request, table = draft.request, draft.basket.table
    return (
        order.pay_by,
        draft.order_id,
        numbers.number,
        draft.customer_id,
        draft.channel,
        request.delivery_method,
        quoted.items_total,
        quoted.packing_fee,
        quoted.shipping_fee,
        quoted.discount_total,
        quoted.tax,
        quoted.total,
        sum(line.quantity for line in quoted.lines),
        json_bytes(quoted.trace).decode(),
        request.remark.strip(),
        order.cutlery,
        table.code if table else None,
        table.name if table else None,
        draft.contact_sealed,
        draft.phone_index,
        draft.region_text,
        numbers.pickup_number,
        numbers.pickup_code,
        quoted.points_spent,
        order.points_rate,
    )


def _line_rows(order: NewOrder) -> list[tuple[object, ...]]:
    draft, quoted = order.accepted
    return [
        (
            line_id,
            draft.order_id,
            position,
            line.sku_id,
            (view := draft.basket.views[line.sku_id]).product_id,
            view.sku_code,
            json_bytes(view.name).decode(),
            json_bytes(view.spec_text).decode(),
            json_bytes(choice.text).decode(),
            json_bytes(asked.modifiers).decode(),
            view.picture_id,
            line.quantity,
            line.unit_price,
            line.amount,
            line.discount,
            line.payable,
            view.weight_g,
            view.return_exception,
            line.points,
        )
        for position, (line_id, line, asked, choice) in enumerate(
            zip(order.line_ids, quoted.lines, draft.request.lines, draft.basket.resolved, strict=True)
        )
    ]
