"""Who in a process follows the event log: caches and live updates. Assembly; only app.py and worker.py import this."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib import import_module

from zhanggui.core.events import EventFollower, LoggedEvent
from zhanggui.core.runtime import Runtime

MODULES = ("stores.cache", "catalog.cache", "search.index", "payments.accounts", "messaging.live")

FOLLOWERS: list[Callable[[Runtime, list[LoggedEvent]], Awaitable[None]]] = [
    import_module(f"zhanggui.{name}").follow for name in MODULES
]


@asynccontextmanager
async def following(rt: Runtime) -> AsyncGenerator[EventFollower]:
    """Follow the log for the duration of the block. A process that caches must be inside one, or it would never forget."""

    async def hand_out(events: list[LoggedEvent]) -> None:
        for follow in FOLLOWERS:
            await follow(rt, events)

    follower = rt.once("event_follower", lambda: EventFollower(rt.db, hand_out))
    await follower.start()
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
