"""The platform's notifications, answered before the framework: thousands come together when a sale begins.

The endpoint's own function is called, which looks at nothing but the raw body and its headers. What is longer than any
notification goes on to the application.
"""

import re
import time
from typing import Any, cast
from uuid import UUID

from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from zhanggui.core.i18n import locale_of
from zhanggui.core.lane import UUID_TEXT, Answer, again, body_of, note, read_body, refused, respond
from zhanggui.core.runtime import Runtime
from zhanggui.payments.hooks_api import take_in

PATH = re.compile(rf"/hooks/wechat-pay/({UUID_TEXT})")
ROUTE = "/hooks/wechat-pay/{account_id}"
MAX_BODY = 65_536


class HookLane:
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
        read = await read_body(receive, MAX_BODY)
        last = cast("Any", read[-1])
        if last["type"] != "http.request" or last.get("more_body"):
            await self._app(scope, again(read, receive), send)
            return
        headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in cast("HTTPScope", scope)["headers"]}
        try:
            answer = Answer(*await take_in(rt, UUID(found[1]), headers, body_of(read)))
        except (
            Exception
        ) as fault:  # nothing is swallowed: what is not a refusal is logged and answered as 500 or 503
            answer = refused(ROUTE, fault, locale_of(headers.get("accept-language")))
        await respond(send, answer)
        note(rt, ROUTE, answer.status, started)
