"""Staff: signing in and out, the growing lock, passwords, CSRF, roles."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.api import PASSWORD, Api, Caller
from zhanggui.core import clock
from zhanggui.core.auth import CSRF_HEADER, STAFF_COOKIE
from zhanggui.core.db import in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.staff.console_api import cookie
from zhanggui.staff.invite import add_staff
from zhanggui.staff.rules import PERMISSIONS, lock_after, password_fault


@pytest.fixture(autouse=True)
async def _clean(api: Api) -> Any:
    yield
    clock.reset()
    await api.rt.db.execute("DELETE FROM rate_limit")


async def person(api: Api, login: str, store: UUID, *, must_change: bool = False) -> UUID:
    return await in_transaction(
        api.rt.db,
        lambda conn: add_staff(
            conn, login, "王店长", PASSWORD, {store: "owner"}, must_change_password=must_change
        ),
    )


async def enter(api: Api, login: str, password: str = PASSWORD) -> httpx.Response:
    return await api.anybody.post("/api/console/session", {"login": login, "password": password})


def caller(api: Api, answer: httpx.Response) -> Caller:
    assert answer.status_code == 200, answer.text
    jar = SimpleCookie(answer.headers["set-cookie"])
    return Caller(
        api.http,
        "/api/console",
        headers={CSRF_HEADER: answer.json()["csrf"]},
        cookies={STAFF_COOKIE: jar[STAFF_COOKIE].value},
    )


async def test_sign_in_tells_who_and_where(api: Api) -> None:
    store = await api.store(slug="staff-a")
    await person(api, "wang", store)
    answer = await enter(api, "WANG ")
    body = answer.json()
    assert body["staff"]["login"] == "wang"
    assert body["stores"] == [
        {
            "id": str(store),
            "slug": "staff-a",
            "name": {"zh": "店staff-a", "en": "Store staff-a"},
            "layout": "menu",
            "currency": "CNY",
            "timezone": "Asia/Shanghai",
            "role": "owner",
            "permissions": sorted(PERMISSIONS["owner"]),
        }
    ]
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=strict" in flags
    assert "path=/api/console" in flags
    again = await caller(api, answer).get("/session")
    assert again.json() == body


def test_the_cookie_is_secure_where_the_console_is(api: Api) -> None:
    import dataclasses

    plain = cookie(api.rt, "x")
    config = api.rt.config
    api.rt.config = dataclasses.replace(config, console_origin="https://console.example")
    try:
        assert (plain.secure, cookie(api.rt, "x").secure) == (False, True)
    finally:
        api.rt.config = config


async def test_a_wrong_password_and_a_wrong_login_look_the_same(api: Api) -> None:
    await person(api, "li", await api.store())
    wrong, nobody = await enter(api, "li", "not this one"), await enter(api, "nobody", "not this one")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()
    assert "set-cookie" not in wrong.headers


async def test_five_wrong_passwords_lock_even_when_they_come_at_once(api: Api) -> None:
    await person(api, "zhao", await api.store())
    answers = await asyncio.gather(*(enter(api, "zhao", "wrong") for _ in range(12)))
    assert sorted(a.status_code for a in answers) == [401] * 5 + [429] * 7
    locked = await enter(api, "zhao")  # the right one does not help now
    assert (locked.status_code, locked.json()["code"]) == (429, "locked")
    assert 0 < int(locked.headers["retry-after"]) <= 31
    clock.turn(timedelta(seconds=31))
    assert (await enter(api, "zhao", "wrong")).status_code == 401
    clock.turn(timedelta(seconds=31))
    assert (await enter(api, "zhao")).status_code == 429  # the sixth locks for longer
    clock.turn(timedelta(seconds=31))
    assert (await enter(api, "zhao")).status_code == 200
    assert (await enter(api, "zhao", "wrong")).status_code == 401  # counted from the beginning


def test_the_lock_doubles_up_to_half_an_hour() -> None:
    waits = [lock_after(n) for n in (4, 5, 6, 7, 100)]
    assert waits == [None, *(timedelta(seconds=s) for s in (30, 60, 120, 1800))]


async def test_one_address_cannot_try_all_logins(api: Api) -> None:
    answers = [await enter(api, f"guess{i}", "wrong") for i in range(3)]
    assert {a.status_code for a in answers} == {401}
    await api.rt.db.execute("UPDATE rate_limit SET used = 60")
    assert (await enter(api, "guess")).json()["code"] == "rate_limited"


async def test_signing_out_ends_the_session(api: Api) -> None:
    await person(api, "sun", await api.store())
    me = caller(api, await enter(api, "sun"))
    without = Caller(api.http, "/api/console", cookies=me.cookies)
    assert (await without.delete("/session")).json()["code"] == "csrf"
    assert (await me.delete("/session")).status_code == 204
    assert (await me.get("/session")).status_code == 401
    outcomes = await api.rt.db.fetch(
        "SELECT outcome FROM staff_sign_in s JOIN staff_member USING (staff_id) WHERE login = 'sun' ORDER BY id"
    )
    assert [row["outcome"] for row in outcomes] == ["signed_in", "signed_out"]


async def test_the_first_password_must_be_changed_before_anything_else(api: Api) -> None:
    store = await api.store()
    await person(api, "zhou", store, must_change=True)
    me, elsewhere = caller(api, await enter(api, "zhou")), caller(api, await enter(api, "zhou"))
    refused = await me.get(f"/stores/{store}/settings")
    assert (refused.status_code, refused.json()["code"]) == (403, "password_must_change")
    for old, new, code in (
        ("wrong", "a good new one", "old_password_wrong"),
        (PASSWORD, "short", "password_too_short"),
        (PASSWORD, "zhou-zhou-zhou", "password_too_easy"),
        (PASSWORD, PASSWORD, "password_same"),
    ):
        answer = await me.post("/session/password", {"old_password": old, "new_password": new})
        assert (answer.status_code, answer.json()["code"]) == (400, code)
    changed = await me.post("/session/password", {"old_password": PASSWORD, "new_password": "a good new one"})
    assert changed.json()["staff"]["must_change_password"] is False
    fresh = caller(api, changed)
    assert (await fresh.get(f"/stores/{store}/settings")).status_code == 200
    assert (await me.get("/session")).status_code == 401  # every older session has ended
    assert (await elsewhere.get("/session")).status_code == 401
    assert (await enter(api, "zhou")).status_code == 401
    assert (await enter(api, "zhou", "a good new one")).status_code == 200


async def test_a_session_ends_by_itself(api: Api) -> None:
    await person(api, "wu", await api.store())
    me = caller(api, await enter(api, "wu"))
    for _ in range(14):
        clock.turn(timedelta(days=2))
        assert (await me.get("/session")).status_code == 200  # in use
    clock.turn(timedelta(days=3, seconds=1))
    assert (await me.get("/session")).status_code == 401  # idle
    clock.reset()
    other = caller(api, await enter(api, "wu"))
    await api.rt.db.execute("UPDATE staff_member SET active = false WHERE login = 'wu'")
    assert (await other.get("/session")).status_code == 401
    assert (await enter(api, "wu")).status_code == 401


async def test_roles_open_what_they_should(api: Api) -> None:
    store, other = await api.store(), await api.store()
    clerk, manager, owner = [await api.staff(store, role) for role in ("clerk", "manager", "owner")]
    assert [(await c.get("/settings")).status_code for c in (clerk, manager, owner)] == [403, 200, 200]
    assert [(await c.get("/jobs")).status_code for c in (clerk, manager, owner)] == [403, 403, 200]
    for path in ("settings", "tables", "counter", "jobs"):
        answer = await owner.get(f"/api/console/stores/{other}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    buyer = await api.buyer()
    assert (await buyer.get(f"/api/console/stores/{store}/settings")).status_code == 401


async def test_a_login_is_given_once(api: Api) -> None:
    store = await api.store()
    await person(api, "Zheng", store)
    with pytest.raises(ShopError, match="login_taken"):
        await person(api, "zheng", store)


@pytest.mark.parametrize(
    "body", [{}, {"login": "x"}, {"login": "x", "password": 1}, {"login": "x" * 65, "password": "y"}, [], "x"]
)
async def test_what_is_no_sign_in_is_refused(api: Api, body: Any) -> None:
    answer = await api.anybody.post("/api/console/session", body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


@pytest.fixture(scope="module", autouse=True)
def _no_turned_clock() -> Generator[None]:
    yield
    clock.reset()


def test_rules() -> None:
    assert PERMISSIONS["clerk"] < PERMISSIONS["manager"] < PERMISSIONS["owner"]
    assert password_fault("correct horse", "wang") is None
    assert password_fault("1111111111", "wang") == "password_too_easy"
