"""What the merchant starts himself: agreeing to many at once, and paying back what nobody asked for."""

from collections.abc import Sequence
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction, statement
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import both
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.ids import new_id
from zhanggui.core.runtime import Runtime
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.rules import Actor
from zhanggui.returns.amounts import OrderState, TooMany, share
from zhanggui.returns.apply import free_number, insert, too_many
from zhanggui.returns.checks import blocked
from zhanggui.returns.console_shapes import BatchRow, ManualRefundInput
from zhanggui.returns.decide import approve
from zhanggui.returns.moves import note
from zhanggui.returns.pay_back import Terms, pay_back, shelf
from zhanggui.returns.records import ReturnRecord, Taken
from zhanggui.returns.rules import Restock
from zhanggui.returns.shop_shapes import WantedLine
from zhanggui.returns.state import order_state
from zhanggui.returns.work import Press, once
from zhanggui.stores import queries as stores
from zhanggui.stores.rules import Store

STATUS = statement("returns.status", "SELECT status FROM return_request WHERE store_id = $1 AND id = $2")


async def approve_many(
    rt: Runtime, store_id: UUID, return_ids: Sequence[UUID], actor: Actor, staff_id: UUID, key: str
) -> list[BatchRow]:
    """Agree to each at its computed amount, one transaction for each; what cannot be agreed to says why.

    The same key agrees once to each, however often it is sent.
    """
    rows: list[BatchRow] = []
    for return_id in dict.fromkeys(return_ids):

        async def step(conn: Connection, taken: Taken) -> None:
            await approve(conn, taken, actor, Terms("merchant"))

        try:
            await once(
                rt, Press(store_id, return_id, staff_id, f"{key}/{return_id}", "approve", "batch"), step
            )
        except ShopError as refusal:
            known = both(refusal.code, **refusal.params)
            rows.append(BatchRow(return_id, False, None, refusal.code, known))
        else:
            state = await rt.db.fetchval(STATUS, store_id, return_id)
            rows.append(BatchRow(return_id, True, state, None, None))
    return rows


async def refund_order(
    rt: Runtime, store_id: UUID, order_id: UUID, wish: ManualRefundInput, actor: Actor, key: str
) -> UUID:
    """Pay back lines, fees or a sum of an order that the buyer did not ask for; returns the return it is kept as.

    Raises 404; 409 `return_order_cancelled`, `return_units_taken`, `units_left`, `more_than_paid`; 422 `refund_empty`,
    `return_line_unknown`, `amount_too_high`, `unsent_in_full`.
    """
    staff_id = actor.id
    if staff_id is None:
        raise ValueError("a merchant's refund names the staff member")
    if not wish.lines and not wish.fees and wish.amount is None:
        raise ShopError("refund_empty", 422, field="lines")
    store = await stores.load(rt, store_id)
    print_ = fingerprint("returns.refund_order", [order_id, wish])

    async def work(conn: Connection) -> UUID:
        known = await claim(conn, store_id, staff_id, key, print_)
        if known is not None:
            return UUID(known["id"])
        order = await load_order(conn, store_id, order_id, lock=True)
        code = blocked(order, clock.now())
        if code is not None:
            raise ShopError(code, 409)
        state = await order_state(conn, order)
        taken, terms = await _open(conn, store, order, state, wish)
        await note(conn, taken.request, None, actor, wish.reason)
        await pay_back(conn, taken, actor, terms, reject_reason="")
        await answer(conn, store_id, staff_id, key, {"id": taken.request.id})
        return taken.request.id

    return await in_transaction(rt.db, work)


async def _open(
    conn: Connection, store: Store, order: OrderRecord, state: OrderState, wish: ManualRefundInput
) -> tuple[Taken, Terms]:
    wanted = {line.order_line_id: line.quantity for line in wish.lines}
    if len(wanted) != len(wish.lines) or not wanted.keys() <= state.lines.keys():
        raise ShopError("return_line_unknown", 422, field="lines")
    if wish.unsent and any(n > state.lines[i].unsent for i, n in wanted.items()):
        raise ShopError("units_left", 409, field="lines")
    try:
        entitled = {i: share(state.lines[i], n) for i, n in wanted.items()}
    except TooMany as fault:
        raise too_many(fault) from fault
    fees = max(0, state.fees - state.fees_claimed) if wish.fees else 0
    computed = sum(entitled.values()) + fees
    amount = computed if wish.amount is None else wish.amount
    if amount > state.paid - state.refunded:
        left = state.paid - state.refunded
        raise ShopError("amount_too_high", 422, field="amount", data={"most": left}, most=left)
    now = clock.now()
    request = ReturnRecord(
        store_id=order.store_id,
        id=new_id(),
        number=await free_number(conn, store),
        order_id=order.id,
        customer_id=order.customer_id,
        kind="refund_only",
        reason="agreed",
        description=wish.reason,
        currency=order.currency,
        amount=amount,
        fees=min(fees, amount),
        notify=wish.notify,
        created_at=now,
        updated_at=now,
    )
    asked = {i: WantedLine(order_line_id=i, quantity=n) for i, n in wanted.items()}
    lines = await insert(conn, request, order, entitled, asked, exchange=False)
    chosen: list[Restock] = [line.restock for line in wish.lines if line.restock is not None]
    came = tuple(
        shelf(line.order_line_id, units, line.restock, line.location_id)
        for line in wish.lines
        if line.restock is not None
        and (units := line.quantity - min(line.quantity, state.lines[line.order_line_id].unsent))
    )
    terms = Terms(
        "merchant",
        amount=amount,
        fees=fees,
        goodwill=max(0, amount - computed),
        came_back=came,
        unsent=chosen[0] if chosen else "write_off",
        reason=wish.reason,
        words=wish.reason,
    )
    return Taken(order, request, lines), terms
