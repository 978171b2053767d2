"""Reads of points: a balance, what an order and a return moved, a buyer's stores, the journal."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, Row, statement

BALANCE = statement(
    "wallets.read_balance", "SELECT balance FROM points_balance WHERE store_id = $1 AND customer_id = $2"
)
STORES = statement(
    "wallets.read_stores",
    "SELECT store_id, balance FROM points_balance WHERE customer_id = $1 ORDER BY store_id LIMIT 500",
)
JOURNAL = statement(
    "wallets.read_journal",
    """
    SELECT e.id, e.kind, e.delta, e.balance_after, e.order_id, o.number AS order_number, e.reason, e.at
    FROM points_entry e LEFT JOIN sales_order o ON o.store_id = e.store_id AND o.id = e.order_id
    WHERE e.store_id = $1 AND e.customer_id = $2 AND e.id < $3 ORDER BY e.id DESC LIMIT $4
    """,
)
OF_ORDERS = statement(
    "wallets.of_orders",
    """
    SELECT order_id, coalesce(sum(delta) FILTER (WHERE kind = 'give_back'), 0)::bigint AS given_back,
      coalesce(sum(delta) FILTER (WHERE kind IN ('earn', 'take_back')), 0)::bigint AS earned
    FROM points_entry WHERE store_id = $1 AND order_id = ANY($2::uuid[]) GROUP BY order_id
    """,
)
OF_RETURN = statement(
    "wallets.of_return",
    """
    SELECT coalesce(sum(delta) FILTER (WHERE kind = 'give_back'), 0)::bigint AS given_back,
      coalesce(-sum(delta) FILTER (WHERE kind = 'take_back'), 0)::bigint AS taken_back
    FROM points_entry WHERE store_id = $1 AND order_id = $2 AND cause_id = $3
    """,
)


class Booked(NamedTuple):
    """What was booked for an order: spent points given back, and earned ones less those taken back."""

    given_back: int = 0
    earned: int = 0


class Moved(NamedTuple):
    """What a return moved: spent points given back, earned ones taken back."""

    given_back: int
    taken_back: int


async def balance(conn: Connection, store_id: UUID, customer_id: UUID) -> int:
    """A buyer's points in a store, 0 for who never had any; may be below nothing."""
    return await conn.fetchval(BALANCE, store_id, customer_id) or 0


async def of_orders(conn: Connection, store_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, Booked]:
    """What was booked for these orders besides spending; one statement, orders without entries left out."""
    rows = await conn.fetch(OF_ORDERS, store_id, list(order_ids))
    return {r["order_id"]: Booked(r["given_back"], r["earned"]) for r in rows}


async def of_return(conn: Connection, store_id: UUID, order_id: UUID, return_id: UUID) -> Moved:
    """What a return of this order has moved."""
    row = await conn.fetchrow(OF_RETURN, store_id, order_id, return_id)
    return Moved(row["given_back"], row["taken_back"]) if row else Moved(0, 0)


async def of_buyer(conn: Connection, customer_id: UUID) -> dict[UUID, int]:
    """A buyer's points by store."""
    return {r["store_id"]: r["balance"] for r in await conn.fetch(STORES, customer_id)}


async def journal(conn: Connection, store_id: UUID, customer_id: UUID, before: UUID, limit: int) -> list[Row]:
    """A buyer's entries in a store older than `before`, newest first, with the number of their order."""
    return await conn.fetch(JOURNAL, store_id, customer_id, before, limit)
