"""Splitting a payment, asking about it, and unfreezing the rest.

Source: pay.weixin.qq.com, "请求分账", "查询分账结果", "解冻剩余资金", "查询剩余待分金额", "分账动账通知".
"""

import hashlib
import re

import msgspec

from wechat_sandbox import ids
from wechat_sandbox.clock import china_time
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.pay.product import check_product
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.sharing.book import DAY_S, Detail, SplitOrder
from wechat_sandbox.sharing.receivers import account_type, check_app
from wechat_sandbox.state import Sandbox

OUT_ORDER_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
MOST_RECEIVERS = 50
MOST_CALLS = 50
UNFROZEN = "解冻给分账方"


def split(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Accept a split order; its result comes later. The merchant's number makes it idempotent. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("out_order_no", 64, pattern=OUT_ORDER_NO)
    transaction = _transaction(sandbox, call, fields.text("transaction_id", 32))
    details = _details(sandbox, call, fields)
    if not fields.has("unfreeze_unsplit"):
        raise param_error("/unfreeze_unsplit", "必填 / is required")
    ends = fields.flag("unfreeze_unsplit")
    mark = _fingerprint(transaction, details, ends)
    known = _known(sandbox, call, number, mark)
    if known is not None:
        return PayReply(200, known.describe())
    _check(sandbox, call, transaction, sum(d.amount for d in details))
    return _accept(sandbox, call, transaction, number, mark, details, ends=ends)


def unfreeze(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Give the rest of a payment to its merchant; nothing can be split afterwards. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("out_order_no", 64, pattern=OUT_ORDER_NO)
    fields.text("description", 80)
    transaction = _transaction(sandbox, call, fields.text("transaction_id", 32))
    mark = _fingerprint(transaction, [], True)
    known = _known(sandbox, call, number, mark)
    if known is not None:
        return PayReply(200, known.describe())
    _check(sandbox, call, transaction, 0)
    return _accept(sandbox, call, transaction, number, mark, [], ends=True)


def query(sandbox: Sandbox, call: PayCall, out_order_no: str) -> PayReply:
    """A split order by the merchant's number. Raises PayError 404."""
    order = sandbox.sharing.order(call.merchant.mchid, out_order_no)
    if order is None or order.transaction_id != call.query.get("transaction_id", ""):
        raise PayError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    _transaction(sandbox, call, order.transaction_id)
    return PayReply(200, order.describe())


def amounts(sandbox: Sandbox, call: PayCall, transaction_id: str) -> PayReply:
    """What of a payment can still be split. Raises PayError 404."""
    transaction = _transaction(sandbox, call, transaction_id)
    left = sandbox.sharing.unsplit(transaction)
    return PayReply(200, {"transaction_id": transaction_id, "unsplit_amount": left})


def resume(sandbox: Sandbox) -> None:
    """Take up what an earlier run left under way, and the freezes that end by themselves."""
    for order in sandbox.sharing.all_orders():
        if order.state == "PROCESSING":
            _plan(sandbox, order)
    for transaction in sandbox.transactions.all_in_state("SUCCESS"):
        thaw_later(sandbox, transaction)
    for transaction in sandbox.transactions.all_in_state("REFUND"):
        thaw_later(sandbox, transaction)


def thaw_later(sandbox: Sandbox, transaction: Transaction) -> None:
    """A payment whose merchant forgets it is unfrozen by itself after the agreed days."""
    if not transaction.profit_sharing or transaction.paid_at is None:
        return
    number = transaction.transaction_id or ""
    if sandbox.sharing.has_ended(number):
        return

    async def job() -> None:
        if not sandbox.sharing.has_ended(number):
            left = sandbox.sharing.unsplit(transaction)
            sandbox.sharing.end(number)
            sandbox.seen.record(
                "sharing",
                f"freeze over, {left / 100:.2f} CNY unfrozen",
                mood="info",
                subject=transaction.out_trade_no,
            )

    days = sandbox.sharing.settings(transaction.sub_mchid or transaction.mchid).frozen_days
    sandbox.agenda.at(transaction.paid_at + days * DAY_S, job)


def _transaction(sandbox: Sandbox, call: PayCall, transaction_id: str) -> Transaction:
    transaction = sandbox.transactions.by_id(transaction_id)
    if transaction is None or transaction.mchid != call.merchant.mchid:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "微信支付订单不存在")
    check_product(call, transaction)
    return transaction


def _details(sandbox: Sandbox, call: PayCall, fields: Fields) -> list[Detail]:
    details: list[Detail] = []
    for one in fields.inner_list("receivers", most=MOST_RECEIVERS):
        type_, account = account_type(one), one.text("account", 64)
        check_app(call, fields, needed=type_ == "PERSONAL_OPENID")
        amount, description = one.integer("amount", least=1), one.text("description", 80)
        name = call.sensitive("/receivers/name", one.text("name", 1024)) if one.has("name") else None
        own = type_ == "MERCHANT_ID" and account == call.merchant.mchid
        known = sandbox.sharing.receiver(call.merchant.mchid, type_, account)
        if known is None and not own:
            raise invalid_request("分账接收方与分账方没有关系，请先添加分账接收方")
        if name is not None and known is not None and known.name is not None and known.name != name:
            raise invalid_request("分账接收方姓名不正确")
        details.append(
            Detail(
                detail_id=ids.split_order_id(call.now),
                type=type_,
                account=account,
                amount=amount,
                description=description,
            )
        )
    if len({(d.type, d.account) for d in details}) != len(details):
        raise param_error("/receivers", "接收方重复 / the same receiver twice")
    return details


def _known(sandbox: Sandbox, call: PayCall, number: str, mark: str) -> SplitOrder | None:
    known = sandbox.sharing.order(call.merchant.mchid, number)
    if known is not None and known.fingerprint != mark:
        raise invalid_request("商户分账单号重复，但请求参数与原请求不一致")
    return known


def _check(sandbox: Sandbox, call: PayCall, transaction: Transaction, amount: int) -> None:
    book = sandbox.sharing
    if not transaction.is_paid or transaction.paid_at is None:
        raise invalid_request("订单未支付")
    if not transaction.profit_sharing:
        raise invalid_request("非分账订单不支持分账")
    if call.now - transaction.paid_at < sandbox.config.sharing_after_s:
        raise invalid_request("订单处理中，暂时无法分账，请稍后再试")
    if book.has_ended(transaction.transaction_id or ""):
        raise PayError(403, "NOT_ENOUGH", "分账金额不足: 订单已完结分账")
    orders = book.orders_of(transaction.transaction_id or "")
    if any(order.state == "PROCESSING" for order in orders):
        raise invalid_request("订单处理中，暂时无法分账，请稍后再试")
    if len(orders) >= MOST_CALLS:
        raise PayError(403, "RULE_LIMIT", "同一笔订单分账次数已达上限 50 次")
    if not sandbox.sharing_pace.allows(call.merchant.mchid, call.now, sandbox.config.sharing_per_second):
        raise PayError(429, "FREQUENCY_LIMITED", "分账请求频率超限，请降低频率后重试")
    most = transaction.settled * book.settings(transaction.sub_mchid or transaction.mchid).max_ratio // 10_000
    if amount > book.unsplit(transaction):
        raise PayError(403, "NOT_ENOUGH", "分账金额不足: 超过订单剩余待分金额")
    if book.split(transaction) + amount > most:
        raise PayError(403, "RULE_LIMIT", "分账金额超过最大分账比例")


def _accept(
    sandbox: Sandbox,
    call: PayCall,
    transaction: Transaction,
    number: str,
    mark: str,
    details: list[Detail],
    *,
    ends: bool,
) -> PayReply:
    order = SplitOrder(
        mchid=call.merchant.mchid,
        order_id=ids.split_order_id(call.now),
        out_order_no=number,
        transaction_id=transaction.transaction_id or "",
        fingerprint=mark,
        ends=ends,
        details=details,
        created_at=call.now,
    )
    sandbox.sharing.save_order(order)
    _plan(sandbox, order)
    return PayReply(200, order.describe())


def _plan(sandbox: Sandbox, order: SplitOrder) -> None:
    async def job() -> None:
        if order.state == "PROCESSING":
            _finish(sandbox, order)

    sandbox.agenda.at(order.created_at + sandbox.config.sharing_settles_s, job)


def _finish(sandbox: Sandbox, order: SplitOrder) -> None:
    """Give every part its result, notify of those that came through, and end the sharing if that was asked."""
    book, now = sandbox.sharing, sandbox.clock.now()
    transaction = sandbox.transactions.by_id(order.transaction_id)
    if transaction is None:
        raise LookupError(f"split order {order.out_order_no} has lost its payment")
    for detail in order.details:
        failed = book.next_results.pop(0) if book.next_results else ""
        detail.result, detail.finished_at = "CLOSED" if failed else "SUCCESS", now
        detail.fail_reason = failed or None
    order.state = "FINISHED"
    if order.ends:
        rest = book.unsplit(transaction)
        book.end(order.transaction_id)
        if rest:
            order.details.append(
                Detail(
                    detail_id=ids.split_order_id(now),
                    type="MERCHANT_ID",
                    account=order.mchid,
                    amount=rest,
                    description=UNFROZEN,
                    result="SUCCESS",
                    finished_at=now,
                )
            )
    book.save_order(order)
    sandbox.seen.record(
        "sharing",
        f"{sum(d.amount for d in order.details if d.result == 'SUCCESS') / 100:.2f} CNY split or unfrozen",
        mood="ok" if all(d.result == "SUCCESS" for d in order.details) else "warn",
        subject=order.out_order_no,
        order=order.describe(),
    )
    for detail in order.details:
        if detail.result == "SUCCESS" and detail.account != order.mchid:
            _notify(sandbox, order, detail, now)


def _notify(sandbox: Sandbox, order: SplitOrder, detail: Detail, now: float) -> None:
    """Who shared is told of each receiver's part, at the address of the merchant's settings."""
    merchant = sandbox.merchants.get(order.mchid)
    url = sandbox.sharing.settings(order.mchid).notify_url
    if merchant is None or url is None:
        return
    sandbox.delivery.notify(
        merchant,
        url=url,
        event_type="TRANSACTION.SUCCESS",
        original_type="profitsharing",
        summary="分账",
        subject=order.out_order_no,
        resource={
            "mchid": order.mchid,
            "transaction_id": order.transaction_id,
            "order_id": order.order_id,
            "out_order_no": order.out_order_no,
            "receiver": {
                "type": detail.type,
                "account": detail.account,
                "amount": detail.amount,
                "description": detail.description,
            },
            "success_time": china_time(now),
        },
    )


def _fingerprint(transaction: Transaction, details: list[Detail], ends: bool) -> str:
    parts = [[d.type, d.account, d.amount, d.description] for d in details]
    text = msgspec.json.encode([transaction.transaction_id, parts, ends])
    return hashlib.sha256(text).hexdigest()
