"""Asking for a return, and what the store's rules make of it at once."""

from typing import NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.i18n import message
from zhanggui.core.idempotency import answer, claim, fingerprint
from zhanggui.core.ids import digits, new_id
from zhanggui.core.runtime import Runtime
from zhanggui.orders.queries import OrderRecord, load_order
from zhanggui.orders.rules import SYSTEM, Actor, local_day
from zhanggui.returns.amounts import Offer, TooMany, offer
from zhanggui.returns.checks import blocked, check_exchange, check_pictures, check_reason
from zhanggui.returns.decide import approve
from zhanggui.returns.moves import move, note
from zhanggui.returns.pay_back import Terms
from zhanggui.returns.policy import Verdict, judge
from zhanggui.returns.records import (
    INSERT,
    INSERT_LINES,
    NUMBER_TAKEN,
    SENT_LAST,
    LineRecord,
    ReturnRecord,
    Taken,
)
from zhanggui.returns.rules import due
from zhanggui.returns.shop_shapes import ApplyInput, Preview, WantedLine
from zhanggui.returns.state import case_of, load_policy, order_state
from zhanggui.returns.steps import freight_by
from zhanggui.stores import queries as stores
from zhanggui.stores.rules import Store


class Wish(NamedTuple):
    """Who asks for what, under which idempotency key."""

    store_id: UUID
    order_id: UUID
    customer_id: UUID
    key: str
    body: ApplyInput


class Weighed(NamedTuple):
    """What was asked for, what it is worth and what the store's rules say."""

    order: OrderRecord
    wanted: dict[UUID, int]
    offer: Offer
    verdict: Verdict


async def apply(rt: Runtime, wish: Wish) -> UUID:
    """Open a return and let the store's rules decide it where they can; the same key opens it once. Returns its id.

    Raises 404; 409 `return_blocked`, `return_units_taken`; 422 `reason_kind`, `return_not_sent`, `return_sent`,
    `exchange_price_differs`, `picture_unknown`.
    """
    store = await stores.load(rt, wish.store_id)
    await check_pictures(rt, wish.store_id, wish.body.picture_ids)
    print_ = fingerprint("returns.apply", [wish.order_id, wish.body])

    async def work(conn: Connection) -> UUID:
        known = await claim(conn, wish.store_id, wish.customer_id, wish.key, print_)
        if known is not None:
            return UUID(known["id"])
        order = await load_order(conn, wish.store_id, wish.order_id, customer_id=wish.customer_id, lock=True)
        weighed = await _weigh(rt, conn, store, order, wish.body)
        taken = await _insert(conn, store, weighed, wish.body)
        actor = Actor("buyer", wish.customer_id)
        await note(conn, taken.request, None, actor, wish.body.description[:200])
        await _follow_rules(conn, taken, weighed.verdict)
        await answer(conn, wish.store_id, wish.customer_id, wish.key, {"id": taken.request.id})
        return taken.request.id

    return await in_transaction(rt.db, work)


async def preview(
    rt: Runtime, store_id: UUID, order_id: UUID, customer_id: UUID, body: ApplyInput
) -> Preview:
    """What asking for this would give back, and whether a rule would agree at once. Raises what `apply` does."""
    store = await stores.load(rt, store_id)
    order = await load_order(rt.db, store_id, order_id, customer_id=customer_id)
    weighed = await _weigh(rt, rt.db, store, order, body)
    by_line, goods = weighed.offer.lines, body.kind != "exchange"
    return Preview(
        lines=[by_line[line.order_line_id] if goods else 0 for line in body.lines],
        fees=weighed.offer.fees if goods else 0,
        total=weighed.offer.total if goods else 0,
        return_freight_by=freight_by(body.kind, body.reason),
        at_once=weighed.verdict.outcome == "approve",
    )


async def _weigh(
    rt: Runtime, conn: Connection, store: Store, order: OrderRecord, body: ApplyInput
) -> Weighed:
    code = blocked(order, clock.now())
    if code is not None:
        raise ShopError(code, 409)
    wanted: dict[UUID, int] = {}
    for line in body.lines:
        wanted[line.order_line_id] = wanted.get(line.order_line_id, 0) + line.quantity
    if len(wanted) != len(body.lines) or not wanted.keys() <= {line.id for line in order.lines}:
        raise ShopError("return_line_unknown", 422, field="lines")
    state = await order_state(conn, order)
    sent = any(line.unsent < wanted[line.id] for line in order.lines if line.id in wanted)
    if order.delivery_method == "virtual" and body.kind != "refund_only":
        raise ShopError("return_virtual", 422, field="kind")
    check_reason(body.kind, body.reason, sent=sent)
    try:
        worth = offer(state, wanted, body.reason)
    except TooMany as fault:
        raise too_many(fault) from fault
    if body.kind != "refund_only":
        for line_id, units in wanted.items():
            if units > state.lines[line_id].left:
                raise too_many(TooMany(line_id, state.lines[line_id].left))
    if body.kind == "exchange":
        await check_exchange(rt, order, body.lines)
    policy, _ = await load_policy(conn, store.id)
    case = await case_of(
        conn,
        order,
        body.kind,
        body.reason,
        wanted,
        worth.total,
        len(body.picture_ids),
        store.timezone,
    )
    return Weighed(order, wanted, worth, judge(policy, case))


