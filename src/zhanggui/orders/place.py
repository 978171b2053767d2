"""Placing: a batch of one store's tickets in one transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from zhanggui import promotions, wallets
from zhanggui.cart.lines import remove_lines
from zhanggui.catalog.rules import ALL_METHODS, ModifierGroup
from zhanggui.catalog.views import SkuView
from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.inventory import Want, journal
from zhanggui.inventory.reservations import hold
from zhanggui.inventory.rules import Balance, merged
from zhanggui.orders import claims, numbers
from zhanggui.orders.decide import Accepted, Counter, Refusal, Ticket, decide
from zhanggui.orders.insert import NewOrder, insert_orders
from zhanggui.orders.outcome import Outcome, Placed
from zhanggui.orders.paid import Payment, mark_paid
from zhanggui.orders.rules import SYSTEM, Actor
from zhanggui.orders.timeline import Concerned, TimelineEntry, append_timeline
from zhanggui.promotions import Redeemed
from zhanggui.stores.queries import LOAD as LOAD_STORE
from zhanggui.stores.queries import store_of

GATE = statement(
    "orders.place.gate",
    """
    INSERT INTO buyer_gate (store_id, customer_id, placed_at)
    SELECT $1, customer_id, $3 FROM unnest($2::uuid[]) AS b (customer_id) ORDER BY customer_id
    ON CONFLICT (store_id, customer_id) DO UPDATE SET placed_at = excluded.placed_at
    """,
)
UNPAID_OF = statement(
    "orders.place.unpaid",
    """
    SELECT customer_id, count(*)::int AS open FROM sales_order
    WHERE store_id = $1 AND customer_id = ANY($2::uuid[]) AND status IN ('pending_payment', 'closing')
    GROUP BY customer_id
    """,
)
# What decides the price as it is now; names and pictures may come from memory.
CURRENT = statement(
    "orders.place.current",
    """
    SELECT s.id, s.price, s.weight_g, s.buy_limit, s.active, p.status, p.modifiers, p.delivery_methods
    FROM sku s JOIN product p ON p.store_id = s.store_id AND p.id = s.product_id
    WHERE s.store_id = $1 AND s.id = ANY($2::uuid[])
    """,
)


async def place_many(conn: Connection, store_id: UUID, tickets: Sequence[Ticket]) -> list[Outcome]:
    """Decide and write a batch of one store in the caller's transaction; one outcome per ticket, in their order.

    Keys are claimed first, then the buyers' gates, the stock balances, flash places and the points of buyers who use them are
    locked, each in order; then price, state and stock are read, decided in order of arrival, and written. The number of statements does not depend on the number
    of tickets or lines. It may run again from its start: a ticket that was committed answers from its key.
    """
    claimed = await claims.claim(conn, store_id, tickets)
    if claimed.fresh:
        balances, counter = await _read(conn, store_id, claimed.fresh)
        points = dict(counter.points)
        decisions = decide(claimed.fresh, counter)
        accepted = [one for d in decisions if not isinstance(d, Refusal) for one in d]
        written = iter(await _write(conn, counter, balances, points, accepted) if accepted else [])
        claimed.settle(
            [d if isinstance(d, Refusal) else _placed([next(written) for _ in d]) for d in decisions]
        )
        await claims.free_refused(conn, store_id, claimed)
    return claimed.outcomes(tickets)


def _placed(orders: Sequence[NewOrder]) -> Placed:
    """A free order is paid in the same transaction, so it is not what was written any more."""
    unpaid = all(o.accepted.quoted.total > 0 for o in orders)
    return Placed([o.accepted.draft.order_id for o in orders], fresh=tuple(orders) if unpaid else ())


async def _read(
    conn: Connection, store_id: UUID, tickets: Sequence[Ticket]
) -> tuple[dict[UUID, Balance], Counter]:
    """Lock, then read: each statement sees what was committed before it."""
    now = clock.now()
    buyers = sorted({t.customer_id for t in tickets})
    await conn.execute(GATE, store_id, buyers, now)
    known = {sku_id: view for t in tickets for d in t.drafts for sku_id, view in d.basket.views.items()}
    balances = await journal.lock(conn, store_id, known)
    places = [
        (t.customer_id, d.request.flash_token) for t in tickets for d in t.drafts if d.request.flash_token
    ]
    held = await promotions.lock_holds(conn, store_id, places) if places else {}
    spenders = {t.customer_id for t in tickets if any(d.request.use_points for d in t.drafts)}
    points = await wallets.lock(conn, store_id, spenders) if spenders else {}
    store = store_of(await conn.fetchrow(LOAD_STORE, store_id))
    rows = {r["id"]: r for r in await conn.fetch(CURRENT, store_id, sorted(known))}
    unpaid = {r["customer_id"]: r["open"] for r in await conn.fetch(UNPAID_OF, store_id, buyers)}
    available = {sku_id: balance.available(now) for sku_id, balance in balances.items()}
    views = {sku_id: _current(view, rows.get(sku_id)) for sku_id, view in known.items()}
    return balances, Counter(store, views, available, unpaid, now, held, points)


def _current(view: SkuView, row: Row | None) -> SkuView:
    """`view` from memory with what decides the price as it is in the database."""
    if row is None:
        return msgspec.structs.replace(view, active=False, on_shelf=False)
    return msgspec.structs.replace(
        view,
        price=row["price"],
        weight_g=row["weight_g"],
        buy_limit=row["buy_limit"],
        active=row["active"],
        on_shelf=row["active"] and row["status"] == "on",
        delivery_methods=row["delivery_methods"] or list(ALL_METHODS),
        modifiers=msgspec.convert(row["modifiers"], list[ModifierGroup]),
    )


async def _write(
    conn: Connection,
    counter: Counter,
    balances: Mapping[UUID, Balance],
    points: Mapping[UUID, int],
    accepted: Sequence[Accepted],
) -> list[NewOrder]:
    """Orders, lines, timeline, reservations with their movements, timers; the cart's lines go. In the order given."""
    store, now, rule = counter.store, counter.at, counter.store.settings.points
    given = await numbers.give(conn, store, now, [one.draft.request.delivery_method for one in accepted])
    orders = [
        NewOrder(
            one,
            n,
            store.currency,
            one.draft.request.cutlery if store.settings.cutlery else 0,
            now,
            numbers.pay_by(store, now, one.draft.basket.flash),
            tuple(new_id() for _ in one.quoted.lines),
            new_id(),
            rule.per_yuan if rule.earning else 0,
        )
        for one, n in zip(accepted, given, strict=True)
    ]
    await insert_orders(conn, store, now, orders)
    await append_timeline(
        conn,
        store.id,
        [
            TimelineEntry(
                o.accepted.draft.order_id,
                "placed",
                Actor("buyer", o.accepted.draft.customer_id),
                to_status="pending_payment",
                at=now,
                id=o.entry_id,
            )
            for o in orders
        ],
        {
            (draft := o.accepted.draft).order_id: Concerned(
                o.numbers.number, "pending_payment", draft.customer_id, draft.request.delivery_method
            )
            for o in orders
        },
    )
    places = [(one.draft.basket.flash, one.draft.order_id) for one in accepted]
    redeemed = [Redeemed(place, order_id) for place, order_id in places if place is not None]
    await promotions.redeem(conn, store.id, dict(balances), redeemed)
    wants = [Want(o.draft.order_id, line.sku_id, line.quantity) for o in accepted for line in o.quoted.lines]
    granted = [Want(holder, sku, n) for holder, skus in merged(wants).items() for sku, n in skus.items()]
    await hold(conn, store.id, dict(balances), granted)
    await wallets.post_locked(
        conn,
        store.id,
        points,
        [
            wallets.Entry(
                o.draft.customer_id, "spend", -o.quoted.points_spent, o.draft.order_id, actor="buyer"
            )
            for o in accepted
            if o.quoted.points_spent
        ],
    )
    await enqueue(
        conn,
        [
            NewJob(
                store.id,
                "payments.expire",
                str(o.accepted.draft.order_id),
                {"order_id": o.accepted.draft.order_id},
                o.pay_by,
            )
            for o in orders
            if o.accepted.quoted.total > 0
        ],
    )
    await remove_lines(conn, [(o.draft.customer_id, i) for o in accepted for i in o.draft.cart_lines])
    free = [Payment(o.draft.order_id, 0, now) for o in accepted if o.quoted.total == 0]
    if free:
        await mark_paid(conn, store.id, free, SYSTEM)
    return orders
