"""What an order spends, earns and gives back in points: one rule, whoever changes the order.

A unit takes its points with it. What was spent is allocated over the lines like the discount it made; of a line's points and
of its payable amount the first k units that went back are worth floor(whole × k / quantity), so that pieces in any order sum
to the whole. `settle` books the difference between what an order as it is now should have booked and what it has; asked
again it books nothing.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui import wallets
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import Actor, Status
from zhanggui.orders.shapes import OrderPoints
from zhanggui.wallets.queries import Booked, of_orders
from zhanggui.wallets.rules import earned

FACTS = statement(
    "orders.points.facts",
    """
    SELECT o.id, o.customer_id, o.status, o.points_spent, o.points_rate, sum(l.points * l.refunded::bigint / l.quantity)::bigint
      AS gone_back, sum(l.payable - l.payable * l.refunded / l.quantity)::bigint AS kept
    FROM sales_order o JOIN order_line l ON l.store_id = o.store_id AND l.order_id = o.id
    WHERE o.store_id = $1 AND o.id = ANY($2::uuid[]) AND (o.points_spent > 0 OR o.points_rate > 0)
    GROUP BY o.store_id, o.id ORDER BY o.id
    """,
)
LOCK = statement(
    "orders.points.lock", "SELECT customer_id FROM sales_order WHERE store_id = $1 AND id = $2 FOR UPDATE"
)


class Facts(NamedTuple):
    """An order with points: `gone_back` of the `spent` ones belong to units that went back, `kept` fen of its goods do not;
    `rate` points a yuan were promised when it was placed."""

    order_id: UUID
    customer_id: UUID
    status: Status
    spent: int
    rate: int
    gone_back: int
    kept: int

    @property
    def to_give_back(self) -> int:
        """Spent points that the buyer should have back by now."""
        return self.spent if self.status == "cancelled" else self.gone_back

    @property
    def worth(self) -> int:
        """Points that what the buyer keeps of it earns, once completed."""
        return 0 if self.status == "cancelled" else earned(self.kept, self.rate)


async def settle(
    conn: Connection,
    store_id: UUID,
    order_ids: Sequence[UUID],
    reason: str = "",
    cause_id: UUID | None = None,
) -> None:
    """Book what these orders, as they are now, still have to give back, earn or lose; `cause_id` is the return it is for.

    One statement for orders without points. The orders must be locked, their stock before this, the ledger after it.
    """
    found = [Facts(*row) for row in await conn.fetch(FACTS, store_id, list(order_ids))]
    if not found:
        return
    booked = await of_orders(conn, store_id, [f.order_id for f in found])
    entries = [e for f in found for e in due(f, booked.get(f.order_id, Booked()), reason, cause_id)]
    await wallets.post(conn, store_id, entries)


def due(facts: Facts, booked: Booked, reason: str = "", cause_id: UUID | None = None) -> list[wallets.Entry]:
    """The entries that bring what was booked for an order into agreement with it; pure."""
    back = facts.to_give_back - booked.given_back
    gained = (facts.worth if facts.status == "completed" else 0) - booked.earned
    buyer, order_id = facts.customer_id, facts.order_id
    entries: list[wallets.Entry] = []
    if back > 0:
        entries.append(wallets.Entry(buyer, "give_back", back, order_id, cause_id, reason))
    if gained > 0:
        entries.append(wallets.Entry(buyer, "earn", gained, order_id))
    elif gained < 0:
        entries.append(wallets.Entry(buyer, "take_back", gained, order_id, cause_id, reason))
    return entries


async def earn(rt: Runtime, store_id: UUID, order_id: UUID) -> None:
    """Book what a completed order earns; done before, nothing changes."""
    if not await rt.db.fetch(FACTS, store_id, [order_id]):
        return

    async def work(conn: Connection) -> None:
        await conn.fetchval(LOCK, store_id, order_id)
        await settle(conn, store_id, [order_id])

    await in_transaction(rt.db, work)


async def adjust(
    rt: Runtime, store_id: UUID, order_id: UUID, by: Actor, delta: int, reason: str, key: str
) -> int:
    """Give an order's buyer points, or take some, by hand; returns the balance. Once per idempotency key.

    Raises 404 for another store's order, 422 `points_nothing`, 409 `points_short` for more than there are.
    """
    if delta == 0:
        raise ShopError("points_nothing", 422, field="delta")
    if by.id is None:
        raise ValueError("an adjustment names the staff member")
    staff_id, print_ = by.id, fingerprint("orders.points.adjust", [order_id, delta, reason])

    async def work(conn: Connection) -> int:
        known = await claim(conn, store_id, staff_id, key, print_)
        if known is not None:
            return known["balance"]
        buyer = await conn.fetchval(LOCK, store_id, order_id)
        if buyer is None:
            raise not_found("order")
        have = (await wallets.lock(conn, store_id, [buyer])).get(buyer, 0)
        if delta < 0 and have + delta < 0:
            raise ShopError("points_short", 409, field="delta", data={"balance": have}, balance=have)
        entry = wallets.Entry(buyer, "adjust", delta, order_id, None, reason, by.name, staff_id)
        await wallets.post(conn, store_id, [entry])
        await answer(conn, store_id, staff_id, key, {"balance": have + delta})
        return have + delta

    return await in_transaction(rt.db, work)


async def shown(conn: Connection, store_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, OrderPoints]:
    """What the pages of these orders say of points; orders without any left out. Two statements, one without points."""
    found = [Facts(*row) for row in await conn.fetch(FACTS, store_id, list(order_ids))]
    booked = await of_orders(conn, store_id, [f.order_id for f in found]) if found else {}
    return {f.order_id: _view(f, booked.get(f.order_id, Booked())) for f in found}


def _view(facts: Facts, booked: Booked) -> OrderPoints:
    to_earn = max(0, facts.worth - booked.earned)
    return OrderPoints(facts.spent, booked.given_back, booked.earned, to_earn)
