"""The buyer's list of orders over all stores."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Row, statement
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.i18n import Text
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.orders.rules import ACTIVE, DONE, UNPAID, Facts, Status, buyer_actions, shown_refund
from zhanggui.orders.shapes import OrderSummary, SummaryLine
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.shapes import store_card

ListState = Literal["all", "unpaid", "active", "done"]
STATES: dict[ListState, frozenset[Status]] = {
    "all": UNPAID | ACTIVE | DONE,
    "unpaid": UNPAID,
    "active": ACTIVE,
    "done": DONE,
}
PAGE = 20

LIST = statement(
    "orders.history",
    """
    SELECT store_id, id, number, status, refund_status, delivery_method, total, currency, quantity, placed_at, pay_by,
           pickup_number, paid_amount, refunded_amount, refunded_amount > 0 AND EXISTS (
             SELECT 1 FROM refund r WHERE r.store_id = sales_order.store_id AND r.order_id = sales_order.id
             AND r.status NOT IN ('succeeded', 'closed')) AS refund_under_way
    FROM sales_order WHERE customer_id = $1 AND status = ANY($2::text[]) AND hidden = 0 AND ($3::uuid IS NULL OR id < $3)
    ORDER BY id DESC LIMIT $4
    """,
)
LINES = statement(
    "orders.history_lines",
    """
    SELECT order_id, name, spec_text, picture_id, quantity, fulfilled FROM order_line
    WHERE (store_id, order_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[])) ORDER BY order_id, position
    """,
)


async def list_orders(
    rt: Runtime, customer_id: UUID, state: ListState, cursor: str | None
) -> Page[OrderSummary]:
    """Newest first, 20 a page; two statements, pictures and stores from memory."""
    after = decode_cursor(cursor, tuple[UUID])
    rows = await rt.db.fetch(LIST, customer_id, sorted(STATES[state]), after[0] if after else None, PAGE + 1)
    shown, more = rows[:PAGE], len(rows) > PAGE
    lines: dict[UUID, list[Row]] = {r["id"]: [] for r in shown}
    for line in await rt.db.fetch(LINES, [r["store_id"] for r in shown], [r["id"] for r in shown]):
        lines[line["order_id"]].append(line)
    items = await _summaries(rt, shown, lines)
    return Page(items, encode_cursor(shown[-1]["id"]) if more else None)


async def _summaries(rt: Runtime, rows: Sequence[Row], lines: dict[UUID, list[Row]]) -> list[OrderSummary]:
    now = clock.now()
    by_id = {store_id: await stores.load(rt, store_id) for store_id in {r["store_id"] for r in rows}}
    logos = await store_pictures.logos(rt, by_id.values())
    shown = {
        picture_id: picture
        for store_id in by_id
        for picture_id, picture in (
            await pictures(
                rt,
                store_id,
                [x["picture_id"] for r in rows if r["store_id"] == store_id for x in lines[r["id"]]],
            )
        ).items()
    }
    facts = {r["id"]: _facts(r) for r in rows}
    return [
        OrderSummary(
            id=r["id"],
            number=r["number"],
            store=store_card(by_id[r["store_id"]], logos, now),
            status=r["status"],
            refund_status=facts[r["id"]].refund_status,
            delivery_method=r["delivery_method"],
            total=r["total"],
            currency=r["currency"],
            quantity=r["quantity"],
            placed_at=r["placed_at"],
            pay_by=r["pay_by"] if r["status"] == "pending_payment" else None,
            pickup_number=r["pickup_number"],
            partly_shipped=r["delivery_method"] == "express"
            and r["status"] in {"paid", "preparing"}
            and any(x["fulfilled"] for x in lines[r["id"]]),
            actions=buyer_actions(facts[r["id"]]),
            lines=[
                SummaryLine(
                    msgspec.convert(x["name"], Text),
                    msgspec.convert(x["spec_text"], Text),
                    shown.get(x["picture_id"]),
                    x["quantity"],
                )
                for x in lines[r["id"]]
            ],
        )
        for r in rows
    ]


def _facts(row: Row) -> Facts:
    facts = Facts(row["status"], row["refund_status"], row["delivery_method"], row["paid_amount"])
    shown = shown_refund(facts, row["refunded_amount"], under_way=row["refund_under_way"])
    return facts._replace(refund_status=shown)
