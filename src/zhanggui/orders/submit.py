"""Placing as a use case: tickets go through their store's batch, or through one transaction over several stores."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from zhanggui.core.batching import Batch, Batcher, take_turn
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale
from zhanggui.core.idempotency import HEADER, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.orders import claims
from zhanggui.orders.decide import Accepted, Draft, Refusal, Ticket
from zhanggui.orders.drafts import draft_orders
from zhanggui.orders.insert import NewOrder
from zhanggui.orders.outcome import Outcome, Placed
from zhanggui.orders.place import place_many
from zhanggui.orders.requests import PlaceRequest
from zhanggui.pricing.prepare import line_pictures, render
from zhanggui.pricing.rules import points_offer
from zhanggui.pricing.shapes import Quote
from zhanggui.stores import queries as stores
from zhanggui.wallets.queries import balance

CLASHES = {"sales_order_number_key", "sales_order_pickup_code_key"}
DRAWS = 5  # a number drawn by two transactions in the same moment: draw again


class Made(NamedTuple):
    """An order that stands; `fresh` as it was just written, None when it must be read."""

    store_id: UUID
    order_id: UUID
    fresh: NewOrder | None = None


async def place(rt: Runtime, customer_id: UUID, key: str, body: PlaceRequest, locale: Locale) -> list[Made]:
    """Place all orders of `body` or none; returns them in the order asked for.

    The same key and body again answer the same orders. Raises 409 `price_changed` (data: the new quotes),
    `out_of_stock` (data: what is left), `idempotency_key_reused`, `too_many_unpaid`, and what a quote's problems say.
    """
    print_ = fingerprint("orders.place", [customer_id, body])
    try:
        drafts = await draft_orders(rt, customer_id, body)
    except ShopError:
        before = await _placed_before(rt, customer_id, key, print_, body)
        if before is None:
            raise
        return before
    by_store: dict[UUID, list[Draft]] = {}
    for draft in drafts:
        by_store.setdefault(draft.request.store_id, []).append(draft)
    tickets = {s: Ticket(customer_id, key, print_, tuple(ds)) for s, ds in sorted(by_store.items())}
    if len(tickets) == 1:
        ((store_id, ticket),) = tickets.items()
        outcomes: dict[UUID, Outcome] = {store_id: await placer(rt).submit(store_id, ticket)}
    else:
        outcomes = await _place_together(rt, tickets)
    refusals = {s: o for s, o in outcomes.items() if isinstance(o, Refusal)}
    if refusals:
        raise await _error(rt, body, refusals, locale)
    return _made(body, outcomes)


def placer(rt: Runtime) -> Batcher[UUID, Ticket, Outcome]:
    """This process's group commit of new orders, by store."""

    async def flush(store_id: UUID, batch: Batch[Ticket, Outcome]) -> Sequence[Outcome]:
        return await place_batch(rt, store_id, batch.take)

    return rt.once("orders.placer", lambda: Batcher(flush))


async def place_batch(rt: Runtime, store_id: UUID, take: Callable[[], Sequence[Ticket]]) -> Sequence[Outcome]:
    """One transaction of its own, whose tickets are taken when it has its turn; deadlocks are the batcher's to repeat."""

    async def work() -> list[Outcome]:
        async with rt.db.acquire() as conn, conn.transaction():
            await take_turn(conn, "orders.place", store_id)
            return await place_many(conn, store_id, take())

    for _ in range(DRAWS - 1):
        try:
            return await work()
        except asyncpg.UniqueViolationError as clash:
            if getattr(clash, "constraint_name", None) not in CLASHES:
                raise
    return await work()


async def _placed_before(
    rt: Runtime, customer_id: UUID, key: str, print_: bytes, body: PlaceRequest
) -> list[Made] | None:
    """The answer of an earlier request under this key, when what it named has gone since."""
    outcomes: dict[UUID, Outcome] = {}
    for store_id in {request.store_id for request in body.orders}:
        outcome = await claims.known(rt.db, store_id, customer_id, key, print_)
        if not isinstance(outcome, Placed):
            return None
        outcomes[store_id] = outcome
    return _made(body, outcomes)


def _made(body: PlaceRequest, outcomes: Mapping[UUID, Outcome]) -> list[Made]:
    made: dict[UUID, Iterator[Made]] = {}
    for store_id, outcome in outcomes.items():
        if isinstance(outcome, Placed):
            fresh = outcome.fresh or [None] * len(outcome.order_ids)
            pairs = zip(outcome.order_ids, fresh, strict=True)
            made[store_id] = iter([Made(store_id, order_id, one) for order_id, one in pairs])
    return [next(made[request.store_id]) for request in body.orders]


class _Refused(Exception):
    """Takes the transaction over several stores back."""

    def __init__(self, outcomes: dict[UUID, Outcome]) -> None:
        super().__init__("refused")
        self.outcomes = outcomes


async def _place_together(rt: Runtime, tickets: dict[UUID, Ticket]) -> dict[UUID, Outcome]:
    """One transaction over the stores in ascending order; a refusal in any of them takes all back."""

    async def work(conn: Connection) -> dict[UUID, Outcome]:
        outcomes: dict[UUID, Outcome] = {}
        for store_id, ticket in tickets.items():
            (outcomes[store_id],) = await place_many(conn, store_id, [ticket])
        if any(isinstance(o, Refusal) for o in outcomes.values()):
            raise _Refused(outcomes)
        return outcomes

    for draw in range(DRAWS):
        try:
            return await in_transaction(rt.db, work)
        except _Refused as refused:
            return refused.outcomes
        except asyncpg.UniqueViolationError as clash:
            if getattr(clash, "constraint_name", None) not in CLASHES or draw == DRAWS - 1:
                raise
    raise AssertionError("unreachable")


async def _error(
    rt: Runtime, body: PlaceRequest, refusals: Mapping[UUID, Refusal], locale: Locale
) -> ShopError:
    """The first refusal as an answer; data of equal refusals of several stores come together."""
    first = next(iter(refusals.values()))
    same = {s: r for s, r in refusals.items() if r.code == first.code}
    data: list[Any] | None = None
    if first.code == "price_changed":
        priced = {s: iter(r.quotes) for s, r in same.items()}
        wanted = [next(priced[request.store_id]) for request in body.orders if request.store_id in priced]
        data = [await _quote(rt, accepted, locale) for accepted in wanted]
    elif first.code == "out_of_stock":
        data = [one for r in same.values() for one in r.data]
    field = HEADER if first.code == "idempotency_key_reused" else None
    return ShopError(
        first.code, first.status, field=field, errors=list(first.errors) or None, data=data, **first.params
    )


async def _quote(rt: Runtime, accepted: Accepted, locale: Locale) -> Quote:
    basket = accepted.draft.basket
    store = await stores.load(rt, basket.request.store_id)
    quoted = accepted.quoted
    if quoted.points is not None and not basket.request.use_points:  # they were neither locked nor read
        have = await balance(rt.db, store.id, accepted.draft.customer_id)
        goods = quoted.items_total - quoted.discount_total
        offer = points_offer(store.settings.points, goods, have, use=False)
        quoted = msgspec.structs.replace(quoted, points=offer)
    return render(basket, quoted, await line_pictures(rt, basket), store.currency, locale)
