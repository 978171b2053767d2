"""Several shops with accounts at one sandbox, and what the sandbox is told to do wrong."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from bench.goods import Shop, buyers, open_shop, runtime
from bench.stage import Stage
from zhanggui.core import clock
from zhanggui.core.ids import new_id
from zhanggui.payments.accounts import provision

ALIVE = httpx.Limits(keepalive_expiry=2)  # before the sandbox's server lets go of an idle connection
PER_STORE = 600  # the sandbox lists a thousand orders of a merchant
SPEED = 20  # platform seconds in a second: a retry after 15 s comes within one
# What goes wrong, how often: (target, kind, probability, more).
FAULTS: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    ("notify", "drop", 0.12, {}),
    ("notify", "drop", 0.05, {"final": True}),
    ("notify", "duplicate", 0.10, {}),
    ("notify", "delay", 0.10, {"seconds": 30}),
    ("notify", "reorder", 0.10, {"seconds": 60}),
    ("notify", "bad_signature", 0.04, {}),
    ("notify", "forge_key", 0.04, {}),
    ("notify", "wrong_amount", 0.04, {}),
    ("notify", "wrong_facts", 0.02, {"facts": {"mchid": "1900009999", "combine_mchid": "1900009999"}}),
    ("notify", "same_nonce", 0.02, {}),
    ("/v3/", "http_500", 0.02, {}),
    ("/v3/", "http_500", 0.01, {"stage": "after"}),
    ("/v3/", "system_error", 0.02, {}),
    ("/v3/", "system_error", 0.01, {"stage": "after"}),
    ("/v3/", "http_429", 0.02, {}),
    ("/v3/", "drop", 0.02, {}),
    ("/v3/", "bad_signature", 0.01, {}),
    ("/v3/pay/transactions/out-trade-no", "wrong_amount", 0.01, {}),
    ("/v3/combine-transactions/out-trade-no", "wrong_amount", 0.01, {}),
    ("/v3/", "delay", 0.02, {"seconds": 1}),
    ("/v3/", "timeout", 0.002, {"seconds": 11}),
)


@dataclass(frozen=True)
class Town:
    """The shops, their merchants' numbers, the buyers with their tokens, where the sandbox is."""

    shops: list[Shop]
    mchids: list[str]
    accounts: list[UUID]
    tokens: list[str]
    purchases: int
    sandbox_url: str

    @asynccontextmanager
    async def sandbox(self) -> AsyncGenerator[httpx.AsyncClient]:
        """Its control API."""
        async with httpx.AsyncClient(
            base_url=self.sandbox_url, trust_env=False, timeout=60, limits=ALIVE
        ) as http:
            yield http


async def build(one: Stage, sandbox_url: str, purchases: int) -> Town:
    """As many shops as the purchases need, each a merchant of its own; buyers known to WeChat."""
    async with runtime(one) as rt:
        shops: list[Shop] = []
        mchids: list[str] = []
        accounts: list[UUID] = []
        for _ in range(max(3, purchases * 13 // 10 // PER_STORE + 1)):
            shops.append(await open_shop(rt, 10))
            account = await provision(rt, shops[-1].id)
            mchids.append(account.mchid)
            accounts.append(account.id)
        crowd = buyers(rt, purchases)
        appid = await rt.db.fetchval("SELECT appid FROM wechat_app ORDER BY created_at LIMIT 1")
        await rt.db.execute(
            """
            INSERT INTO customer_identity (customer_id, id, provider, appid, subject, created_at)
            SELECT c, i, 'wechat_mp', $3, 'o' || replace(c::text, '-', ''), $4
            FROM unnest($1::uuid[], $2::uuid[]) AS u (c, i)
            """,
            [customer for customer, _ in crowd],
            [new_id() for _ in crowd],
            appid,
            clock.now(),
        )
    return Town(shops, mchids, accounts, [token for _, token in crowd], purchases, sandbox_url)


async def misbehave(sandbox: httpx.AsyncClient, seed: int) -> None:
    """Put the faults in force and speed up the platform's clock."""
    await sandbox.post("/_sandbox/clock", json={"speed": SPEED})
    await sandbox.post("/_sandbox/faults/seed", json={"seed": seed})
    for target, kind, probability, more in FAULTS:
        order = {"target": target, "kind": kind, "probability": probability, **more}
        (await sandbox.post("/_sandbox/faults", json=order)).raise_for_status()


async def calm(sandbox: httpx.AsyncClient) -> list[int]:
    """No more faults; messages that were lost for good stay lost. Returns how often each of FAULTS struck."""
    struck = (await sandbox.get("/_sandbox/faults")).raise_for_status().json()["faults"]
    (await sandbox.delete("/_sandbox/faults")).raise_for_status()
    return [fault["hits"] for fault in struck]
