"""One return in hand, inside one transaction, once per idempotency key: how every endpoint works on it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.returns.records import Taken, take

Step = Callable[[Connection, Taken], Awaitable[Any]]


class Press(NamedTuple):
    """A button pressed on a return: by whom, under which idempotency key, what it is called and what came with it."""

    store_id: UUID
    return_id: UUID
    who: UUID
    key: str
    name: str
    body: Any


async def once(rt: Runtime, press: Press, step: Step) -> None:
    """Do `step` on a return of the store; pressing again with the same key and body changes nothing.

    Raises 404, 409 `idempotency_key_reused` and what the step raises.
    """
    store_id, return_id, who, key, name, body = press
    print_ = fingerprint(f"returns.{name}", [return_id, body])

    async def work(conn: Connection) -> None:
        if await claim(conn, store_id, who, key, print_) is not None:
            return
        await step(conn, await take(conn, store_id, return_id))
        await answer(conn, store_id, who, key, {"done": name})

    await in_transaction(rt.db, work)


async def of_buyer(rt: Runtime, store_id: UUID, return_id: UUID, customer_id: UUID, step: Step) -> None:
    """Do `step` on a buyer's own return. Raises 404 for another's, and what the step raises."""

    async def work(conn: Connection) -> None:
        await step(conn, await take(conn, store_id, return_id, customer_id=customer_id))

    await in_transaction(rt.db, work)
