"""Giving money back: asking for it in a transaction, then carrying it out with a number of its own for each refund."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import NewJob, enqueue
from zhanggui.core.money import amount_text
from zhanggui.core.runtime import Runtime
from zhanggui.orders.paid import RefundNote, note_refunds
from zhanggui.orders.rules import Actor, RefundStatus, Status
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.booking import book_requested
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused, RefundFact, RefundOrder
from zhanggui.payments.rules import RefundKind, has_room

JOB = "payments.refund"
INSERT = statement(
    "payments.refunds.insert",
    """
    INSERT INTO refund (store_id, id, order_id, attempt_id, amount, currency, reason, kind, status, actor, actor_name,
                        notify, cause_id, created_at, updated_at)
    SELECT $1, id, order_id, attempt_id, amount, currency, reason, kind, 'requested', actor, actor_name, notify, cause_id,
      $11, $11
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
                $10::text[], $12::boolean[], $13::uuid[])
      AS r (id, order_id, attempt_id, amount, currency, reason, kind, actor, actor_name, notify, cause_id)
    """,
)
ORDER_STATES = statement(
    "payments.refunds.order_states",
    "SELECT id, status, refund_status FROM sales_order WHERE store_id = $1 AND id = ANY($2::uuid[])",
)
LEFT = statement(
    "payments.refunds.left",
    """
    SELECT a.id, a.currency, a.paid_amount - coalesce(sum(r.amount) FILTER (WHERE r.status <> 'closed'), 0)::bigint
      AS amount, count(r.id)::int AS parts
    FROM payment_attempt a LEFT JOIN refund r ON r.store_id = a.store_id AND r.attempt_id = a.id
    WHERE a.store_id = $1 AND a.order_id = $2 AND a.status = 'succeeded'
    GROUP BY a.store_id, a.id ORDER BY a.id
    """,
)
LOAD = statement(
    "payments.refunds.load",
    """
    SELECT r.id, r.attempt_id, r.amount, r.currency, r.reason, r.status, r.created_at, a.account_id,
      a.paid_amount AS total, r.settled_amount
    FROM refund r JOIN payment_attempt a ON a.store_id = r.store_id AND a.id = r.attempt_id
    WHERE r.store_id = $1 AND r.id = $2
    """,
)


class NewRefund(NamedTuple):
    """Money to give back out of one succeeded attempt; amount in fen, `notify` tells the buyer when it is done.

    `cause_id` is the return that it is paid for; a refund that replaces a closed one keeps it.
    """

    order_id: UUID
    attempt_id: UUID
    amount: int
    currency: str
    reason: str
    kind: RefundKind
    actor: Actor
    notify: bool = True
    cause_id: UUID | None = None


async def request_refunds(conn: Connection, store_id: UUID, refunds: Sequence[NewRefund]) -> list[UUID]:
    """Write refunds, what they do to their orders, the jobs that carry them out, and the ledger. The orders must be locked.

    The ledger's book is locked from then on, so this comes last in a transaction, after stock and all else.

    The sums can never pass what was paid: the caller reads what is left under the order's lock, and CHECK
    sales_order_refunds holds it.
    """
    if not refunds:
        return []
    ids = [new_id() for _ in refunds]
    await conn.execute(
        INSERT,
        store_id,
        ids,
        [r.order_id for r in refunds],
        [r.attempt_id for r in refunds],
        [r.amount for r in refunds],
        [r.currency for r in refunds],
        [r.reason for r in refunds],
        [r.kind for r in refunds],
        [r.actor.kind for r in refunds],
        [r.actor.name for r in refunds],
        clock.now(),
        [r.notify for r in refunds],
        [r.cause_id for r in refunds],
    )
    rows = await conn.fetch(ORDER_STATES, store_id, list({r.order_id for r in refunds}))
    shown: dict[UUID, RefundStatus | None] = {r["id"]: _shown(r["status"], r["refund_status"]) for r in rows}
    sums: dict[UUID, int] = {}
    for refund in refunds:
        sums[refund.order_id] = sums.get(refund.order_id, 0) + refund.amount
    await note_refunds(conn, store_id, [RefundNote(i, amount, shown[i]) for i, amount in sums.items()])
    await append_timeline(
        conn,
        store_id,
        [
            TimelineEntry(
                r.order_id,
                "refund_requested",
                r.actor,
                r.reason,
                news(i, r.amount, r.currency, r.notify, r.cause_id),
            )
            for i, r in zip(ids, refunds, strict=True)
        ],
    )
    await enqueue(conn, [NewJob(store_id, JOB, str(i), {"refund_id": str(i)}) for i in ids])
    await book_requested(conn, store_id, ids)
    return ids


async def refund_all(
    conn: Connection,
    store_id: UUID,
    order_id: UUID,
    actor: Actor,
    reason: str,
    *,
    notify: bool,
    cause_id: UUID | None = None,
) -> int:
    """Give back everything an order was paid and that is not on its way back yet; returns fen. It must be locked.

    Raises 409 `too_many_refunds` (see `rules.has_room`).
    """
    rows = await conn.fetch(LEFT, store_id, order_id)
    if any(r["amount"] > 0 and not has_room(r["parts"], rest=True) for r in rows):
        raise ShopError("too_many_refunds", 409)
    refunds = [
        NewRefund(order_id, r["id"], r["amount"], r["currency"], reason, "cancel", actor, notify, cause_id)
        for r in rows
        if r["amount"] > 0
    ]
    await request_refunds(conn, store_id, refunds)
    return sum(r.amount for r in refunds)


async def refund_part(
    conn: Connection,
    store_id: UUID,
    order_id: UUID,
    amount: int,
    actor: Actor,
    reason: str,
    *,
    notify: bool,
    cause_id: UUID,
) -> list[UUID]:
    """Give back `amount` fen (> 0) of what an order was paid, oldest payment first. It must be locked.

    Returns the refunds' ids, a number each. Raises 409 `more_than_paid` when less than that is left, `too_many_refunds`
    when the provider would not take another part (see `rules.has_room`).
    """
    refunds: list[NewRefund] = []
    for r in await conn.fetch(LEFT, store_id, order_id):
        piece = min(r["amount"], amount)
        if piece > 0:
            if not has_room(r["parts"], rest=piece == r["amount"]):
                raise ShopError("too_many_refunds", 409)
            refunds.append(
                NewRefund(
                    order_id, r["id"], piece, r["currency"], reason, "after_sale", actor, notify, cause_id
                )
            )
            amount -= piece
    if amount:
        raise ShopError("more_than_paid", 409, data={"over": amount})
    return await request_refunds(conn, store_id, refunds)


async def load_refund(conn: Connection, store_id: UUID, refund_id: UUID) -> Row | None:
    """id, attempt_id, account_id, amount, total, settled_amount, currency, reason, status, created_at; amounts in fen."""
    return await conn.fetchrow(LOAD, store_id, refund_id)


async def carry_out(rt: Runtime, refund: Row, *, advance: bool = False) -> RefundFact | None:
    """Ask the provider for the refund, or how it stands once it was accepted.

    After an unknown outcome (a 429 too) the provider is queried; when it has never seen the number None is returned and
    the caller comes again later, with the SAME number. A refusal is not the last word either: what was accepted before is
    refused too when it is repeated with anything else. Raises ProviderRefused and OutcomeUnknown.
    """
    if refund["status"] != "requested":
        return await ask_about(rt, refund)
    account, order = await account_by_id(rt, refund["account_id"]), _order(refund, advance=advance)
    try:
        return await account.provider.refund(order)
    except OutcomeUnknown:
        return await account.provider.query_refund(order)
    except ProviderRefused:
        known = await account.provider.query_refund(order)
        if known is None:
            raise
        return known


async def ask_about(rt: Runtime, refund: Row) -> RefundFact | None:
    """How a refund stands at the provider; None when it has never seen it. Raises OutcomeUnknown, ProviderRefused."""
    account = await account_by_id(rt, refund["account_id"])
    return await account.provider.query_refund(_order(refund))


def _order(refund: Row, *, advance: bool = False) -> RefundOrder:
    return RefundOrder(
        refund_id=refund["id"],
        attempt_id=refund["attempt_id"],
        amount=refund["amount"],
        total=refund["total"],
        currency=refund["currency"],
        reason=refund["reason"],
        advance=advance,
    )


def _shown(status: Status, refund_status: RefundStatus | None) -> RefundStatus | None:
    """Surplus money that goes back does not make a paid order a refunded one."""
    return "processing" if status == "cancelled" else refund_status


def news(
    refund_id: UUID | None, amount: int, currency: str, notify: bool, cause_id: UUID | None = None
) -> dict[str, object]:
    """What the timeline and the event say about money on its way back; `amount` in fen."""
    return {
        "refund_id": refund_id,
        "amount": amount,
        "amount_text": amount_text(amount, currency),
        "notify": notify,
        "cause_id": cause_id,
    }
