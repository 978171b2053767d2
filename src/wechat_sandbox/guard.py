"""Keeps foreign web pages away from the control API, which gives out keys and moves money of the tests."""

import ipaddress
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Receive, Scope, Send

LOOPBACK_ORIGIN = r"https?://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?"
_REFUSED = b'{"code":"FOREIGN_ORIGIN","message":"the control API answers loopback pages only"}'


def control_guard(trusted: tuple[str, ...]) -> "type[ControlGuard]":
    """A middleware class that knows which host names are ours."""

    class Bound(ControlGuard):
        hosts = frozenset({"localhost", *trusted})

    return Bound


class ControlGuard:
    """Refuses /_sandbox requests that carry a foreign Origin, or reach us under a foreign name.

    The second is how a page gets round the first (DNS rebinding).
    """

    hosts: frozenset[str] = frozenset({"localhost"})

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] != "http" or not scope["path"].startswith("/_sandbox/") or self._is_ours(scope):
            await self.app(scope, receive, send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 403,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", b"%d" % len(_REFUSED)),
                ],
            }
        )
        await send({"type": "http.response.body", "body": _REFUSED, "more_body": False})

    def _is_ours(self, scope: Scope) -> bool:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = urlsplit(f"//{headers.get(b'host', 'localhost')}").hostname or ""
        if not self._trusts(host):
            return False
        origin = headers.get(b"origin")
        if origin is None:
            return True
        from_host = urlsplit(origin).hostname or ""
        return from_host == host or (self._trusts(from_host) and _is_loopback(from_host))

    def _trusts(self, host: str) -> bool:
        return host in self.hosts or _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
