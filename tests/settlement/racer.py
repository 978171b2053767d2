"""What a process does in a race for a store's shared money (tests.support.racing).

`split`: a due split is carried out. `refund`: a buyer gets money back. `withdraw`: a person asks for his balance. `transfer`: the
provider is asked to pay it. `told`: news of how a transfer ended. Unguarded, the row locks are taken out and the gap between
reading and writing is widened.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import HANDLERS, Job
from zhanggui.core.runtime import Runtime
from zhanggui.orders.rules import Actor
from zhanggui.payments import jobs as payment_jobs
from zhanggui.payments.refund import NewRefund, request_refunds
from zhanggui.settlement import jobs as settlement_jobs
from zhanggui.settlement import records, transfer, transfer_result, withdrawals
from zhanggui.settlement.carry_out import carry_out
from zhanggui.settlement.transfer_result import TransferFact
from zhanggui.settlement.withdrawals import Ask

assert payment_jobs, settlement_jobs  # importing them registers the handlers
OWN = {"lock": "SELECT id FROM sales_order WHERE store_id = $1 AND id = $2 FOR UPDATE"}


class Task(msgspec.Struct):
    """What to do to which split, order, receiver or withdrawal; fen."""

    way: str
    now: datetime
    store_id: UUID
    id: UUID
    attempt_id: UUID | None = None
    amount: int = 0
    customer_id: UUID | None = None
    openid: str = ""
    state: str = ""


def unguard() -> None:
    """What the code would be without its locks: read, think a while, write without looking again.

    A refund is written while splits think about the refunds that they have read.
    """
    OWN["lock"] = _thinking(OWN["lock"], "SELECT id", 0.3)
    records.LOCK_ORDER = records.LOCK_ORDER.replace("FOR UPDATE", "")
    records.LOCK_SPLIT = records.LOCK_SPLIT.replace("FOR UPDATE", "")
    records.REFUNDED = _thinking(records.REFUNDED, "coalesce(sum(amount), 0)::bigint", 1)
    withdrawals.RECEIVER = withdrawals.RECEIVER.replace("FOR UPDATE", "")
    withdrawals.TODAY = _thinking(withdrawals.TODAY, "count(*)", 0.5)
    withdrawals.LOCK = transfer_result.LOCK = _thinking(withdrawals.LOCK, "SELECT id", 0.5)


def _thinking(sql: str, read: str, seconds: float) -> str:
    assert sql.count(read) == 1
    return sql.replace("FOR UPDATE", "").replace(read, f"{read}, pg_sleep({seconds})")


async def act(rt: Runtime, errand: dict[str, Any]) -> dict[str, Any]:
    task = msgspec.convert(errand, Task)
    if clock.now() < task.now:  # the test's clock has been turned
        clock.turn(task.now - clock.now())
    match task.way:
        case "split":
            await carry_out(rt, task.store_id, task.id)
        case "refund":
            await _refund(rt, task)
        case "withdraw":
            assert task.customer_id
            ask = Ask(task.store_id, task.id, task.customer_id, task.openid, task.amount)
            await withdrawals.request(rt, ask, new_id().hex)
        case "transfer":
            await transfer.carry_on(rt, task.store_id, task.id)
        case _:
            fact = TransferFact(task.id, task.state, "1330", task.amount, None, "")
            return {"code": (await transfer_result.apply(rt, task.store_id, fact)).verdict}
    return {"code": "done"}


async def _refund(rt: Runtime, task: Task) -> None:
    """Ask for it under the order's lock, as everything that refunds does, then run its job."""
    attempt_id = task.attempt_id
    assert attempt_id

    async def work(conn: Connection) -> UUID:
        await conn.fetchval(OWN["lock"], task.store_id, task.id)
        wish = NewRefund(task.id, attempt_id, task.amount, "CNY", "退", "after_sale", Actor("system"))
        return (await request_refunds(conn, task.store_id, [wish]))[0]

    refund_id = await in_transaction(rt.db, work)
    job = Job(task.store_id, new_id(), "payments.refund", "race", {"refund_id": str(refund_id)}, 1)
    await HANDLERS[job.kind](rt, job)
