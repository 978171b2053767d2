"""Backpressure: a process takes on so many requests at a time and refuses the rest at once.

Beyond that everybody would only wait longer for the same few database connections, until clients give up and ask again. A
refusal costs microseconds and says when to come back.
"""

from typing import Any, cast

from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import locale_of
from zhanggui.core.lane import asked_of, refused, respond
from zhanggui.core.metrics import metrics_of
from zhanggui.core.runtime import Runtime

MOST = 1_000
ALWAYS = ("/health", "/metrics")


class Gate:
    """Wraps the application. Live connections are not counted: they wait without work."""

    def __init__(self, app: ASGIApp, state: Any, most: int = MOST) -> None:
        self._app, self._state, self._most = app, state, most
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(ALWAYS):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            await self._refuse(scope, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1

    async def _refuse(self, scope: HTTPScope, send: Send) -> None:
        locale = locale_of(asked_of(scope["headers"]).language)
        answer = refused(scope["path"], ShopError("busy", 503, retry_after=1), locale)
        await respond(send, answer)
        metrics_of(cast("Runtime", self._state.rt)).requests.labels(scope["method"], "none", "503").inc()
