"""Keys are replaced while everything runs: the platform's, in either mode and between them, and the merchant's own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.payments.world import OpenWorld, Order, World
from tests.support.sandbox import Sandbox
from tests.support.shop_server import ShopServer
from tests.wechat_sandbox.local_servers import receiving
from wechat_sandbox.keys import new_key, private_pem
from zhanggui.core.changes import latest
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.attempt import Wish, start
from zhanggui.payments.hooks_api import take_in
from zhanggui.payments.keys import NewKeys, replace_keys

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def second(
    server: ShopServer,
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
    sandbox_url: str,
) -> Generator[ShopServer]:
    """Another process of the same installation."""
    one = ShopServer(database_url, server.settings.config.data_dir, sandbox_url)
    one.start()
    yield one
    one.stop()


@pytest.fixture
async def other(second: ShopServer) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=second.url, trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture
def worker(server: ShopServer) -> Generator[None]:
    """A worker process of the same installation: the jobs of this module's database are its own while it runs."""
    process = subprocess.Popen([sys.executable, "-m", "zhanggui", "worker"], cwd=ROOT, env=server.env)
    yield
    process.terminate()
    process.wait(30)


async def until(world: World, order: Order, state: str, stuck: str | None = None) -> None:
    """Wait until the worker has brought the order's refund that far; whatever it waits for is due at once."""
    seen = "SELECT status, stuck FROM refund WHERE store_id = $1 AND order_id = $2"
    due = (
        "UPDATE job SET due_at = now() WHERE store_id = $1 AND kind = 'payments.refund' AND state = 'waiting'"
    )
    async with asyncio.timeout(60):
        while [tuple(row) for row in await world.rt.db.fetch(seen, world.store_id, order.id)] != [
            (state, stuck)
        ]:
            await world.sandbox.settle(5)
            await world.rt.db.execute(due, world.store_id)
            await world.rt.db.fetchval("SELECT pg_sleep(0.1)")


class Both:
    """A store in two processes, with what its merchant does on the platform's pages and at the command line."""

    def __init__(self, world: World, other: World, server: ShopServer) -> None:
        self.worlds, self._server = (world, other), server
        self.sandbox, self.mchid = world.sandbox, world.account.mchid

    async def ready(self) -> list[tuple[World, Order, str]]:
        """One order begun to be paid in each process: with the prepay_id."""
        orders = [(world, await world.order()) for world in self.worlds]
        return [(world, order, (await world.ready(order))[1]) for world, order in orders]

    async def paid(self, ready: list[tuple[World, Order, str]]) -> list[str]:
        """The buyers pay; what each order is then."""
        for _, _, prepay_id in ready:
            await self.sandbox.approve(prepay_id)
        return await self.states(ready)

    async def states(self, ready: list[tuple[World, Order, str]]) -> list[str]:
        return [await world.status(order) for world, order, _ in ready]

    async def told_again(self, ready: list[tuple[World, Order, str]]) -> list[str]:
        """The platform's next try comes; what each order is then."""
        await self.sandbox.settle(16)
        return await self.states(ready)

    async def at_the_platform(self, **change: Any) -> dict[str, Any]:
        return await self.sandbox.call("POST", "/merchants", {"mchid": self.mchid, **change})

    async def here(self, *arguments: str | Path) -> None:
        """`zhanggui account-keys`, in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "zhanggui", "account-keys", self.mchid, *map(str, arguments), cwd=ROOT,
            env={**os.environ, **self._server.env, "PYTHONPATH": os.pathsep.join(["src", "."])},
        )  # fmt: skip
        assert await process.wait() == 0


Open = Any


@pytest.fixture
async def open_both(
    opened: OpenWorld, rt: Runtime, sandbox: Sandbox, other: httpx.AsyncClient, server: ShopServer
) -> Open:
    async def make(mode: Any) -> Both:
        world = await opened(mode)
        sandbox.mchid = world.account.mchid
        return Both(world, World(rt, sandbox, other, world.store_id, world.sku_id, world.account), server)

    return make


def kept(folder: Path, text: str) -> Path:
    """A file that holds this."""
    file = folder / f"{len(list(folder.iterdir()))}.secret"
    file.write_text(text)
    return file


async def test_a_new_certificate_of_the_platform_is_fetched_and_the_old_one_is_still_good(
    open_both: Open,
) -> None:
    both: Both = await open_both("certificate")
    old = (await both.at_the_platform())["platform_certificate_serial"]
    assert await both.paid(await both.ready()) == ["paid", "paid"]
    new = (await both.sandbox.call("POST", "/certificates/rotate"))["serial_no"]
    assert await both.paid(await both.ready()) == ["paid", "paid"]
    for serial in (old, new):  # while it goes over, the platform signs with either
        await both.sandbox.call("POST", f"/certificates/{serial}/use")
        assert await both.paid(await both.ready()) == ["paid", "paid"]


async def test_grey_switch_from_certificates_to_the_public_key_and_to_a_new_one(
    open_both: Open, tmp_path: Path
) -> None:
    both: Both = await open_both("certificate")
    ready = await both.ready()
    changed = await both.at_the_platform(mode="public_key")
    assert await both.paid(ready) == ["pending_payment"] * 2  # nobody has told us this key yet
    for new_public_key in (False, True):
        if new_public_key:
            ready = await both.ready()
            changed = await both.at_the_platform(new_public_key=True)
            assert await both.paid(ready) == ["pending_payment"] * 2
        key = kept(tmp_path, changed["platform_public_key"])
        await both.here("--public-key-id", changed["public_key_id"], "--public-key", key)
        assert await both.told_again(ready) == ["paid", "paid"]
        assert await both.paid(await both.ready()) == ["paid", "paid"]
    await both.at_the_platform(mode="both")  # both kinds of signatures in turn
    for _ in range(3):
        assert await both.paid(await both.ready()) == ["paid", "paid"]


async def test_a_new_api_v3_key_is_taken_by_all_processes_and_the_old_one_for_what_is_on_its_way(
    open_both: Open, tmp_path: Path
) -> None:
    both: Both = await open_both("both")
    ready, on_its_way = await both.ready(), await both.ready()
    old = (await both.at_the_platform())["api_v3_key"]
    await both.at_the_platform(api_v3_key="n" * 32)
    assert await both.paid(ready) == ["pending_payment"] * 2
    await both.here("--api-v3-key", kept(tmp_path, "n" * 32))
    (noted,) = await latest(both.worlds[0].rt.db, both.worlds[0].store_id, ["payment"], 9)
    assert (noted.who, noted.subject) == ("zhanggui account-keys", both.mchid)
    assert noted.detail["ends_with"] == "nnnn"
    assert await both.told_again(ready) == ["paid", "paid"]
    await both.at_the_platform(api_v3_key=old)
    assert await both.paid(on_its_way) == ["paid", "paid"]


async def test_a_process_that_has_not_heard_of_new_keys_looks_before_it_refuses(
    open_both: Open, rt: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the change and its event: the account is opened already, with the keys of before."""
    both: Both = await open_both("both")
    world = both.worlds[0]
    rt.singletons["event_follower"] = object()  # as in a process that follows the log and is behind
    known, order = await account_by_id(rt, world.account.id), await world.order()
    with receiving() as receiver:
        monkeypatch.setattr(known.provider, "_notify_url", receiver.url)
        wish = Wish(
            world.store_id, order.id, order.customer_id, "wechat_native", None, "127.0.0.1", new_id().hex
        )
        started = await start(rt, wish, known)
        await both.at_the_platform(api_v3_key="n" * 32)
        assert started.pay is not None
        await both.sandbox.approve(httpx.URL(started.pay.code_url or "").params["prepay_id"])
        (sent,) = receiver.got
    headers = {name.lower(): value for name, value in sent.headers.items()}
    assert (await take_in(rt, known.id, headers, sent.body)).status == 401
    new = NewKeys(api_v3_key="n" * 32)
    await in_transaction(rt.db, lambda conn: replace_keys(conn, rt.sealer, both.mchid, new))
    assert await account_by_id(rt, known.id) is known
    assert (await take_in(rt, known.id, headers, sent.body)).status == 200
    assert await world.status(order) == "paid"
    assert (await account_by_id(rt, known.id)).version == known.version + 1


