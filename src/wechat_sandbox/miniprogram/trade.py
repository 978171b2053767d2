"""What surrounds shipping reports: special orders (pre-sale, tests), and whether the app must report at all.

Source: developers.weixin.qq.com, "特殊发货报备", "查询小程序是否已开通发货信息管理服务", "…交易结算管理确认".
"""

from wechat_sandbox.clock import china_time
from wechat_sandbox.miniprogram.errors import WxError
from wechat_sandbox.miniprogram.gateway import Result, WxCall, calling_app
from wechat_sandbox.miniprogram.shipping import known, managing_app
from wechat_sandbox.miniprogram.shipping_book import Special
from wechat_sandbox.state import Sandbox

PRE_SALE, TEST_ORDER = 1, 2
LEAST_DELAY_S = 15 * 86400
MOST_DELAY_S = 330 * 86400


def special_order(sandbox: Sandbox, call: WxCall) -> Result:
    """Declare a pre-sale order (sent 15 to 330 days after payment) or a test order. Raises WxError."""
    app, body = managing_app(sandbox, call), call.body
    number = str(body.get("order_id") or "")
    found = sandbox.transactions.by_id(number) or sandbox.transactions.find_number(number)
    transaction = known(sandbox, app, call.now, found)
    kind, delay_to = body.get("type"), body.get("delay_to")
    if kind not in (PRE_SALE, TEST_ORDER):
        raise WxError(40097, "invalid args: type")
    shipped = sandbox.shipping.get(transaction.transaction_id or "")
    if shipped is not None or transaction.refunded >= transaction.total:
        raise WxError(10060004, "支付单处于不可发货的状态")
    if kind == PRE_SALE:
        wait = delay_to - (transaction.paid_at or 0) if isinstance(delay_to, int) else -1
        if not LEAST_DELAY_S <= wait <= MOST_DELAY_S:
            raise WxError(40097, "invalid args: delay_to 应在支付时间的 15 天之后、330 天之内")
    until = float(delay_to) if kind == PRE_SALE and isinstance(delay_to, int) else None
    sandbox.shipping.declare(
        Special(transaction_id=transaction.transaction_id or "", kind=kind, delay_to=until)
    )
    sandbox.seen.record(
        "shipping",
        f"pre-sale, sent by {china_time(until)}" if until else "test order, needs no shipping",
        subject=transaction.out_trade_no,
        report=body,
    )
    return {"errcode": 0, "errmsg": "ok"}


def is_managed(sandbox: Sandbox, call: WxCall) -> Result:
    """Whether 发货信息管理 is open for the app. Raises WxError."""
    return {"errcode": 0, "errmsg": "ok", "is_trade_managed": calling_app(sandbox, call).trade_managed}


def is_confirmed(sandbox: Sandbox, call: WxCall) -> Result:
    """Whether 交易结算管理 has been confirmed for all merchants of the app. Raises WxError."""
    return {"errcode": 0, "errmsg": "ok", "completed": calling_app(sandbox, call).trade_confirmed}
