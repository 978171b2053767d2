"""Runs and differences in the console."""

from datetime import date
from typing import Any
from uuid import UUID

from tests.support.api import Api
from zhanggui.core import clock
from zhanggui.core.ids import new_id

DAY = date(2026, 11, 20)


async def found(api: Api, **difference: Any) -> tuple[UUID, UUID]:
    """A store with a run and one difference: (store, difference)."""
    store, account, one, now = await api.store(), new_id(), new_id(), clock.now()
    db = api.rt.db
    await db.execute(
        "INSERT INTO payment_account (store_id, id, provider, appid, mchid, sealed, created_at)"
        " VALUES ($1, $2, 'wechat_pay', 'wx1', '1900000777', '', $3)",
        store,
        account,
        now,
    )
    await db.execute(
        "INSERT INTO bill_run (store_id, id, account_id, bill_date, status, payments, paid, found, started_at, finished_at)"
        " VALUES ($1, $2, $3, $4, 'differences', 3, 9000, 1, $5, $5)",
        store,
        new_id(),
        account,
        DAY,
        now,
    )
    values = {
        "subject": "payment",
        "number": "x" * 32,
        "kind": "amount",
        "ours": 1200,
        "theirs": 1300,
        **difference,
    }
    names = list(values)
    await db.execute(
        f"INSERT INTO bill_difference (store_id, id, account_id, bill_date, status, found_at, {', '.join(names)})"
        f" VALUES ($1, $2, $3, $4, 'open', $5, {', '.join(f'${n + 6}' for n in range(len(names)))})",
        store,
        one,
        account,
        DAY,
        now,
        *values.values(),
    )
    return store, one


async def test_runs_and_differences_are_listed(api: Api) -> None:
    store, one = await found(api)
    manager = await api.staff(store, "manager")
    runs = (await manager.get("/reconciliation/runs")).json()
    assert runs["open"] == 1
    assert [(r["mchid"], r["bill_date"], r["status"], r["open"]) for r in runs["items"]] == [
        ("1900000777", "2026-11-20", "differences", 1)
    ]
    for params in ({}, {"status": "open"}, {"kind": "amount"}, {"bill_date": "2026-11-20"}):
        (item,) = (await manager.get("/reconciliation/differences", params=params)).json()["items"]
        assert (item["id"], item["correction"], item["can_finish"]) == (str(one), 100, False)
    for params in ({"status": "adjusted"}, {"kind": "fee"}, {"bill_date": "2026-11-21"}):
        assert (await manager.get("/reconciliation/differences", params=params)).json()["items"] == []
    assert (await manager.get("/reconciliation/differences", params={"kind": "luck"})).status_code == 400


async def test_an_adjustment_names_who_and_why_and_is_posted_once(api: Api, key: str) -> None:
    store, one = await found(api)
    owner = await api.staff(store)
    path = f"/reconciliation/differences/{one}/adjust"
    assert (await owner.post(path, {"reason": ""}, key=key)).status_code == 400
    answers = [await owner.post(path, {"reason": "平台多收一元，已核对"}, key=key) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200]
    settled = answers[1].json()
    assert (settled["status"], settled["resolved_by"], settled["reason"]) == (
        "adjusted",
        "店员",
        "平台多收一元，已核对",
    )
    (entry,) = (await owner.get("/ledger/entries")).json()["items"]
    assert (entry["kind"], entry["amount"], entry["actor_name"], entry["reason"]) == (
        "adjustment",
        100,
        "店员",
        "平台多收一元，已核对",
    )
    again = await owner.post(path, {"reason": "又一次"}, key=str(new_id()))
    assert (again.status_code, again.json()["code"]) == (409, "difference_settled")
    other = await owner.post(path, {"reason": "别的"}, key=key)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_what_cannot_be_finished_says_so(api: Api, key: str) -> None:
    store, one = await found(api, kind="missing_here", ours=None)
    owner = await api.staff(store)
    refused = await owner.post(f"/reconciliation/differences/{one}/finish")
    assert (refused.status_code, refused.json()["code"]) == (409, "difference_not_finishable")
    assert "调账" in refused.json()["detail"]
    missing = await owner.post(f"/reconciliation/differences/{new_id()}/finish")
    assert missing.status_code == 404
    missing = await owner.post(f"/reconciliation/differences/{new_id()}/adjust", {"reason": "x"}, key=key)
    assert missing.status_code == 404


async def test_who_may_settle(api: Api, key: str) -> None:
    store, one = await found(api)
    manager, clerk = await api.staff(store, "manager"), await api.staff(store, "clerk")
    assert (
        await manager.post(f"/reconciliation/differences/{one}/adjust", {"reason": "x"}, key=key)
    ).status_code == 403
    assert (await clerk.get("/reconciliation/runs")).status_code == 403


async def test_a_day_is_run_again_on_demand(api: Api) -> None:
    store, _ = await found(api)
    owner = await api.staff(store)
    run = (await owner.get("/reconciliation/runs")).json()["items"][0]
    for _ in range(2):
        assert (await owner.post(f"/reconciliation/runs/{run['id']}/again")).status_code == 204
    waiting = await api.rt.db.fetchval(
        "SELECT count(*) FROM job WHERE store_id = $1 AND kind = 'reconciliation.day' AND state = 'waiting'",
        store,
    )
    assert waiting == 1
    assert (await owner.post(f"/reconciliation/runs/{new_id()}/again")).status_code == 404
