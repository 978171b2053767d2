"""What people do about a split that is stuck: try again, or leave what cannot be paid to the merchant."""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError, not_found
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.runtime import Runtime
from zhanggui.settlement.records import SplitRecord, lock_split, move_split

PLAN_AGAIN = statement(
    "settlement.desk.plan_again",
    """
    UPDATE split_share SET state = 'planned', amount = 0, batch = NULL, out_order_no = NULL, fail_reason = NULL
    WHERE store_id = $1 AND split_id = $2 AND state = 'closed'
    """,
)
LEAVE = statement(
    "settlement.desk.leave",
    """
    UPDATE split_share SET state = 'void' WHERE store_id = $1 AND split_id = $2 AND state IN ('closed', 'planned')
    """,
)


async def retry(rt: Runtime, store_id: UUID, split_id: UUID) -> None:
    """Ask the provider again for what it refused or closed, under new numbers. Raises 404, 409 `wrong_state`."""
    await _again(rt, store_id, split_id, PLAN_AGAIN)


async def finish(rt: Runtime, store_id: UUID, split_id: UUID, error: str | None = None) -> None:
    """Give up what could not be paid: the rest is unfrozen for the merchant. Raises 404, 409 `wrong_state`.

    `error` says why, when nobody decided it.
    """
    await _again(rt, store_id, split_id, LEAVE, error)


async def _again(rt: Runtime, store_id: UUID, split_id: UUID, change: str, error: str | None = None) -> None:
    async def work(conn: Connection) -> None:
        split: SplitRecord | None = await lock_split(conn, store_id, split_id)
        if split is None:
            raise not_found("split")
        if split.state == "due":
            return
        if split.state != "stuck":
            raise ShopError("wrong_state", 409)
        await conn.execute(change, store_id, split_id)
        await move_split(conn, store_id, split, "due", error=error, tries=0, round_=split.round + 1)
        key = f"{split_id}/{split.round + 1}"
        await enqueue(conn, [NewJob(store_id, "settlement.split", key, {"split_id": str(split_id)})])

    await in_transaction(rt.db, work)
