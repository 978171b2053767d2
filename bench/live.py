"""Live order pages held by one server process, and how soon a committed change reaches them."""

import asyncio
import random
import time
from uuid import UUID

from bench.figures import Figure, percentile
from bench.goods import open_shop, runtime
from bench.sockets import Pages
from bench.stage import Stage
from zhanggui.core.events import Event, append
from zhanggui.core.ids import new_id
from zhanggui.core.tokens import TICKET_SECONDS

CLIENTS = 2_200
CHANGES = 400
PER_SECOND = 40


async def measure(stage: Stage) -> list[Figure]:
    """`ws_clients`, `ws_p99_ms`: from the end of the commit to the arrival at the page."""
    pages, draw = Pages(stage.servers[0].port), random.Random(5)
    committed: dict[UUID, float] = {}
    async with runtime(stage) as rt:
        shop = await open_shop(rt, 1)
        customers = [new_id() for _ in range(CLIENTS)]
        sign = rt.signer.sign
        for first in range(0, CLIENTS, 200):  # a ticket lives TICKET_SECONDS only
            some = customers[first : first + 200]
            await pages.connect([sign("live", one, TICKET_SECONDS, side="shop") for one in some])
        due = time.monotonic()
        for _ in range(CHANGES):
            order, customer = new_id(), draw.choice(customers)
            payload = {"status": "paid", "number": "1", "customer_id": customer, "kind": "paid"}
            await append(rt.db, [Event(shop.id, "order.paid", order, customer, payload)])
            committed[order] = time.monotonic()
            due += 1 / PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.sleep(2)
        held = pages.open
        await pages.close()
    ms = [(pages.arrived[order] - at) * 1000 for order, at in committed.items() if order in pages.arrived]
    if len(ms) != CHANGES:
        raise RuntimeError(f"{CHANGES - len(ms)} of {CHANGES} changes never arrived")
    note = f"{CHANGES} changes, p50 {percentile(ms, 0.5):.0f} ms; processes poll the log every 150 ms"
    return [
        Figure("ws_clients", held, "open at the end, one process"),
        Figure("ws_p99_ms", percentile(ms, 0.99), note),
    ]
