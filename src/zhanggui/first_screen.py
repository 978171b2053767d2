"""What the shop's home page asks for first, written into index.html by the server: the pictures of the first screen are then
asked for one round trip after the page itself, not after two more for the data.
"""

import asyncio
import time
from typing import Any, cast

import msgspec
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

STORES = "/api/shop/stores"
MOST_STORES = 4
"""More do not fit on the first screen (and the page stays small)."""
LASTS = 1.0
"""Seconds for which what was gathered is given again, so that a rush of visitors does not gather it anew each time."""


class FirstScreen:
    """Asks the API for public pages as a visitor without a token would, inside the process."""

    def __init__(self, api: ASGIApp) -> None:
        self._api = api
        self._until = 0.0
        self._gathering = asyncio.Lock()
        self._given = b""

    async def given(self, scope: Scope) -> bytes:
        """JSON of answers by their paths, safe inside a script element; empty when the API has no good answer now."""
        if time.monotonic() >= self._until:
            async with self._gathering:
                if time.monotonic() >= self._until:  # whoever had the lock before may have gathered it
                    self._given = await self._gather(scope)
                    self._until = time.monotonic() + LASTS
        return self._given

    async def _gather(self, scope: Scope) -> bytes:
        answers: dict[str, msgspec.Raw] = {}
        stores = await self._ask(scope, STORES, answers)
        slugs = [store["slug"] for store in cast("list[dict[str, Any]]", stores["items"])] if stores else []
        if len(slugs) == 1:
            for part in ("", "/categories", "/products?sort=sales&limit=10"):
                await self._ask(scope, f"{STORES}/{slugs[0]}{part}", answers)
        else:
            for slug in slugs[:MOST_STORES]:
                await self._ask(scope, f"{STORES}/{slug}/products?sort=sales&limit=8", answers)
        # The answers hold what merchants wrote: no "<" may end the script element.
        return msgspec.json.encode(answers).replace(b"<", b"\\u003c") if answers else b""

    async def _ask(
        self, scope: Scope, address: str, answers: dict[str, msgspec.Raw]
    ) -> dict[str, Any] | None:
        path, _, query = address.partition("?")
        answer: list[Message] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            answer.append(message)

        await self._api(
            _asking(cast("HTTPScope", scope), path, query), cast("Receive", receive), cast("Send", send)
        )
        if not any(part["type"] == "http.response.start" and part["status"] == 200 for part in answer):
            return None
        body = b"".join(part["body"] for part in answer if part["type"] == "http.response.body")
        answers[address] = msgspec.Raw(body)
        return msgspec.json.decode(body)


def _asking(scope: HTTPScope, path: str, query: str) -> Scope:
    """A GET of that address, from the same visitor to the same host, without cookies or tokens."""
    kept = {
        name: scope[name]
        for name in ("type", "asgi", "http_version", "scheme", "server", "client")
        if name in scope
    }
    host = [(name, value) for name, value in scope["headers"] if name == b"host"]
    asked: dict[str, Any] = {
        **kept,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": host,
        "state": {},
    }
    return cast("Scope", asked)
