"""Guests, refresh tokens and signing out."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.customers.conftest import Platform
from tests.support.api import Api
from zhanggui.core import clock
from zhanggui.core.db import Connection
from zhanggui.customers.merge import ON_MERGE

UA = {"User-Agent": "a phone"}


@pytest.fixture(autouse=True)
def _clock() -> Generator[None]:
    yield
    clock.reset()


async def begin(api: Api) -> Any:
    answer = await api.anybody.post("/session/guest", headers=UA)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def refresh(api: Api, token: str, headers: dict[str, str] = UA) -> Any:
    return await api.anybody.post("/session/refresh", {"refresh_token": token}, headers=headers)


async def test_a_guest_has_a_session_but_no_account(api: Api) -> None:
    session = await begin(api)
    assert session["customer"]["guest"] is True
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    assert (await api.anybody.get("/me", headers=bearer)).status_code == 401


async def test_refreshing_rotates(api: Api) -> None:
    first = (await begin(api))["refresh_token"]
    second = (await refresh(api, first)).json()["refresh_token"]
    third = (await refresh(api, second)).json()["refresh_token"]
    assert len({first, second, third}) == 3


async def test_an_answer_that_got_lost_is_forgiven_for_thirty_seconds(api: Api) -> None:
    first = (await begin(api))["refresh_token"]
    second = (await refresh(api, first)).json()["refresh_token"]
    clock.turn(timedelta(seconds=29))
    again = await refresh(api, first)
    assert again.status_code == 200
    assert again.json()["refresh_token"] == second  # both pages go on with the same one
    assert (await refresh(api, second)).status_code == 200


async def test_many_pages_at_once_get_the_same_successor(api: Api) -> None:
    first = (await begin(api))["refresh_token"]
    answers = await asyncio.gather(*(refresh(api, first) for _ in range(5)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.json()["refresh_token"] for a in answers}) == 1


@pytest.mark.parametrize("how", ["too late", "another client", "two generations old"])
async def test_a_used_token_ends_the_session(api: Api, how: str) -> None:
    first = (await begin(api))["refresh_token"]
    newest = (await refresh(api, first)).json()["refresh_token"]
    headers = UA
    if how == "too late":
        clock.turn(timedelta(seconds=31))
    elif how == "another client":
        headers = {"User-Agent": "a thief"}
    else:
        newest = (await refresh(api, newest)).json()["refresh_token"]
    answer = await refresh(api, first, headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_reused")
    assert (await refresh(api, newest)).json()["code"] == "session_over"


@pytest.mark.parametrize("token", ["x" * 10, "é" * 20, "A" * 91, "A" * 200])
async def test_a_made_up_token_does_nothing(api: Api, token: str) -> None:
    answer = await refresh(api, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


async def test_a_changed_token_cannot_end_anybodys_session(api: Api) -> None:
    good = (await begin(api))["refresh_token"]
    bad = good[:45] + ("A" if good[45] != "A" else "B") + good[46:]
    assert (await refresh(api, bad)).json()["code"] == "session_over"
    assert (await refresh(api, good)).status_code == 200


async def test_a_session_not_used_for_sixty_days_is_over(api: Api) -> None:
    token = (await begin(api))["refresh_token"]
    clock.turn(timedelta(days=59))
    token = (await refresh(api, token)).json()["refresh_token"]
    clock.turn(timedelta(days=60, seconds=1))
    assert (await refresh(api, token)).json()["code"] == "session_over"


async def test_an_access_token_lives_fifteen_minutes(api: Api) -> None:
    buyer = await api.buyer()
    assert (await buyer.get("/me")).status_code == 200
    clock.turn(timedelta(seconds=901))
    assert (await buyer.get("/me")).status_code == 401


async def test_signing_out_voids_the_refresh_token(api: Api, platform: Platform) -> None:
    phone = "+8613911112222"
    await api.anybody.post("/session/phone-code", {"phone": phone})
    session = (
        await api.anybody.post("/session/phone", {"phone": phone, "code": platform.code_for(phone)})
    ).json()
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    body = {"refresh_token": session["refresh_token"]}
    other = await api.buyer()
    assert (
        await other.post("/session/sign-out", body)
    ).status_code == 204  # another's token: nothing happens to it
    kept = await refresh(api, session["refresh_token"], {})
    body = {"refresh_token": kept.json()["refresh_token"]}
    assert (await api.anybody.post("/session/sign-out", body, headers=bearer)).status_code == 204
    assert (await refresh(api, body["refresh_token"], {})).json()["code"] == "session_over"


async def test_a_guest_that_signs_in_is_merged_once_in_the_same_transaction(
    api: Api, platform: Platform
) -> None:
    merged: list[tuple[UUID, UUID]] = []

    async def note(_: Connection, guest: UUID, buyer: UUID) -> None:
        merged.append((guest, buyer))

    ON_MERGE.append(note)
    try:
        guest = await begin(api)
        platform.people |= {"c1": ("o-merge", None), "c2": ("o-merge", None)}
        bearer = {"Authorization": f"Bearer {guest['access_token']}"}
        first = await api.anybody.post("/session/wechat", {"code": "c1"}, headers=bearer)
        second = await api.anybody.post("/session/wechat", {"code": "c2"}, headers=bearer)
    finally:
        ON_MERGE.remove(note)
    assert first.json()["customer"]["id"] == second.json()["customer"]["id"]
    assert [tuple(map(str, pair)) for pair in merged] == [
        (guest["customer"]["id"], first.json()["customer"]["id"])
    ]
    assert (await refresh(api, guest["refresh_token"])).json()["code"] == "session_over"


async def test_a_merge_that_fails_signs_nobody_in(api: Api, platform: Platform) -> None:
    async def fail(_: Connection, guest: UUID, buyer: UUID) -> None:
        raise ValueError("cannot move the cart")

    guest = await begin(api)
    platform.people["c"] = ("o-never", None)
    ON_MERGE.append(fail)
    try:
        bearer = {"Authorization": f"Bearer {guest['access_token']}"}
        answer = await api.anybody.post("/session/wechat", {"code": "c"}, headers=bearer)
    finally:
        ON_MERGE.remove(fail)
    assert answer.status_code == 500
    assert await api.rt.db.fetchval("SELECT count(*) FROM customer_identity WHERE subject = 'o-never'") == 0
    assert (await refresh(api, guest["refresh_token"])).status_code == 200
