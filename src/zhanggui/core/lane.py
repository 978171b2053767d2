"""Buyers' busiest writes, answered before the framework: routing, guards and serialisation are most of what they would cost.

Only the plain case is taken: a signed-in buyer, a usable key, a good JSON body. Everything else goes on to the application
with its body, so that refusals of that kind are worded in one place. The endpoint's own function is called, so it stays what
OpenAPI and the permission list say it is.
"""

import inspect
import re
import time
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast
from uuid import UUID

import asyncpg
import msgspec
import structlog
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from zhanggui.core import refusals
from zhanggui.core.auth import bearer
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import Locale, locale_of
from zhanggui.core.metrics import metrics_of
from zhanggui.core.runtime import Runtime

log = structlog.get_logger()
MAX_BODY = 65_536
UUID_TEXT = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
COMPRESS_FROM = 8_192
"""Bytes. A smaller answer comes in one round trip whether packed or not (ten packets are sent at once), and packing one of two
kilobytes costs a fifteenth of placing an order.
"""
BUSY = (
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.LockNotAvailableError,
    ConnectionError,
)
Headers = Sequence[tuple[bytes, bytes]]
JSON_HEADERS: Headers = ((b"content-type", b"application/json"),)
PROBLEM_HEADERS: Headers = ((b"content-type", b"application/problem+json"), (b"cache-control", b"no-store"))
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class HotPost:
    """A POST endpoint of BUYER: its whole path as OpenAPI writes it ("{name}" is a UUID), its handler and the type of its
    body. The handler is called with what it names of rt, buyer, locale, data, idempotency_key and the path's ids.
    """

    path: str
    handler: HTTPRouteHandler
    body: type[msgspec.Struct]


class _Post(NamedTuple):
    """A HotPost with what is worked out of it once."""

    path: str
    handler: HTTPRouteHandler
    decoder: "msgspec.json.Decoder[Any]"
    wants: Collection[str]
    """The arguments of the handler."""


class Asked(NamedTuple):
    """The headers that matter; `key` only when it is usable."""

    token: str | None
    key: str | None
    language: str | None
    json: bool
    packed: bool


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    body: bytes
    headers: Headers = JSON_HEADERS


class PostLane:
    """Wraps the application; `app.state.rt` is the runtime that its lifespan made."""

    def __init__(self, app: Any, posts: Sequence[HotPost]) -> None:
        self._app: ASGIApp = app
        self.state = app.state
        made = [
            _Post(p.path, p.handler, msgspec.json.Decoder(p.body), inspect.signature(p.handler.fn).parameters)
            for p in posts
        ]
        self._plain = {post.path: post for post in made if "{" not in post.path}
        self._with_ids = [(_pattern(post.path), post) for post in made if "{" in post.path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        post, ids = self._find(scope["path"]) if scope.get("method") == "POST" else (None, {})
        if post is None:
            await self._app(scope, receive, send)
            return
        started, rt = time.perf_counter(), cast("Runtime", self.state.rt)
        asked = asked_of(cast("HTTPScope", scope)["headers"])
        buyer = bearer(rt, asked.token)
        keyless = asked.key is None and "idempotency_key" in post.wants
        if buyer is None or buyer.guest or not asked.json or keyless:
            await self._app(scope, receive, send)
            return
        read = await read_body(receive, MAX_BODY)
        try:
            data = post.decoder.decode(body_of(read))
        except (ValueError, msgspec.MsgspecError):
            await self._app(scope, again(read, receive), send)
            return
        locale = locale_of(asked.language)
        known = {"rt": rt, "buyer": buyer, "locale": locale, "data": data, "idempotency_key": asked.key}
        given = {name: value for name, value in known.items() if name in post.wants}
        told: Exception | None = None
        try:
            answer = _answer(post, await post.handler.fn(**given, **ids))
        except (
            Exception
        ) as fault:  # nothing is swallowed: what is not a refusal is logged and answered as 500 or 503
            answer, told = refused(post.path, fault, locale), fault
        await respond(send, _packed(answer) if asked.packed else answer)
        note(rt, post.path, answer.status, started)
        if isinstance(told, ShopError) and refusals.concerns("POST", told):
            said = refusals.Said(
                buyer, f"POST {post.path}", scope["path"], ids.get("store_id"), body_of(read)
            )
            await refusals.keep(rt, said, told)

    def _find(self, path: str) -> tuple[_Post | None, dict[str, UUID]]:
        plain = self._plain.get(path)
        if plain is not None:
            return plain, {}
        for pattern, post in self._with_ids:
            found = pattern.fullmatch(path)
            if found is not None:
                return post, {name: UUID(text) for name, text in found.groupdict().items()}
        return None, {}


def asked_of(headers: Iterable[tuple[bytes, bytes]]) -> Asked:
    """The headers of a request; of one that is there twice the first, as the application reads it."""
    token = key = language = None
    json = packed = False
    for name, value in headers:
        if name == b"authorization":
            token = value.decode("latin-1") if token is None else token
        elif name == b"idempotency-key":
            key = value.decode("latin-1") if key is None else key
        elif name == b"accept-language":
            language = value.decode("latin-1") if language is None else language
        elif name == b"content-type":
            json = value.startswith(b"application/json")
        elif name == b"accept-encoding":
            packed = packed or b"gzip" in value
    return Asked(token, key if key is not None and 8 <= len(key) <= 64 else None, language, json, packed)


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


def body_of(read: Sequence[Message]) -> bytes:
    """What the messages hold; a body that was cut off is no good JSON and no signed message."""
    return b"".join(cast("Any", message).get("body", b"") for message in read)


def again(read: list[Message], receive: Receive) -> Receive:
    """A receive that gives what was read once more, then goes on."""
    waiting = iter(read)

    async def replay() -> Any:
        for message in waiting:
            return message
        return await receive()

    return replay


def refused(path: str, fault: Exception, locale: Locale) -> Answer:
    """What the application's exception handlers would answer (core.http)."""
    error = _as_error(path, fault)
    headers = PROBLEM_HEADERS
    if error.retry_after:
        headers = (*headers, (b"retry-after", str(error.retry_after).encode()))
    return Answer(error.status, _encode(error.problem(locale)), headers)


async def respond(send: Send, answer: Answer) -> None:
    """Send an answer whole."""
    headers = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def note(rt: Runtime, route: str, status: int, started: float) -> None:
    """Count a POST as the metrics' middleware would; `started` by time.perf_counter()."""
    metrics = metrics_of(rt)
    metrics.requests.labels("POST", route, str(status)).inc()
    metrics.seconds.labels("POST", route).observe(time.perf_counter() - started)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", rf"(?P<\1>{UUID_TEXT})", path))


def _answer(post: _Post, result: Any) -> Answer:
    """What the application would make of a handler's result; one with headers or a status of its own is a Response."""
    if not isinstance(result, Response):
        return Answer(post.handler.status_code, _encode(result))
    own = cast("Response[Any]", result)
    more = ((name.lower().encode(), value.encode()) for name, value in own.headers.items())
    return Answer(own.status_code or post.handler.status_code, _encode(own.content), (*JSON_HEADERS, *more))


def _packed(answer: Answer) -> Answer:
    """The window is as small as these answers are: setting up a larger one costs more than packing them."""
    if len(answer.body) < COMPRESS_FROM:
        return answer
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + 12, 6)
    headers = (*answer.headers, (b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding"))
    return Answer(answer.status, packer.compress(answer.body) + packer.flush(), headers)


def _as_error(path: str, fault: Exception) -> ShopError:
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
