"""WeChat Pay as a provider: our attempts and refunds in terms of API v3, and its answers in ours."""

import re
import time
from collections.abc import AsyncGenerator, Awaitable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import date
from typing import IO, Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from zhanggui.core.runtime import Runtime
from zhanggui.payments.inbox import Call, note_call
from zhanggui.payments.provider import (
    AttemptRecord,
    BadMessage,
    BillKind,
    CloseResult,
    CombinedPart,
    CombinedRecord,
    CombinedTrade,
    ForeignRefund,
    Message,
    OutcomeUnknown,
    PartTrade,
    ProviderRefused,
    RefundFact,
    RefundOrder,
    Scene,
    Trade,
    TradeState,
    Unfit,
)
from zhanggui.payments.rules import Received, RefundStatus
from zhanggui.payments.shapes import JsapiPay, PayInstructions
from zhanggui.wechat import pay_shapes
from zhanggui.wechat.bill_file import unpacked_sha1
from zhanggui.wechat.ecommerce import sharing_of
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.pay_v3 import PayClient
from zhanggui.wechat.signing import BadSignature, read_signature

STATES: dict[pay_shapes.TradeState, TradeState] = {
    "SUCCESS": "paid",
    "REFUND": "returned",
    "NOTPAY": "open",
    "USERPAYING": "paying",
    "CLOSED": "closed",
    "REVOKED": "closed",
    "PAYERROR": "failed",
}
PAID: frozenset[TradeState] = frozenset({"paid", "returned"})
"""The money came, whatever went back of it since."""
REFUND_STATES: dict[pay_shapes.RefundStatus, RefundStatus] = {
    "PROCESSING": "processing",
    "SUCCESS": "succeeded",
    "ABNORMAL": "abnormal",
    "CLOSED": "closed",
}
CLOSE_ANSWERS: dict[str, CloseResult] = {
    "ORDERPAID": "paid",
    "ORDER_CLOSED": "closed",
    "USERPAYING": "paying",
    "ORDER_NOT_EXIST": "absent",
}


