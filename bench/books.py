"""The books after a soak: what clients were told against what is there, and what must sum."""

from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection

FOUND = "SELECT count(*) FROM sales_order WHERE store_id = $1 AND id = ANY($2::uuid[])"
# Every order answers to one idempotency key: one that no key names, or more orders than keys, was placed twice.
DUPLICATED = """
    SELECT (SELECT count(*) FROM sales_order WHERE store_id = $1)
         - (SELECT count(DISTINCT o.id) FROM idempotency_key k, jsonb_array_elements_text(k.result->'orders') AS o (id)
            WHERE k.store_id = $1 AND jsonb_typeof(k.result->'orders') = 'array')
"""
# Held without an order that waits for its money, or the other way round.
ORPHANED = """
    SELECT (SELECT count(*) FROM reservation r WHERE r.store_id = $1 AND r.state = 'held' AND NOT EXISTS (
              SELECT 1 FROM sales_order o WHERE o.store_id = $1 AND o.id = r.holder_id
              AND o.status IN ('pending_payment', 'closing')))
         + (SELECT count(*) FROM sales_order o WHERE o.store_id = $1 AND o.status IN ('pending_payment', 'closing')
            AND NOT EXISTS (SELECT 1 FROM reservation r WHERE r.store_id = $1 AND r.holder_id = o.id AND r.state = 'held'))
         + (SELECT count(*) FROM sales_order o WHERE o.store_id = $1 AND o.status = 'paid'
            AND EXISTS (SELECT 1 FROM reservation r WHERE r.store_id = $1 AND r.holder_id = o.id AND r.state <> 'consumed'))
"""
PAID_TWICE = """
    SELECT (SELECT count(*) FROM sales_order WHERE store_id = $1 AND paid_amount - refunded_amount > total)
         + (SELECT count(*) FROM (SELECT order_id FROM payment_attempt WHERE store_id = $1 AND status = 'succeeded'
            GROUP BY order_id HAVING count(*) > 1) AS twice)
"""
UNBALANCED = """
    SELECT count(*) FROM stock s
    LEFT JOIN (SELECT sku_id, sum(on_hand_delta) AS on_hand, sum(reserved_delta) AS reserved
               FROM stock_movement WHERE store_id = $1 GROUP BY sku_id) m USING (sku_id)
    LEFT JOIN (SELECT sku_id, sum(quantity) AS held
               FROM reservation WHERE store_id = $1 AND state = 'held' GROUP BY sku_id) r USING (sku_id)
    WHERE s.store_id = $1
      AND (s.on_hand, s.reserved, s.reserved) IS DISTINCT FROM (coalesce(m.on_hand, 0), coalesce(m.reserved, 0), coalesce(r.held, 0))
"""
# Paid at the provider's cashier and not known to us: the notification was lost with a process, the query is still to come.
UNSETTLED = (
    "SELECT count(*) FROM sales_order WHERE store_id = $1 AND id = ANY($2::uuid[]) AND paid_amount < total"
)


class Books(NamedTuple):
    """Counts; all but `found` should be nought."""

    found: int
    duplicated: int
    orphaned: int
    paid_twice: int
    unbalanced: int

    @property
    def clean(self) -> bool:
        return not (self.duplicated or self.orphaned or self.paid_twice or self.unbalanced)


async def check(conn: Connection, store_id: UUID, acknowledged: list[UUID]) -> Books:
    """Compare. `acknowledged` are orders that a client was told are placed."""
    return Books(
        found=await conn.fetchval(FOUND, store_id, acknowledged),
        duplicated=await conn.fetchval(DUPLICATED, store_id),
        orphaned=await conn.fetchval(ORPHANED, store_id),
        paid_twice=await conn.fetchval(PAID_TWICE, store_id),
        unbalanced=await conn.fetchval(UNBALANCED, store_id),
    )


async def unsettled(conn: Connection, store_id: UUID, paid: list[UUID]) -> int:
    """How many of the orders that were paid at the cashier are not known to be paid."""
    return await conn.fetchval(UNSETTLED, store_id, paid)
