"""What settlement does by itself: planning at payment, splitting after completion, watching freezes, transfers."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.jobs import Job, NewJob, enqueue, handles, on_event
from zhanggui.core.runtime import Runtime
from zhanggui.payments.keys import KEYS_REPLACED
from zhanggui.settlement import hooks
from zhanggui.settlement.agreed import KIND, learn_daily
from zhanggui.settlement.carry_out import carry_out
from zhanggui.settlement.freeze import watch
from zhanggui.settlement.give_back import follow
from zhanggui.settlement.plan import order_cancelled, order_completed, plan_split
from zhanggui.settlement.receivers import register, unregister
from zhanggui.settlement.rules import NOT_BEFORE
from zhanggui.settlement.transfer import carry_on

assert hooks  # noqa: S101  # importing it puts settlement's functions into payments.extensions


@on_event("order.paid", kind="settlement.plan")
async def paid(rt: Runtime, job: Job) -> None:
    """Fix who gets what of a payment."""
    await plan_split(rt, job.store_id, UUID(job.payload["entity_id"]))


@on_event("order.completed", kind="settlement.completed")
async def completed(rt: Runtime, job: Job) -> None:
    """A completed order's payment is due to be split. It may have been completed before its plan was made."""
    order_id = UUID(job.payload["entity_id"])
    await plan_split(rt, job.store_id, order_id)

    async def work(conn: Connection) -> None:
        moved = await order_completed(conn, job.store_id, order_id)
        await enqueue(
            conn,
            [
                NewJob(
                    job.store_id,
                    "settlement.split",
                    str(row["id"]),
                    {"split_id": str(row["id"])},
                    row["created_at"] + NOT_BEFORE,
                )
                for row in moved
            ],
        )

    await in_transaction(rt.db, work)


@on_event("order.cancelled", kind="settlement.cancelled")
async def cancelled(rt: Runtime, job: Job) -> None:
    """Nothing of a cancelled order is shared."""
    order_id = UUID(job.payload["entity_id"])
    await in_transaction(rt.db, lambda conn: order_cancelled(conn, job.store_id, order_id))


@handles("settlement.split")
async def split(rt: Runtime, job: Job) -> None:
    """Split a payment and unfreeze the rest."""
    await carry_out(rt, job.store_id, UUID(job.payload["split_id"]))


@handles("settlement.deadline")
async def deadline(rt: Runtime, job: Job) -> None:
    """Say that a freeze is about to end, and let go in time of what was not split."""
    await watch(rt, job.store_id, UUID(job.payload["split_id"]))


@handles("settlement.return")
async def late_return(rt: Runtime, job: Job) -> None:
    """Book what is given back after the merchant has paid it."""
    await follow(rt, job.store_id, UUID(job.payload["return_id"]))


@on_event(KEYS_REPLACED, kind="settlement.account")
async def account_saved(rt: Runtime, job: Job) -> None:
    """The store has another account, or its account other keys: what may be shared is read again."""
    await learn_daily(rt, job.store_id)


@handles(KIND)
async def ask_daily(rt: Runtime, job: Job) -> None:
    """What may be shared is read once a day."""
    await learn_daily(rt, job.store_id)


@handles("settlement.unregister")
async def drop_receiver(rt: Runtime, job: Job) -> None:
    """Tell the provider that nobody shares with a receiver any more."""
    await unregister(rt, job.store_id, UUID(job.payload["receiver_id"]))


@handles("settlement.register")
async def add_receiver(rt: Runtime, job: Job) -> None:
    """Tell the provider of a receiver."""
    await register(rt, job.store_id, UUID(job.payload["receiver_id"]))


@handles("settlement.transfer")
async def transfer(rt: Runtime, job: Job) -> None:
    """Make and follow the transfer of an approved withdrawal."""
    await carry_on(rt, job.store_id, UUID(job.payload["withdrawal_id"]))
