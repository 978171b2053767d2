"""What is asked of asyncpg beyond what it promises, and the turns that batches take."""

import sys
from collections import Counter
from types import FrameType
from uuid import UUID

import asyncpg
import pytest

from tests.support.api import Api
from zhanggui.core.batching import take_turn
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id, quick_id


async def test_arrays_are_lists_or_tuples_and_no_value_is_asked_what_it_is(api: Api) -> None:
    called: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call":
            called[frame.f_code.co_name] += 1

    words, ids, holes = ["a"] * 500, [new_id() for _ in range(500)], [None, 3]
    async with api.rt.db.acquire() as conn:
        sys.setprofile(note)
        try:
            row = await conn.fetchrow(
                "SELECT $1::text[], $2::uuid[], $3::int[], $4::int[]", words, ids, holes, [[1, 2], [3, 4]]
            )
        finally:
            sys.setprofile(None)
        assert row is not None
        assert list(row) == [words, ids, holes, [[1, 2], [3, 4]]]
        assert called["__instancecheck__"] < 10
        for wrong in ({"a"}, "a", {"a": 1}, iter(["a"])):
            with pytest.raises(asyncpg.DataError):
                await conn.fetchval("SELECT $1::text[]", wrong)


async def test_a_turn_is_one_transactions_and_of_one_operation_of_one_store(api: Api) -> None:
    store, other = new_id(), new_id()

    async def impatient(conn: Connection) -> None:
        await conn.execute("SET LOCAL lock_timeout = '20ms'")
        await take_turn(conn, "test.work", other)
        await take_turn(conn, "test.other_work", store)
        await take_turn(conn, "test.work", store)

    async def first(conn: Connection) -> None:
        await take_turn(conn, "test.work", store)
        with pytest.raises(asyncpg.LockNotAvailableError):
            await in_transaction(api.rt.db, impatient)

    await in_transaction(api.rt.db, first)
    await in_transaction(api.rt.db, impatient)


def test_a_quick_id_is_the_same_id() -> None:
    plain = UUID(bytes=new_id().bytes)
    for made in (quick_id(plain), quick_id(str(plain))):
        assert made == plain
        assert hash(made) == hash(plain)
        assert {plain: 1}[made] == 1
        assert isinstance(made, UUID)
    with pytest.raises(ValueError, match="UUID"):
        quick_id("no id")