class WeChatPay:
    """A store's merchant account; implements payments.provider.Provider."""

    def __init__(
        self, rt: Runtime, store_id: UUID, account_id: UUID, account: pay_shapes.MerchantAccount
    ) -> None:
        self._rt, self._store_id = rt, store_id
        self.account_id, self.account = account_id, account
        self._shop = rt.config.shop_origin
        self.notify_url = self._notify_url = f"{rt.config.shop_origin}/hooks/wechat-pay/{account_id}"
        self.client = self._client = PayClient(rt.http, rt.config.wechat_pay_origin, account)
        self.sharing = sharing_of(self.client, self._around)
        """Its calls raise ProviderRefused and OutcomeUnknown, and are kept in the inbox too."""

    async def prepare(self, attempt: AttemptRecord, scene: Scene) -> dict[str, str]:
        order = pay_shapes.PrepayOrder(
            out_trade_no=attempt.number,
            description=scene.description,
            notify_url=self._notify_url,
            amount=attempt.amount,
            currency=attempt.currency,
            expires_at=attempt.expires_at,
            profit_sharing=attempt.profit_sharing,
            appid=attempt.appid,
        )
        async with self._call("prepare", attempt.id):
            if attempt.method == "wechat_jsapi":
                return {"prepay_id": await self._client.prepay_jsapi(order, attempt.payer or "")}
            if attempt.method == "wechat_h5":
                return {"h5_url": await self._client.prepay_h5(order, scene.client_ip, self._shop)}
            return {"code_url": await self._client.prepay_native(order)}

    async def prepare_combined(
        self, order: CombinedRecord, parts: Sequence[CombinedPart], scene: Scene
    ) -> dict[str, str]:
        placed = self._placed(order, parts)
        async with self._call("prepare_combined", order.id):
            if order.method == "wechat_jsapi":
                return {"prepay_id": await self._client.combine_jsapi(placed, order.payer or "")}
            if order.method == "wechat_h5":
                return {"h5_url": await self._client.combine_h5(placed, scene.client_ip, self._shop)}
            return {"code_url": await self._client.combine_native(placed)}

    def instructions(
        self, prepared: AttemptRecord | CombinedRecord, return_url: str | None
    ) -> PayInstructions:
        prepay = prepared.prepay or {}
        if prepared.method == "wechat_jsapi":
            signed = self._client.pay_sign(prepay["prepay_id"], prepared.appid)
            return PayInstructions(jsapi=msgspec.convert(msgspec.to_builtins(signed), JsapiPay))
        if prepared.method == "wechat_h5":
            back = f"&redirect_url={quote(return_url, safe='')}" if return_url else ""
            return PayInstructions(h5_url=prepay["h5_url"] + back)
        return PayInstructions(code_url=prepay["code_url"])

    async def query(self, attempt: AttemptRecord) -> Trade:
        try:
            async with self._call("query", attempt.id):
                trade = await self._client.query(attempt.number)
        except ProviderRefused as fault:
            if fault.code == "ORDER_NOT_EXIST":
                return Trade("absent")
            raise
        if trade.out_trade_no != attempt.number:
            raise OutcomeUnknown("the provider answered about another number")
        state = STATES[trade.trade_state]
        return Trade(state, self._received(trade) if state in PAID else None)

    async def query_combined(self, order: CombinedRecord) -> CombinedTrade | None:
        try:
            async with self._call("query_combined", order.id):
                trade = await self._client.query_combined(order.number)
        except ProviderRefused as fault:
            if fault.code == "ORDER_NOT_EXIST":
                return None
            raise
        if trade.combine_out_trade_no != order.number:
            raise OutcomeUnknown("the provider answered about another number")
        return self._combined(trade)

    async def close(self, attempt: AttemptRecord) -> CloseResult:
        return await self._closing("close", attempt.id, self._client.close(attempt.number))

    async def close_combined(self, order: CombinedRecord, parts: Sequence[CombinedPart]) -> CloseResult:
        placed = self._placed(order, parts)
        return await self._closing("close_combined", order.id, self._client.close_combined(placed))

    async def refund(self, order: RefundOrder) -> RefundFact:
        async with self._call("refund", order.refund_id):
            answer = await self._client.refund(
                out_trade_no=order.attempt_id.hex,
                out_refund_no=order.refund_id.hex,
                amount=order.amount,
                total=order.total,
                currency=order.currency,
                reason=order.reason,
                notify_url=self._notify_url,
                advance=order.advance,
            )
            return _refund_fact(answer, answer.status, order.total)

    async def query_refund(self, order: RefundOrder) -> RefundFact | None:
        try:
            async with self._call("query_refund", order.refund_id):
                answer = await self._client.query_refund(order.refund_id.hex)
        except ProviderRefused as fault:
            if fault.code == "RESOURCE_NOT_EXISTS":
                return None
            raise
        return _refund_fact(answer, answer.status, order.total)

    async def query_foreign(self, number: str) -> ForeignRefund | None:
        if _is_ours(number):
            return None
        try:
            async with self._call("query_refund", None, number=number):
                answer = await self._client.query_refund(number)
        except ProviderRefused as fault:
            if fault.code == "RESOURCE_NOT_EXISTS":
                return None
            raise
        return _foreign(answer, answer.status, self.account.mchid) if _is_ours(answer.out_trade_no) else None

    async def download_bill(self, kind: BillKind, day: date, into: IO[bytes]) -> str | None:
        below = self.account.sub_mchid
        try:
            async with self._call("bill", None, bill=kind, day=day.isoformat()):
                if kind == "flow" and below:
                    return await self._sub_flow_bill(day, below, into)
                file = await (
                    self._client.trade_bill(day, below) if kind == "trade" else self._client.flow_bill(day)
                )
                await self._client.download(file, into)
        except ProviderRefused as fault:
            if fault.code == "NO_STATEMENT_EXIST":
                return None
            if fault.code == "STATEMENT_CREATING":
                raise OutcomeUnknown(str(fault)) from fault
            raise
        return file.hash_value.lower()

    async def _sub_flow_bill(self, day: date, sub_mchid: str, into: IO[bytes]) -> str:
        """What moved on this merchant's account below the platform, put together from all parts."""
        parts = await self._client.sub_flow_bill(day, sub_mchid)
        for part in parts:
            await self._client.download_sealed(part, into)
        return parts[0].hash_value.lower() if len(parts) == 1 else unpacked_sha1(into)

    async def parse(self, headers: Mapping[str, str], body: bytes) -> Message:
        """Signature over the raw body first, then decryption; the rest is only read after both."""
        try:
            notification = await self._client.verify_notification(headers, body)
            nonce = read_signature(headers).nonce
            opened = self._client.open(notification, dict[str, object])
        except BadSignature as fault:
            raise BadMessage(str(fault)) from fault
        message = Message(notification.id, nonce, notification.event_type, opened)
        if notification.resource.original_type == "profitsharing":  # also called TRANSACTION.SUCCESS
            return msgspec.structs.replace(message, kind="PROFITSHARING")
        try:
            if notification.event_type == "TRANSACTION.SUCCESS" and "combine_out_trade_no" in opened:
                together = self._client.open(notification, pay_shapes.CombinedTrade)
                return msgspec.structs.replace(message, combined=self._combined(together))
            if notification.event_type == "TRANSACTION.SUCCESS":
                return self._about_payment(notification, message)
            if notification.event_type.startswith("REFUND."):
                return self._about_refund(notification, message)
        except (BadSignature, OutcomeUnknown) as fault:  # a field is missing, or is not what it should be
            raise Unfit(message, "malformed") from fault
        return message

    def _about_payment(self, notification: pay_shapes.Notification, message: Message) -> Message:
        trade = self._client.open(notification, pay_shapes.Trade)
        if trade.trade_state != "SUCCESS":
            raise Unfit(message, "trade_state")
        return msgspec.structs.replace(message, received=self._received(trade))

    def _about_refund(self, notification: pay_shapes.Notification, message: Message) -> Message:
        notice = self._client.open(notification, pay_shapes.RefundNotice)
        if (notice.asked_by, notice.sub_mchid) != (self.account.mchid, self.account.sub_mchid):
            raise Unfit(message, "mchid")
        if not _is_ours(notice.out_refund_no):  # made by hand at the provider: `foreign_refund` reads it
            return message
        return msgspec.structs.replace(
            message, refund=_refund_fact(notice, notice.refund_status, notice.amount.total)
        )

    async def _closing(self, kind: str, subject: UUID, call: Awaitable[None]) -> CloseResult:
        try:
            async with self._call(kind, subject):
                await call
        except ProviderRefused as fault:
            if fault.code not in CLOSE_ANSWERS:
                raise
            return CLOSE_ANSWERS[fault.code]
        return "closed"

    def _around(self, kind: str, /, **facts: str) -> AbstractAsyncContextManager[None]:
        """A call of profit sharing: its number begins with the id of the row of ours that it is about."""
        number = facts.get("number", "")[:32]
        return self._call(kind, UUID(hex=number) if _is_ours(number) else None, **facts)

    @asynccontextmanager
    async def _call(self, kind: str, subject: UUID | None, **facts: str) -> AsyncGenerator[None]:
        """One call to the provider: its failures in our terms, and its row in the inbox whatever came of it.

        `facts` tell what it was about where that is no row of ours, or not all of it.
        """
        began, outcome, error = time.perf_counter(), "unknown", None
        try:
            with translated():
                yield
            outcome = "ok"
        except ProviderRefused as fault:
            outcome, error = f"refused:{fault.code}", str(fault)
            raise
        except OutcomeUnknown as fault:
            error = str(fault)
            raise
        finally:
            took_ms = round((time.perf_counter() - began) * 1000)
            call = Call(self._store_id, self.account_id, kind, subject, outcome, error, took_ms, facts)
            await note_call(self._rt.db, call)

    def _placed(self, order: CombinedRecord, parts: Sequence[CombinedPart]) -> pay_shapes.CombinedOrder:
        return pay_shapes.CombinedOrder(
            combine_out_trade_no=order.number,
            appid=order.appid,
            notify_url=self._notify_url,
            expires_at=order.expires_at,
            parts=[
                pay_shapes.SubOrder(
                    mchid=part.mchid,
                    sub_mchid=part.sub_mchid,
                    out_trade_no=part.attempt.number,
                    description=f"订单 {part.order_number}",
                    attach=part.order_number,
                    amount=part.attempt.amount,
                    currency=part.attempt.currency,
                    profit_sharing=part.attempt.profit_sharing,
                )
                for part in parts
            ],
        )

    def _combined(self, trade: pay_shapes.CombinedTrade) -> CombinedTrade:
        combined_id = _our_id(trade.combine_out_trade_no)
        payer = trade.combine_payer_info.openid if trade.combine_payer_info else None
        parts: list[PartTrade] = []
        for part in trade.sub_orders:
            attempt_id, state = _our_id(part.out_trade_no), STATES[part.trade_state]
            received = None
            if state in PAID:
                amount = part.amount
                if (
                    not amount
                    or amount.total_amount is None
                    or not part.transaction_id
                    or not part.success_time
                ):
                    raise OutcomeUnknown("a paid part without amount, transaction or time")
                received = Received(
                    attempt_id=attempt_id,
                    account_id=self.account_id,
                    amount=amount.total_amount,
                    currency=amount.currency or "CNY",
                    mchid=part.mchid,
                    appid=trade.combine_appid,
                    transaction_id=part.transaction_id,
                    paid_at=part.success_time,
                    payer=payer,
                    sub_mchid=part.sub_mchid,
                    combined_id=combined_id,
                    given_back=state == "returned",
                    coupon=_coupon(amount.total_amount, amount.payer_amount),
                    discount=_discount(part.promotion_detail),
                )
            parts.append(PartTrade(attempt_id, state, received))
        return CombinedTrade(combined_id, trade.combine_mchid, parts)

    def _received(self, trade: pay_shapes.Trade) -> Received:
        amount = trade.amount
        if (
            amount is None
            or amount.total is None
            or trade.transaction_id is None
            or trade.success_time is None
        ):
            raise OutcomeUnknown("a paid order without amount, transaction or time")
        return Received(
            attempt_id=_our_id(trade.out_trade_no),
            account_id=self.account_id,
            amount=amount.total,
            currency=amount.currency or "CNY",
            mchid=trade.mchid,
            appid=trade.appid,
            transaction_id=trade.transaction_id,
            paid_at=trade.success_time,
            payer=trade.payer.openid if trade.payer else None,
            given_back=trade.trade_state == "REFUND",
            coupon=_coupon(amount.total, amount.payer_total),
            discount=_discount(trade.promotion_detail),
        )


