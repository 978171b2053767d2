"""Who in a web process follows the event log: caches and live updates. Assembly; nothing imports this but app.py."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from zhanggui.core.events import LoggedEvent

MODULES = ("stores.cache", "catalog.cache", "messaging.live")

FOLLOWERS: list[Callable[[Any, list[LoggedEvent]], Awaitable[None]]] = [
    import_module(f"zhanggui.{name}").follow for name in MODULES
]
