"""Limits that hold over all processes: counters in rows, fixed windows.

Counting is a statement of its own, outside the transaction of what is limited, so that a refused or failed try counts.
"""

import hashlib
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.errors import ShopError


class Limit(NamedTuple):
    """At most `times` within `window` for `who` doing `what`; `who` is stored as a hash only."""

    what: str
    who: str
    times: int
    window: timedelta

    @property
    def key(self) -> bytes:
        parts = f"{self.what}\x00{int(self.window.total_seconds())}\x00{self.who}"
        return hashlib.sha256(parts.encode()).digest()


# Rows are taken in the order of their keys, so that two callers cannot wait for each other.
TAKE = statement(
    "core.ratelimit.take",
    """
    INSERT INTO rate_limit AS r (key, used, window_ends_at)
    SELECT key, 1, $1::timestamptz + make_interval(secs => seconds)
    FROM unnest($2::bytea[], $3::float8[]) AS t (key, seconds) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
      used = CASE WHEN r.window_ends_at <= $1 THEN 1 ELSE r.used + 1 END,
      window_ends_at = CASE WHEN r.window_ends_at <= $1 THEN excluded.window_ends_at ELSE r.window_ends_at END
    RETURNING key, used, window_ends_at
    """,
)
SWEEP = statement(
    "core.ratelimit.sweep",
    """
    DELETE FROM rate_limit WHERE key IN (
      SELECT key FROM rate_limit WHERE window_ends_at <= $1 ORDER BY window_ends_at LIMIT 20 FOR UPDATE SKIP LOCKED)
    """,
)


async def take(conn: Connection, limits: Sequence[Limit]) -> None:
    """Count one try against every limit. Raises 429 `rate_limited` with Retry-After when one is used up.

    Two statements however many limits; the second clears counters of windows that are over, a few at a time, so that
    the table stays as small as the traffic.
    """
    now = clock.now()
    asked = {limit.key: limit for limit in limits}
    rows = await conn.fetch(TAKE, now, list(asked), [v.window.total_seconds() for v in asked.values()])
    await conn.execute(SWEEP, now)
    waits = [
        min((row["window_ends_at"] - now), asked[row["key"]].window)
        for row in rows
        if row["used"] > asked[row["key"]].times
    ]
    if waits:
        seconds = max(1, math.ceil(max(waits).total_seconds()))
        raise ShopError("rate_limited", 429, retry_after=seconds, seconds=seconds)
