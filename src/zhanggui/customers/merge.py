"""What happens to a guest who turns out to be a buyer."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement

# Called in the sign-in transaction with (conn, guest_id, buyer_id). Higher floors append themselves when imported
# (the cart moves its lines), because imports go down only.
ON_MERGE: list[Callable[[Connection, UUID, UUID], Awaitable[None]]] = []

BECOME = statement(
    "customers.merge.become",
    """
    UPDATE customer SET merged_into = $2
    WHERE customer_id = $1 AND guest AND merged_into IS NULL RETURNING customer_id
    """,
)
END_SESSIONS = statement(
    "customers.merge.end_sessions",
    "UPDATE customer_session SET revoked_at = $2 WHERE customer_id = $1 AND revoked_at IS NULL",
)


async def merge_guest(conn: Connection, guest_id: UUID, buyer_id: UUID) -> bool:
    """Let the guest become the buyer, once; False when there is no such guest (any more)."""
    if await conn.fetchval(BECOME, guest_id, buyer_id) is None:
        return False
    await conn.execute(END_SESSIONS, guest_id, clock.now())
    for moved in ON_MERGE:
        await moved(conn, guest_id, buyer_id)
    return True
