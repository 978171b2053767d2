"""Small pieces that every endpoint uses: the request's raw target, JSON in, JSON out."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgspec
from litestar import Request
from litestar.response import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

HttpRequest = Request[Any, Any, Any]
Answer = Response[Any]
T = TypeVar("T")


class ControlError(Exception):
    """A refusal by the control API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def raw_target(request: HttpRequest) -> str:
    """Path and query exactly as the client sent them, which is what it signed."""
    scope = cast(dict[str, Any], request.scope)
    path = cast(bytes, scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = cast(bytes, scope["query_string"]).decode("latin-1")
    return f"{path}?{query}" if query else path


def origin_of(request: HttpRequest) -> str:
    """The address under which the client reached us, for links that we hand out."""
    return f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[Any]:
    """A JSON response."""
    raw = msgspec.json.encode(body)
    return Response(
        content=raw, status_code=status, media_type="application/json", headers=dict(headers or {})
    )


def decode(raw: bytes, shape: type[T]) -> T:
    """A control API body. Raises ControlError 400 with what is wrong."""
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ControlError(400, "INVALID", str(error)) from error


class _HalfSent(ASGIResponse):
    """Announces its body and sends one byte of it: the server then breaks the connection."""

    async def send_body(self, send: Send, receive: Receive) -> None:  # noqa: ARG002  # Litestar's signature
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


class BrokenAnswer(Response[None]):
    """An answer that gets lost on the way."""

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """Litestar asks for the response in its final form."""
        return _HalfSent(
            content_length=4096, headers=self.headers, media_type="application/json", status_code=200
        )


def broken_answer(headers: Mapping[str, str]) -> Response[Any]:
    """An answer that gets lost on the way: the client sees a broken connection."""
    kept = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return BrokenAnswer(content=None, headers=kept)
