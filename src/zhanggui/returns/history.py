"""The buyer's returns: of all stores, and of one order."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Row, statement
from zhanggui.core.http import Page, decode_cursor, encode_cursor
from zhanggui.core.runtime import Runtime
from zhanggui.media.queries import pictures
from zhanggui.media.shapes import Picture
from zhanggui.orders.page_parts import as_text
from zhanggui.orders.queries import load_order
from zhanggui.returns.rules import Facts, buyer_actions, why
from zhanggui.returns.shop_shapes import Returns, ReturnSummary
from zhanggui.stores import pictures as store_pictures
from zhanggui.stores import queries as stores
from zhanggui.stores.shapes import store_card

PAGE = 20
LIST = statement(
    "returns.history",
    """
    SELECT r.store_id, r.id, r.number, r.order_id, o.number AS order_number, r.kind, r.reason, r.rule, r.description, r.status,
      r.amount, r.currency, r.due_at, r.appeal, r.created_at, coalesce(l.name, '{}') AS name, l.picture_id,
      coalesce(l.units, 0) AS units
    FROM return_request r
    JOIN sales_order o ON o.store_id = r.store_id AND o.id = r.order_id
    LEFT JOIN LATERAL (
      SELECT (array_agg(x.name ORDER BY x.position))[1] AS name,
        (array_agg(x.picture_id ORDER BY x.position))[1] AS picture_id, sum(q.quantity)::int AS units
      FROM return_line q JOIN order_line x ON x.store_id = q.store_id AND x.id = q.order_line_id
      WHERE q.store_id = r.store_id AND q.return_id = r.id) l ON true
    WHERE r.customer_id = $1 AND ($2::uuid IS NULL OR r.id < $2) AND ($3::uuid IS NULL OR r.order_id = $3)
    ORDER BY r.id DESC LIMIT $4
    """,
)


async def list_returns(rt: Runtime, customer_id: UUID, cursor: str | None) -> Page[ReturnSummary]:
    """Newest first, 20 a page; one statement, pictures and stores from memory."""
    after = decode_cursor(cursor, tuple[UUID])
    rows = await rt.db.fetch(LIST, customer_id, after[0] if after else None, None, PAGE + 1)
    shown = rows[:PAGE]
    following = encode_cursor(shown[-1]["id"]) if len(rows) > PAGE else None
    return Page(await _summaries(rt, shown), following)


async def returns_of_order(rt: Runtime, customer_id: UUID, store_id: UUID, order_id: UUID) -> Returns:
    """The returns of an order, newest first. Raises 404 for another's order."""
    await load_order(rt.db, store_id, order_id, customer_id=customer_id)
    rows = await rt.db.fetch(LIST, customer_id, None, order_id, 100)
    return Returns(await _summaries(rt, [r for r in rows if r["store_id"] == store_id]))


async def _summaries(rt: Runtime, rows: Sequence[Row]) -> list[ReturnSummary]:
    now = clock.now()
    by_id = {store_id: await stores.load(rt, store_id) for store_id in {r["store_id"] for r in rows}}
    logos = await store_pictures.logos(rt, by_id.values())
    shown: dict[UUID, Picture] = {}
    for store_id in by_id:
        shown |= await pictures(rt, store_id, [r["picture_id"] for r in rows if r["store_id"] == store_id])
    return [
        ReturnSummary(
            id=r["id"],
            number=r["number"],
            store=store_card(by_id[r["store_id"]], logos, now),
            order_id=r["order_id"],
            order_number=r["order_number"],
            kind=r["kind"],
            reason=r["reason"],
            reason_text=why(r["reason"], r["rule"], r["description"]),
            status=r["status"],
            quantity=r["units"],
            amount=r["amount"],
            currency=r["currency"],
            first_line=as_text(r["name"]),
            picture=shown.get(r["picture_id"]),
            due_at=r["due_at"],
            actions=buyer_actions(Facts(r["status"], r["kind"], r["appeal"], r["due_at"]), now),
            created_at=r["created_at"],
        )
        for r in rows
    ]
