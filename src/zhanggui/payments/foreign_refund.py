"""What was given back by hand on the provider's own pages: heard of from a message or a bill, booked once as a refund.

Such a refund has a number that is none of ours. What we asked for ourselves and the provider refused, because the money had
gone back by hand already, is dropped for it.
"""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, Row, in_transaction, statement
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.orders.paid import RefundNote, note_refunds
from zhanggui.orders.queries import load_order
from zhanggui.orders.rules import PLATFORM
from zhanggui.orders.timeline import TimelineEntry, append_timeline
from zhanggui.payments.accounts import account_by_id
from zhanggui.payments.booking import book_moved, book_requested
from zhanggui.payments.cancel import Cancel, end_paid
from zhanggui.payments.extensions import ON_MESSAGE
from zhanggui.payments.provider import ForeignRefund, Message, OutcomeUnknown
from zhanggui.payments.records import load_attempt
from zhanggui.payments.refund import NewRefund, news, request_refunds
from zhanggui.payments.rules import Decision
from zhanggui.payments.settle import ask
from zhanggui.payments.wechat_pay import foreign_refund

REASON = "在支付平台手工退款 · Refunded by hand at the payment platform"
ORDER_OF = statement(
    "payments.foreign.order_of",
    """
    SELECT a.order_id, a.account_id, a.status, c.mchid FROM payment_attempt a
    JOIN payment_account c ON c.store_id = a.store_id AND c.id = a.account_id
    WHERE a.store_id = $1 AND a.id = $2
    """,
)
LOCK_ORDER = statement(
    "payments.foreign.lock_order",
    """
    SELECT id, status, refund_status, paid_amount, refunded_amount FROM sales_order
    WHERE store_id = $1 AND id = $2 FOR UPDATE
    """,
)
PAID = statement(
    "payments.foreign.paid",
    "SELECT paid_amount, currency FROM payment_attempt WHERE store_id = $1 AND id = $2 AND status = 'succeeded'",
)
OF_ATTEMPT = statement(
    "payments.foreign.of_attempt",
    """
    SELECT id, amount, currency, reason, kind, status, stuck, notify, cause_id, foreign_number FROM refund
    WHERE store_id = $1 AND attempt_id = $2 ORDER BY id FOR UPDATE
    """,
)
INSERT = statement(
    "payments.foreign.insert",
    """
    INSERT INTO refund (store_id, id, order_id, attempt_id, amount, currency, reason, kind, status, provider_refund_id,
                        actor, notify, cause_id, foreign_number, succeeded_at, created_at, updated_at, payer_amount,
                        settled_amount)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'foreign', 'succeeded', $8, 'platform', false, $9, $10, $11, $12, $12, $13, $14)
    """,
)
DROP = statement(
    "payments.foreign.drop",
    "UPDATE refund SET status = 'closed', stuck = NULL, updated_at = $3 WHERE store_id = $1 AND id = ANY($2::uuid[])",
)


async def take_foreign(rt: Runtime, store_id: UUID, fact: ForeignRefund) -> Decision:
    """Book what went back by hand: `paid` when it was new, `known` when not (or not done yet), `refused` when it does not fit.

    A payment that we have not heard of is asked about first. Raises OutcomeUnknown while a refund of our own may still be
    made of the same money: then it is taken in later.
    """
    of = await rt.db.fetchrow(ORDER_OF, store_id, fact.attempt_id)
    if of is None:
        return Decision("refused", "unknown_attempt")
    if of["mchid"] != fact.mchid:
        return Decision("refused", "mchid")
    if fact.status != "succeeded":
        return Decision("known", fact.status)
    if fact.settled_amount is None:  # a message leaves out what a coupon's part in it is
        asked = await (await account_by_id(rt, of["account_id"])).provider.query_foreign(fact.number)
        fact = asked or fact
    if of["status"] != "succeeded":
        await ask(rt, await load_attempt(rt.db, store_id, fact.attempt_id))
    return await in_transaction(rt.db, lambda conn: _take(conn, store_id, of["order_id"], fact))


async def find_foreign(rt: Runtime, store_id: UUID, account_id: UUID, number: str) -> bool:
    """Ask the provider about a refund under a number that is none of ours, and book it; False when it does not know it."""
    fact = await (await account_by_id(rt, account_id)).provider.query_foreign(number)
    if fact is None:
        return False
    decision = await take_foreign(rt, store_id, fact)
    return decision in (Decision("paid"), Decision("known"))


