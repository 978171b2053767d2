"""Health for balancers and metrics for the operator."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from zhanggui.core.auth import PUBLIC
from zhanggui.core.db import statement
from zhanggui.core.errors import not_found
from zhanggui.core.http import AnyRequest
from zhanggui.core.metrics import render
from zhanggui.core.runtime import Runtime

PING = statement("core.health.ping", "SELECT 1")
HEALTH_SECONDS = 3


class Health(msgspec.Struct, frozen=True):
    """`ok`, or `degraded` with 503 when the database does not answer within three seconds."""

    status: str
    database: bool


@get("/health", opt=PUBLIC)
async def health(rt: Runtime) -> Response[Health]:
    """Whether this process can serve; no detail, because anybody may ask."""
    try:
        async with asyncio.timeout(HEALTH_SECONDS):
            good = await rt.db.fetchval(PING) == 1
    except Exception:  # whatever keeps the database from answering, the process cannot serve
        good = False
    return Response(
        Health("ok" if good else "degraded", good),
        status_code=HTTP_200_OK if good else HTTP_503_SERVICE_UNAVAILABLE,
        headers={"Cache-Control": "no-store"},
    )


@get("/metrics", opt=PUBLIC, include_in_schema=False)
async def metrics(request: AnyRequest, rt: Runtime) -> Response[bytes]:
    """This process's figures for Prometheus; only from this machine and on the console's address."""
    if not allowed(request, rt.config.console_origin):
        raise not_found("metrics")
    return Response(await render(rt), media_type="text/plain; version=0.0.4; charset=utf-8")


def allowed(request: AnyRequest, console_origin: str) -> bool:
    """Loopback, asked for by the console's own name, and not passed on by a proxy (which is on this machine too)."""
    console = urlsplit(console_origin)
    forwarded = any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
    named = request.headers.get("host", "") == console.netloc
    if request.client is None or forwarded or not named:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


routes = [health, metrics]
