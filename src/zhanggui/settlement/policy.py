"""What a store agreed with the provider, and how it pays people."""

from datetime import datetime
from uuid import UUID

import msgspec

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement

LOAD = statement(
    "settlement.policy.load",
    """
    SELECT max_ratio, frozen_days, advance_refunds, withdraw_min, withdraw_max, withdraw_daily, agreed_ratio, agreed_at
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
    """Ratio in ten-thousandths, amounts in fen. The platform's own figures unless the store agreed on others.

    `agreed_ratio` is what the provider said (at `agreed_at`, UTC) may be shared at most; null until it said anything.
    """

    max_ratio: int = 3000
    frozen_days: int = 30
    advance_refunds: bool = False
    withdraw_min: int = 100
    withdraw_max: int = 20_000
    withdraw_daily: int = 3
    agreed_ratio: int | None = None
    agreed_at: datetime | None = None

    @property
    def most(self) -> int:
        """Ten-thousandths of a payment that are shared at most: the store's figure, never above the provider's."""
        return self.max_ratio if self.agreed_ratio is None else min(self.max_ratio, self.agreed_ratio)


async def load_policy(conn: Connection, store_id: UUID) -> Policy:
    """The store's policy; the usual one until it saved its own."""
    row = await conn.fetchrow(LOAD, store_id)
    return msgspec.convert(dict(row), Policy) if row else Policy()


async def save_policy(conn: Connection, store_id: UUID, policy: Policy) -> None:
    """Keep it; what was planned before stays as it was planned. What the provider said is not the store's to change."""
    await conn.execute(SAVE, store_id, *msgspec.structs.astuple(policy)[:6], clock.now())