def _coupon(total: int, paid_by_buyer: int | None) -> int:
    """What of a payment the buyer did not pay himself, fen."""
    return 0 if paid_by_buyer is None else total - paid_by_buyer


def _discount(promotions: Sequence[pay_shapes.Promotion]) -> int:
    """What of a payment is never settled: coupons that nobody prefunded (免充值), fen."""
    return sum(one.amount for one in promotions if one.type == "NOCASH")


def _refund_fact(
    refund: pay_shapes.Refund | pay_shapes.RefundNotice, status: pay_shapes.RefundStatus, total: int
) -> RefundFact:
    """`total` is the order's, where the provider does not repeat it."""
    return RefundFact(
        refund_id=_our_id(refund.out_refund_no),
        attempt_id=_our_id(refund.out_trade_no),
        amount=refund.amount.refund,
        total=total if refund.amount.total is None else refund.amount.total,
        currency=refund.amount.currency,
        status=REFUND_STATES[status],
        provider_refund_id=refund.refund_id,
        payer_amount=refund.amount.to_payer,
        settled_amount=refund.amount.settled,
        at=refund.success_time,
    )


def foreign_refund(body: dict[str, Any]) -> ForeignRefund | None:
    """What a message's facts say of a refund made by hand for one of our payments; None for anything else."""
    try:
        notice = msgspec.convert(body, pay_shapes.RefundNotice)
    except msgspec.ValidationError:
        return None
    if _is_ours(notice.out_refund_no) or not _is_ours(notice.out_trade_no):
        return None
    return _foreign(notice, notice.refund_status, notice.asked_by)


