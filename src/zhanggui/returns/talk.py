"""The conversation about a return, in order, from both sides and the platform."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.errors import ShopError
from zhanggui.orders.rules import Actor
from zhanggui.returns.moves import announce
from zhanggui.returns.records import Taken
from zhanggui.returns.shapes import SayInput

MOST = 200

NEXT = statement(
    "returns.talk.next",
    """
    UPDATE return_request SET messages = messages + 1, updated_at = $3 WHERE store_id = $1 AND id = $2 RETURNING messages
    """,
)
INSERT = statement(
    "returns.talk.insert",
    """
    INSERT INTO return_message (store_id, return_id, seq, side, author_id, author, body, picture_ids, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """,
)
OF_RETURN = statement(
    "returns.talk.of_return",
    """
    SELECT seq, side, author, body, picture_ids, at FROM return_message WHERE store_id = $1 AND return_id = $2 ORDER BY seq
    """,
)


async def say(
    conn: Connection,
    taken: Taken,
    actor: Actor,
    side: Literal["buyer", "merchant", "platform"],
    words: SayInput,
) -> int:
    """Add a line; returns its number. The row is locked, so numbers run without gaps in the order of commits.

    Raises 422 `message_empty`, 409 `return_state` when it is over, `conversation_full`.
    """
    request = taken.request
    if not words.text.strip() and not words.picture_ids:
        raise ShopError("message_empty", 422, field="text")
    if request.finished_at is not None and request.status != "rejected":
        raise ShopError("return_state", 409, data={"status": request.status})
    if request.messages >= MOST:
        raise ShopError("conversation_full", 409)
    if actor.id is None:
        raise ValueError("somebody says it")
    now = clock.now()
    seq = await conn.fetchval(NEXT, request.store_id, request.id, now)
    await conn.execute(
        INSERT,
        request.store_id,
        request.id,
        seq,
        side,
        actor.id,
        actor.name,
        words.text.strip(),
        words.picture_ids,
        now,
    )
    await announce(conn, request, "return.message")
    return seq


async def messages_of(conn: Connection, store_id: UUID, return_id: UUID) -> Sequence[Row]:
    """seq, side, author, body, picture_ids, at; oldest first."""
    return await conn.fetch(OF_RETURN, store_id, return_id)
