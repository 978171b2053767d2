"""Asking for a flash-sale place, answered before the framework.

At the start of a sale this one request comes thousands of times a second, and most of what it costs would be routing, guards
and serialisation. Only the plain case is taken here: a signed-in buyer, a good body. Everything else goes on to the
application with its body, so that refusals of that kind are worded in one place. Same function, same answers.
"""

import re
import time
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

import asyncpg
import msgspec
import structlog
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from zhanggui.core.auth import bearer
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import locale_of
from zhanggui.core.metrics import metrics_of
from zhanggui.core.runtime import Runtime
from zhanggui.promotions.desk import ask
from zhanggui.promotions.shapes import FlashQueued, PlaceInput

log = structlog.get_logger()
PATH = re.compile(r"/api/shop/stores/([0-9a-f-]{36})/flash/([0-9a-f-]{36})/places")
ROUTE = "/api/shop/stores/{store_id}/flash/{sale_id}/places"
MAX_BODY = 4_096
BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
)
_body = msgspec.json.Decoder(PlaceInput)
_encode = msgspec.json.Encoder().encode
JSON_HEADERS = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
PROBLEM_HEADERS = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]


class FlashLane:
    """Wraps the application; `app.state.rt` is the runtime that its lifespan made."""

    def __init__(self, app: Any) -> None:
        self._app: ASGIApp = app
        self._state = app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"]) if scope.get("method") == "POST" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        started, rt = time.perf_counter(), cast("Runtime", self._state.rt)
        token, key, language = _headers(cast("HTTPScope", scope)["headers"])
        buyer = bearer(rt, token)
        if buyer is None or buyer.guest or key is None:
            await self._app(scope, receive, send)
            return
        read = await _read(receive)
        try:
            data = _body.decode(b"".join(cast("Any", m).get("body", b"") for m in read))
            store_id, sale_id = UUID(found[1]), UUID(found[2])
        except (ValueError, msgspec.MsgspecError):
            await self._app(scope, _again(read, receive), send)
            return
        headers = JSON_HEADERS
        try:
            answer = await ask(rt, store_id, sale_id, buyer.id, data, key)
            status, body = 202 if isinstance(answer, FlashQueued) else 201, _encode(answer)
        except (
            Exception
        ) as fault:  # nothing is swallowed: what is not a refusal is logged and answered as 500 or 503
            error = _error(fault)
            status, body = error.status, _encode(error.problem(locale_of(language)))
            headers = PROBLEM_HEADERS
            if error.retry_after:
                headers = [*headers, (b"retry-after", str(error.retry_after).encode())]
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*headers, (b"content-length", str(len(body)).encode())],
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})
        metrics = metrics_of(rt)
        metrics.requests.labels("POST", ROUTE, str(status)).inc()
        metrics.seconds.labels("POST", ROUTE).observe(time.perf_counter() - started)


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str | None, str | None, str | None]:
    """Authorization, a usable Idempotency-Key, Accept-Language."""
    token = key = language = None
    for name, value in headers:
        if name == b"authorization":
            token = value.decode("latin-1")
        elif name == b"idempotency-key":
            key = value.decode("latin-1")
        elif name == b"accept-language":
            language = value.decode("latin-1")
    return token, key if key is not None and 8 <= len(key) <= 64 else None, language


async def _read(receive: Receive) -> list[Message]:
    """The messages of a body, as they are, until MAX_BODY bytes are passed."""
    read: list[Message] = []
    size = 0
    while size <= MAX_BODY:
        message = cast("Any", await receive())
        read.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    return read


def _again(read: list[Message], receive: Receive) -> Receive:
    """A receive that gives what was read once more, then goes on."""
    waiting = iter(read)

    async def replay() -> Any:
        for message in waiting:
            return message
        return await receive()

    return replay


def _error(fault: Exception) -> ShopError:
    if isinstance(fault, ShopError):
        return fault
    if isinstance(fault, BUSY):
        log.warning("database_busy", path=ROUTE, error=str(fault))
        return ShopError("busy", 503, retry_after=1)
    log.error("unhandled", path=ROUTE, exc_info=fault)
    return ShopError("internal", 500)