def _foreign(
    refund: pay_shapes.Refund | pay_shapes.RefundNotice, status: pay_shapes.RefundStatus, mchid: str
) -> ForeignRefund:
    return ForeignRefund(
        number=refund.out_refund_no,
        attempt_id=_our_id(refund.out_trade_no),
        mchid=mchid,
        amount=refund.amount.refund,
        total=refund.amount.total,
        currency=refund.amount.currency,
        status=REFUND_STATES[status],
        provider_refund_id=refund.refund_id,
        payer_amount=refund.amount.to_payer,
        settled_amount=refund.amount.settled,
        at=refund.success_time,
    )


def _is_ours(number: str) -> bool:
    return re.fullmatch(r"[0-9a-f]{32}", number) is not None


def _our_id(number: str) -> UUID:
    if not _is_ours(number):
        raise OutcomeUnknown(f"{number[:40]!r} is not a number of ours")
    return UUID(hex=number)


@contextmanager
def translated() -> Generator[None]:
    """WeChat's faults become ProviderRefused (nothing was done) and OutcomeUnknown (query, then the same number)."""
    try:
        yield
    except WeChatRefused as fault:
        raise ProviderRefused(fault.code, fault.message) from fault
    except WeChatUnknown as fault:
        raise OutcomeUnknown(str(fault)) from fault
