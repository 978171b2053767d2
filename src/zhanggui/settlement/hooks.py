"""What settlement adds to payments; importing this module is enough."""

from uuid import UUID

from zhanggui.core.db import statement
from zhanggui.core.runtime import Runtime
from zhanggui.payments.extensions import ASK_AGAIN, BEFORE_REFUND, FREEZE, ON_MESSAGE
from zhanggui.payments.refund_steps import step
from zhanggui.settlement.carry_out import carry_out
from zhanggui.settlement.give_back import make_room
from zhanggui.settlement.plan import wants_freeze
from zhanggui.settlement.split_result import split_told
from zhanggui.settlement.transfer import carry_on
from zhanggui.settlement.transfer_result import told

REFUND_OF = statement(
    "settlement.hooks.refund_of", "SELECT refund_id FROM split_return WHERE store_id = $1 AND id = $2"
)


async def _split(rt: Runtime, store_id: UUID, split_id: UUID) -> str:
    await carry_out(rt, store_id, split_id)
    return "split"


async def _given_back(rt: Runtime, store_id: UUID, return_id: UUID) -> str:
    """A share is given back for a refund, which goes on with it."""
    refund_id = await rt.db.fetchval(REFUND_OF, store_id, return_id)
    if refund_id is not None:
        await step(rt, store_id, refund_id)
    return "give_back"


async def _transfer(rt: Runtime, store_id: UUID, withdrawal_id: UUID) -> str:
    await carry_on(rt, store_id, withdrawal_id)
    return "transfer"


FREEZE.append(wants_freeze)
BEFORE_REFUND.append(make_room)
ON_MESSAGE["PROFITSHARING"] = split_told
ON_MESSAGE["MCHTRANSFER.BILL."] = told
for kinds, ask in (
    (("split", "query_split", "unfreeze"), _split),
    (("give_back", "query_give_back"), _given_back),
    (("transfer", "query_transfer"), _transfer),
):
    ASK_AGAIN.update(dict.fromkeys(kinds, ask))
