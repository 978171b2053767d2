"""Giving money back. Source: pay.weixin.qq.com, "退款申请", "查询单笔退款", "退款结果通知"."""

import re

from wechat_sandbox import ids
from wechat_sandbox.pay import coupons
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.pay.product import check_product
from wechat_sandbox.pay.refunds import Refund, RefundStatus
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.state import Sandbox

OUT_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
MOST_PARTS = 50
WITHIN_S = 365 * 86400
_SUMMARY: dict[RefundStatus, str] = {
    "SUCCESS": "退款成功",
    "ABNORMAL": "退款异常",
    "CLOSED": "退款关闭",
    "PROCESSING": "退款处理中",
}


def request_refund(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Accept a refund; the result comes later. The merchant's number makes it idempotent. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("out_refund_no", 64, pattern=OUT_REFUND_NO)
    amount = fields.inner("amount")
    refund, total = amount.integer("refund", least=1), amount.integer("total", least=1)
    currency = amount.text("currency", 16)
    reason = fields.optional_text("reason", 80)
    notify_url = fields.address("notify_url") if fields.has("notify_url") else None
    advance = fields.has("funds_account") and _advanced(fields.text("funds_account", 32))
    transaction = _order(sandbox, call, fields)
    known = sandbox.refunds.by_number(call.merchant.mchid, number)
    if known is not None:
        same = (known.out_trade_no, known.refund, known.total) == (transaction.out_trade_no, refund, total)
        if not same:
            raise invalid_request("订单金额或退款金额与之前请求不一致，请核实后再试")
        return PayReply(200, known.describe())
    if currency != transaction.currency:
        raise param_error("/amount/currency", "与订单不一致 / differs from the order", currency)
    _check(sandbox, call, transaction, refund, total)
    accepted = _made(sandbox, transaction, number, refund, call.now)
    accepted.reason, accepted.notify_url = reason, notify_url
    if accepted.settled > sandbox.sharing.own(transaction) and not advance:
        raise PayError(403, "NOT_ENOUGH", "基本账户余额不足: 已分账部分请先回退，再申请退款")
    _begin(sandbox, transaction, accepted)
    return PayReply(200, accepted.describe())


def refund_by_hand(sandbox: Sandbox, transaction: Transaction, amount: int, *, notify: bool) -> Refund:
    """What a merchant does on the platform's own pages: a refund under a number of the platform's. Raises PayError."""
    now = sandbox.clock.now()
    if not transaction.is_paid or amount > transaction.total - transaction.refunded:
        raise invalid_request("申请退款金额大于订单可退金额")
    made = _made(sandbox, transaction, f"M{ids.refund_id(now)}", amount, now)
    made.reason, made.notify_url = "商户平台手工退款", transaction.notify_url if notify else None
    _begin(sandbox, transaction, made)
    return made


def _made(sandbox: Sandbox, transaction: Transaction, number: str, amount: int, now: float) -> Refund:
    """A refund with what goes back to each coupon, not yet begun."""
    before = [r for r in sandbox.refunds.of(transaction) if r.status != "CLOSED"]
    taken = [sum(r.given[n] for r in before) for n in range(len(transaction.coupons))]
    return Refund(
        refund_id=ids.refund_id(now),
        mchid=transaction.mchid,
        sub_mchid=transaction.sub_mchid,
        out_refund_no=number,
        out_trade_no=transaction.out_trade_no,
        transaction_id=transaction.transaction_id or "",
        refund=amount,
        total=transaction.total,
        currency=transaction.currency,
        created_at=now,
        coupons=transaction.coupons,
        given=coupons.give_back(transaction.coupons, transaction.total, transaction.refunded, taken, amount),
    )


def _begin(sandbox: Sandbox, transaction: Transaction, refund: Refund) -> None:
    transaction.refunded += refund.refund
    transaction.unsettled += refund.unsettled
    transaction.refunds = [*transaction.refunds, refund.out_refund_no]
    transaction.last_refund_at = refund.created_at
    transaction.state = "REFUND"
    sandbox.transactions.save(transaction)
    sandbox.refunds.save(refund)
    plan(sandbox, refund)


def query_refund(sandbox: Sandbox, call: PayCall, out_refund_no: str) -> PayReply:
    """The refund with the merchant's number. Raises PayError 404."""
    refund = sandbox.refunds.by_number(call.merchant.mchid, out_refund_no)
    if refund is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    transaction = sandbox.transactions.by_id(refund.transaction_id)
    if transaction is None:
        raise LookupError(f"refund {refund.refund_id} has lost its order")
    check_product(call, transaction)
    return PayReply(200, refund.describe())


def plan(sandbox: Sandbox, refund: Refund) -> None:
    """Let the refund come to its result at its time."""

    async def job() -> None:
        if refund.status == "PROCESSING":
            outcomes = sandbox.refunds.next_outcomes
            settle(sandbox, refund, outcomes.pop(0) if outcomes else "SUCCESS")

    sandbox.agenda.at(refund.created_at + sandbox.config.refund_settles_s, job)


def settle(sandbox: Sandbox, refund: Refund, status: RefundStatus) -> None:
    """Give the refund its result and notify the merchant; a closed one gives its amount free again."""
    refund.status, refund.settled_at = status, sandbox.clock.now()
    sandbox.refunds.save(refund)
    merchant = sandbox.merchants.get(refund.mchid)
    transaction = sandbox.transactions.by_id(refund.transaction_id)
    if merchant is None or transaction is None:
        raise LookupError(f"refund {refund.refund_id} has lost its order")
    if status == "CLOSED":
        transaction.refunded -= refund.refund
        transaction.unsettled -= refund.unsettled
        transaction.state = "REFUND" if transaction.refunded else "SUCCESS"
        sandbox.transactions.save(transaction)
    sandbox.seen.record(
        "refund",
        f"{refund.refund / 100:.2f} CNY → {status}",
        mood="ok" if status == "SUCCESS" else "warn",
        subject=refund.out_trade_no,
        refund=refund.describe(),
    )
    if refund.notify_url:
        sandbox.delivery.notify(
            merchant,
            url=refund.notify_url,
            event_type=f"REFUND.{status}",
            original_type="refund",
            summary=_SUMMARY[status],
            subject=refund.out_trade_no,
            resource=refund.notice(),
        )


def _advanced(account: str) -> bool:
    """Whether the refund is paid from the merchant's available balance, whatever became of the order's own money."""
    if account not in ("AVAILABLE", "UNSETTLED"):
        raise param_error("/funds_account", "不在枚举范围 / unknown", account)
    return account == "AVAILABLE"


def _order(sandbox: Sandbox, call: PayCall, fields: Fields) -> Transaction:
    if fields.has("transaction_id"):
        transaction = sandbox.transactions.by_id(fields.text("transaction_id", 32))
    elif fields.has("out_trade_no"):
        transaction = sandbox.transactions.by_number(call.merchant, fields.text("out_trade_no", 32))
    else:
        raise param_error("/transaction_id", "与 out_trade_no 二选一必填 / one of the two is required")
    if transaction is None or transaction.mchid != call.merchant.mchid:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在，请检查订单号")
    check_product(call, transaction)
    return transaction


def _check(sandbox: Sandbox, call: PayCall, transaction: Transaction, refund: int, total: int) -> None:
    if not transaction.is_paid or transaction.paid_at is None:
        raise invalid_request("订单未支付，不可申请退款")
    if total != transaction.total:
        raise invalid_request("订单金额与原订单不一致，请核实后再试")
    if refund > transaction.total - transaction.refunded:
        raise invalid_request("申请退款金额大于订单可退金额")
    if call.now - transaction.paid_at > WITHIN_S:
        raise invalid_request("订单已超过一年，不可申请退款")
    if len(transaction.refunds) >= MOST_PARTS:
        raise invalid_request("部分退款次数已达上限 50 次")
    last = transaction.last_refund_at
    if last is not None and call.now - last < sandbox.config.refund_interval_s:
        raise PayError(429, "FREQUENCY_LIMITED", "同一笔订单两次退款应间隔 1 分钟以上")
