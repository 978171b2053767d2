"""What merchants do about payments: cancelling with refund, trying refunds again, reading and replaying the inbox."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import QueryParameter

from zhanggui.core.auth import StaffMember, staff
from zhanggui.core.http import Page
from zhanggui.core.idempotency import Key
from zhanggui.core.runtime import Runtime
from zhanggui.orders.pages import console_order
from zhanggui.orders.rules import Actor
from zhanggui.orders.shapes import ConsoleOrder
from zhanggui.payments import applyment_api, connections_api
from zhanggui.payments.cancel import Cancel, cancel_by_merchant
from zhanggui.payments.inbox_listing import Direction, InboxDetail, InboxRow, State, list_inbox, read_entry
from zhanggui.payments.refund_steps import retry_refund
from zhanggui.payments.replay import replay
from zhanggui.payments.shapes import MerchantCancel, ReplayEntry

# `state` itself is a name that Litestar keeps for its own.
EntryState = Annotated[State | None, QueryParameter(name="state")]
EntryId = Annotated[str, QueryParameter(max_length=200)]


@post("/stores/{store_id:uuid}/orders/{order_id:uuid}/cancel", opt=staff("orders.refund"), status_code=200)
async def cancel_order(
    rt: Runtime,
    member: StaffMember,
    store_id: UUID,
    order_id: UUID,
    data: MerchantCancel,
    idempotency_key: Key,
) -> ConsoleOrder:
    """Cancel an order before it is fulfilled: unpaid ones are closed, paid ones refunded in full.

    `restock` puts the units back on the shelf; `notify` tells the buyer when the money is back.
    """
    actor = Actor("merchant", member.id, member.name)
    wish = Cancel(store_id, order_id, actor, data.reason, data.restock, data.notify)
    await cancel_by_merchant(rt, wish, idempotency_key)
    return await console_order(rt, store_id, order_id)


@post(
    "/stores/{store_id:uuid}/orders/{order_id:uuid}/refunds/{refund_id:uuid}/retry",
    opt=staff("orders.refund"),
    status_code=200,
)
async def retry_stuck_refund(
    rt: Runtime, member: StaffMember, store_id: UUID, order_id: UUID, refund_id: UUID
) -> ConsoleOrder:
    """Try a refund that does not go on once more, now. One that the provider closed goes out under a new number."""
    actor = Actor("merchant", member.id, member.name)
    await retry_refund(rt, store_id, refund_id, actor, order_id=order_id)
    return await console_order(rt, store_id, order_id)


@get("/stores/{store_id:uuid}/provider-inbox", opt=staff("money.read"))
async def read_inbox(
    rt: Runtime,
    store_id: UUID,
    direction: Direction | None = None,
    entry_state: EntryState = None,
    subject: UUID | None = None,
    cursor: str | None = None,
) -> Page[InboxRow]:
    """What payment providers told the store and what it asked them, newest first."""
    return await list_inbox(rt, store_id, direction, entry_state, subject, cursor)


@get("/stores/{store_id:uuid}/provider-inbox/entry", opt=staff("money.read"))
async def read_inbox_entry(rt: Runtime, store_id: UUID, entry: EntryId) -> InboxDetail:
    """One message or call with its facts; what names the buyer is masked."""
    return await read_entry(rt, store_id, entry)


@post("/stores/{store_id:uuid}/provider-inbox/replay", opt=staff("jobs.manage"), status_code=200)
async def replay_inbox_entry(rt: Runtime, store_id: UUID, data: ReplayEntry) -> InboxDetail:
    """Ask the provider how things stand and act on the answer; as often as one likes, nothing happens twice."""
    await replay(rt, store_id, data.entry)
    return await read_entry(rt, store_id, data.entry)


routes = [
    *connections_api.routes,
    *applyment_api.routes,
    cancel_order,
    retry_stuck_refund,
    read_inbox,
    read_inbox_entry,
    replay_inbox_entry,
]
