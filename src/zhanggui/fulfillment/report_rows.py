"""Rows of the reports: what there is to tell about an order, claimed by one teller at a time, and what came of it."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from zhanggui.core import clock
from zhanggui.core.crypto import Sealer
from zhanggui.core.db import Connection, Row, statement
from zhanggui.core.events import Event, append
from zhanggui.customers.phones import mask_phone
from zhanggui.fulfillment.report_rules import Known, State, Told, Wanted
from zhanggui.orders.page_parts import open_contact
from zhanggui.stores.rules import DeliveryMethod
from zhanggui.wechat.shipping import CombinedKey, LogisticsType, Parcel, whole_ms

LOGISTICS: dict[DeliveryMethod, LogisticsType] = {
    "express": 1,
    "delivery": 2,
    "virtual": 3,
    "pickup": 4,
    "dine_in": 4,
}
CLAIM_FOR = timedelta(seconds=60)  # longer than the client's time-out for the calls of one step
DESCRIPTION = 120
NEEDS_CONTACT = frozenset({"SF"})  # 10060014: 顺丰的联系方式必填

FACTS = statement(
    "fulfillment.report.facts",
    """
    SELECT o.id, o.delivery_method, o.status, o.paid_at, o.customer_id, o.contact_sealed, o.number,
           a.id AS attempt_id, a.transaction_id, a.payer, coalesce(a.appid, p.appid) AS appid, p.mchid,
           a.combined_id, q.mchid AS combine_mchid,
           (SELECT coalesce(sum(quantity - fulfilled - cancelled), 0)::int FROM order_line
            WHERE store_id = $1 AND order_id = $2) AS units_left,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('carrier', coalesce(f.carrier, ''),
                     'waybill', coalesce(f.waybill, ''), 'goods', g.goods) ORDER BY f.id), '[]')
            FROM fulfillment f
            LEFT JOIN LATERAL (
              SELECT string_agg(l.name->>'zh' || '×' || fl.quantity, '；' ORDER BY l.position) AS goods
              FROM fulfillment_line fl JOIN order_line l ON l.store_id = fl.store_id AND l.id = fl.order_line_id
              WHERE fl.store_id = $1 AND fl.fulfillment_id = f.id) g ON true
            WHERE f.store_id = $1 AND f.order_id = $2
              AND f.status IN ('shipped', 'delivered', 'picked', 'handed_over')) AS parcels
    FROM payment_attempt a
    JOIN payment_account p ON p.store_id = a.store_id AND p.id = a.account_id
    JOIN sales_order o ON o.store_id = a.store_id AND o.id = a.order_id
    LEFT JOIN payment_combination c ON c.customer_id = a.customer_id AND c.id = a.combined_id
    LEFT JOIN payment_account q ON q.store_id = c.store_id AND q.id = c.account_id
    WHERE a.store_id = $1 AND a.order_id = $2 AND a.status = 'succeeded' AND a.provider = 'wechat_pay'
      AND a.payer IS NOT NULL AND a.transaction_id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM wechat_app w
                      WHERE w.appid = coalesce(a.appid, p.appid) AND w.kind <> 'mini_program')
    ORDER BY a.succeeded_at LIMIT 1
    """,
)
CLAIM = statement(
    "fulfillment.report.claim",
    """
    INSERT INTO shipping_report (store_id, order_id, state, tries, claimed_until, updated_at)
    VALUES ($1, $2, 'waiting', 1, $4, $3)
    ON CONFLICT (store_id, order_id) DO UPDATE SET claimed_until = $4, tries = shipping_report.tries + 1
    WHERE shipping_report.claimed_until IS NULL OR shipping_report.claimed_until < $3
    RETURNING state, times, tries, told, mode, doubt, told_at
    """,
)
# `claimed_until` is the claim's own stamp: who was too slow and lost it to another writes nothing.
NOTE = statement(
    "fulfillment.report.note",
    """
    UPDATE shipping_report SET state = $4, code = $5, error = $6, doubt = $7, updated_at = $8, claimed_until = $9,
      told = $10, mode = $11, times = $12, told_at = coalesce($13, told_at),
      received_at = coalesce(received_at, $14)
    WHERE store_id = $1 AND order_id = $2 AND claimed_until = $3
    RETURNING order_id
    """,
)


class Facts(NamedTuple):
    """An order paid through the platform: how it was paid, what left, in parcels with what is in them."""

    order: Row
    wanted: Wanted
    goods: dict[Told, str]
    contact: dict[str, str] | None

    @property
    def combined(self) -> CombinedKey | None:
        """The combined payment it is a part of, as the platform names the two; None when it was paid alone."""
        o = self.order
        if o["combined_id"] is None:
            return None
        return CombinedKey(o["combine_mchid"], o["combined_id"].hex, o["mchid"], o["attempt_id"].hex)

    @property
    def logistics(self) -> LogisticsType:
        return LOGISTICS[self.order["delivery_method"]]

    def parcels(self, told: tuple[Told, ...]) -> list[Parcel]:
        """As the platform wants them; the receiver's masked number where the carrier asks for one."""
        return [
            Parcel(
                self.goods.get(t) or "商品",
                tracking_no=t.waybill or None,
                express_company=t.carrier or None,
                contact=self.contact if t.carrier in NEEDS_CONTACT else None,
            )
            for t in told
        ]


