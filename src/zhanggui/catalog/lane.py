"""Pages of the catalogue that are in memory, answered before the framework.

The application answers an address first: it parses, checks and says which page that is (`pages.ANSWERED`). From then on the
address is answered here, with the headers that were sent then, as long as that page is up to date. Host and port are part of
the address, so what is refused on the console's origin stays refused. Everything else goes to the application.
"""

from collections import OrderedDict
from typing import Any, NamedTuple, cast
from uuid import UUID

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send
from prometheus_client import Counter, Histogram

from zhanggui.catalog.pages import ANSWERED, EncodedPage, kept
from zhanggui.core.metrics import metrics_of
from zhanggui.core.runtime import Runtime
from zhanggui.stores.cache import cache_of

PREFIX = "/api/shop/stores/"
MAX_ADDRESSES = 20_000
OF_ONE_ANSWER = {b"content-length", b"content-encoding", b"etag"}
Headers = list[tuple[bytes, bytes]]
Answer = tuple[Message, Message]
Address = tuple[str, bytes, bytes, int]


class _Known(NamedTuple):
    """What an address stands for, its page when it was last given, and the three answers that are made of it."""

    slug: str
    store_id: UUID
    key: Any
    headers: Headers
    page: EncodedPage
    etag: bytes
    plain: Answer
    packed: Answer
    unchanged: Answer
    given: Counter
    not_modified: Counter
    seconds: Histogram


class PageLane:
    """Wraps the whole application; `state.rt` is the runtime that its lifespan made."""

    def __init__(self, app: ASGIApp, state: Any) -> None:
        self._app, self._state = app, state
        self._known: OrderedDict[Address, _Known] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        host, packed, etag = _wishes(scope)
        address = scope["path"], scope["query_string"], host, (scope["server"] or ("", 0))[1] or 0
        known = self._current(cast("Runtime", self._state.rt), address)
        if known is None:
            await self._ask(address, scope, receive, send)
            return
        if etag is not None and known.etag in etag:
            start, body = known.unchanged
            known.not_modified.inc()
        else:
            start, body = known.packed if packed else known.plain
            known.given.inc()
        known.seconds.observe(0.0)  # microseconds: in the lowest bucket anyway
        await send(start)
        await send(body)

    def _current(self, rt: Runtime, address: Address) -> _Known | None:
        known = self._known.get(address)
        if known is None or cache_of(rt).id_of(known.slug) != known.store_id:
            return None
        page = kept(rt, known.store_id, known.key)
        if page is None:
            return None
        if page is not known.page:
            known = self._known[address] = known._replace(**_answers(known.headers, page))
        return known

    async def _ask(self, address: Address, scope: HTTPScope, receive: Receive, send: Send) -> None:
        headers: Headers = []

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers.extend((n, v) for n, v in message["headers"] if n not in OF_ONE_ANSWER)
            await send(message)

        await self._app(scope, receive, noted)
        answered = scope.get("state", {}).get(ANSWERED)
        if answered is None or not headers:
            return
        rt = cast("Runtime", self._state.rt)
        page = kept(rt, *answered)
        if page is None:
            return
        metrics, route = metrics_of(rt), str(scope.get("path_template", "")) or "none"
        self._known[address] = _Known(
            slug=address[0].removeprefix(PREFIX).partition("/")[0],
            store_id=answered[0],
            key=answered[1],
            headers=headers,
            **_answers(headers, page),
            given=metrics.requests.labels("GET", route, "200"),
            not_modified=metrics.requests.labels("GET", route, "304"),
            seconds=metrics.seconds.labels("GET", route),
        )
        while len(self._known) > MAX_ADDRESSES:
            self._known.popitem(last=False)


def _answers(headers: Headers, page: EncodedPage) -> dict[str, Any]:
    etag = page.etag.encode()
    shared = [*headers, (b"etag", etag)]
    plain = packed = _message(200, shared, page.body)
    if page.gzipped is not None:
        packed = _message(200, [*shared, (b"content-encoding", b"gzip")], page.gzipped)
    unchanged = _message(304, [(n, v) for n, v in shared if n != b"content-type"], b"")
    return {"page": page, "etag": etag, "plain": plain, "packed": packed, "unchanged": unchanged}


def _message(status: int, headers: Headers, body: bytes) -> Answer:
    length = [(b"content-length", str(len(body)).encode())] if status == 200 else []
    start: Message = {"type": "http.response.start", "status": status, "headers": [*headers, *length]}
    return start, {"type": "http.response.body", "body": body, "more_body": False}


def _wishes(scope: HTTPScope) -> tuple[bytes, bool, bytes | None]:
    """(Host, takes gzip, If-None-Match)."""
    host, packed, etag = b"", False, None
    for name, value in scope["headers"]:
        if name == b"host":
            host = value
        elif name == b"accept-encoding":
            packed = b"gzip" in value
        elif name == b"if-none-match":
            etag = value
    return host, packed, etag
