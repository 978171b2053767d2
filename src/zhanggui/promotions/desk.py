"""Where buyers ask for places: group commit by store, and a queue that says how long it is."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.batching import Batch, Batcher, take_turn
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.i18n import Locale, message
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.promotions.reserve import reserve_many
from zhanggui.promotions.rules import Outcome, Place, Wish
from zhanggui.promotions.shapes import (
    FlashPlace,
    FlashQueued,
    FlashRefusal,
    FlashTicket,
    PlaceInput,
)

QUEUE_FROM = 2_000  # requests of a store waiting here, beyond which the next one gets a ticket instead of an open socket
MAX_QUEUE = 20_000
TICKETS = 50_000
KNOWN_ELSEWHERE_MS = 15_000  # a ticket this young may still wait in another process

OF_TOKEN = statement(
    "promotions.place_of_token",
    """
    SELECT id, customer_id, sale_id, sku_id, quantity, price, state, key, expires_at FROM flash_place
    WHERE store_id = $1 AND customer_id = $2 AND id = $3 AND sale_id = $4
    """,
)


class _Issued(NamedTuple):
    store_id: UUID
    sale_id: UUID
    customer_id: UUID
    number: int
    task: "asyncio.Task[Outcome]"


class Desk:
    """One for each process. `rate` is what it settles a second, smoothed over its batches."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._batcher: Batcher[UUID, Wish, Outcome] = Batcher(self._flush, max_batch=512, max_queue=MAX_QUEUE)
        self._tickets: OrderedDict[UUID, _Issued] = OrderedDict()
        self._settled: dict[UUID, int] = {}
        self._rate = 2_000.0

    async def ask(self, store_id: UUID, wish: Wish) -> Outcome | FlashQueued:
        """The outcome, or a ticket when more than QUEUE_FROM wait. Raises 503 `busy` when the queue is full."""
        waiting = self._batcher.waiting(store_id)
        if waiting < QUEUE_FROM:
            return await self._batcher.submit(store_id, wish)
        if waiting >= MAX_QUEUE or (len(self._tickets) >= TICKETS and not self._forget_done()):
            raise ShopError("busy", 503, retry_after=2)
        number = self._settled.get(store_id, 0) + waiting + 1
        task = asyncio.create_task(self._batcher.submit(store_id, wish))
        self._tickets[wish.token] = _Issued(store_id, wish.sale_id, wish.customer_id, number, task)
        return FlashQueued(wish.token, waiting + 1, self._wait_ms(waiting + 1))

    async def ticket(
        self, store_id: UUID, sale_id: UUID, customer_id: UUID, ticket: UUID, locale: Locale
    ) -> FlashTicket:
        """What became of a ticket (or of a place, by its token). Raises 404 for another buyer's."""
        issued = self._tickets.get(ticket)
        if issued is not None:
            if (issued.store_id, issued.sale_id, issued.customer_id) != (store_id, sale_id, customer_id):
                raise not_found("ticket")
            if not issued.task.done():
                position = max(1, issued.number - self._settled.get(store_id, 0))
                return FlashTicket(
                    status="waiting", position=position, wait_ms_estimate=self._wait_ms(position)
                )
            fault = issued.task.exception()
            if fault is not None:
                del self._tickets[ticket]
                return FlashTicket(status="again")
            outcome = issued.task.result()
            if not isinstance(outcome, Place):
                text = message(outcome.code, locale, limit=outcome.limit)
                return FlashTicket(status="refused", refusal=FlashRefusal(outcome.code, text))
            ticket = outcome.token
        row = await self._rt.db.fetchrow(OF_TOKEN, store_id, customer_id, ticket, sale_id)
        if row is not None:
            return FlashTicket(status="placed", place=shown(Place(*row)))
        age = time.time_ns() // 1_000_000 - (ticket.int >> 80)
        if 0 <= age < KNOWN_ELSEWHERE_MS:
            return FlashTicket(status="waiting")
        return FlashTicket(status="again")

    async def _flush(self, store_id: UUID, batch: Batch[Wish, Outcome]) -> Sequence[Outcome]:
        started = time.perf_counter()
        async with self._rt.db.acquire() as conn, conn.transaction():
            await take_turn(conn, "promotions.reserve", store_id)
            outcomes = await reserve_many(conn, store_id, batch.take())
        self._settled[store_id] = self._settled.get(store_id, 0) + len(outcomes)
        self._rate += (len(outcomes) / max(time.perf_counter() - started, 0.001) - self._rate) * 0.1
        return outcomes

    def _wait_ms(self, position: int) -> int:
        return round(position / max(self._rate, 1.0) * 1_000)

    def _forget_done(self) -> bool:
        """Drop the oldest tickets that are settled; whether there is room now."""
        done = [t for t, issued in self._tickets.items() if issued.task.done()][: TICKETS // 10]
        for ticket in done:
            del self._tickets[ticket]
        return bool(done)


def desk(rt: Runtime) -> Desk:
    return rt.once("promotions.desk", lambda: Desk(rt))


async def ask(
    rt: Runtime, store_id: UUID, sale_id: UUID, customer_id: UUID, data: PlaceInput, key: str
) -> FlashPlace | FlashQueued:
    """A place for this buyer, or a ticket while many are before him.

    Raises 404, 409 `flash_sold_out`, `flash_limit`, `flash_not_started`, `flash_ended`, `idempotency_key_reused`, 503.
    """
    outcome = await desk(rt).ask(
        store_id, Wish(customer_id, sale_id, data.sku_id, data.quantity, key, new_id())
    )
    if isinstance(outcome, Place):
        return shown(outcome)
    if isinstance(outcome, FlashQueued):
        return outcome
    if outcome.status == 404:
        raise not_found("flash sale")
    facts = {"available": outcome.left, "limit": outcome.limit, "starts_at": outcome.starts_at}
    known = {name: value for name, value in facts.items() if value is not None}
    raise ShopError(outcome.code, outcome.status, data=known or None, limit=outcome.limit)


def shown(place: Place) -> FlashPlace:
    """The place as the API answers it."""
    return FlashPlace(
        token=place.token,
        sale_id=place.sale_id,
        sku_id=place.sku_id,
        quantity=place.quantity,
        price=place.price,
        state=place.state,
        expires_at=place.expires_at,
    )