async def test_a_new_api_certificate_of_the_merchant_is_used_by_all_processes(
    open_both: Open, tmp_path: Path
) -> None:
    """Old payments too: the account that took them is asked about and refunded with the new key."""
    both: Both = await open_both("both")
    ready = await both.ready()
    assert await both.paid(ready) == ["paid", "paid"]
    pem = private_pem(new_key())
    changed = await both.at_the_platform(private_key=pem)
    orders = [(world, await world.order()) for world in both.worlds]
    for world, order in orders:
        assert (await world.start(order)).status_code == 503
    await both.here("--serial", changed["serial_no"], "--private-key", kept(tmp_path, pem))
    for world, order in orders:
        async with asyncio.timeout(10):
            while (await world.start(order)).status_code != 201:
                await world.rt.db.fetchval("SELECT pg_sleep(0.05)")
    world, order, _ = ready[0]
    await world.cancel(order)
    await world.run_jobs()
    await world.sandbox.settle(5)
    assert await world.refunds(order) == [("cancel", "succeeded", 1200)]


@pytest.mark.usefixtures("worker")
async def test_a_worker_that_is_running_follows_new_keys(open_both: Open, tmp_path: Path) -> None:
    """It has the account open with the keys of before; no message helps it, so it must ask with the merchant's new key and
    believe the platform's new one."""
    both: Both = await open_both("public_key")
    world = both.worlds[0]
    await world.sandbox.fault("notify:REFUND", "drop", final=True)
    first, second = await both.ready()
    assert await both.paid([first, second]) == ["paid", "paid"]
    await world.cancel(first[1])
    await until(world, first[1], "succeeded")
    pem = private_pem(new_key())
    changed = await both.at_the_platform(private_key=pem, new_public_key=True)
    await world.cancel(second[1])
    await until(world, second[1], "requested", "SIGN_ERROR")
    await both.here(
        "--serial", changed["serial_no"], "--private-key", kept(tmp_path, pem), "--public-key-id",
        changed["public_key_id"], "--public-key", kept(tmp_path, changed["platform_public_key"]),
    )  # fmt: skip
    await until(world, second[1], "succeeded")


async def test_keys_that_cannot_work_are_refused_and_change_nothing(open_both: Open, rt: Runtime) -> None:
    both: Both = await open_both("both")
    for new in (
        NewKeys(api_v3_key="short"),
        NewKeys(private_key=private_pem(new_key())),
        NewKeys(serial="1" * 40, private_key="no key"),
        NewKeys(public_key_id="PUB_KEY_ID_1", public_key="no key"),
        NewKeys(public_key_id="PUB_KEY_ID_1"),
    ):
        with pytest.raises(ValueError, match=r"key|PEM|load"):
            await in_transaction(rt.db, lambda conn, new=new: replace_keys(conn, rt.sealer, both.mchid, new))
    nobody = NewKeys(api_v3_key="k" * 32)
    assert await in_transaction(rt.db, lambda conn: replace_keys(conn, rt.sealer, "1", nobody)) == 0
    assert await both.paid(await both.ready()) == ["paid", "paid"]
