"""The end of a freeze: said beforehand, and settled by itself before the provider unfreezes on its own.

What an order that is not completed by then would have shared through the provider stays the merchant's: nothing of it can be
split afterwards. A person's balance needs no frozen money and is credited at completion as ever.
"""

from datetime import timedelta
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.settlement import desk
from zhanggui.settlement.carry_out import Refused, unfreeze
from zhanggui.settlement.payer import payer_of
from zhanggui.settlement.records import (
    FREEZE_ENDING,
    FREEZE_OVER,
    SplitRecord,
    load_shares,
    lock_split,
    move_split,
)

SETTLED_BEFORE = timedelta(hours=1)
"""The end: what is not split by then will not be."""
AGAIN = timedelta(hours=1)
DROP = statement(
    "settlement.freeze.drop",
    """
    UPDATE split_share SET state = 'void', fail_reason = $3
    WHERE store_id = $1 AND split_id = $2 AND state = 'planned' AND payout = 'sharing'
    """,
)


async def watch(rt: Runtime, store_id: UUID, split_id: UUID) -> None:
    """Warn, and at the end let go of what was not split; safe to run again. Raises Later until nothing is open."""
    split = await in_transaction(rt.db, lambda conn: _look(conn, store_id, split_id))
    if split is None or split.freeze_until is None:
        return
    left = split.freeze_until - SETTLED_BEFORE - clock.now()
    if left > timedelta():
        raise Later(left, "the freeze ends")
    if split.state == "held":
        await _let_go(rt, store_id, split)
        return
    if (
        split.state == "stuck"
    ):  # nobody did anything about it, and nothing can be done when the freeze is over
        await desk.finish(rt, store_id, split_id, FREEZE_OVER)
    raise Later(AGAIN, "the last shares are under way")


async def _look(conn: Connection, store_id: UUID, split_id: UUID) -> SplitRecord | None:
    """The split if something of it is still frozen and open; the warning is given here."""
    split = await lock_split(conn, store_id, split_id)
    if split is None or split.freeze_until is None or split.unfrozen_at is not None:
        return None
    if split.state in {"done", "void"}:
        return None
    if split.state == "held" and clock.now() < split.freeze_until - SETTLED_BEFORE:
        await move_split(conn, store_id, split, "held", error=FREEZE_ENDING)
    return split


async def _let_go(rt: Runtime, store_id: UUID, split: SplitRecord) -> None:
    async def drop(conn: Connection) -> bool:
        now = await lock_split(conn, store_id, split.id)
        if now is None or now.state != "held":
            return False
        await conn.execute(DROP, store_id, split.id, FREEZE_OVER)
        return True

    async def end(conn: Connection) -> None:
        now = await lock_split(conn, store_id, split.id)
        if now is None or now.state != "held":
            return
        shares = await load_shares(conn, store_id, split.id)
        to = "held" if any(s.state == "planned" for s in shares) else "void"
        await move_split(conn, store_id, now, to, error=FREEZE_OVER, unfrozen=True)

    if not await in_transaction(rt.db, drop):
        raise Later(AGAIN, "completed at the last moment")
    try:
        await unfreeze(await payer_of(rt, store_id, split.account_id), split)
    except Refused as fault:
        over = split.freeze_until or clock.now()
        if clock.now() < over:  # then the provider does it by itself
            raise Later(over - clock.now(), f"refused: {fault.code}") from fault
    await in_transaction(rt.db, end)
