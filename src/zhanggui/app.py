"""The web application: one process serves shop and console on two origins; nothing imports this module."""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

import httpx
import structlog
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.openapi import OpenAPIConfig
from litestar.types import ASGIApp
from sqlalchemy.ext.asyncio import create_async_engine

from zhanggui import settings as settings_module
from zhanggui.catalog.lane import PageLane
from zhanggui.core import logs
from zhanggui.core.auth import enforce_access
from zhanggui.core.crypto import Sealer, derive
from zhanggui.core.db import connect_pool
from zhanggui.core.gate import Gate
from zhanggui.core.http import DEPENDENCIES, EXCEPTION_HANDLERS, StrictRequest
from zhanggui.core.lane import COMPRESS_FROM, HotPost, PostLane
from zhanggui.core.metrics import MetricsMiddleware
from zhanggui.core.migrate import sqlalchemy_url
from zhanggui.core.runtime import Config, Runtime
from zhanggui.core.tokens import TokenSigner
from zhanggui.edge import Edge
from zhanggui.orders.requests import PlaceRequest
from zhanggui.orders.shop_api import place_orders
from zhanggui.payments.lane import HookLane
from zhanggui.pricing.shapes import QuoteRequest
from zhanggui.pricing.shop_api import ask_quote
from zhanggui.promotions.shapes import PlaceInput
from zhanggui.promotions.shop_api import ask_place

log = structlog.get_logger()
PREFIXES = {"shop_api": "/api/shop", "console_api": "/api/console", "hooks_api": "/hooks", "public_api": "/"}
DOMAINS = ("core", "stores", "customers", "staff", "media", "catalog", "search", "inventory", "ledger", "wallets", "promotions", "cart",
           "pricing", "orders", "payments", "settlement", "reconciliation", "fulfillment", "returns", "messaging", "insights")  # fmt: skip

HOT_POSTS = (
    HotPost("/api/shop/orders", place_orders, PlaceRequest),
    HotPost("/api/shop/quote", ask_quote, QuoteRequest),
    HotPost("/api/shop/stores/{store_id}/flash/{sale_id}/places", ask_place, PlaceInput),
)


@asynccontextmanager
async def open_runtime(settings: settings_module.Settings, *, pool_size: int = 10) -> AsyncGenerator[Runtime]:
    """Everything a process needs, closed again at the end. Raises when the database cannot be reached."""
    if settings.database_url is None:
        raise settings_module.SettingsError("Set ZHANGGUI_DATABASE_URL, or start with `zhanggui demo`.")
    logs.configure(production=settings.config.production)
    db = await connect_pool(settings.database_url, size=pool_size)
    reads = create_async_engine(sqlalchemy_url(settings.database_url), pool_size=4, max_overflow=4)
    keys = {number: derive(key, "sealing") for number, key in settings.master_keys.items()}
    async with httpx.AsyncClient(timeout=httpx.Timeout(10, connect=5), follow_redirects=False) as http:
        try:
            yield Runtime(
                db=db,
                reads=reads,
                http=http,
                sealer=Sealer(keys, settings.sealing_key),
                signer=TokenSigner(settings.token_secret),
                config=settings.config,
            )
        finally:
            await reads.dispose()
            await db.close()


def collect(name: str) -> list[Any]:
    """The `routes` of every domain's module of that name (shop_api, console_api, hooks_api, public_api)."""
    found: list[Any] = []
    for domain in DOMAINS:
        try:
            module = import_module(f"zhanggui.{domain}.{name}")
        except ModuleNotFoundError as missing:
            if missing.name != f"zhanggui.{domain}.{name}":
                raise
            continue
        found.extend(module.routes)
    return found


def create_api(settings: settings_module.Settings | None = None) -> Litestar:
    """The Litestar application with every endpoint; without settings only for its OpenAPI document."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        if settings is None:
            raise RuntimeError("this application was made for its OpenAPI document only")
        async with open_runtime(settings) as rt:
            app.state.rt = rt
            from zhanggui.followers import following
            from zhanggui.search.index import searching
            from zhanggui.staff.sessions import sessions

            app.state.staff_sessions = sessions
            async with following(rt), searching(rt):
                yield

    return Litestar(
        route_handlers=[Router(prefix, route_handlers=collect(name)) for name, prefix in PREFIXES.items()],
        guards=[enforce_access],
        dependencies=DEPENDENCIES,
        request_class=StrictRequest,
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[MetricsMiddleware],
        lifespan=[lifespan],
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=COMPRESS_FROM, gzip_compress_level=1, exclude_opt_key="uncompressed"
        ),
        request_max_body_size=1_000_000,
        openapi_config=OpenAPIConfig(title="Zhanggui", version="1", use_handler_docstrings=True),
        debug=False,
    )


def create_app() -> ASGIApp:
    """Factory for uvicorn: reads the environment, serves API, hooks, pictures and both front ends."""
    settings = settings_module.load()
    api = create_api(settings)
    # What is here now stays, so the collector need not look at it again; and a request makes thousands of objects but hardly
    # any cycle, so it looks less often. Measured: an eighth of a server's CPU time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    return lanes(api, settings.config)


def lanes(api: Litestar, config: Config) -> ASGIApp:
    """The application behind everything that answers before it."""
    return PageLane(Edge(Gate(hot_lanes(api), api.state), config), api.state)


def hot_lanes(api: Litestar) -> ASGIApp:
    """The application behind what answers its busiest writes."""
    return HookLane(PostLane(api, HOT_POSTS))
