"""Asking for a flash-sale place, answered before the framework.

At the start of a sale this one request comes thousands of times a second, and most of what it costs would be routing, guards
and serialisation. Only the plain case is taken here: a signed-in buyer, a good body. Everything else goes on to the
application with its body, so that refusals of that kind are worded in one place. Same function, same answers.
"""

import re
import time
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from zhanggui.core.auth import bearer
from zhanggui.core.i18n import locale_of
from zhanggui.core.lane import Answer, again, asked_of, body_of, note, read_body, refused, respond
from zhanggui.core.runtime import Runtime
from zhanggui.promotions.desk import ask
from zhanggui.promotions.shapes import FlashQueued, PlaceInput

PATH = re.compile(r"/api/shop/stores/([0-9a-f-]{36})/flash/([0-9a-f-]{36})/places")
ROUTE = "/api/shop/stores/{store_id}/flash/{sale_id}/places"
MAX_BODY = 4_096
_body = msgspec.json.Decoder(PlaceInput)
_encode = msgspec.json.Encoder().encode
HEADERS = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))


class FlashLane:
    """Wraps the application; `app.state.rt` is the runtime that its lifespan made."""

    def __init__(self, app: Any) -> None:
        self._app: ASGIApp = app
        self.state = app.state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.fullmatch(scope["path"]) if scope.get("method") == "POST" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        started, rt = time.perf_counter(), cast("Runtime", self.state.rt)
        asked = asked_of(cast("HTTPScope", scope)["headers"])
        buyer = bearer(rt, asked.token)
        if buyer is None or buyer.guest or asked.key is None:
            await self._app(scope, receive, send)
            return
        read = await read_body(receive, MAX_BODY)
        try:
            data = _body.decode(body_of(read))
            store_id, sale_id = UUID(found[1]), UUID(found[2])
        except (ValueError, msgspec.MsgspecError):
            await self._app(scope, again(read, receive), send)
            return
        try:
            given = await ask(rt, store_id, sale_id, buyer.id, data, asked.key)
            answer = Answer(202 if isinstance(given, FlashQueued) else 201, _encode(given), HEADERS)
        except (
            Exception
        ) as fault:  # nothing is swallowed: what is not a refusal is logged and answered as 500 or 503
            answer = refused(ROUTE, fault, locale_of(asked.language))
        await respond(send, answer)
        note(rt, ROUTE, answer.status, started)
