"""Telling the platform how an order was sent or handed over (发货信息管理); settlement depends on it.

An order is told by one worker at a time (`report_rows.claim`); every call is a step of `report_rules.next_step`. After an
answer that was lost the platform is asked what it knows before anything is told again, because telling a finished order
twice uses up its only correction.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from zhanggui.core import clock
from zhanggui.core.db import Connection, in_transaction
from zhanggui.core.errors import ShopError
from zhanggui.core.jobs import Later
from zhanggui.core.runtime import Runtime
from zhanggui.fulfillment import report_rows
from zhanggui.fulfillment.report_rows import Claim, Facts, Outcome
from zhanggui.fulfillment.report_rules import (
    MOST_STEPS,
    MOST_TRIES,
    USED_UP,
    Known,
    State,
    Step,
    Told,
    after,
    meaning,
    next_step,
    state_of,
    wait,
)
from zhanggui.wechat.apps import mini_program
from zhanggui.wechat.errors import WeChatError, WeChatRefused, WeChatUnknown
from zhanggui.wechat.mini_program import MiniProgram
from zhanggui.wechat.shipping import ShippingReport, ToldOrder

log = structlog.get_logger()
BUSY = timedelta(seconds=5)
MANAGED_FOR = timedelta(hours=1)
REFUNDED = 5  # get_order: order_state


async def report(rt: Runtime, store_id: UUID, order_id: UUID) -> None:
    """Tell what is to be told of an order that was paid in the mini-program; otherwise nothing.

    Raises Later while another tells it, while the platform does not know it yet, and after answers that cannot be
    trusted. What people have to look at is kept as `failed` with the platform's code, and not raised.
    """
    if await report_rows.facts_of(rt.db, rt.sealer, store_id, order_id) is None:
        return
    held = await report_rows.claim(rt.db, store_id, order_id)
    if held is None:
        raise Later(BUSY, "another worker is telling it")
    facts = await report_rows.facts_of(
        rt.db, rt.sealer, store_id, order_id
    )  # again: the claim came after the first
    if facts is None:
        raise LookupError(f"order {order_id} lost its payment while it was reported")
    telling = _Telling(rt, await mini_program(rt, facts.order["appid"]), store_id, facts, held)
    try:
        outcome = await telling.tell()
    except WeChatUnknown as unknown:
        state: State = "failed" if held.tries >= MOST_TRIES else "waiting"
        await telling.note(Outcome(state, telling.known, unknown.code, str(unknown), doubt=True))
        if state == "waiting":
            raise Later(wait(held.tries), str(unknown)) from unknown
        return
    await telling.note(outcome)
    if outcome.state == "waiting" and outcome.code is not None:
        raise Later(wait(held.tries), outcome.error or "")


async def managed(rt: Runtime, app: MiniProgram) -> bool:
    """Whether 发货信息管理 is open for the mini-program; asked once an hour in each process. Raises WeChatUnknown.

    A platform that refuses the question itself does not say no: then the report is tried and its refusal shown.
    """
    seen = rt.once("fulfillment.trade_managed", dict[str, tuple[bool, datetime]])
    kept = seen.get(app.appid)
    if kept is not None and clock.now() < kept[1]:
        return kept[0]
    try:
        answer = await app.trade_managed()
    except WeChatRefused as refused:
        log.warning("trade_managed_refused", appid=app.appid, code=refused.code)
        return True
    seen[app.appid] = answer, clock.now() + MANAGED_FOR
    return answer


class _Telling:
    """One order being told: `known` and `told_at` are what is certain so far."""

    def __init__(self, rt: Runtime, app: MiniProgram, store_id: UUID, facts: Facts, held: Claim) -> None:
        self._rt, self._app, self._store_id, self._facts, self._held = rt, app, store_id, facts, held
        self.known, self._told_at = held.known, held.told_at

    async def tell(self) -> Outcome:
        """Step by step until nothing is left to tell. Raises WeChatUnknown."""
        if not await managed(self._rt, self._app):
            return Outcome("unneeded", self.known, "not_managed")
        if self._held.doubt:
            await self._ask()
        for _ in range(MOST_STEPS):
            step = next_step(self.known, self._facts.wanted)
            if step is None:
                break
            if step == "used_up":
                return Outcome("failed", self.known, USED_UP, "the one correction has been used")
            try:
                await self._upload(step)
            except WeChatRefused as refused:
                return await self._refused(refused)
            self.known = after(self.known, step)
            # Should the next step's answer be lost, this one is not forgotten.
            await self.note(Outcome("waiting", self.known), release=False)
        return Outcome(state_of(self.known), self.known)

    async def note(self, outcome: Outcome, *, release: bool = True) -> None:
        """Keep how it stands; a claim that ran out belongs to another by now."""
        kept = outcome._replace(told_at=self._told_at)

        async def work(conn: Connection) -> bool:
            return await report_rows.note(
                conn, self._store_id, self._facts, self._held, kept, release=release
            )

        if not await in_transaction(self._rt.db, work):
            log.warning("shipping_report_claim_lost", order=str(self._facts.order["id"]))

    async def _upload(self, step: Step) -> None:
        self._told_at = self._held._replace(told_at=self._told_at).next_upload_time()
        said = ShippingReport(
            transaction_id=self._facts.order["transaction_id"],
            openid=self._facts.order["payer"],
            logistics_type=self._facts.logistics,
            parcels=self._facts.parcels(step.parcels),
            uploaded_at=self._told_at,
            split=step.split,
            all_delivered=step.finishes,
        )
        if (key := self._facts.combined) is not None:
            await self._app.upload_combined_shipping_info(key, said)
        else:
            await self._app.upload_shipping_info(said)

    async def _refused(self, refused: WeChatRefused) -> Outcome:
        paid_at: datetime | None = self._facts.order["paid_at"]
        answer = meaning(refused.code, clock.now() - paid_at if paid_at else timedelta())
        if answer == "later":
            return Outcome("waiting", self.known, refused.code, str(refused))
        if answer == "ask":
            told = await self._ask()
            if told is not None and told.order_state == REFUNDED:  # nothing is left that could be settled
                return Outcome("unneeded", self.known, refused.code, str(refused))
            if self.known.times and next_step(self.known, self._facts.wanted) is None:
                at = clock.now() if told is not None and told.received else None
                return Outcome("sent", self.known, received_at=at)
        return Outcome("failed", self.known, refused.code, str(refused))

    async def _ask(self) -> ToldOrder | None:
        """What the platform knows becomes `known`; None while it knows nothing of the order."""
        try:
            told = await self._app.shipped_order(self._facts.order["transaction_id"])
        except WeChatRefused:
            return None
        if told.shipping is not None:
            there = tuple(Told(p.express_company, p.tracking_no) for p in told.shipping.shipping_list)
            times = told.shipping.finish_shipping_count or int(told.shipping.finish_shipping)
            self.known = Known(there, told.shipping.delivery_mode or self.known.mode, times)
        return told


async def platform_received(rt: Runtime, store_id: UUID, order_id: UUID) -> bool:
    """Whether the platform itself says that the buyer has the order. Raises 409 `no_platform_receipt`, 503 when it
    cannot be asked."""
    facts = await report_rows.facts_of(rt.db, rt.sealer, store_id, order_id)
    if facts is None:
        raise ShopError("no_platform_receipt", 409)
    app = await mini_program(rt, facts.order["appid"])
    try:
        return (await app.shipped_order(facts.order["transaction_id"])).received
    except WeChatRefused:  # it knows nothing of the order
        return False
    except WeChatError as fault:
        raise ShopError("platform_unavailable", 503) from fault
