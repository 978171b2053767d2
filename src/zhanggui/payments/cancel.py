"""Cancelling an order, by its buyer or by the merchant: unpaid ones are closed, paid ones refunded in full."""

from typing import NamedTuple
from uuid import UUID

from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.runtime import Runtime
from zhanggui.orders.cancel import cancel_paid
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.rules import Actor
from zhanggui.payments.closing import begin_closing, finish_closing
from zhanggui.payments.provider import OutcomeUnknown, ProviderRefused
from zhanggui.payments.refund import refund_all


class Cancel(NamedTuple):
    """Who cancels what, and why. `restock` and `notify` are the merchant's to choose."""

    store_id: UUID
    order_id: UUID
    actor: Actor
    reason: str
    restock: bool = True
    notify: bool = True


async def cancel_by_buyer(rt: Runtime, wish: Cancel, customer_id: UUID) -> None:
    """Unpaid: closed at the provider first. Paid: refunded, as long as nobody began to prepare it.

    Raises 404, 409 `order_not_cancellable`. An order found paid on the way to being closed stays paid; one whose
    provider cannot be reached stays `closing` and is finished by its job.
    """
    order = await load_order(rt.db, wish.store_id, wish.order_id, customer_id=customer_id)
    if order.status in {"pending_payment", "closing"}:
        await _close_unpaid(rt, wish)
        return

    async def work(conn: Connection) -> None:
        locked = await load_order(conn, wish.store_id, wish.order_id, lock=True)
        await end_paid(conn, wish, locked, frozenset({"paid"}))

    await in_transaction(rt.db, work)


async def cancel_by_merchant(rt: Runtime, wish: Cancel, key: str) -> None:
    """Unpaid: closed. Paid or in preparation: refunded in full, units back on the shelf with `restock`.

    The same key with the same body does it once. Raises 404, 409 `order_not_cancellable`,
    `order_partly_fulfilled`.
    """
    staff_id = wish.actor.id
    if staff_id is None:
        raise ValueError("a merchant's cancel names the staff member")
    order = await load_order(rt.db, wish.store_id, wish.order_id)
    if order.status in {"pending_payment", "closing"}:
        await _close_unpaid(rt, wish)
        return
    print_ = fingerprint("payments.cancel", [wish.order_id, wish.reason, wish.restock, wish.notify])

    async def work(conn: Connection) -> None:
        if await claim(conn, wish.store_id, staff_id, key, print_) is not None:
            return
        await end_paid(conn, wish, await load_order(conn, wish.store_id, wish.order_id, lock=True))
        await answer(conn, wish.store_id, staff_id, key, {"cancelled": True})

    await in_transaction(rt.db, work)


async def _close_unpaid(rt: Runtime, wish: Cancel) -> None:
    await begin_closing(rt, wish.store_id, wish.order_id, wish.actor, wish.reason)
    try:
        await finish_closing(rt, wish.store_id, wish.order_id, wish.actor, wish.reason)
    except (OutcomeUnknown, ProviderRefused):
        return  # the order shows as closing; job payments.close, written with it, goes on asking


async def end_paid(
    conn: Connection,
    wish: Cancel,
    order: OrderRecord,
    allowed: frozenset[str] = frozenset({"paid", "preparing"}),
    cause_id: UUID | None = None,
) -> int:
    """The one way a paid order ends before anything of it has left: cancelled, units back, all of the money back.

    `order` must be locked. Returns the fen that go back. Raises 409 `order_not_cancellable`, `order_partly_fulfilled`.
    """
    if order.status not in allowed:
        raise ShopError("order_not_cancellable", 409)
    if any(line.fulfilled for line in order.lines):
        raise ShopError("order_partly_fulfilled", 409)
    done = await cancel_paid(
        conn,
        wish.store_id,
        wish.order_id,
        wish.actor,
        wish.reason,
        restock=wish.restock,
        cause_id=cause_id,
    )
    if not done:
        raise RuntimeError("an order that is locked and paid could not be cancelled")
    return await refund_all(
        conn, wish.store_id, wish.order_id, wish.actor, wish.reason, notify=wish.notify, cause_id=cause_id
    )
