"""Live updates: one hub per process, fed by the event log, pushing to open WebSockets of both sides.

A buyer hears of their own orders only, staff of their store only. Nothing that is sent here is the truth: it says that
something changed, and the page asks again. So a slow client can simply be dropped; it comes back and refetches.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core.events import LoggedEvent
from zhanggui.core.runtime import Runtime

QUEUE = 64  # messages a client may be behind before it is dropped
MONEY = "money"  # who listens on the console's side and may see the store's money
ABOUT_MONEY = frozenset({"reconciliation.finished", "split.attention", "withdrawal.requested"})
TOO_SLOW = 1013  # RFC 6455 registry: try again later


class Listener:
    """One open socket: what waits to be sent to it, and whether it fell behind."""

    __slots__ = ("overrun", "queue")

    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self.overrun = asyncio.Event()

    def offer(self, message: bytes) -> None:
        """Queue without waiting; a full queue marks the listener for dropping."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.overrun.set()


class Hub:
    """Who listens to what in this process. `address` is a customer's id or a store's id."""

    def __init__(self) -> None:
        self._listeners: dict[tuple[str, UUID], set[Listener]] = defaultdict(set)

    def join(self, side: str, address: UUID, *, money: bool = False) -> Listener:
        """A new listener; `side` is shop (address: customer) or console (address: store).

        `money`: it also hears what only those who may see the store's money hear.
        """
        listener = Listener()
        for heard in (side, MONEY) if money else (side,):
            self._listeners[heard, address].add(listener)
        return listener

    def leave(self, side: str, address: UUID, listener: Listener) -> None:
        for heard in (side, MONEY):
            listeners = self._listeners.get((heard, address))
            if listeners is not None:
                listeners.discard(listener)
                if not listeners:
                    del self._listeners[heard, address]

    def __len__(self) -> int:
        return sum(len(listeners) for (side, _), listeners in self._listeners.items() if side != MONEY)

    def publish(self, events: Iterable[LoggedEvent]) -> None:
        """Hand each event to those it concerns; encoded once however many listen."""
        sold: dict[UUID, list[str]] = defaultdict(list)
        for event in events:
            if event.topic.startswith("order."):
                self._order(event)
            elif event.topic.startswith("return."):
                self._return(event)
            elif event.topic == "shipping_report.changed":
                self._send("console", event.store_id, _reported(event))
            elif event.topic in ABOUT_MONEY:
                self._send(MONEY, event.store_id, _about_money(event))
            elif event.topic == "stock.changed":
                sold[event.store_id] += event.payload.get("skus", ())
        for store_id, skus in sold.items():
            self._send("console", store_id, {"type": "stock", "sku_ids": list(dict.fromkeys(skus))})

    def _order(self, event: LoggedEvent) -> None:
        news = {
            "type": "order",
            "store_id": event.store_id,
            "order_id": event.entity_id,
            "status": event.payload.get("status"),
            "event": event.topic.removeprefix("order."),
            "at": event.at,
        }
        self._send("console", event.store_id, news)
        if event.customer_id is not None:
            self._send("shop", event.customer_id, news)

    def _return(self, event: LoggedEvent) -> None:
        """Something about a return changed: its state, or somebody wrote."""
        news = {
            "type": "return",
            "store_id": event.store_id,
            "return_id": event.entity_id,
            "order_id": event.payload.get("order_id"),
            "status": event.payload.get("status"),
            "at": event.at,
        }
        self._send("console", event.store_id, news)
        if event.customer_id is not None:
            self._send("shop", event.customer_id, news)

    def _send(self, side: str, address: UUID, news: dict[str, Any]) -> None:
        listeners = self._listeners.get((side, address))
        if listeners:
            message = msgspec.json.encode(news)
            for listener in listeners:
                listener.offer(message)


def _reported(event: LoggedEvent) -> dict[str, Any]:
    """For the merchant only: what the platform answered to a shipping report."""
    return {
        "type": "report",
        "store_id": event.store_id,
        "order_id": event.entity_id,
        "state": event.payload.get("state"),
        "at": event.at,
    }


def _about_money(event: LoggedEvent) -> dict[str, Any]:
    """Something about the store's money needs somebody, or does not any more."""
    return {
        "type": "money",
        "store_id": event.store_id,
        "event": event.topic,
        "status": event.payload.get("status"),
        "date": event.payload.get("date"),
        "found": event.payload.get("found", 0),
        "again": event.payload.get("times", 1) > 1,
        "at": event.at,
    }


def hub_of(rt: Runtime) -> Hub:
    return rt.once("messaging.hub", Hub)


async def follow(rt: Runtime, events: Sequence[LoggedEvent]) -> None:
    """Push what concerns those who listen in this process."""
    hub_of(rt).publish(events)
