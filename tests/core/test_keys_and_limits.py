"""Idempotency keys and rate limits under competition."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api
from zhanggui.core import clock, idempotency
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.ratelimit import Limit, take

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _clock() -> Generator[None]:
    yield
    clock.reset()


async def once(api: Api, store: UUID, owner: UUID, key: str, body: Any, made: list[str]) -> Any:
    async def work(conn: Connection) -> Any:
        known = await idempotency.claim(conn, store, owner, key, idempotency.fingerprint("test", body))
        if known is not None:
            return known
        result = {"made": str(new_id())}
        made.append(result["made"])
        await idempotency.answer(conn, store, owner, key, result)
        return result

    return await in_transaction(api.rt.db, work)


async def test_a_key_does_its_work_once_however_often_it_comes(api: Api) -> None:
    store, owner, made = new_id(), new_id(), list[str]()
    answers = await asyncio.gather(*(once(api, store, owner, "key-12345", {"a": 1}, made) for _ in range(8)))
    assert len(made) == 1
    assert all(answer == {"made": made[0]} for answer in answers)
    with pytest.raises(ShopError, match="idempotency_key_reused"):
        await once(api, store, owner, "key-12345", {"a": 2}, made)
    await once(api, store, new_id(), "key-12345", {"a": 2}, made)  # another owner's key is another key
    assert len(made) == 2


async def test_a_failed_try_leaves_its_key_unused(api: Api) -> None:
    store, owner, made = new_id(), new_id(), list[str]()

    async def fail(conn: Connection) -> None:
        await idempotency.claim(conn, store, owner, "key-failed", b"print")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # raised two lines above
        await in_transaction(api.rt.db, fail)
    await once(api, store, owner, "key-failed", {"other": True}, made)
    assert len(made) == 1


async def test_a_limit_is_exact_when_all_come_at_once(api: Api) -> None:
    limits = [Limit("b", "who", 5, MINUTE), Limit("a", "who", 7, MINUTE)]

    async def one(order: int) -> ShopError | None:
        try:
            # whatever the order they are asked for in, two callers cannot wait for each other
            await take(api.rt.db, limits if order % 2 else limits[::-1])
        except ShopError as refused:
            return refused
        return None

    answers = await asyncio.gather(*(one(n) for n in range(30)))
    refused = [answer for answer in answers if answer is not None]
    assert len(refused) == 25
    assert {(r.status, r.code) for r in refused} == {(429, "rate_limited")}
    assert all(0 < (r.retry_after or 0) <= 60 for r in refused)


async def test_a_window_ends_and_its_counter_goes(api: Api) -> None:
    limit = Limit("ends", "who", 1, MINUTE)
    await take(api.rt.db, [limit])
    with pytest.raises(ShopError):
        await take(api.rt.db, [limit])
    clock.turn(timedelta(seconds=61))
    await take(api.rt.db, [limit])
    await take(api.rt.db, [Limit("ends", "somebody else", 1, MINUTE)])
    clock.turn(timedelta(hours=1))
    await take(api.rt.db, [Limit("sweeps", "who", 9, MINUTE)])
    assert await api.rt.db.fetchval("SELECT count(*) FROM rate_limit") == 1


async def test_who_is_limited_is_not_readable(api: Api) -> None:
    await take(api.rt.db, [Limit("phone", "+8613812345678", 1, MINUTE)])
    rows = await api.rt.db.fetch("SELECT r::text FROM rate_limit r")
    assert not any("13812345678" in row["r"] for row in rows)
