"""Changing what a store leaves to rules, over the version that was read."""

from uuid import UUID

import asyncpg
import msgspec

from zhanggui.core import clock
from zhanggui.core.db import statement
from zhanggui.core.errors import ShopError
from zhanggui.core.runtime import Runtime
from zhanggui.returns.policy import Policy

FIRST = statement(
    "returns.policy.first",
    "INSERT INTO return_policy (store_id, policy, version, updated_at) VALUES ($1, $2, 1, $3) RETURNING version",
)
NEXT = statement(
    "returns.policy.next",
    """
    UPDATE return_policy SET policy = $2, version = version + 1, updated_at = $3
    WHERE store_id = $1 AND version = $4 RETURNING version
    """,
)


async def set_policy(rt: Runtime, store_id: UUID, policy: Policy, version: int) -> None:
    """Replace the rules. Raises 409 `policy_stale` when somebody else was faster."""
    document, now = msgspec.to_builtins(policy), clock.now()
    if version == 0:
        try:
            await rt.db.fetchval(FIRST, store_id, document, now)
        except asyncpg.UniqueViolationError as fault:
            raise ShopError("policy_stale", 409, field="version") from fault
    elif await rt.db.fetchval(NEXT, store_id, document, now, version) is None:
        raise ShopError("policy_stale", 409, field="version")
