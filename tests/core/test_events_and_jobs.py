"""The event log below the oldest open transaction, and jobs: leased, retried, given up, replayed."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.support.api import Api
from zhanggui.core import clock, events, jobs
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.events import FIRST, Event, EventFollower, LoggedEvent
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Job, Later, NewJob, drain, enqueue, relay_events, run_due

NOBODY = UUID(int=7)


@pytest.fixture(autouse=True)
async def _clean(api: Api) -> AsyncGenerator[None]:
    await api.rt.db.execute("TRUNCATE job, event_log, event_cursor")
    yield
    clock.reset()


@pytest.fixture
def handlers() -> Generator[dict[str, jobs.Handler]]:
    """Handlers and subscriptions of one test."""
    before, subscribed = dict(jobs.HANDLERS), {k: list(v) for k, v in jobs.SUBSCRIPTIONS.items()}
    yield jobs.HANDLERS
    jobs.HANDLERS.clear()
    jobs.HANDLERS.update(before)
    jobs.SUBSCRIPTIONS.clear()
    jobs.SUBSCRIPTIONS.update(subscribed)


def event(store: UUID, topic: str = "test.happened") -> Event:
    return Event(store, topic, new_id(), None, {"n": 1})


async def log_one(api: Api, store: UUID, topic: str = "test.happened") -> Event:
    made = event(store, topic)
    await in_transaction(api.rt.db, lambda conn: events.append(conn, [made]))
    return made


async def read_all(api: Api) -> list[UUID]:
    return [e.entity_id for e in await events.read(api.rt.db, 0, FIRST)]


async def state(api: Api) -> list[tuple[str, int]]:
    rows = await api.rt.db.fetch("SELECT state, attempts FROM job ORDER BY id")
    return [(row["state"], row["attempts"]) for row in rows]


async def test_what_an_open_transaction_may_still_write_is_waited_for(api: Api) -> None:
    store = new_id()
    async with api.rt.db.acquire() as slow:
        transaction: Any = slow.transaction()
        await transaction.start()
        early = event(store)
        await events.append(slow, [early])  # an older id and xid, not committed yet
        late = await log_one(api, store)
        assert await read_all(api) == []  # a reader that took `late` now would never see `early`
        await transaction.commit()
    assert await read_all(api) == [early.entity_id, late.entity_id]


async def test_what_was_rolled_back_never_happened(api: Api) -> None:
    store = new_id()

    async def fail(conn: Connection) -> None:
        await events.append(conn, [event(store)])
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  # raised two lines above
        await in_transaction(api.rt.db, fail)
    kept = await log_one(api, store)
    assert await read_all(api) == [kept.entity_id]


async def test_a_cursor_goes_on_where_it_was_and_pages_are_bounded(api: Api) -> None:
    store = new_id()
    made = [event(store) for _ in range(5)]
    await in_transaction(api.rt.db, lambda conn: events.append(conn, made))  # all with one xid
    first = await events.read(api.rt.db, 0, FIRST, limit=3)
    rest = await events.read(api.rt.db, first[-1].xid, first[-1].id)
    assert [e.entity_id for e in first + rest] == [e.entity_id for e in made]
    assert await events.read(api.rt.db, rest[-1].xid, rest[-1].id) == []


async def test_a_follower_begins_now_and_survives_a_handler_that_fails(api: Api) -> None:
    store, seen, done = new_id(), list[UUID](), asyncio.Event()
    await log_one(api, store)

    async def handle(found: list[LoggedEvent]) -> None:
        seen.extend(e.entity_id for e in found)
        if len(seen) == 1:
            raise ValueError("the first time")
        done.set()

    follower = EventFollower(api.rt.db, handle)
    await follower.start()
    running = asyncio.create_task(follower.run())
    made = await log_one(api, store)
    async with asyncio.timeout(60):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert seen == [made.entity_id] * 2  # handed out again, and nothing from before the start


async def test_many_writers_and_a_reader_that_misses_nothing(api: Api) -> None:
    store, seen = new_id(), list[UUID]()
    at: tuple[int, UUID] = (0, FIRST)

    async def write() -> list[UUID]:
        return [(await log_one(api, store)).entity_id for _ in range(20)]

    writers = asyncio.gather(*(write() for _ in range(6)))
    async with asyncio.timeout(
        60
    ):  # a transaction of another database in the cluster may hold the horizon back
        while not writers.done() or len(seen) < 120:
            for found in await events.read(api.rt.db, *at, limit=7):
                seen.append(found.entity_id)
                at = (found.xid, found.id)
    written = [entity for mine in await writers for entity in mine]
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == set(written)


async def test_an_event_becomes_one_job_however_many_relays_run(
    api: Api, handlers: dict[str, jobs.Handler]
) -> None:
    ran: list[Job] = []

    @jobs.on_event("test.happened", kind="test.handler")
    async def handle(_: Any, job: Job) -> None:
        ran.append(job)

    store = new_id()
    made = await log_one(api, store)
    await log_one(api, store, "test.other")
    await asyncio.gather(*(relay_events(api.rt) for _ in range(4)))
    await drain(api.rt)
    assert [job.payload["entity_id"] for job in ran] == [str(made.entity_id)]
    assert ran[0].payload["event"] == {"n": 1}
    assert await state(api) == [("done", 1)]


async def test_a_job_is_enqueued_once_and_waits_for_its_time(
    api: Api, handlers: dict[str, jobs.Handler]
) -> None:
    ran = list[str]()

    @jobs.handles("test.later")
    async def handle(_: Any, job: Job) -> None:
        ran.append(job.key)

    store, due = new_id(), clock.now() + timedelta(hours=1)
    for _ in range(2):
        await enqueue(api.rt.db, [NewJob(store, "test.later", "k", {}, due)])
    assert await run_due(api.rt) == 0
    clock.turn(timedelta(hours=1, seconds=1))
    await asyncio.gather(*(run_due(api.rt) for _ in range(4)))  # side by side they do not take the same one
    assert ran == ["k"]


async def test_a_failing_job_is_retried_ever_later_and_then_given_up_and_replayed(
    api: Api, handlers: dict[str, jobs.Handler]
) -> None:
    tries, healthy = list[int](), False

    @jobs.handles("test.poison")
    async def handle(_: Any, job: Job) -> None:
        tries.append(job.attempts)
        if not healthy:
            raise ValueError("not today")

    @jobs.handles("test.good")
    async def good(_: Any, job: Job) -> None:
        tries.append(0)

    store = await api.store()
    owner = await api.staff(store)
    await enqueue(api.rt.db, [NewJob(store, "test.poison", "k", {"order_id": str(NOBODY), "phone": "138"})])
    await run_due(api.rt)
    assert await run_due(api.rt) == 0  # backs off
    await enqueue(api.rt.db, [NewJob(store, "test.good", "k", {})])
    await run_due(api.rt)
    assert tries == [1, 0]  # a poison job holds nobody up
    for _ in range(jobs.MAX_ATTEMPTS):
        clock.turn(timedelta(hours=1, seconds=1))
        await run_due(api.rt)
    assert tries == [1, 0, *range(2, jobs.MAX_ATTEMPTS + 1)]
    page = (await owner.get("/jobs")).json()
    assert page["next"] is None
    dead = page["items"][0]
    assert (dead["kind"], dead["state"], dead["attempts"]) == ("test.poison", "dead", jobs.MAX_ATTEMPTS)
    assert dead["last_error"] == "ValueError: not today"
    assert dead["payload_summary"] == f"order_id={NOBODY}"
    assert (await owner.get("/jobs", params={"state": "waiting"})).json()["items"] == []
    assert (await owner.get("/jobs", params={"state": "other"})).status_code == 400
    stranger = await api.staff(await api.store())
    assert (await stranger.get("/jobs")).json()["items"] == []
    assert (await stranger.post(f"/jobs/{dead['id']}/replay")).status_code == 404
    healthy = True
    assert (await owner.post(f"/jobs/{dead['id']}/replay")).status_code == 204
    assert (await owner.post(f"/jobs/{dead['id']}/replay")).status_code == 404  # waiting already
    await run_due(api.rt)
    assert (await owner.get("/jobs")).json()["items"] == []
    assert ("done", 1) in await state(api)


async def test_waiting_for_something_outside_is_no_failure(
    api: Api, handlers: dict[str, jobs.Handler]
) -> None:
    @jobs.handles("test.patient")
    async def handle(_: Any, job: Job) -> None:
        raise Later(timedelta(minutes=1), "the platform does not know the order yet")

    await enqueue(api.rt.db, [NewJob(new_id(), "test.patient", "k", {})])
    for _ in range(jobs.MAX_ATTEMPTS + 3):
        assert await run_due(api.rt) == 1
        clock.turn(timedelta(seconds=61))
    assert await state(api) == [("waiting", 0)]


async def test_a_worker_that_dies_leaves_a_lease_that_runs_out(
    api: Api, handlers: dict[str, jobs.Handler]
) -> None:
    ran = list[int]()

    @jobs.handles("test.left")
    async def handle(_: Any, job: Job) -> None:
        ran.append(job.attempts)

    await enqueue(api.rt.db, [NewJob(new_id(), "test.left", "k", {})])
    now = clock.now()
    await api.rt.db.fetch(jobs.LEASE_DUE, now, now + jobs.LEASE, 1)  # taken, and then nothing more is heard
    assert await run_due(api.rt) == 0
    clock.turn(jobs.LEASE + timedelta(seconds=1))
    await run_due(api.rt)
    assert ran == [2]


async def test_a_job_that_ends_its_worker_every_time_is_given_up(
    api: Api, handlers: dict[str, jobs.Handler]
) -> None:
    @jobs.handles("test.killer")
    async def handle(_: Any, job: Job) -> None:
        raise AssertionError("must not be run again")

    await enqueue(api.rt.db, [NewJob(new_id(), "test.killer", "k", {})])
    for _ in range(jobs.MAX_ATTEMPTS):
        now = clock.now()
        await api.rt.db.fetch(jobs.LEASE_DUE, now, now + jobs.LEASE, 1)
        clock.turn(jobs.LEASE + timedelta(seconds=1))
    await run_due(api.rt)
    assert await state(api) == [("dead", jobs.MAX_ATTEMPTS + 1)]
    assert "ended every time" in await api.rt.db.fetchval("SELECT last_error FROM job")


async def test_an_unknown_kind_is_kept_for_a_worker_that_knows_it(api: Api) -> None:
    await enqueue(api.rt.db, [NewJob(new_id(), "test.unheard_of", "k", {})])
    await run_due(api.rt)
    assert await state(api) == [("waiting", 1)]
