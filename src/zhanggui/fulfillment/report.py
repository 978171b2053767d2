"""Telling the platform how an order was sent or handed over (发货信息管理); settlement depends on it."""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.db import Connection, statement
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.stores.rules import DeliveryMethod
from zhanggui.wechat.apps import mini_program
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.mini_program import Parcel, ShippingReport

LOGISTICS: dict[DeliveryMethod, Literal[1, 2, 3, 4]] = {
    "express": 1,
    "delivery": 2,
    "pickup": 4,
    "dine_in": 4,
}
NOT_KNOWN_YET = "10060001"  # the platform knows an order about a minute after payment
KNOWN_AFTER = timedelta(seconds=60)

PAYMENT = statement(
    "fulfillment.report.payment",
    """
    SELECT a.transaction_id, a.payer, p.appid, o.delivery_method, o.status,
           (SELECT string_agg(l.name->>'zh' || '×' || l.quantity, '；' ORDER BY l.position)
            FROM order_line l WHERE l.store_id = $1 AND l.order_id = $2) AS goods
    FROM payment_attempt a
    JOIN payment_account p ON p.store_id = a.store_id AND p.id = a.account_id
    JOIN sales_order o ON o.store_id = a.store_id AND o.id = a.order_id
    WHERE a.store_id = $1 AND a.order_id = $2 AND a.status = 'succeeded' AND a.provider = 'wechat_pay'
    ORDER BY a.succeeded_at LIMIT 1
    """,
)
PARCELS = statement(
    "fulfillment.report.parcels",
    "SELECT carrier, waybill FROM fulfillment WHERE store_id = $1 AND order_id = $2 ORDER BY id",
)
NOTE = statement(
    "fulfillment.report.note",
    """
    INSERT INTO shipping_report (store_id, order_id, state, error, times, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (store_id, order_id) DO UPDATE SET state = excluded.state, error = excluded.error,
      times = shipping_report.times + excluded.times, updated_at = excluded.updated_at
    """,
)


async def report(rt: Runtime, store_id: UUID, order_id: UUID) -> None:
    """Report the order if it was paid through the platform in a mini-program (a payer's openid is known).

    Not known there yet or no trustworthy answer: Later, so that the job runs again. A refusal is kept with its reason
    for the merchant to see and raises, so that the job is tried again and then shown as failed.
    """
    row = await rt.db.fetchrow(PAYMENT, store_id, order_id)
    if row is None or not row["payer"] or not row["transaction_id"]:
        return
    parcels = await rt.db.fetch(PARCELS, store_id, order_id)
    goods = (row["goods"] or "")[:120]
    method: DeliveryMethod = row["delivery_method"]
    said = ShippingReport(
        transaction_id=row["transaction_id"],
        openid=row["payer"],
        logistics_type=LOGISTICS[method],
        parcels=[
            Parcel(goods, tracking_no=p["waybill"], express_company=p["carrier"])
            if method == "express"
            else Parcel(goods)
            for p in (parcels if method == "express" else parcels[:1])
        ],
        uploaded_at=clock.now(),
        split=len(parcels) > 1,
        all_delivered=row["status"] in {"fulfilled", "completed"},
    )
    app = await mini_program(rt, row["appid"])
    try:
        await app.upload_shipping_info(said)
    except WeChatUnknown as unknown:
        await _note(rt.db, store_id, order_id, "waiting", str(unknown), 0)
        raise Later(timedelta(seconds=30), str(unknown)) from unknown
    except WeChatRefused as refused:
        if refused.code == NOT_KNOWN_YET:
            await _note(rt.db, store_id, order_id, "waiting", str(refused), 0)
            raise Later(KNOWN_AFTER, str(refused)) from refused
        await _note(rt.db, store_id, order_id, "failed", str(refused), 0)
        raise
    await _note(rt.db, store_id, order_id, "sent", None, 1)


async def _note(
    conn: Connection, store_id: UUID, order_id: UUID, state: str, error: str | None, times: int
) -> None:
    await conn.execute(NOTE, store_id, order_id, state, error, times, clock.now())
