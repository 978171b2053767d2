"""Quota of one-time subscriptions: each consent the buyer gives allows one message of that template."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement

ADD = statement(
    "messaging.consents.add",
    """
    INSERT INTO message_quota (customer_id, template_id, remaining, updated_at)
    SELECT $1, template_id, 1, $3 FROM unnest($2::text[]) AS t (template_id)
    ON CONFLICT (customer_id, template_id) DO UPDATE
      SET remaining = least(message_quota.remaining + 1, 20), updated_at = excluded.updated_at
    """,
)
TAKE = statement(
    "messaging.consents.take",
    """
    UPDATE message_quota SET remaining = remaining - 1, updated_at = $3
    WHERE customer_id = $1 AND template_id = $2 AND remaining > 0 RETURNING remaining
    """,
)


async def add(conn: Connection, customer_id: UUID, template_ids: Sequence[str]) -> None:
    """Note one consent for each template (the same one twice in a call counts once, as on the platform)."""
    await conn.execute(ADD, customer_id, sorted(set(template_ids)), clock.now())


async def take(conn: Connection, customer_id: UUID, template_id: str) -> bool:
    """Use one consent up; False when there is none."""
    return await conn.fetchval(TAKE, customer_id, template_id, clock.now()) is not None
