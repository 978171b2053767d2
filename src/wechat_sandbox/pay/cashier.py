"""The buyer's side of a payment: calling up the cashier, approving, cancelling.

Source: pay.weixin.qq.com, "小程序调起支付": the client signs appId, timeStamp, nonceStr and package, each
followed by a line feed, with the merchant's key.
"""

from collections.abc import Sequence

import msgspec

from wechat_sandbox import ids
from wechat_sandbox.http import ControlError
from wechat_sandbox.pay.combinations import Combination, Till
from wechat_sandbox.pay.coupons import Coupon, off
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


def call_up(sandbox: Sandbox, request: PaymentRequest) -> Till:
    """The order that a client may now pay. Raises ControlError where WeChat would refuse to open the cashier."""
    if request.signType != "RSA":
        raise ControlError(400, "SIGN_TYPE", "signType 应为 RSA / must be RSA")
    name, _, prepay_id = request.package.partition("=")
    transaction = _by_prepay(sandbox, prepay_id) if name == "prepay_id" else None
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


def find(sandbox: Sandbox, prepay_id: str) -> Till:
    """The order behind a cashier. Raises ControlError 404."""
    transaction = _by_prepay(sandbox, prepay_id)
    if transaction is None:
        raise ControlError(404, "PREPAY_ID", "没有这个 prepay_id / no such prepay_id")
    return transaction


def check_payable(sandbox: Sandbox, transaction: Till, prepay_id: str) -> None:
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
    sandbox: Sandbox,
    prepay_id: str,
    *,
    openid: str | None = None,
    after_s: float = 0,
    coupons: Sequence[Coupon] = (),
) -> Till:
    """The buyer pays; with `after_s` the bank takes that many platform seconds (USERPAYING). Raises ControlError.

    `coupons` pay a part; at least a fen of every order is left to the buyer.
    """
    transaction = find(sandbox, prepay_id)
    check_payable(sandbox, transaction, prepay_id)
    _use(sandbox, transaction, coupons)
    if transaction.openid is None:
        transaction.openid = openid or ids.openid_for(transaction.appid, "cashier")
    if after_s <= 0:
        _succeed(sandbox, transaction)
        return transaction
    if isinstance(transaction, Combination):
        sandbox.combinations.move(transaction, "USERPAYING")
    else:
        transaction.state = "USERPAYING"
        sandbox.transactions.save(transaction)
    sandbox.seen.record(
        "cashier", f"paying, for {after_s:g} s", mood="info", subject=transaction.out_trade_no
    )

    async def job() -> None:
        resume(sandbox, transaction)

    sandbox.agenda.at(sandbox.clock.now() + after_s, job)
    return transaction


def resume(sandbox: Sandbox, transaction: Till) -> None:
    """Finish a payment that was under way."""
    if transaction.state == "USERPAYING":
        _succeed(sandbox, transaction)


def cancel(sandbox: Sandbox, prepay_id: str) -> Till:
    """The buyer leaves the cashier; the order stays payable. Raises ControlError."""
    transaction = find(sandbox, prepay_id)
    sandbox.seen.record("cashier", "cancelled by the buyer", mood="info", subject=transaction.out_trade_no)
    return transaction


def _by_prepay(sandbox: Sandbox, prepay_id: str) -> Till | None:
    return sandbox.transactions.by_prepay(prepay_id) or sandbox.combinations.by_prepay(prepay_id)


def _succeed(sandbox: Sandbox, paid: Till) -> None:
    now = sandbox.clock.now()
    if isinstance(paid, Combination):
        for part in sandbox.combinations.parts(paid):
            _take(sandbox, part, now, paid.openid)
        paid.paid_at = now
        sandbox.combinations.move(paid, "SUCCESS")
        resource = sandbox.combinations.describe(paid)
    else:
        _take(sandbox, paid, now, paid.openid)
        resource = paid.describe()
    merchant = sandbox.merchants.get(paid.mchid)
    if merchant is None:
        raise LookupError(f"no merchant {paid.mchid}")
    sandbox.seen.record(
        "cashier", f"paid {paid.total / 100:.2f} CNY", subject=paid.out_trade_no, order=resource
    )
    sandbox.delivery.notify(
        merchant,
        url=paid.notify_url,
        event_type="TRANSACTION.SUCCESS",
        original_type="transaction",
        summary="支付成功",
        subject=paid.out_trade_no,
        resource=resource,
    )


def _use(sandbox: Sandbox, till: Till, coupons: Sequence[Coupon]) -> None:
    """Coupons go to the first order that can take them whole (the platform does not say how it divides them)."""
    parts = sandbox.combinations.parts(till) if isinstance(till, Combination) else [till]
    used: list[list[Coupon]] = [[] for _ in parts]
    for coupon in coupons:
        room = (n for n, part in enumerate(parts) if part.total - off(used[n]) > coupon.amount)
        at = next(room, None)
        if at is None:
            raise ControlError(
                409, "COUPON", "代金券超过订单金额 / the coupons are worth more than the order"
            )
        used[at].append(msgspec.structs.replace(coupon, coupon_id=ids.coupon_id()))
    for part, mine in zip(parts, used, strict=True):
        part.coupons = mine


def _take(sandbox: Sandbox, transaction: Transaction, now: float, openid: str | None) -> None:
    transaction.state, transaction.paid_at, transaction.openid = "SUCCESS", now, openid
    transaction.transaction_id = ids.transaction_id(now)
    sandbox.transactions.save(transaction)
    thaw_later(sandbox, transaction)
