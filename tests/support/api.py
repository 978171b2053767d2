"""The whole API over a real database, and callers to send it requests as.

`api` is made once for a test module: it has an empty migrated database of its own, so tests of one module make their own
stores and people and never count on rows of others. Nothing is mocked: guards, lifespan and event follower run.
"""

import asyncio
import itertools
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from tests.support.sandbox import Sandbox
from zhanggui.app import create_api, hot_lanes
from zhanggui.core.auth import CSRF_HEADER, STAFF_COOKIE
from zhanggui.core.db import in_transaction
from zhanggui.core.i18n import Text
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Config, Runtime
from zhanggui.customers.sessions import begin
from zhanggui.customers.sign_in import customer_by_phone, new_guest
from zhanggui.settings import Settings
from zhanggui.staff import sessions as staff_sessions
from zhanggui.staff.invite import add_staff
from zhanggui.staff.rules import Role
from zhanggui.stores.open_store import open_store
from zhanggui.stores.rules import Settings as StoreSettings

SHOP_ORIGIN = "http://shop.test"
CONSOLE_ORIGIN = "http://console.test"
NOBODY = "http://127.0.0.1:1"
PASSWORD = "correct horse battery"
_numbers = itertools.count(13800000000)


@dataclass
class Caller:
    """Somebody who calls the API. `get("/stores")` is under `base`; an absolute path (`/api/…`) is taken as it is."""

    http: httpx.AsyncClient
    base: str
    id: UUID | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    extra: dict[str, Any] = field(default_factory=dict[str, Any])

    async def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        key: str | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send JSON `body` (structs too). `options` go to httpx (files=…, content=…).

        `key` is the Idempotency-Key: a POST carries a fresh one unless told, none with an empty one.
        """
        sent = {**self.headers, **(headers or {})}
        if key is None and method == "POST" and "Idempotency-Key" not in sent:
            key = str(new_id())
        if key:
            sent["Idempotency-Key"] = key
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            options["content"] = msgspec.json.encode(body)
            sent.setdefault("Content-Type", "application/json")
        url = (
            path
            if path.startswith(("/api/", "/hooks/", "/media/", "/health", "/metrics"))
            else self.base + path
        )
        return await self.http.request(method, url, headers=sent, params=params, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """POST with JSON; without a body an empty object is sent, unless `files` or `content` are given."""
        if body is None and not options.keys() & {"files", "content", "data"}:
            body = {}
        return await self.request("POST", path, body, **options)

    async def put(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.request("PUT", path, body, **options)

    async def patch(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.request("PATCH", path, body, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("DELETE", path, **options)


@dataclass
class Api:
    """The running application: `rt` for calling use cases directly, and people to call endpoints as."""

    rt: Runtime
    http: httpx.AsyncClient
    app: Any
    sandbox: Sandbox | None = None
    """The platform that it pays at and tells, where there is one."""

    @property
    def anybody(self) -> Caller:
        """A caller of the shop without a token."""
        return Caller(self.http, "/api/shop")

    async def guest(self) -> Caller:
        """A new guest."""

        async def work(conn: Any) -> tuple[UUID, str]:
            guest = await new_guest(conn, "zh")
            tokens = await begin(self.rt, conn, guest, guest=True, client="test")
            return guest, tokens.access_token

        return self._bearer(*await in_transaction(self.rt.db, work))

    async def buyer(self, phone: str | None = None) -> Caller:
        """A signed-in buyer with a Chinese mobile number (E.164), a new one unless given."""
        number = phone or f"+86{next(_numbers)}"

        async def work(conn: Any) -> tuple[UUID, str]:
            buyer = await customer_by_phone(conn, self.rt.sealer, number, "zh")
            tokens = await begin(self.rt, conn, buyer, guest=False, client="test")
            return buyer, tokens.access_token

        caller = self._bearer(*await in_transaction(self.rt.db, work))
        caller.extra["phone"] = number
        return caller

    async def store(
        self,
        settings: StoreSettings | None = None,
        *,
        layout: str = "menu",
        slug: str | None = None,
        **options: Any,
    ) -> UUID:
        """A new store that is always open; returns its id. `options` go to open_store (lat, lng, name, …)."""
        chosen = settings or StoreSettings(delivery_methods=["express", "delivery", "pickup", "dine_in"])
        short = slug or f"store-{secrets.token_hex(4)}"
        name = options.pop("name", None) or Text(zh=f"店{short}", en=f"Store {short}")
        return await in_transaction(
            self.rt.db, lambda conn: open_store(conn, short, name, layout, chosen, **options)
        )

    async def staff(self, store_id: UUID, role: Role = "owner") -> Caller:
        """A signed-in staff member; paths are under the store, e.g. `get("/settings")`. CSRF is sent along."""
        login = f"{role}-{secrets.token_hex(4)}"

        async def work(conn: Any) -> tuple[UUID, str]:
            staff_id = await add_staff(
                conn, login, "店员", PASSWORD, {store_id: role}, must_change_password=False
            )
            return staff_id, await staff_sessions.begin(
                conn, staff_id, staff_sessions.Seat("test", "127.0.0.1")
            )

        staff_id, cookie = await in_transaction(self.rt.db, work)
        member = await staff_sessions.sessions.resolve(self.rt, cookie)
        assert member is not None
        return Caller(
            self.http,
            f"/api/console/stores/{store_id}",
            staff_id,
            {CSRF_HEADER: member.csrf},
            {STAFF_COOKIE: cookie},
            {"login": login},
        )

    def _bearer(self, customer_id: UUID, token: str) -> Caller:
        return Caller(self.http, "/api/shop", customer_id, {"Authorization": f"Bearer {token}"})


def settings_for(database_url: str, data_dir: Path, *, sandbox_origin: str | None = None) -> Settings:
    """Settings of a test installation; the platform's addresses lead nowhere unless a sandbox is given."""
    nowhere = sandbox_origin or NOBODY
    config = Config(
        data_dir=data_dir,
        shop_origin=SHOP_ORIGIN,
        console_origin=CONSOLE_ORIGIN,
        wechat_api_origin=nowhere,
        wechat_pay_origin=nowhere,
        sandbox_origin=sandbox_origin,
        production=False,
    )
    return Settings(config, database_url, {1: b"a test key of thirty-two bytes!!"})


