"""The buyer's side of a payment: calling up the cashier, approving, cancelling.

Source: pay.weixin.qq.com, "小程序调起支付": the client signs appId, timeStamp, nonceStr and package, each
followed by a line feed, with the merchant's key.
"""

import msgspec

from wechat_sandbox import ids
from wechat_sandbox.http import ControlError
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.sharing.split import thaw_later
from wechat_sandbox.state import Sandbox


class PaymentRequest(msgspec.Struct, kw_only=True):
    """The arguments of wx.requestPayment (and WeixinJSBridge's getBrandWCPayRequest)."""

    appId: str  # the platform's spelling
    timeStamp: str
    nonceStr: str
    package: str
    signType: str
    paySign: str


def call_up(sandbox: Sandbox, request: PaymentRequest) -> Transaction:
    """The order that a client may now pay. Raises ControlError where WeChat would refuse to open the cashier."""
    if request.signType != "RSA":
        raise ControlError(400, "SIGN_TYPE", "signType 应为 RSA / must be RSA")
    name, _, prepay_id = request.package.partition("=")
    transaction = sandbox.transactions.by_prepay(prepay_id) if name == "prepay_id" else None
    if transaction is None:
        raise ControlError(400, "PREPAY_ID", "package 应为有效的 prepay_id=… / holds no known prepay_id")
    if transaction.appid != request.appId:
        raise ControlError(400, "APPID", "appId 与下单时不一致 / is not the app the order was placed for")
    merchant = sandbox.merchants.get(transaction.mchid)
    message = f"{request.appId}\n{request.timeStamp}\n{request.nonceStr}\n{request.package}\n"
    if merchant is None or not sandbox.merchants.verifies(merchant, request.paySign, message.encode()):
        raise ControlError(
            400, "PAY_SIGN", "支付验证签名失败 / paySign does not verify with the merchant's key"
        )
    check_payable(sandbox, transaction, prepay_id)
    return transaction


def find(sandbox: Sandbox, prepay_id: str) -> Transaction:
    """The order behind a cashier. Raises ControlError 404."""
    transaction = sandbox.transactions.by_prepay(prepay_id)
    if transaction is None:
        raise ControlError(404, "PREPAY_ID", "没有这个 prepay_id / no such prepay_id")
    return transaction


def check_payable(sandbox: Sandbox, transaction: Transaction, prepay_id: str) -> None:
    """Raises ControlError 409 with the reason why this order cannot be paid (now, by this prepay_id)."""
    now = sandbox.clock.now()
    if transaction.is_paid:
        raise ControlError(409, "ORDERPAID", "订单已支付 / the order has been paid")
    if transaction.state == "CLOSED":
        raise ControlError(409, "ORDER_CLOSED", "订单已关闭 / the merchant closed the order")
    if transaction.state == "USERPAYING":
        raise ControlError(409, "USERPAYING", "支付处理中 / a payment is under way")
    if now > transaction.pay_by:
        raise ControlError(409, "EXPIRED", "已超过支付结束时间 / the time to pay is over")
    if transaction.prepay_id != prepay_id or now > transaction.prepay_until:
        raise ControlError(409, "PREPAY_EXPIRED", "prepay_id 已失效 / the prepay_id has expired")


def approve(
    sandbox: Sandbox, prepay_id: str, *, openid: str | None = None, after_s: float = 0
) -> Transaction:
    """The buyer pays; with `after_s` the bank takes that many platform seconds (USERPAYING). Raises ControlError."""
    transaction = find(sandbox, prepay_id)
    check_payable(sandbox, transaction, prepay_id)
    if transaction.openid is None:
        transaction.openid = openid or ids.openid_for(transaction.appid, "cashier")
    if after_s <= 0:
        _succeed(sandbox, transaction)
        return transaction
    transaction.state = "USERPAYING"
    sandbox.transactions.save(transaction)
    sandbox.seen.record(
        "cashier", f"paying, for {after_s:g} s", mood="info", subject=transaction.out_trade_no
    )

    async def job() -> None:
        resume(sandbox, transaction)

    sandbox.agenda.at(sandbox.clock.now() + after_s, job)
    return transaction


def resume(sandbox: Sandbox, transaction: Transaction) -> None:
    """Finish a payment that was under way."""
    if transaction.state == "USERPAYING":
        _succeed(sandbox, transaction)


def cancel(sandbox: Sandbox, prepay_id: str) -> Transaction:
    """The buyer leaves the cashier; the order stays payable. Raises ControlError."""
    transaction = find(sandbox, prepay_id)
    sandbox.seen.record("cashier", "cancelled by the buyer", mood="info", subject=transaction.out_trade_no)
    return transaction


def _succeed(sandbox: Sandbox, transaction: Transaction) -> None:
    now = sandbox.clock.now()
    transaction.state, transaction.paid_at = "SUCCESS", now
    transaction.transaction_id = ids.transaction_id(now)
    sandbox.transactions.save(transaction)
    thaw_later(sandbox, transaction)
    merchant = sandbox.merchants.get(transaction.mchid)
    if merchant is None:
        raise LookupError(f"no merchant {transaction.mchid}")
    sandbox.seen.record(
        "cashier",
        f"paid {transaction.total / 100:.2f} CNY",
        subject=transaction.out_trade_no,
        order=transaction.describe(),
    )
    sandbox.delivery.notify(
        merchant,
        url=transaction.notify_url,
        event_type="TRANSACTION.SUCCESS",
        original_type="transaction",
        summary="支付成功",
        subject=transaction.out_trade_no,
        resource=transaction.describe(),
    )
