"""Idempotency keys: the same key with the same body answers what it answered first; another body is refused."""

import hashlib
from typing import Any
from uuid import UUID

from litestar.params import HeaderParameter

from zhanggui.core import clock
from zhanggui.core.db import Connection, json_bytes, statement
from zhanggui.core.errors import ShopError

HEADER = "Idempotency-Key"
NO_STORE = UUID(int=0)
"""Stands for the store of what belongs to a buyer alone, such as an address."""

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


def key_parameter() -> Any:
    """Annotation of a handler's argument, `Annotated[str, key_parameter()]`: the required header, 8–64 characters."""
    return HeaderParameter(name=HEADER, min_length=8, max_length=64)


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


async def answer(conn: Connection, store_id: UUID, owner_id: UUID, key: str, result: Any) -> None:
    """Store what the first request is answered, in the same transaction as what it did."""
    await conn.execute(ANSWER, store_id, owner_id, key, result)