class Claim(NamedTuple):
    """The right to tell, and what was told before."""

    stamp: datetime
    known: Known
    tries: int
    doubt: bool
    told_at: datetime | None

    def next_upload_time(self) -> datetime:
        """Now, and later than the last one: the platform orders reports by it, to the millisecond."""
        now = whole_ms(clock.now())
        return now if self.told_at is None or now > self.told_at else self.told_at + timedelta(milliseconds=1)


async def facts_of(conn: Connection, sealer: Sealer, store_id: UUID, order_id: UUID) -> Facts | None:
    """What there is to tell; None when the order was not paid in the platform (or is not this store's)."""
    row = await conn.fetchrow(FACTS, store_id, order_id)
    if row is None:
        return None
    express = row["delivery_method"] == "express"
    listed: list[dict[str, Any]] = row["parcels"]
    goods: dict[Told, str] = {}
    for parcel in listed:
        told = Told(parcel["carrier"], parcel["waybill"]) if express else Told("", "")
        goods[told] = "；".join(t for t in (goods.get(told), parcel["goods"]) if t)[:DESCRIPTION]
    wanted = Wanted(tuple(goods), express, row["units_left"] == 0)
    opened = open_contact(sealer, row)
    contact = {"receiver_contact": _masked(opened.phone)} if opened else None
    return Facts(row, wanted, goods, contact)


async def claim(conn: Connection, store_id: UUID, order_id: UUID) -> Claim | None:
    """Take the order for telling; None while another has it."""
    now = clock.now()
    stamp = now + CLAIM_FOR
    row = await conn.fetchrow(CLAIM, store_id, order_id, now, stamp)
    if row is None:
        return None
    told = tuple(Told(t["carrier"], t["waybill"]) for t in row["told"])
    return Claim(stamp, Known(told, row["mode"], row["times"]), row["tries"], row["doubt"], row["told_at"])


class Outcome(NamedTuple):
    """How a report stands after a call."""

    state: State
    known: Known
    code: str | None = None
    error: str | None = None
    doubt: bool = False
    told_at: datetime | None = None
    received_at: datetime | None = None


async def note(
    conn: Connection, store_id: UUID, facts: Facts, held: Claim, outcome: Outcome, *, release: bool
) -> bool:
    """Write how it stands and tell the console's open pages; False when the claim was lost meanwhile."""
    order_id: UUID = facts.order["id"]
    done = await conn.fetchval(
        NOTE,
        store_id,
        order_id,
        held.stamp,
        outcome.state,
        outcome.code,
        outcome.error,
        outcome.doubt,
        clock.now(),
        None if release else held.stamp,
        [{"carrier": t.carrier, "waybill": t.waybill} for t in outcome.known.parcels],
        outcome.known.mode,
        outcome.known.times,
        outcome.told_at,
        outcome.received_at,
    )
    if done is None:
        return False
    news = {"number": facts.order["number"], "state": outcome.state, "code": outcome.code}
    await append(conn, [Event(store_id, "shipping_report.changed", order_id, None, news)])
    return True


def _masked(phone: str) -> str:
    """`+86-138****8000`: the last four digits must be readable, the rest need not."""
    return f"+86-{mask_phone(phone)}"
