"""What must hold for everything there is: every statement, every endpoint, every table."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from litestar import Litestar
from litestar.handlers import BaseRouteHandler, WebsocketRouteHandler
from sqlalchemy import DateTime

import zhanggui
from tests.support.api import CONSOLE_ORIGIN, Api
from zhanggui.app import create_api
from zhanggui.core.auth import Access
from zhanggui.core.db import STATEMENTS, connect_pool, statement
from zhanggui.core.ids import new_id
from zhanggui.staff.rules import PERMISSIONS
from zhanggui.tables import metadata

LITESTARS_OWN = "litestar."  # its OpenAPI pages


def modules() -> list[str]:
    """Every module of the package but the parts that only run by themselves."""
    found = [m.name for m in pkgutil.walk_packages(zhanggui.__path__, "zhanggui.")]
    return [
        name for name in found if not name.startswith("zhanggui.migrations") and not name.endswith("__main__")
    ]


def handlers(app: Litestar) -> Iterator[tuple[str, BaseRouteHandler]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:  # type: ignore[union-attr]  # sockets have one
            if not handler.fn.__module__.startswith(LITESTARS_OWN):
                yield route.path, handler


async def test_every_statement_can_be_prepared_against_the_real_schema(database_url: str) -> None:
    for name in modules():
        importlib.import_module(name)
    pool = await connect_pool(database_url, size=1)
    async with pool.acquire() as held:
        conn: Any = held
        for name, sql in STATEMENTS.items():
            try:
                await conn.prepare(sql)
            except asyncpg.PostgresError as fault:
                pytest.fail(f"{name}: {fault}")
    await pool.close()
    assert len(STATEMENTS) > 100


def test_a_statements_name_is_given_once() -> None:
    statement("test.twice", "SELECT 1")
    try:
        with pytest.raises(ValueError, match="two statements"):
            statement("test.twice", "SELECT 2")
    finally:
        del STATEMENTS["test.twice"]


def test_every_endpoint_says_who_may_call_it() -> None:
    found = list(handlers(create_api()))
    assert len(found) > 40
    for path, handler in found:
        access = handler.opt.get("access")
        assert isinstance(access, Access), f"{path} {handler.handler_name} does not say who may call it"
        side = {"staff": "/api/console", "buyer": "/api/shop", "guest": "/api/shop", "hook": "/hooks"}.get(
            access.who
        )
        assert side is None or path.startswith(side), f"{path} is {access.who}'s"
        if access.who == "staff":
            assert ("{store_id:uuid}" in path) == (access.permission is not None), path
            held = frozenset[str]().union(*PERMISSIONS.values())
            assert access.permission is None or access.permission in held, (
                f"{path}: nobody holds {access.permission}"
            )


def test_what_anybody_may_call_is_a_short_list() -> None:
    """Sign-in, pages that everybody sees, the WebSockets (the ticket comes first), health: nothing else is public."""
    allowed = (
        "/api/shop/session/", "/api/shop/stores", "/api/shop/regions", "/api/shop/config", "/api/shop/live",
        "/api/console/session", "/api/console/live", "/health", "/metrics", "/media/",
    )  # fmt: skip
    public = {path for path, handler in handlers(create_api()) if handler.opt["access"].who == "public"}
    assert {path for path in public if not path.startswith(allowed)} == set()
    sockets = {path for path, handler in handlers(create_api()) if isinstance(handler, WebsocketRouteHandler)}
    assert sockets == {"/api/shop/live", "/api/console/live"}


def test_every_table_and_column_has_a_comment_and_time_has_a_zone() -> None:
    for table in metadata.sorted_tables:
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"
            assert not isinstance(column.type, DateTime) or column.type.timezone, (
                f"{table.name}.{column.name}"
            )


def test_no_foreign_key_crosses_owners() -> None:
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            assert "store_id" in {c.name for c in key.constraint.columns} if key.constraint else False  # type: ignore[union-attr]


async def test_health_and_metrics(api: Api) -> None:
    assert (await api.anybody.get("/health")).json() == {"status": "ok", "database": True}
    await api.anybody.get("/stores/nowhere")
    host = {"Host": CONSOLE_ORIGIN.removeprefix("http://")}
    page = await api.anybody.get("/metrics", headers=host)
    assert page.status_code == 200
    assert 'route="/api/shop/stores/{slug:str}"' in page.text.replace("{slug}", "{slug:str}")
    assert 'zhanggui_jobs{state="dead"} 0.0' in page.text
    assert "nowhere" not in page.text
    for headers in ({}, host | {"X-Forwarded-For": "10.0.0.1"}):
        assert (await api.anybody.get("/metrics", headers=headers)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/shop/nothing/here", 404, "not_found"),
        ("PUT", "/api/shop/stores", 405, "method_not_allowed"),
        ("GET", "/api/shop/me", 401, "unauthenticated"),
        ("GET", "/api/console/session", 401, "unauthenticated"),
        ("GET", "/api/console/stores/not-a-uuid/settings", 404, "not_found"),
    ],
)
async def test_failures_are_problem_details(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = await api.anybody.request(method, path, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:zhanggui:{code}"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"null", b"1e999", b'{"phone": "\xed\xa0\x80"}'])
async def test_broken_bodies_are_the_callers_fault(api: Api, body: bytes) -> None:
    answer = await api.anybody.request(
        "POST", "/session/phone-code", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.json()["code"] in {"invalid", "bad_json"}


async def test_a_number_is_a_number_and_no_text(api: Api) -> None:
    """The framework would take "12" for 12 and "true" for true; the field at fault is named."""
    owner = await api.staff(await api.store())
    name = {"zh": "茶", "en": "Tea"}
    for field, value in (("sort", "12"), ("sort", 1.5), ("visible", "true"), ("visible", 1), ("name", "茶")):
        answer = await owner.post("/categories", {"name": name} | {field: value})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), field
        assert answer.json()["errors"] == [
            {"field": field, "code": "invalid_type", "message": answer.json()["errors"][0]["message"]}
        ]
    deep = {"code": "x", "category_id": str(new_id()), "name": name, "skus": [{"code": "y", "price": "100"}]}
    answer = await owner.post("/products", deep)
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("skus[0].price", "invalid_type")]
    buyer = await api.buyer()
    wrong: dict[str, Any] = {
        "store_id": str(owner.base[-36:]),
        "sku_id": str(new_id()),
        "modifiers": [],
        "quantity": "1",
    }
    assert (await buyer.post("/cart/lines", wrong)).json()["errors"][0]["field"] == "quantity"
    assert (await owner.get("/products", params={"limit": "10"})).status_code == 200


async def test_a_body_that_is_too_large_is_not_read(api: Api) -> None:
    answer = await api.anybody.request(
        "POST", "/session/phone-code", content=b" " * 1_100_000, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
