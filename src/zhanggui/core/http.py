"""The edge: problem details for every failure, keyset cursors, request dependencies."""

import base64
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Empty

from zhanggui.core import refusals
from zhanggui.core.auth import Buyer, StaffMember
from zhanggui.core.errors import FieldError, ShopError
from zhanggui.core.i18n import Locale, locale_of
from zhanggui.core.runtime import Runtime

log = structlog.get_logger()
T = TypeVar("T")
AnyRequest = Request[Any, Any, State]

CODES = {400: "invalid", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
         413: "payload_too_large", 429: "rate_limited", 503: "busy"}  # fmt: skip


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


class StrictRequest(AnyRequest):
    """A JSON body is what the handler's `data` says, or refused: the framework would take "3" for 3 and "true" for true."""

    async def json(self) -> Any:
        data = self.route_handler.parsed_data_field
        if data is None or self._json is not Empty:
            return await super().json()
        try:
            body = await self.body()
            self.scope["state"]["body"] = body  # a refusal may have to say which store it was about
            self._json = _decoder(data.annotation).decode(body)
        except msgspec.ValidationError as fault:
            raise ValidationException(extra=[{"message": str(fault), "source": "body"}]) from fault
        except msgspec.DecodeError as fault:
            raise ShopError("bad_json", 400) from fault
        return self._json


class Page(msgspec.Struct, Generic[T]):
    """One page of a keyset list; `next` goes into `?cursor=` of the following request."""

    items: list[T]
    next: str | None = None


def encode_cursor(*keys: Any) -> str:
    """An opaque cursor out of the sort keys of the last row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, shape: type[T]) -> T | None:
    """The sort keys in a cursor as `shape` (a tuple type). Raises 400 `bad_cursor` for anything else."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(raw, type=shape)
    except (ValueError, msgspec.MsgspecError) as fault:
        raise ShopError("bad_cursor", 400, field="cursor") from fault


def among(words: Sequence[str] | None, known: tuple[T, ...], field: str) -> list[T]:
    """Words of a filter as members of a fixed list, several to a comma, empty ones left out. Raises 400 `invalid`."""
    given = [w for word in words or [] for w in word.split(",") if w]
    by_name = {str(k): k for k in known}
    if any(w not in by_name for w in given):
        raise ShopError("invalid", 400, field=field)
    return [by_name[w] for w in given]


def provide_rt(state: State) -> Runtime:
    return state.rt


# Each depends on the one before: what does not, Litestar resolves side by side in a task group, which costs more than all
# of them together.
def provide_locale(request: AnyRequest, rt: Runtime) -> Locale:  # noqa: ARG001
    return locale_of(request.headers.get("accept-language"))


def provide_buyer(request: AnyRequest, locale: Locale) -> Buyer | None:  # noqa: ARG001
    return request.scope["state"].get("buyer")


def provide_staff(request: AnyRequest, locale: Locale) -> StaffMember:  # noqa: ARG001
    return request.scope["state"]["staff"]


DEPENDENCIES = {
    "rt": Provide(provide_rt, sync_to_thread=False),
    "locale": Provide(provide_locale, sync_to_thread=False),
    "buyer": Provide(provide_buyer, sync_to_thread=False),
    "member": Provide(provide_staff, sync_to_thread=False),
}


def problem_response(request: AnyRequest, error: ShopError) -> Response[bytes]:
    """`error` as application/problem+json in the caller's language."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return Response(
        msgspec.json.encode(error.problem(locale_of(request.headers.get("accept-language")))),
        status_code=error.status,
        media_type="application/problem+json",
        headers={**headers, "Cache-Control": "no-store"},
        background=_trace(request, error),
    )


def _trace(request: AnyRequest, error: ShopError) -> BackgroundTask | None:
    """Keeps what a known person was refused, once the answer is out."""
    state: dict[str, Any] = request.scope["state"]
    by = state.get("staff") or state.get("buyer")
    if by is None or not refusals.concerns(request.method, error):
        return None
    operation = f"{request.method} {request.scope['path_template']}"
    store_id = request.path_params.get("store_id")
    said = refusals.Said(
        by,
        operation,
        request.url.path,
        store_id if isinstance(store_id, UUID) else None,
        state.get("body", b""),
    )
    return BackgroundTask(refusals.keep, request.app.state.rt, said, error)


def _shop_error(request: AnyRequest, error: ShopError) -> Response[bytes]:
    return problem_response(request, error)


def _validation(request: AnyRequest, error: ValidationException) -> Response[bytes]:
    entries = cast("list[dict[str, Any]]", error.extra or [])
    found = [_field_error(entry) for entry in entries]
    return problem_response(request, ShopError("invalid", 400, errors=found or None))


def _field_error(entry: dict[str, Any]) -> FieldError:
    """Litestar reports {message, key, source}; msgspec puts the path at the end: `… - at `$.lines[0].quantity``."""
    text = str(entry.get("message", ""))
    path = re.search(r"`\$\.?([^`]*)`", text)
    key = (path.group(1) if path else "") or str(entry.get("key", ""))
    key = "" if key == "data" and entry.get("source") == "body" else key  # the body as a whole
    named = re.search(r"(missing required|unknown) field `([^`]+)`", text)
    if named:
        code = "missing" if named.group(1) == "missing required" else "unknown_field"
        return FieldError(f"{key}.{named.group(2)}" if key else named.group(2), code)
    for sign, wrong in ((">", "small"), ("<", "large")):
        if f"length {sign}" in text:
            return FieldError(key, "too_short" if sign == ">" else "too_long")
        if sign in text:
            return FieldError(key, f"too_{wrong}")
    if "matching regex" in text:
        return FieldError(key, "bad_format")
    return FieldError(key, "invalid_type" if "Expected" in text else "invalid")


def _http(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    code = CODES.get(error.status_code, "http_error")
    if error.status_code == 400 and "JSON" in str(error.detail):
        code = "bad_json"
    problem = ShopError(code, error.status_code, what=request.url.path)
    response = problem_response(request, problem)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def _not_utf8(request: AnyRequest, error: UnicodeDecodeError) -> Response[bytes]:
    """Bytes inside a JSON string that are no UTF-8: msgspec finds them late and does not call it a decoding fault."""
    log.info("not_utf8", path=request.url.path, error=error.reason)
    return problem_response(request, ShopError("bad_json", 400))


def _data_error(request: AnyRequest, error: asyncpg.DataError) -> Response[bytes]:
    """SQLSTATE class 22 and asyncpg's own range checks: the value can never be stored, so the caller is told."""
    log.info("data_refused", path=request.url.path, error=str(error))
    return problem_response(request, ShopError("invalid", 400))


def _busy(request: AnyRequest, error: Exception) -> Response[bytes]:
    log.warning("database_busy", path=request.url.path, error=str(error))
    return problem_response(request, ShopError("busy", 503, retry_after=1))


def _internal(request: AnyRequest, error: Exception) -> Response[bytes]:
    log.error("unhandled", path=request.url.path, exc_info=error)
    return problem_response(request, ShopError("internal", 500))


EXCEPTION_HANDLERS: dict[Any, Any] = {
    ShopError: _shop_error,
    ValidationException: _validation,
    HTTPException: _http,
    UnicodeDecodeError: _not_utf8,
    asyncpg.DataError: _data_error,
    asyncpg.TooManyConnectionsError: _busy,
    asyncpg.CannotConnectNowError: _busy,
    asyncpg.PostgresConnectionError: _busy,
    asyncpg.LockNotAvailableError: _busy,
    ConnectionError: _busy,
    Exception: _internal,
}