def too_many(fault: TooMany) -> ShopError:
    """409 `return_units_taken` with how many units are left."""
    data = {"order_line_id": fault.line_id, "available": fault.available}
    return ShopError("return_units_taken", 409, field="lines", data=data, available=fault.available)


async def _insert(conn: Connection, store: Store, weighed: Weighed, body: ApplyInput) -> Taken:
    now, order = clock.now(), weighed.order
    exchange = body.kind == "exchange"
    request = ReturnRecord(
        store_id=order.store_id,
        id=new_id(),
        number=await free_number(conn, store),
        order_id=order.id,
        customer_id=order.customer_id,
        kind=body.kind,
        reason=body.reason,
        description=body.description.strip(),
        picture_ids=body.picture_ids,
        currency=order.currency,
        amount=0 if exchange else weighed.offer.total,
        fees=0 if exchange else min(weighed.offer.fees, weighed.offer.total),
        outcome=weighed.verdict.outcome,
        rule=weighed.verdict.rule,
        due_at=due("requested", now),
        created_at=now,
        updated_at=now,
    )
    asked = {line.order_line_id: line for line in body.lines}
    return Taken(order, request, await insert(conn, request, order, weighed.offer.lines, asked, exchange))


async def insert(
    conn: Connection,
    request: ReturnRecord,
    order: OrderRecord,
    entitled: dict[UUID, int],
    asked: dict[UUID, WantedLine],
    exchange: bool,
) -> list[LineRecord]:
    """Write a new return and its lines; three statements. For an exchange nothing but goods is given.

    What comes back of a line that was exchanged before are the goods that were sent last, as far as there were so many units.
    """
    sent = {r["order_line_id"]: r for r in await conn.fetch(SENT_LAST, request.store_id, request.order_id)}
    lines = [
        LineRecord(
            order_line_id=line.id,
            position=line.position,
            sku_id=sent[line.id]["exchange_sku_id"]
            if line.id in sent and asked[line.id].quantity <= sent[line.id]["quantity"]
            else line.sku_id,
            exchange_sku_id=(asked[line.id].exchange_sku_id or line.sku_id) if exchange else None,
            quantity=asked[line.id].quantity,
            accepted=None,
            entitled=entitled[line.id],
            amount=0 if exchange else entitled[line.id],
            shelved=0,
            written_off=0,
        )
        for line in order.lines
        if line.id in asked
    ]
    await conn.execute(
        INSERT,
        request.store_id,
        request.id,
        request.number,
        request.order_id,
        request.customer_id,
        request.kind,
        request.reason,
        request.description,
        request.picture_ids,
        request.currency,
        request.amount,
        request.fees,
        request.notify,
        request.outcome,
        request.rule,
        request.due_at,
        request.created_at,
    )
    await conn.execute(
        INSERT_LINES,
        request.store_id,
        request.id,
        [x.order_line_id for x in lines],
        [x.position for x in lines],
        [x.sku_id for x in lines],
        [x.exchange_sku_id for x in lines],
        [x.quantity for x in lines],
        [x.entitled for x in lines],
        [x.amount for x in lines],
    )
    return lines


async def _follow_rules(conn: Connection, taken: Taken, verdict: Verdict) -> None:
    """Do what the rules said; what they cannot carry out (the exchange is out of stock) is left to people."""
    if verdict.outcome == "approve":
        try:
            await approve(conn, taken, SYSTEM, Terms("rule"))
        except ShopError as refusal:
            if refusal.code != "exchange_out_of_stock":
                raise
    elif verdict.outcome == "reject":
        code = f"return_rule_{verdict.rule}"
        why = f"{message(code, 'zh')} · {message(code, 'en')}"
        await move(conn, taken.request, "rejected", SYSTEM, reason=why, decided_by="rule", reject_reason=why)


async def free_number(conn: Connection, store: Store) -> str:
    """A number for people, unique in the store: R, the store's date, six digits."""
    prefix = "R" + local_day(store.timezone, clock.now())[2:].replace("-", "")
    for _ in range(8):
        number = prefix + digits(6)
        if not await conn.fetchval(NUMBER_TAKEN, store.id, number):
            return number
    raise ShopError("busy", 503, retry_after=1)
