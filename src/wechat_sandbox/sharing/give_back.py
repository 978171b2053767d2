"""Receivers give back what they got, so that the buyer can be refunded.

Only merchants can be asked; a person who received keeps it. Source: pay.weixin.qq.com, "请求分账回退", "查询分账回退结果".
"""

from wechat_sandbox import ids
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.pay.product import check_product
from wechat_sandbox.sharing.book import DAY_S, SplitOrder, SplitReturn
from wechat_sandbox.sharing.split import OUT_ORDER_NO
from wechat_sandbox.state import Sandbox

WITHIN_DAYS = 180


def give_back(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Accept a return; its result comes later. The merchant's number makes it idempotent. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("out_return_no", 64, pattern=OUT_ORDER_NO)
    mchid, amount = fields.text("return_mchid", 32), fields.integer("amount", least=1)
    description = fields.text("description", 80)
    order = _order(sandbox, call, fields)
    known = sandbox.sharing.give_back(call.merchant.mchid, number)
    if known is not None:
        if (known.out_order_no, known.return_mchid, known.amount) != (order.out_order_no, mchid, amount):
            raise invalid_request("商户回退单号重复，但请求参数与原请求不一致")
        return PayReply(200, known.describe())
    _check(sandbox, call, order, mchid, amount)
    accepted = SplitReturn(
        mchid=call.merchant.mchid,
        order_id=order.order_id,
        out_order_no=order.out_order_no,
        transaction_id=order.transaction_id,
        out_return_no=number,
        return_id=ids.split_order_id(call.now),
        return_mchid=mchid,
        amount=amount,
        description=description,
        created_at=call.now,
    )
    sandbox.sharing.save_return(accepted)
    _plan(sandbox, accepted)
    return PayReply(200, accepted.describe())


def query_return(sandbox: Sandbox, call: PayCall, out_return_no: str) -> PayReply:
    """A return by the merchant's number. Raises PayError 404."""
    back = sandbox.sharing.give_back(call.merchant.mchid, out_return_no)
    if back is None or back.out_order_no != call.query.get("out_order_no", ""):
        raise PayError(404, "RESOURCE_NOT_EXISTS", "回退单不存在")
    _check_product(sandbox, call, back.transaction_id)
    return PayReply(200, back.describe())


def resume(sandbox: Sandbox) -> None:
    """Take up what an earlier run left under way."""
    for back in sandbox.sharing.all_returns():
        if back.result == "PROCESSING":
            _plan(sandbox, back)


def _order(sandbox: Sandbox, call: PayCall, fields: Fields) -> SplitOrder:
    mchid = call.merchant.mchid
    if fields.has("out_order_no"):
        order = sandbox.sharing.order(mchid, fields.text("out_order_no", 64))
    elif fields.has("order_id"):
        wanted = fields.text("order_id", 64)
        order = next(
            (o for o in sandbox.sharing.all_orders() if o.order_id == wanted and o.mchid == mchid), None
        )
    else:
        raise param_error("/order_id", "与 out_order_no 二选一必填 / one of the two is required")
    if order is None:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "分账单不存在")
    _check_product(sandbox, call, order.transaction_id)
    return order


def _check_product(sandbox: Sandbox, call: PayCall, transaction_id: str) -> None:
    transaction = sandbox.transactions.by_id(transaction_id)
    if transaction is None:
        raise LookupError(f"payment {transaction_id} was split and is gone")
    check_product(call, transaction)


def _check(sandbox: Sandbox, call: PayCall, order: SplitOrder, mchid: str, amount: int) -> None:
    book = sandbox.sharing
    got = sum(
        d.amount
        for d in order.details
        if d.type == "MERCHANT_ID" and d.account == mchid and d.result == "SUCCESS" and mchid != order.mchid
    )
    if got == 0:
        raise invalid_request("该商户不是这笔分账的接收方，或分账未成功")
    if not book.settings(mchid).returns_allowed:
        raise PayError(403, "NO_AUTH", "分账接收方未授权回退")
    if call.now - order.created_at > WITHIN_DAYS * DAY_S:
        raise invalid_request("分账已超过 180 天，不可回退")
    gone = sum(
        r.amount
        for r in book.returns_of(order.transaction_id)
        if r.out_order_no == order.out_order_no and r.return_mchid == mchid and r.result != "FAILED"
    )
    if amount > got - gone:
        raise PayError(403, "NOT_ENOUGH", "回退金额超过可回退金额")


def _plan(sandbox: Sandbox, back: SplitReturn) -> None:
    async def job() -> None:
        if back.result == "PROCESSING":
            _finish(sandbox, back)

    sandbox.agenda.at(back.created_at + sandbox.config.sharing_settles_s, job)


def _finish(sandbox: Sandbox, back: SplitReturn) -> None:
    book = sandbox.sharing
    failed = book.next_returns.pop(0) if book.next_returns else ""
    back.result, back.finished_at = "FAILED" if failed else "SUCCESS", sandbox.clock.now()
    back.fail_reason = failed or None
    book.save_return(back)
    sandbox.seen.record(
        "sharing",
        f"{back.amount / 100:.2f} CNY given back → {back.result}",
        mood="ok" if not failed else "warn",
        subject=back.out_order_no,
        back=back.describe(),
    )