async def _take(conn: Connection, store_id: UUID, order_id: UUID, fact: ForeignRefund) -> Decision:
    order = await conn.fetchrow(LOCK_ORDER, store_id, order_id)
    paid = await conn.fetchrow(PAID, store_id, fact.attempt_id)
    if order is None or paid is None:
        return Decision("refused", "unknown_payment")
    known = await conn.fetch(OF_ATTEMPT, store_id, fact.attempt_id)
    if any(row["foreign_number"] == fact.number for row in known):
        return Decision("known")
    if fact.currency != paid["currency"]:
        return Decision("refused", "currency")
    live = [row for row in known if row["status"] != "closed"]
    total: int = paid["paid_amount"]
    if fact.total not in (None, total) or fact.amount > total - _done(live):
        return Decision("refused", "amount")
    dropped = _in_the_way(live, fact.amount - (total - sum(row["amount"] for row in live)))
    await _write(conn, store_id, order, fact, dropped)
    return Decision("paid")


def _done(live: Sequence[Row]) -> int:
    """Fen of what the provider has accepted already."""
    return sum(row["amount"] for row in live if row["status"] != "requested")


def _in_the_way(live: Sequence[Row], over: int) -> list[Row]:
    """Refunds of ours that cannot be made any more because `over` fen too much would go back; the newest first."""
    dropped: list[Row] = []
    for row in reversed([row for row in live if row["status"] == "requested"]):
        if over <= 0:
            break
        if row["stuck"] is None:  # it may be on its way to the provider right now
            raise OutcomeUnknown("a refund of our own is being made of the same money")
        dropped.append(row)
        over -= row["amount"]
    return dropped


async def _write(
    conn: Connection, store_id: UUID, order: Row, fact: ForeignRefund, dropped: Sequence[Row]
) -> None:
    """The refund, the order, stock where nothing is left to deliver, the book; what was dropped too much is asked for anew."""
    now, refund_id, order_id = clock.now(), new_id(), order["id"]
    cause = dropped[0]["cause_id"] if len({row["cause_id"] for row in dropped}) == 1 else None
    await conn.execute(
        DROP, store_id, [row["id"] for row in dropped], now
    )  # first: both are more than was paid
    await conn.execute(
        INSERT, store_id, refund_id, order_id, fact.attempt_id, fact.amount, fact.currency, REASON,
        fact.provider_refund_id, cause, fact.number, fact.at, now, fact.payer_amount, fact.settled_amount,
    )  # fmt: skip
    freed = sum(row["amount"] for row in dropped)
    back = order["refunded_amount"] + fact.amount - freed
    is_all = back >= order["paid_amount"]
    ended = order["status"] == "cancelled"
    shown = ("refunded" if is_all else "processing") if ended else order["refund_status"]
    await note_refunds(conn, store_id, [RefundNote(order_id, fact.amount - freed, shown)])
    if is_all and await _nothing_left(conn, store_id, order_id):
        await note_refunds(conn, store_id, [RefundNote(order_id, 0, "refunded")])
    data = news(refund_id, fact.amount, fact.currency, notify=False, cause_id=cause)
    entries = [TimelineEntry(order_id, "refunded", PLATFORM, REASON, data)]
    for row in dropped:
        gone = news(row["id"], row["amount"], row["currency"], notify=False, cause_id=row["cause_id"])
        entries.append(TimelineEntry(order_id, "refund_closed", PLATFORM, REASON, gone))
    await append_timeline(conn, store_id, entries)
    await book_requested(conn, store_id, [refund_id])
    await book_moved(conn, store_id, refund_id, "requested", "succeeded")
    for row in dropped:
        await book_moved(conn, store_id, row["id"], "requested", "closed")
    rest = min(freed, order["paid_amount"] - back)
    if dropped and rest > 0:
        one = dropped[0]
        again = NewRefund(
            order_id, fact.attempt_id, rest, one["currency"], one["reason"], one["kind"], PLATFORM, one["notify"],
            one["cause_id"],
        )  # fmt: skip
        await request_refunds(conn, store_id, [again])


async def _nothing_left(conn: Connection, store_id: UUID, order_id: UUID) -> bool:
    """An order whose whole money is back and of which nothing has left the store ends; whether it did."""
    order = await load_order(conn, store_id, order_id, lock=True)
    if order.status not in {"paid", "preparing"} or any(line.fulfilled for line in order.lines):
        return False
    await end_paid(conn, Cancel(store_id, order_id, PLATFORM, REASON), order)
    return True


async def _hear(rt: Runtime, store_id: UUID, message: Message) -> Decision:
    fact = foreign_refund(message.body)
    return await take_foreign(rt, store_id, fact) if fact is not None else Decision("known", "not_ours")


ON_MESSAGE["REFUND."] = _hear
