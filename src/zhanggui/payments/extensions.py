"""What higher floors add to payments: they put a function here when they are imported, payments call it.

Profit sharing (settlement) decides whether a payment's money is frozen, makes room before a refund, and acts on the
provider's messages about splits and transfers; payments need none of it to work.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from zhanggui.core.db import Connection, Row
from zhanggui.core.runtime import Runtime
from zhanggui.payments.provider import Message
from zhanggui.payments.rules import Decision

FREEZE: list[Callable[[Connection, UUID, UUID], Awaitable[bool]]] = []
"""(conn, store, order): whether the order's payment is to be shared, so that the provider keeps its money frozen."""

BEFORE_REFUND: list[Callable[[Runtime, UUID, Row], Awaitable[bool]]] = []
"""(rt, store, refund as `load_refund` answers it): makes the order's own money ready to go back.

Answers whether the merchant's available balance pays instead. Raises core.jobs.Later while it has to wait.
"""

ON_MESSAGE: dict[str, Callable[[Runtime, UUID, Message], Awaitable[Decision]]] = {}
"""Kind of message (its prefix) → what acts on it in the store; it is safe to call again."""


ASK_AGAIN: dict[str, Callable[[Runtime, UUID, UUID], Awaitable[str]]] = {}
"""Kind of a call → asks the provider how its subject (store, id) stands, acts on the answer, and says in a word what came of
it. Safe to call again. Raises core.jobs.Later while it is under way."""


async def is_frozen(conn: Connection, store_id: UUID, order_id: UUID) -> bool:
    """Whether any extension wants the money of this order's payment frozen."""
    return any([await wants(conn, store_id, order_id) for wants in FREEZE])


async def make_room(rt: Runtime, store_id: UUID, refund: Row) -> bool:
    """Let the extensions make the money ready; whether the merchant's available balance pays. Raises Later."""
    return any([await ready(rt, store_id, refund) for ready in BEFORE_REFUND])


async def act_on(rt: Runtime, store_id: UUID, message: Message) -> Decision:
    """What an extension makes of a message that payments know nothing about."""
    for prefix, act in ON_MESSAGE.items():
        if message.kind.startswith(prefix):
            return await act(rt, store_id, message)
    return Decision("known", "not_ours")