@asynccontextmanager
async def running(settings: Settings) -> AsyncGenerator[Api]:
    """The API with its lifespan, called in process through the lanes that answer before it."""
    app = create_api(settings)
    async with app.lifespan():
        transport = httpx.ASGITransport(app=hot_lanes(app), raise_app_exceptions=False)  # type: ignore[arg-type]  # Litestar's scope type is narrower
        async with httpx.AsyncClient(transport=transport, base_url=SHOP_ORIGIN) as http:
            origin = settings.config.sandbox_origin
            if origin is None:
                yield Api(app.state.rt, http, app)
                return
            async with httpx.AsyncClient(base_url=origin, trust_env=False, timeout=30) as platform:
                yield Api(app.state.rt, http, app, Sandbox(origin, platform))


@asynccontextmanager
async def alive(settings: Settings) -> AsyncGenerator[Api]:
    """As `running`, begun and ended in one task of its own: a fixture's two halves may run in different ones."""
    made: asyncio.Future[Api] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def live() -> None:
        try:
            async with running(settings) as started:
                made.set_result(started)
                await done.wait()
        except BaseException as fault:
            if made.done():
                raise
            made.set_exception(fault)

    task = asyncio.create_task(live())
    yield await made
    done.set()
    await task


@pytest.fixture(scope="module")
async def api(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Api]:
    """The API over this module's own database."""
    async with alive(settings_for(database_url, tmp_path_factory.mktemp("data"))) as one:
        yield one


@pytest.fixture(scope="module")
async def paying_api(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, sandbox_url: str
) -> AsyncGenerator[Api]:
    """As `api`, with a platform to pay at and to tell."""
    settings = settings_for(database_url, tmp_path_factory.mktemp("data"), sandbox_origin=sandbox_url)
    async with alive(settings) as one:
        yield one


@pytest.fixture(scope="module")
async def paid_api(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, quick_sandbox: str
) -> AsyncGenerator[Api]:
    """As `api`, for sales that are paid at a sandbox of the module's own.

    Nobody hears its notifications: the provider is asked instead, so that a test knows when something has happened.
    """
    settings = settings_for(database_url, tmp_path_factory.mktemp("data"), sandbox_origin=quick_sandbox)
    settings = replace(settings, config=replace(settings.config, shop_origin=NOBODY))
    async with alive(settings) as one:
        yield one


@pytest.fixture
def key() -> str:
    """A fresh Idempotency-Key."""
    return str(new_id())
