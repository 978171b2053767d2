"""What has served is cleared away by age, a bounded batch at a time; what is still needed stays."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from tests.support.api import Api
from zhanggui import worker
from zhanggui.core import clock, events, jobs, retention
from zhanggui.core.db import in_transaction
from zhanggui.core.events import Event
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import HANDLERS, Job, Later
from zhanggui.settings import SettingsError, load

worker.register_jobs()
STORE = UUID(int=9)
LONG_AGO = timedelta(days=400)
KEY = "INSERT INTO idempotency_key (store_id, owner_id, key, fingerprint, result, created_at) VALUES ($1, $2, 'key', '', 'null', $3)"
JOB = """
    INSERT INTO job (store_id, id, kind, key, payload, state, due_at, created_at, finished_at)
    VALUES ($1, $2, 'test', $2::uuid::text, '{}', $3, $4, $4, $4)
"""
SESSION = """
    INSERT INTO customer_session (customer_id, id, generation, rotated_at, expires_at, client, created_at)
    VALUES ($1, $1, 1, $2, $2, '', $2)
"""
CODE = "INSERT INTO one_time_code (id, phone_index, code_hash, expires_at, created_at) VALUES ($1, '', '', $2, $2)"


@pytest.fixture(autouse=True)
async def _clean(api: Api) -> AsyncGenerator[None]:
    await api.rt.db.execute(
        "TRUNCATE job, event_log, event_cursor, idempotency_key, customer_session, one_time_code"
    )
    yield
    clock.reset()


async def log(api: Api, times: int) -> None:
    made = [Event(STORE, "test.happened", new_id(), None, {}) for _ in range(times)]
    await in_transaction(api.rt.db, lambda conn: events.append(conn, made))


async def test_what_is_old_goes_and_what_is_young_or_unfinished_stays(api: Api) -> None:
    now, old = clock.now(), clock.now() - LONG_AGO
    for at in (now, old):
        await api.rt.db.execute(KEY, STORE, new_id(), at)
        await api.rt.db.execute(SESSION, new_id(), at)
        await api.rt.db.execute(CODE, new_id(), at)
        for state in ("waiting", "dead", "done"):
            await api.rt.db.execute(JOB, STORE, new_id(), state, at)
    cleared = await retention.carry_out(api.rt, {})
    assert cleared == {"keys": 1, "sessions": 1, "codes": 1, "jobs": 1}
    rows = await api.rt.db.fetch("SELECT state, count(*) AS n FROM job GROUP BY state ORDER BY state")
    assert [(r["state"], r["n"]) for r in rows] == [("dead", 2), ("done", 1), ("waiting", 2)]
    assert await retention.carry_out(api.rt, {}) == {}


async def test_an_event_goes_only_when_its_readers_have_read_it(api: Api) -> None:
    clock.turn(-LONG_AGO)
    await log(api, 3)
    clock.reset()
    assert (
        await retention.carry_out(api.rt, {}) == {}
    )  # no reader has a cursor yet: nothing is known to be read
    while await jobs.relay_events(api.rt):
        pass
    await log(api, 2)
    assert await retention.carry_out(api.rt, {}) == {}  # the cursor still stands on the last of them
    while await jobs.relay_events(api.rt):
        pass
    assert await retention.carry_out(api.rt, {}) == {"events": 3}
    assert [r["at"] > clock.now() - LONG_AGO for r in await api.rt.db.fetch("SELECT at FROM event_log")] == [
        True,
        True,
    ]
    with pytest.raises(asyncpg.RaiseError):  # what was written is never changed
        await api.rt.db.execute("UPDATE event_log SET topic = 'other'")


async def test_every_statement_is_bounded(api: Api) -> None:
    old = clock.now() - LONG_AGO
    for _ in range(5):
        await api.rt.db.execute(KEY, STORE, new_id(), old)
        await api.rt.db.execute(SESSION, new_id(), old)
        await api.rt.db.execute(CODE, new_id(), old)
        await api.rt.db.execute(JOB, STORE, new_id(), "done", old)
    for name in ("keys", "sessions", "codes", "jobs"):
        assert await api.rt.db.fetchval(retention.RULES[name].statement, clock.now(), 2) == 2


async def test_a_run_that_has_not_finished_goes_on_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SECONDS", -1.0)
    await api.rt.db.execute(KEY, STORE, new_id(), clock.now() - LONG_AGO)
    with pytest.raises(Later) as later:
        await retention.carry_out(api.rt, {})
    assert later.value.delay == timedelta(0)


async def test_there_is_one_run_an_hour_and_each_enqueues_the_next(api: Api) -> None:
    for _ in range(2):
        await retention.start(api.rt.db)
    (row,) = await api.rt.db.fetch("SELECT * FROM job")
    await HANDLERS[retention.CLEAR](api.rt, Job(row["store_id"], row["id"], row["kind"], row["key"], {}, 1))
    dues = [r["due_at"] for r in await api.rt.db.fetch("SELECT due_at FROM job ORDER BY due_at")]
    assert len(dues) == 2
    assert dues[1] - dues[0] == timedelta(hours=1)
    assert dues[0] <= clock.now() < dues[1]


def test_settings_say_how_long() -> None:
    env = {"ZHANGGUI_MASTER_KEYS": "1:YSBiZW5jaCBrZXkgb2YgMzIgYnl0ZXMgbG9uZyEhISE"}
    assert load({**env, "ZHANGGUI_KEEP_DAYS": "events:3, jobs:9"}).config.keep_days == {
        "events": 3,
        "jobs": 9,
    }
    for wrong in ("events", "events:0", "events:x", "events:-1"):
        with pytest.raises(SettingsError):
            load({**env, "ZHANGGUI_KEEP_DAYS": wrong})
