"""What the platform took against what the shop knows: payment by payment, to the fen."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from bench import books
from bench.faults_buyers import Told
from bench.faults_setting import Town
from bench.goods import runtime
from bench.stage import Stage
from zhanggui.core.db import Connection
from zhanggui.ledger.proof import prove

ATTEMPTS = """
    SELECT a.id, a.order_id, a.status, a.amount, a.paid_amount, o.status AS order_status, o.total, o.paid_amount AS order_paid,
      o.refunded_amount,
      (SELECT coalesce(sum(r.amount), 0)::bigint FROM refund r
       WHERE r.store_id = a.store_id AND r.attempt_id = a.id AND r.status = 'succeeded') AS refunded
    FROM payment_attempt a JOIN sales_order o ON o.store_id = a.store_id AND o.id = a.order_id WHERE a.store_id = $1
"""
LATE = """
    SELECT count(*) FROM refund WHERE store_id = $1 AND kind IN ('late_payment', 'surplus') AND status = 'succeeded'
"""
OPEN = """
    SELECT (SELECT count(*) FROM sales_order WHERE store_id = ANY($1::uuid[]) AND status = 'closing')
         + (SELECT count(*) FROM refund WHERE store_id = ANY($1::uuid[]) AND status IN ('requested', 'processing'))
"""
PAID = ("paid", "preparing", "fulfilled", "completed")


@dataclass
class Truth:
    """The figures. `lost`: taken by the platform, neither an order paid by it nor given back. `invented`: paid here only.

    `uneven`: orders of which the platform holds another amount than the shop says.
    """

    attempts: int = 0
    paid_at_provider: int = 0
    paid_here: int = 0
    paid_twice: int = 0
    lost: int = 0
    late_refunded: int = 0
    invented: int = 0
    uneven: int = 0
    forged: int = 0
    forged_accepted: int = 0
    unclean: int = 0
    success_rate: float = 0.0


async def _taken(sandbox: httpx.AsyncClient, mchid: str) -> dict[UUID, dict[str, Any]]:
    """Orders that the platform took money for, by our attempt."""
    answer = await sandbox.get("/_sandbox/orders", params={"mchid": mchid, "limit": 1000})
    found = answer.raise_for_status().json()["orders"]
    if len(found) == 1000:
        raise RuntimeError("a merchant has more orders than the sandbox lists: more shops are needed")
    return {UUID(o["out_trade_no"]): o for o in found if o["trade_state"] in ("SUCCESS", "REFUND")}


async def unsettled(one: Stage, town: Town, sandbox: httpx.AsyncClient) -> int:
    """Payments taken that are not known here yet, payments still under way, orders closing and refunds under way."""
    async with runtime(one) as rt:
        left: int = await rt.db.fetchval(OPEN, [shop.id for shop in town.shops])
        for shop, mchid in zip(town.shops, town.mchids, strict=True):
            known = {r["id"] for r in await rt.db.fetch(ATTEMPTS, shop.id) if r["status"] == "succeeded"}
            left += len((await _taken(sandbox, mchid)).keys() - known)
            answer = await sandbox.get("/_sandbox/orders", params={"mchid": mchid, "limit": 1000})
            left += sum(o["trade_state"] == "USERPAYING" for o in answer.json()["orders"])
    return left


async def audit(one: Stage, town: Town, sandbox: httpx.AsyncClient, told: Told) -> Truth:
    """Compare everything, once all is quiet."""
    truth, happy = Truth(attempts=len(told.meant)), set[UUID]()
    async with runtime(one) as rt:
        for shop, mchid in zip(town.shops, town.mchids, strict=True):
            await _compare(rt.db, shop.id, await _taken(sandbox, mchid), truth, happy)
            meant = [order for orders in told.meant.values() for order in orders]
            truth.unclean += not (await books.check(rt.db, shop.id, meant)).clean
            truth.unclean += not (await prove(rt.db, shop.id)).holds
    succeeded = sum(bool(orders) and happy.issuperset(orders) for orders in told.meant.values())
    truth.success_rate = round(succeeded / max(1, len(told.meant)), 5)
    forgeries = (await sandbox.get("/_sandbox/notifications/forgeries")).raise_for_status().json()
    truth.forged = forgeries["sent"] + told.probes
    truth.forged_accepted = forgeries["accepted"] + told.probes_accepted
    return truth


async def _compare(
    db: Connection, store_id: UUID, taken: dict[UUID, dict[str, Any]], truth: Truth, happy: set[UUID]
) -> None:
    """`happy` collects the orders that stand paid."""
    rows = {row["id"]: row for row in await db.fetch(ATTEMPTS, store_id)}
    kept: dict[UUID, int] = {}
    for attempt_id, trade in taken.items():
        truth.paid_at_provider += 1
        row, total = rows.get(attempt_id), trade["amount"]["total"]
        if (
            row is None
            or row["status"] != "succeeded"
            or row["paid_amount"] != total
            or total != row["amount"]
        ):
            truth.lost += 1
            continue
        kept[row["order_id"]] = kept.get(row["order_id"], 0) + total - trade["refunded"]
        whole_back = row["refunded"] == trade["refunded"] == total
        standing = row["order_status"] in PAID and row["order_paid"] - row["refunded_amount"] == row["total"]
        truth.lost += not (standing or whole_back)
        if standing:
            happy.add(row["order_id"])
    for row in {row["order_id"]: row for row in rows.values()}.values():
        held, kept_here = kept.get(row["order_id"], 0), row["order_paid"] - row["refunded_amount"]
        truth.paid_twice += held > row["total"]
        truth.uneven += held != kept_here or kept_here not in (0, row["total"])
    here = {row["id"] for row in rows.values() if row["status"] == "succeeded"}
    truth.paid_here += len(here)
    truth.invented += len(here - taken.keys())
    truth.late_refunded += await db.fetchval(LATE, store_id)
