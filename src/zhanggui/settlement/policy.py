"""What a store agreed with the provider, and how it pays people."""

from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement

LOAD = statement(
    "settlement.policy.load",
    """
    SELECT max_ratio, frozen_days, advance_refunds, withdraw_min, withdraw_max, withdraw_daily
    FROM settlement_policy WHERE store_id = $1
    """,
)
SAVE = statement(
    "settlement.policy.save",
    """
    INSERT INTO settlement_policy (store_id, max_ratio, frozen_days, advance_refunds, withdraw_min, withdraw_max,
                                   withdraw_daily, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (store_id) DO UPDATE SET max_ratio = $2, frozen_days = $3, advance_refunds = $4, withdraw_min = $5,
      withdraw_max = $6, withdraw_daily = $7, updated_at = $8
    """,
)


class Policy(msgspec.Struct, frozen=True):
    """Ratio in ten-thousandths, amounts in fen. The platform's own figures unless the store agreed on others."""

    max_ratio: int = 3000
    frozen_days: int = 30
    advance_refunds: bool = False
    withdraw_min: int = 100
    withdraw_max: int = 20_000
    withdraw_daily: int = 3


async def load_policy(conn: Connection, store_id: UUID) -> Policy:
    """The store's policy; the usual one until it saved its own."""
    row = await conn.fetchrow(LOAD, store_id)
    return msgspec.convert(dict(row), Policy) if row else Policy()


async def save_policy(conn: Connection, store_id: UUID, policy: Policy) -> None:
    """Keep it; what was planned before stays as it was planned."""
    await conn.execute(SAVE, store_id, *msgspec.structs.astuple(policy), clock.now())
