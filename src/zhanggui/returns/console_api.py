"""Returns in the console: the queue, the page of the decision, the decisions, the rules, and the operator's appeals."""

from typing import Annotated, Any, get_args
from uuid import UUID

from litestar import get, post, put
from litestar.params import QueryParameter

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.http import Page, among
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.media.form import MAX_FORM, PictureBody, keep_picture
from zhanggui.media.shapes import Picture
from zhanggui.orders.rules import Actor
from zhanggui.returns import console_shapes as shapes
from zhanggui.returns import goods
from zhanggui.returns.buyer import decide_appeal
from zhanggui.returns.by_merchant import approve_many, refund_order
from zhanggui.returns.checks import check_pictures
from zhanggui.returns.decide import approve, refund_now, reject
from zhanggui.returns.listing import Filter, list_appeals, list_returns
from zhanggui.returns.money_news import retry
from zhanggui.returns.pages import console_return
from zhanggui.returns.pay_back import Terms
from zhanggui.returns.records import load
from zhanggui.returns.rules import REASONS, Appeal, Kind, Reason, Status
from zhanggui.returns.set_policy import set_policy
from zhanggui.returns.shapes import SayInput
from zhanggui.returns.state import load_policy
from zhanggui.returns.talk import say
from zhanggui.returns.work import Press, once

