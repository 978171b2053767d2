"""The outermost layer: two origins, both front ends' files, security headers."""

import gzip
import mimetypes
import re
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from zhanggui.core.runtime import Config
from zhanggui.first_screen import FirstScreen

COMMON_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
CSP = (
    b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; script-src 'self';"
    b" connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
IMMUTABLE = b"public, max-age=31536000, immutable"
_WORTH_PACKING = 1024
"""Bytes; below this a packed file is hardly smaller."""

_GIVEN = b'<script type="application/json" id="given">'
"""In the shop's index.html: what the server writes for the first screen goes behind this."""
_INLINE = re.compile(rb"<script(?: type=\"module\")?>(.*?)</script>", re.DOTALL)


class _File(NamedTuple):
    """A file of a front end: its bytes, the same packed with gzip and Brotli where that is worth it, its headers."""

    body: bytes
    gzipped: bytes | None
    brotli: bytes | None
    kind: bytes
    cache: bytes
    csp: bytes
    changed: int = 0
    """When the file on disk was written, ns."""


def _policy(body: bytes) -> bytes:
    """The content security policy of a page: of inline scripts only those run that stand in the file."""
    hashes = [b64encode(sha256(script).digest()) for script in _INLINE.findall(body)]
    allowed = b"".join(b" 'sha256-" + one + b"'" for one in hashes)
    return CSP.replace(b"script-src 'self'", b"script-src 'self'" + allowed)


_NOTHING = _File(b"", None, None, b"text/plain", b"no-store", CSP)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")


def _method_meant(scope: Scope) -> bytes:
    return _header(scope, b"x-http-method-override").upper()


def _is_text(kind: str) -> bool:
    return kind.startswith(("text/", "application/javascript", "application/json", "image/svg"))


def _read(file: Path, path: str, changed: int) -> _File:
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind == "application/javascript":
        kind += "; charset=utf-8"
    body = file.read_bytes()
    gzipped = gzip.compress(body, 9) if len(body) > _WORTH_PACKING and _is_text(kind) else None
    beside = file.with_name(file.name + ".br")  # made by the build: smaller than gzip by a tenth
    brotli = beside.read_bytes() if gzipped and beside.is_file() else None
    cache = IMMUTABLE if path.startswith("/assets/") else b"no-cache"
    csp = _policy(body) if kind.startswith("text/html") else CSP
    return _File(body, gzipped, brotli, kind.encode(), cache, csp, changed)


class Edge:
    """Sends /api, /hooks, /media and /health to the API and everything else to the front end of the origin called.

    The console answers on its own origin only, and the shop's API and the hooks on the shop's only: a stolen page of
    one cannot act on the other.
    """

    def __init__(self, api: ASGIApp, config: Config) -> None:
        self._api = api
        console = urlsplit(config.console_origin)
        self._console_host, self._console_port = console.netloc.encode(), console.port
        web = Path(str(files("zhanggui") / "web"))
        self._roots = {"shop": web / "h5", "console": web / "console"}
        self._files: dict[tuple[str, str], _File] = {}
        self._first_screen = FirstScreen(api)
        self._written: tuple[bytes, int, _File] | None = None
        self._secure = config.shop_origin.startswith("https:")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if cast("str", scope["type"]) == "lifespan":  # Litestar's Scope type leaves lifespan out
            await self._api(scope, receive, send)
            return
        side = self._side(scope)
        path = scope["path"]
        other = "/api/shop" if side == "console" else "/api/console"
        if path.startswith(other) or (side == "console" and path.startswith("/hooks")):
            scope["path"] = "/api/elsewhere"
        if scope["type"] == "http" and scope["method"] == "POST" and _method_meant(scope) == b"PATCH":
            scope["method"] = (
                "PATCH"  # wx.request has no PATCH; the mini-program says what it means in a header
            )
        if scope["type"] == "websocket":
            await self._api(scope, receive, send)
        elif path.startswith(("/api/", "/hooks/", "/media/", "/health", "/metrics")):
            await self._api(scope, receive, self._with_headers(send))
        else:
            await self._static(side, path, scope, self._with_headers(send))

    def _side(self, scope: Scope) -> str:
        server = scope.get("server")
        if self._console_port and server and server[1] == self._console_port:
            return "console"
        host = next((value for name, value in scope["headers"] if name == b"host"), b"")
        return "console" if host == self._console_host else "shop"

    def _with_headers(self, send: Send) -> Send:
        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", []))
                present = {name for name, _ in headers}
                headers += [
                    (n, v)
                    for n, v in [*COMMON_HEADERS, (b"content-security-policy", CSP)]
                    if n not in present
                ]
                if self._secure:
                    headers.append((b"strict-transport-security", b"max-age=31536000"))
                message["headers"] = headers
            await send(message)

        return wrapped

    async def _static(self, side: str, path: str, scope: Scope, send: Send) -> None:
        method = scope.get("method", "GET")
        found = self._file(side, path) if method in {"GET", "HEAD"} else None
        if found is None and method in {"GET", "HEAD"} and "." not in path.rsplit("/", 1)[-1]:
            found = self._file(side, "/index.html")
        if found and side == "shop" and _GIVEN in found.body:
            found = await self._with_first_screen(found, scope)
        status, (body, gzipped, brotli, kind, cache, csp, _) = (200, found) if found else (404, _NOTHING)
        accepted = _header(scope, b"accept-encoding")
        headers = [(b"vary", b"accept-encoding")] if gzipped else []
        if brotli and b"br" in accepted:
            body = brotli
            headers.append((b"content-encoding", b"br"))
        elif gzipped and b"gzip" in accepted:
            body = gzipped
            headers.append((b"content-encoding", b"gzip"))
        headers += [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", cache),
            (b"content-security-policy", csp),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if method == "HEAD" else body, "more_body": False}
        )

    def _file(self, side: str, path: str) -> _File | None:
        """What is under a path, kept in memory; what has no hash in its name is read again when a new build wrote it."""
        path = "/index.html" if path == "/" else path
        kept = self._files.get((side, path))
        if kept is not None and kept.cache == IMMUTABLE:
            return kept
        root = self._roots[side].resolve()
        file = (root / path.lstrip("/")).resolve()
        if not file.is_relative_to(root) or not file.is_file():
            return None
        changed = file.stat().st_mtime_ns
        if kept is None or kept.changed != changed:
            kept = self._files[side, path] = _read(file, path, changed)
        return kept

    async def _with_first_screen(self, page: _File, scope: Scope) -> _File:
        """The shop's page with what its first screen shows. Packed again only when that has changed."""
        given = await self._first_screen.given(scope)
        if self._written is None or self._written[:2] != (given, page.changed):
            body = page.body.replace(_GIVEN, _GIVEN + given, 1)
            self._written = given, page.changed, page._replace(body=body, gzipped=gzip.compress(body, 6))
        return self._written[2]
