"""What payments and refunds write into the ledger, in the transaction that believes them."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui import ledger
from zhanggui.core.db import Connection, Row, statement
from zhanggui.ledger import Posting, recipes
from zhanggui.ledger.queries import kinds
from zhanggui.payments.rules import Asked, Decision, Received, RefundStatus, fee_of

BACKS = statement(
    "payments.booking.backs",
    """
    SELECT r.id, r.order_id, r.amount, r.currency, r.kind, r.actor, a.id AS attempt_id, a.customer_id, a.account_id,
      coalesce(a.paid_amount, a.amount) AS paid, c.fee_rate, coalesce(r.settled_amount, r.amount) AS settled,
      coalesce(r.payer_amount, r.amount) AS payer
    FROM refund r JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
    JOIN payment_account c ON c.store_id = a.store_id AND c.id = a.account_id
    WHERE r.store_id = $1 AND r.id = ANY($2::uuid[]) ORDER BY r.id
    """,
)


async def book_payments(
    conn: Connection, store_id: UUID, accepted: Sequence[tuple[Asked, Received, Decision]]
) -> None:
    """Post money that came: what paid an order to the merchant, what came late or twice to the buyer. Locks the book."""
    await ledger.post(conn, store_id, [_payment(*entry) for entry in accepted])


async def book_requested(conn: Connection, store_id: UUID, refund_ids: Sequence[UUID]) -> None:
    """Post new refunds as pending. Locks the book."""
    rows = await conn.fetch(BACKS, store_id, refund_ids)
    booked = await kinds(conn, store_id, {_payment_key(row) for row in rows})
    postings = [_before_the_book(row) for row in rows if _payment_key(row) not in booked]
    for row in rows:
        postings += recipes.refund_requested(_back(row, booked), row["actor"])
    await ledger.post(conn, store_id, postings)


async def book_moved(
    conn: Connection, store_id: UUID, refund_id: UUID, before: RefundStatus, now: RefundStatus
) -> None:
    """Post what the provider made of a refund. Locks the book."""
    rows = await conn.fetch(BACKS, store_id, [refund_id])
    booked = await kinds(conn, store_id, {_payment_key(row) for row in rows})
    await ledger.post(
        conn, store_id, [p for row in rows for p in recipes.refund_moved(_back(row, booked), before, now)]
    )


def _payment(asked: Asked, received: Received, decision: Decision) -> Posting:
    money = recipes.Money(
        attempt_id=asked.attempt_id,
        order_id=asked.order_id,
        customer_id=asked.customer_id,
        account_id=asked.account_id,
        amount=received.amount,
        fee=fee_of(received.amount - received.discount, asked.fee_rate),
        currency=received.currency,
        subsidy=received.coupon - received.discount,
        discount=received.discount,
    )
    return recipes.payment(money) if decision.verdict == "paid" else recipes.late_payment(money)


def _payment_key(row: Row) -> str:
    return recipes.payment_key(row["attempt_id"])


def _before_the_book(row: Row) -> Posting:
    """A payment taken before this installation kept a ledger is posted with its first refund."""
    money = recipes.Money(
        attempt_id=row["attempt_id"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        account_id=row["account_id"],
        amount=row["paid"],
        fee=fee_of(row["paid"], row["fee_rate"]),
        currency=row["currency"],
    )
    return recipes.late_payment(money) if _is_buyers(row["kind"]) else recipes.payment(money)


def _back(row: Row, booked: dict[str, str]) -> recipes.Back:
    """Whose money it was is what its payment was posted as, whatever the refund is called."""
    kind = booked.get(_payment_key(row))
    return recipes.Back(
        refund_id=row["id"],
        order_id=row["order_id"],
        customer_id=row["customer_id"],
        account_id=row["account_id"],
        amount=row["amount"],
        fee=fee_of(row["settled"], row["fee_rate"]),
        ours=kind == "payment" if kind else not _is_buyers(row["kind"]),
        currency=row["currency"],
        subsidy=row["settled"] - row["payer"],
        discount=row["amount"] - row["settled"],
    )


def _is_buyers(kind: str) -> bool:
    return kind in {"late_payment", "surplus"}