STORE = "/stores/{store_id:uuid}"
ONE = f"{STORE}/returns/{{return_id:uuid}}"
DECIDE: dict[str, Any] = {"opt": staff("orders.refund"), "status_code": 200}
Words = Annotated[list[str] | None, QueryParameter(max_items=12)]
Cursor = Annotated[str | None, QueryParameter(max_length=200)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@get(f"{STORE}/returns", opt=staff("orders.read"))
async def read_returns(
    rt: Runtime,
    store_id: UUID,
    status: Words = None,
    kind: Words = None,
    reason: Words = None,
    waiting: bool = False,
    overdue: bool = False,
    q: Annotated[str, QueryParameter(max_length=64)] = "",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> shapes.ConsoleReturnPage:
    """The queue: newest first, or with `waiting` what has to be acted on, the most urgent first.

    `overdue`: money that should have arrived by now, the longest overdue first: the platform's operator looks after it too.
    """
    wanted = Filter(
        among(status, get_args(Status), "status"),
        among(kind, get_args(Kind), "kind"),
        among(reason, get_args(Reason), "reason"),
        waiting,
        overdue,
        q,
    )
    return await list_returns(rt, store_id, wanted, cursor, limit)


@get(ONE, opt=staff("orders.read"))
async def read_return(rt: Runtime, store_id: UUID, return_id: UUID) -> shapes.ConsoleReturn:
    """Everything that the decision needs: facts of the order, allocation, the buyer's record, what the rules said."""
    return await console_return(rt, store_id, return_id)


@post(f"{ONE}/approve", **DECIDE)
async def approve_return(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.ApproveInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """Agree: a refund without goods is paid at once, otherwise the buyer sends them back.

    409 `return_state`, `exchange_out_of_stock`; 422 `amount_too_high` names the `most`.
    """
    terms = Terms("merchant", amount=data.amount, unsent=data.restock, reason=data.note)
    press = Press(store_id, return_id, member.id, idempotency_key, "approve", data)
    await once(rt, press, lambda conn, taken: approve(conn, taken, _actor(member), terms))
    return await console_return(rt, store_id, return_id)


@post(f"{ONE}/reject", **DECIDE)
async def reject_return(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.RejectInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """Refuse with a reason; the buyer may call the platform within seven days."""
    press = Press(store_id, return_id, member.id, idempotency_key, "reject", data)
    await once(rt, press, lambda conn, taken: reject(conn, taken, _actor(member), data.reason))
    return await console_return(rt, store_id, return_id)


@post(f"{STORE}/returns/approve", **DECIDE)
async def approve_returns(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    data: shapes.BatchApproveInput,
    idempotency_key: Key,
) -> shapes.BatchResult:
    """Agree to several; each row says what became of it, and one that cannot be agreed to stops no other."""
    rows = await approve_many(rt, store_id, data.ids, _actor(member), member.id, idempotency_key)
    return shapes.BatchResult(rows)


@post(f"{ONE}/inspect", **DECIDE)
async def inspect_return(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.InspectInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """What came back: onto the shelf or written off, and paid back (or exchanged) with the same click."""
    press = Press(store_id, return_id, member.id, idempotency_key, "inspect", data)
    await once(rt, press, lambda conn, taken: goods.inspect(conn, taken, _actor(member), data))
    return await console_return(rt, store_id, return_id)


@post(f"{ONE}/take-in", **DECIDE)
async def take_in_return(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.TakeInInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """Goods that came back after their money went: onto a shelf or written off; no money moves."""
    press = Press(store_id, return_id, member.id, idempotency_key, "take_in", data)
    await once(rt, press, lambda conn, taken: goods.take_in(conn, taken, _actor(member), data))
    return await console_return(rt, store_id, return_id)


@post(f"{ONE}/reship", **DECIDE)
async def reship_return(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.ReshipInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """The new goods of an exchange leave; their reserved units are deducted."""
    press = Press(store_id, return_id, member.id, idempotency_key, "reship", data)
    await once(rt, press, lambda conn, taken: goods.reship(conn, taken, _actor(member), data))
    return await console_return(rt, store_id, return_id)


@post(f"{ONE}/refund", **DECIDE)
async def refund_return(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.RefundInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """Pay back without waiting for goods. While `refunding`: ask the provider again about money that is stuck."""
    actor = _actor(member)
    if (await load(rt.db, store_id, return_id)).status == "refunding":
        await retry(rt, store_id, return_id, actor)
        return await console_return(rt, store_id, return_id)
    terms = Terms("merchant", amount=data.amount, reason=data.reason)
    press = Press(store_id, return_id, member.id, idempotency_key, "refund", data)
    await once(rt, press, lambda conn, taken: refund_now(conn, taken, actor, terms))
    return await console_return(rt, store_id, return_id)


@post(f"{ONE}/messages", opt=staff("orders.work"), status_code=201)
async def say_as_merchant(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: SayInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """Write to the buyer about a return."""
    await check_pictures(rt, store_id, data.picture_ids)
    press = Press(store_id, return_id, member.id, idempotency_key, "say", data)
    await once(rt, press, lambda conn, taken: say(conn, taken, _actor(member), "merchant", data))
    return await console_return(rt, store_id, return_id)


@post(
    f"{STORE}/returns/pictures",
    opt=staff("orders.work"),
    operation_id="upload_return_picture_of_store",
    request_max_body_size=MAX_FORM,
)
async def upload_picture(rt: Runtime, store_id: UUID, data: PictureBody) -> Picture:
    """Store a picture for the conversation: decoded and re-encoded, at most 10 MB."""
    return await keep_picture(rt, store_id, data)


@post(f"{STORE}/orders/{{order_id:uuid}}/refunds", opt=staff("orders.refund"), status_code=201)
async def refund_order_of_store(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    order_id: UUID,
    data: shapes.ManualRefundInput,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """Pay back lines, fees or a sum that the buyer did not ask for; kept as a return of its own."""
    made = await refund_order(rt, store_id, order_id, data, _actor(member), idempotency_key)
    return await console_return(rt, store_id, made)


@get(f"{STORE}/return-policy", opt=staff("settings.read"))
async def read_policy(rt: Runtime, store_id: UUID) -> shapes.PolicyView:
    """What the store leaves to rules; the defaults, version 0, until somebody saves his own."""
    return await _policy(rt, store_id)


@put(f"{STORE}/return-policy", opt=staff("settings.write"))
async def save_policy(rt: Runtime, store_id: UUID, data: shapes.PolicyInput) -> shapes.PolicyView:
    """Replace the rules. 409 `policy_stale` when they were changed since they were read."""
    await set_policy(rt, store_id, data.policy, data.version)
    return await _policy(rt, store_id)


@get(f"{STORE}/appeals", opt=staff("appeals.decide"))
async def read_appeals(
    rt: Runtime,
    store_id: UUID,
    which: Annotated[Appeal, QueryParameter(name="state")] = "open",
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[shapes.AppealRow]:
    """What buyers brought before the platform, the oldest first."""
    return await list_appeals(rt, store_id, which, cursor, limit)


@post(f"{ONE}/appeal", opt=staff("appeals.decide"), status_code=200)
async def decide_about_appeal(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    return_id: UUID,
    data: shapes.OperatorDecision,
    idempotency_key: Key,
) -> shapes.ConsoleReturn:
    """The platform's last word, with a note that both sides read."""
    actor = Actor("platform", member.id, member.name)
    press = Press(store_id, return_id, member.id, idempotency_key, "appeal", data)
    await once(
        rt, press, lambda conn, taken: decide_appeal(conn, taken, actor, granted=data.granted, note=data.note)
    )
    return await console_return(rt, store_id, return_id)


async def _policy(rt: Runtime, store_id: UUID) -> shapes.PolicyView:
    reasons = [shapes.NamedReason(code, rule.name) for code, rule in REASONS.items()]
    return shapes.PolicyView(*await load_policy(rt.db, store_id), reasons)


def _actor(member: StaffMember) -> Actor:
    return Actor("merchant", member.id, member.name)


routes: list[Any] = [
    read_returns,
    read_return,
    approve_return,
    reject_return,
    approve_returns,
    inspect_return,
    take_in_return,
    reship_return,
    refund_return,
    say_as_merchant,
    upload_picture,
    refund_order_of_store,
    read_policy,
    save_policy,
    read_appeals,
    decide_about_appeal,
]
