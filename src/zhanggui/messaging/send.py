"""Sending one subscription message about an order, once per order and event."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Row, statement
from zhanggui.core.ids import new_id
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.customers.queries import identity
from zhanggui.fulfillment.carriers import CARRIERS
from zhanggui.messaging import consents
from zhanggui.messaging.templates import Facts, arguments
from zhanggui.stores.queries import load as load_store
from zhanggui.stores.rules import MessageEvent
from zhanggui.wechat.apps import mini_program
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown

ORDER = statement(
    "messaging.send.order",
    """
    SELECT o.number, o.customer_id, o.paid_at, o.paid_amount, o.refunded_amount, o.currency, o.pickup_number,
           c.locale, l.name->>'zh' AS first_line,
           coalesce(f.carrier, '') AS carrier, coalesce(f.waybill, '') AS waybill,
           coalesce(t.reject_reason, r.reason, '') AS reason, r.amount AS refund_amount,
           t.number AS return_number, t.due_at
    FROM sales_order o
    JOIN customer c ON c.customer_id = o.customer_id
    LEFT JOIN LATERAL (SELECT name FROM order_line WHERE store_id = $1 AND order_id = $2
                       ORDER BY id IN (SELECT order_line_id FROM return_line WHERE store_id = $1 AND return_id = $5) DESC,
                         position LIMIT 1) l ON true
    LEFT JOIN LATERAL (SELECT carrier, waybill FROM fulfillment WHERE store_id = $1 AND order_id = $2
                       AND ($3::uuid IS NULL OR id = $3) ORDER BY id DESC LIMIT 1) f ON true
    LEFT JOIN LATERAL (SELECT reason, coalesce(payer_amount, amount) AS amount FROM refund WHERE store_id = $1 AND order_id = $2
                       AND ($4::uuid IS NULL OR id = $4) ORDER BY id DESC LIMIT 1) r ON true
    LEFT JOIN return_request t ON t.store_id = $1 AND t.id = $5
    WHERE o.store_id = $1 AND o.id = $2
    """,
)
KNOWN = statement(
    "messaging.send.known",
    "SELECT 1 FROM message_sent WHERE store_id = $1 AND order_id = $2 AND event = $3",
)
NOTE = statement(
    "messaging.send.note",
    """
    INSERT INTO message_sent (store_id, id, customer_id, order_id, event, template_id, data, status, error, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (store_id, order_id, event) DO NOTHING
    """,
)
PAGE = "settle/order/index"
RETURN_EVENTS = frozenset[MessageEvent]({"return_approved", "return_rejected"})
RETURN_PAGE = "aftersale/case/index"
CONSENT_COMES = timedelta(minutes=1)
"""After paying, in which a consent may still come: the mini-program asks for it when the money is on its way already."""
CONSENT_LOOKED_FOR = timedelta(seconds=5)


class About(NamedTuple):
    """What a message is about: an order, one parcel or refund of it, a return."""

    store_id: UUID
    order_id: UUID
    parcel_id: UUID | None = None
    refund_id: UUID | None = None
    return_id: UUID | None = None


async def send(rt: Runtime, about: About, event: MessageEvent, part: str = "") -> None:
    """Tell the buyer of `event`, if the store has a template for it and the buyer consented to one; a message is sent once
    for an order, event and `part` (the parcel, the refund, the move of a return).

    Not sent is noted too, with why. No consent yet just after paying raises Later. No trustworthy answer from the platform raises Later: the job runs again, and the
    consent is put back first so that the next try has it.
    """
    store_id, order_id, parcel_id, refund_id, return_id = about
    store = await load_store(rt, store_id)
    template = next((t.template_id for t in store.settings.message_templates if t.event == event), None)
    subject = f"{event}:{part}" if part else event
    if template is None or await rt.db.fetchval(KNOWN, store_id, order_id, subject):
        return
    row = await rt.db.fetchrow(ORDER, store_id, order_id, parcel_id, refund_id, return_id)
    if row is None:
        raise LookupError(f"order {order_id} is not in store {store_id}")
    facts = Facts(
        number=row["return_number"] if event in RETURN_EVENTS else row["number"],
        store_name=store.name.zh,
        first_line=row["first_line"] or "",
        amount=_amount(row, event, refund_id),
        currency=row["currency"],
        pickup_number=row["pickup_number"],
        carrier=CARRIERS[row["carrier"]].zh if row["carrier"] in CARRIERS else row["carrier"],
        waybill=row["waybill"],
        reason=row["reason"],
        food=store.layout == "menu",
        at=row["due_at"] or clock.now() if event == "return_approved" else clock.now(),
        timezone=store.timezone,
    )
    data = arguments(event, facts)
    customer_id: UUID = row["customer_id"]

    async def note(status: str, error: str | None = None) -> None:
        values: tuple[Any, ...] = (customer_id, order_id, subject, template, data, status, error, clock.now())
        await rt.db.execute(NOTE, store_id, new_id(), *values)

    app = await mini_program(rt)
    openid = await identity(rt, customer_id, "wechat_mp", app.appid)
    if openid is None:
        await note("no_openid")
        return
    if not await consents.take(rt.db, customer_id, template):
        if event == "paid" and row["paid_at"] and clock.now() - row["paid_at"] < CONSENT_COMES:
            raise Later(CONSENT_LOOKED_FOR, "the buyer is asked for consent right after paying")
        await note("no_quota")
        return
    try:
        await app.send_subscribe_message(
            openid,
            template,
            data,
            page=f"{RETURN_PAGE if return_id else PAGE}?store={store_id}&id={return_id or order_id}",
            lang="en_US" if row["locale"] == "en" else "zh_CN",
        )
    except WeChatRefused as refused:
        await note("no_quota" if refused.code == "43101" else "failed", str(refused))
        return
    except WeChatUnknown as unknown:
        await consents.add(rt.db, customer_id, [template])
        raise Later(timedelta(seconds=30), str(unknown)) from unknown
    await note("sent")


def _amount(row: Row, event: MessageEvent, refund_id: UUID | None) -> int:
    """What the message is about, fen: one refund, all of them, or the payment."""
    if event != "refunded":
        return row["paid_amount"]
    return row["refund_amount"] if refund_id else row["refunded_amount"]
