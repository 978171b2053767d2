"""The door of the mini-program API: faults, access_token, JSON in and out, and the record of it."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.response import Response

from wechat_sandbox import ids
from wechat_sandbox.accounts.apps import App
from wechat_sandbox.faults import Fault
from wechat_sandbox.http import Answer, HttpRequest, broken_answer, json_answer, origin_of, raw_target
from wechat_sandbox.miniprogram.errors import WxError, data_format_error
from wechat_sandbox.seen import excerpt
from wechat_sandbox.state import Sandbox

_SECRET = re.compile(r'(secret|access_token|session_key)(=|"\s*:\s*")([^&"]{4})[^&"]*')


@dataclass(frozen=True, slots=True)
class WxCall:
    """A request to the mini-program API."""

    body: dict[str, Any]
    query: Mapping[str, str]
    origin: str
    now: float


@dataclass(frozen=True, slots=True)
class Picture:
    """An answer that is a picture, not JSON."""

    data: bytes
    media_type: str


Result = dict[str, Any] | Picture
Operation = Callable[[WxCall], Result]


async def serve(sandbox: Sandbox, request: HttpRequest, operation: Operation) -> Answer:
    """Run `operation` and answer as the platform does: HTTP 200, with errcode when it refuses."""
    begin = time.perf_counter()
    target, raw = raw_target(request), await request.body()
    struck = sandbox.faults.draw(target)
    status, result = 200, _failure(struck, "before")
    if result is None:
        try:
            query = cast(Mapping[str, str], request.query_params)
            call = WxCall(_parse(raw, request), query, origin_of(request), sandbox.clock.now())
            answer = operation(call)
            result = _failure(struck, "after") or answer
        except WxError as error:
            result = {"errcode": error.errcode, "errmsg": f"{error.errmsg} rid: {ids.nonce(8)}"}
    if any(fault.kind in ("http_500", "http_429") for fault in struck):
        status = 500 if any(fault.kind == "http_500" for fault in struck) else 429
    refused = not isinstance(result, Picture) and result.get("errcode", 0) != 0
    shown = (
        f"({len(result.data)} bytes)" if isinstance(result, Picture) else msgspec.json.encode(result).decode()
    )
    sandbox.seen.record(
        "wxapi",
        f"{request.method} {request.url.path} → {cast(dict[str, Any], result)['errcode'] if refused else 'ok'}",
        mood="warn" if refused or status != 200 else "ok",
        target=_masked(target),
        request=_masked(excerpt(raw)),
        response=_masked(shown[:4000]),
        took_ms=round((time.perf_counter() - begin) * 1000, 1),
        faults=[fault.kind for fault in struck],
    )
    for fault in struck:
        if fault.kind in ("delay", "timeout"):
            await asyncio.sleep(fault.seconds)
    if any(fault.kind == "drop" for fault in struck):
        return broken_answer({"Content-Type": "application/json"})
    if isinstance(result, Picture):
        return Response(content=result.data, media_type=result.media_type, status_code=200)
    return json_answer(result, status)


def calling_app(sandbox: Sandbox, call: WxCall) -> App:
    """The app whose access_token the request carries. Raises WxError."""
    app = sandbox.apps.get(sandbox.tokens.app_of(call.query.get("access_token")))
    if app is None:
        raise WxError(40013, "invalid appid")
    return app


def known_app(sandbox: Sandbox, appid: object, secret: object) -> App:
    """The app with these credentials. Raises WxError 41002, 41004, 40013, 40125."""
    if not appid:
        raise WxError(41002, "appid missing")
    if not secret:
        raise WxError(41004, "appsecret missing")
    app = sandbox.apps.get(str(appid))
    if app is None:
        raise WxError(40013, "invalid appid")
    if app.secret != secret:
        raise WxError(40125, "invalid appsecret")
    return app


def text_of(body: Mapping[str, Any], name: str) -> str:
    """A required text of a body. Raises WxError 47001."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise data_format_error(f"data format error: {name}")
    return value


def _failure(struck: list[Fault], stage: str) -> dict[str, Any] | None:
    for fault in struck:
        if fault.kind in ("system_error", "http_500") and fault.stage == stage:
            return {"errcode": -1, "errmsg": "system error"}
        if fault.kind == "http_429" and fault.stage == stage:
            return {"errcode": 45011, "errmsg": "api minute-quota reach limit, must slower"}
    return None


def _parse(raw: bytes, request: HttpRequest) -> dict[str, Any]:
    if request.method == "GET" or not raw:
        return {}
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise data_format_error() from error
    if not isinstance(body, dict):
        raise data_format_error()
    return cast(dict[str, Any], body)


def _masked(text: str) -> str:
    return _SECRET.sub(r"\1\2\3…", text)
