"""News of a split (分账动账通知): a reason to ask at once what came of it, not proof of it.

A message names one receiver's part only, and the platform sends it where the merchant set an address for it in the platform's
own console, or not at all; so what is believed comes from the query, and without news the query comes by its own schedule.
"""

from uuid import UUID

from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.jobs import NewJob, enqueue, hurry
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import Message
from zhanggui.payments.rules import Decision

SPLIT = statement(
    "settlement.split_result.split",
    "SELECT transaction_id, state FROM order_split WHERE store_id = $1 AND id = $2",
)
WAITING = statement(
    "settlement.split_result.waiting",
    """
    SELECT DISTINCT refund_id FROM split_return
    WHERE store_id = $1 AND split_id = $2 AND state = 'requested' ORDER BY refund_id
    """,
)


async def split_told(rt: Runtime, store_id: UUID, message: Message) -> Decision:
    """A notification about a split of this store (payments.extensions.ON_MESSAGE): its query is due now."""
    number = str(message.body.get("out_order_no", ""))
    try:
        split_id = UUID(hex=number[:32])
    except ValueError:
        return Decision("known", "not_ours")

    async def work(conn: Connection) -> Decision:
        row = await conn.fetchrow(SPLIT, store_id, split_id)
        if row is None:
            return Decision("known", "not_ours")
        if row["transaction_id"] != message.body.get("transaction_id"):
            return Decision("refused", "transaction_id")
        if row["state"] == "due":  # one query for all parts of a call, however many messages come
            key, payload = f"{split_id}/told/{number[32:]}", {"split_id": str(split_id)}
            await enqueue(conn, [NewJob(store_id, "settlement.split", key, payload)])
        refunds = [str(r["refund_id"]) for r in await conn.fetch(WAITING, store_id, split_id)]
        await hurry(conn, store_id, "payments.refund", refunds)
        return Decision("known")

    return await in_transaction(rt.db, work)
