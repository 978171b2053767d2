"""Idempotency keys: the same key with the same body answers what it answered first; another body is refused."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from litestar.params import HeaderParameter

from zhanggui.core import clock
from zhanggui.core.db import Connection, json_bytes, statement
from zhanggui.core.errors import ShopError

HEADER = "Idempotency-Key"
NO_STORE = UUID(int=0)
"""Stands for the store of what belongs to a buyer alone, such as an address."""

Key = Annotated[str, HeaderParameter(name=HEADER, min_length=8, max_length=64)]
"""A handler's argument `idempotency_key`: the required header."""

INSERT = statement(
    "core.idempotency.claim",
    """
    INSERT INTO idempotency_key (store_id, owner_id, key, fingerprint, result, created_at)
    VALUES ($1, $2, $3, $4, 'null', $5) ON CONFLICT DO NOTHING RETURNING key
    """,
)
KNOWN = statement(
    "core.idempotency.known",
    "SELECT fingerprint, result FROM idempotency_key WHERE store_id = $1 AND owner_id = $2 AND key = $3",
)
ANSWER = statement(
    "core.idempotency.answer",
    "UPDATE idempotency_key SET result = $4 WHERE store_id = $1 AND owner_id = $2 AND key = $3",
)


class Asked(NamedTuple):
    """Who asked for what under which key: `print_` as `fingerprint` makes it."""

    store_id: UUID
    owner_id: UUID
    key: str
    print_: bytes


def fingerprint(operation: str, body: Any) -> bytes:
    """SHA-256 over the operation's name and its typed body."""
    return hashlib.sha256(operation.encode() + b"\x00" + json_bytes(body)).digest()


async def claim(conn: Connection, store_id: UUID, owner_id: UUID, key: str, print_: bytes) -> Any | None:
    """Take the key in the caller's transaction: None when it is new, otherwise the stored first answer.

    A concurrent holder of the same key is waited for (its row is locked until it commits). Raises 409
    `idempotency_key_reused` when the key was used for another body.
    """
    if await conn.fetchval(INSERT, store_id, owner_id, key, print_, clock.now()):
        return None
    row = await conn.fetchrow(KNOWN, store_id, owner_id, key)
    if row is None or row["fingerprint"] != print_:
        raise ShopError("idempotency_key_reused", 409, field=HEADER)
    return row["result"]


async def is_new(conn: Connection, asked: Asked) -> bool:
    """Whether nothing was answered under the key yet: for what is asked of others before the transaction that claims it."""
    return await conn.fetchrow(KNOWN, asked.store_id, asked.owner_id, asked.key) is None


async def answer(conn: Connection, store_id: UUID, owner_id: UUID, key: str, result: Any) -> None:
    """Store what the first request is answered, in the same transaction as what it did."""
    await conn.execute(ANSWER, store_id, owner_id, key, result)


async def made_once(conn: Connection, asked: Asked | None, make: Callable[[], Awaitable[UUID]]) -> UUID:
    """The id of what `make` makes in the caller's transaction; asked again it is the first one's, and nothing is made.

    None: nobody can ask twice (the demo, a sheet). Raises as `claim` and what `make` raises; then the key stays free.
    """
    if asked is None:
        return await make()
    known = await claim(conn, *asked)
    if known is not None:
        return UUID(known["id"])
    made = await make()
    await answer(conn, asked.store_id, asked.owner_id, asked.key, {"id": made})
    return made
