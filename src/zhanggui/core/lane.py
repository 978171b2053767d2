"""Buyers' busiest writes, answered before the framework: routing, guards and serialisation are most of what they would cost.

Only the plain case is taken: a signed-in buyer, a usable key, a good JSON body. Everything else goes on to the application
with its body, so that refusals of that kind are worded in one place. The endpoint's own function is called, so it stays what
OpenAPI and the permission list say it is.
"""

import gzip
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import asyncpg
import msgspec
import structlog
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from zhanggui.core.auth import bearer
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import locale_of
from zhanggui.core.metrics import metrics_of
from zhanggui.core.runtime import Runtime

log = structlog.get_logger()
MAX_BODY = 65_536
COMPRESS_FROM = 1_024
BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
)
JSON_HEADERS = [(b"content-type", b"application/json")]
PROBLEM_HEADERS = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class HotPost:
    """A POST endpoint of BUYER: its whole path, its handler (called with rt, buyer, locale, data and, with `keyed`, the
    idempotency key) and the type of its body.
    """

    path: str
    handler: HTTPRouteHandler
    body: type[msgspec.Struct]
    keyed: bool = False


class _Asked(NamedTuple):
    """The headers that matter; `key` only when it is usable."""

    token: str | None
    key: str | None
    language: str | None
    json: bool
    packed: bool


class PostLane:
    """Wraps the application; `app.state.rt` is the runtime that its lifespan made."""

    def __init__(self, app: Any, posts: Sequence[HotPost]) -> None:
        self._app: ASGIApp = app
        self.state = app.state
        self._posts = {post.path: (post, msgspec.json.Decoder(post.body)) for post in posts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self._posts.get(scope["path"]) if scope.get("method") == "POST" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        (post, decoder), started, rt = found, time.perf_counter(), cast("Runtime", self.state.rt)
        asked = _asked(cast("HTTPScope", scope)["headers"])
        buyer = bearer(rt, asked.token)
        if buyer is None or buyer.guest or not asked.json or (post.keyed and asked.key is None):
            await self._app(scope, receive, send)
            return
        read = await read_body(receive, MAX_BODY)
        try:
            data = decoder.decode(b"".join(cast("Any", m).get("body", b"") for m in read))
        except (ValueError, msgspec.MsgspecError):
            await self._app(scope, again(read, receive), send)
            return
        given: dict[str, Any] = {"rt": rt, "buyer": buyer, "locale": locale_of(asked.language), "data": data}
        if post.keyed:
            given["idempotency_key"] = asked.key
        headers = JSON_HEADERS
        try:
            body, status = _encode(await post.handler.fn(**given)), post.handler.status_code
        except (
            Exception
        ) as fault:  # nothing is swallowed: what is not a refusal is logged and answered as 500 or 503
            error = as_error(post.path, fault)
            body, status, headers = _encode(error.problem(given["locale"])), error.status, PROBLEM_HEADERS
            if error.retry_after:
                headers = [*headers, (b"retry-after", str(error.retry_after).encode())]
        if asked.packed and len(body) >= COMPRESS_FROM:
            body = gzip.compress(body, 1, mtime=0)
            headers = [*headers, (b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
        headers = [*headers, (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        metrics = metrics_of(rt)
        metrics.requests.labels("POST", post.path, str(status)).inc()
        metrics.seconds.labels("POST", post.path).observe(time.perf_counter() - started)


def _asked(headers: Iterable[tuple[bytes, bytes]]) -> _Asked:
    token = key = language = None
    json = packed = False
    for name, value in headers:
        if name == b"authorization":
            token = value.decode("latin-1")
        elif name == b"idempotency-key":
            key = value.decode("latin-1")
        elif name == b"accept-language":
            language = value.decode("latin-1")
        elif name == b"content-type":
            json = value.startswith(b"application/json")
        elif name == b"accept-encoding":
            packed = b"gzip" in value
    return _Asked(token, key if key is not None and 8 <= len(key) <= 64 else None, language, json, packed)


async def read_body(receive: Receive, most: int) -> list[Message]:
    """The messages of a body, as they are, until `most` bytes are passed."""
    read: list[Message] = []
    size = 0
    while size <= most:
        message = cast("Any", await receive())
        read.append(message)
        size += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            break
    return read


def again(read: list[Message], receive: Receive) -> Receive:
    """A receive that gives what was read once more, then goes on."""
    waiting = iter(read)

    async def replay() -> Any:
        for message in waiting:
            return message
        return await receive()

    return replay


def as_error(path: str, fault: Exception) -> ShopError:
    """What the application's exception handlers would make of it (core.http)."""
    if isinstance(fault, ShopError):
        return fault
    if isinstance(fault, asyncpg.DataError):
        log.info("data_refused", path=path, error=str(fault))
        return ShopError("invalid", 400)
    if isinstance(fault, BUSY):
        log.warning("database_busy", path=path, error=str(fault))
        return ShopError("busy", 503, retry_after=1)
    log.error("unhandled", path=path, exc_info=fault)
    return ShopError("internal", 500)
