"""What other domains ask about payments."""

from uuid import UUID

import msgspec

from zhanggui.core.db import Connection, statement

COMBINED_OF = statement(
    "payments.queries.combined_of",
    """
    SELECT a.combined_id, s.store_id, s.order_id, s.id AS attempt_id, s.transaction_id, c.mchid, c.sub_mchid,
      coalesce(s.appid, c.appid) AS appid, s.payer, s.status = 'succeeded' AS paid
    FROM payment_attempt a
    JOIN payment_attempt s ON s.combined_id = a.combined_id
    JOIN payment_account c ON c.store_id = s.store_id AND c.id = s.account_id
    WHERE a.store_id = $1 AND a.order_id = $2 AND a.status = 'succeeded' AND a.combined_id IS NOT NULL
    ORDER BY s.store_id, s.id
    """,
)


class CombinedPart(msgspec.Struct, frozen=True):
    """One order's share of a combined payment; `out_trade_no` and `transaction_id` are the sub-order's."""

    store_id: UUID
    order_id: UUID
    out_trade_no: str
    transaction_id: str | None
    mchid: str
    sub_mchid: str | None
    paid: bool


class Combined(msgspec.Struct, frozen=True):
    """The combined payment that an order was paid with: its number (combine_out_trade_no), payer and all its parts."""

    combine_out_trade_no: str
    appid: str
    payer: str | None
    parts: list[CombinedPart]


async def combined_of(conn: Connection, store_id: UUID, order_id: UUID) -> Combined | None:
    """How an order was paid together with others; None when it was paid alone or not at all.

    The parts name other stores' orders too: for talking to the provider only, never for a merchant's eyes.
    """
    rows = await conn.fetch(COMBINED_OF, store_id, order_id)
    if not rows:
        return None
    parts = [
        CombinedPart(
            r["store_id"],
            r["order_id"],
            r["attempt_id"].hex,
            r["transaction_id"],
            r["mchid"],
            r["sub_mchid"],
            r["paid"],
        )
        for r in rows
    ]
    return Combined(rows[0]["combined_id"].hex, rows[0]["appid"], rows[0]["payer"], parts)
