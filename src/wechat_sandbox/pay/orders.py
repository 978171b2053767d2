"""Asking about an order, and closing it. Source: pay.weixin.qq.com, "查询订单", "关闭订单"."""

from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.state import Sandbox


def query_by_number(sandbox: Sandbox, call: PayCall, out_trade_no: str) -> PayReply:
    """The order with the merchant's number. Raises PayError 404."""
    _check_mchid(call)
    return PayReply(200, _own(call, sandbox.transactions.by_number(call.merchant, out_trade_no)).describe())


def query_by_id(sandbox: Sandbox, call: PayCall, transaction_id: str) -> PayReply:
    """The paid order with the platform's number. Raises PayError 404."""
    _check_mchid(call)
    return PayReply(200, _own(call, sandbox.transactions.by_id(transaction_id)).describe())


def close(sandbox: Sandbox, call: PayCall, out_trade_no: str) -> PayReply:
    """Close an unpaid order: 204. Raises PayError: ORDERPAID, ORDER_CLOSED, USERPAYING, ORDER_NOT_EXIST."""
    if Fields(call.body).text("mchid", 32) != call.merchant.mchid:
        raise param_error("/mchid", "与签名的商户号不一致 / is not the merchant that signed")
    transaction = _own(call, sandbox.transactions.by_number(call.merchant, out_trade_no))
    match transaction.state:
        case "SUCCESS" | "REFUND":
            raise PayError(400, "ORDERPAID", "订单已支付，不能关单，请查询订单状态")
        case "CLOSED":
            raise PayError(400, "ORDER_CLOSED", "订单已关闭，无法重复关闭")
        case "USERPAYING":
            raise PayError(400, "USERPAYING", "用户支付中，需要输入密码，请稍后查询")
        case "NOTPAY":
            transaction.state = "CLOSED"
            sandbox.transactions.save(transaction)
    return PayReply(204, None)


def _check_mchid(call: PayCall) -> None:
    mchid = call.query.get("mchid")
    if mchid != call.merchant.mchid:
        raise param_error(
            "mchid", "必填，且为签名的商户号 / must be the merchant that signed", mchid, "query"
        )


def _own(call: PayCall, transaction: Transaction | None) -> Transaction:
    if transaction is not None and transaction.combine_out_trade_no is not None:
        raise invalid_request("合单支付的子单，请使用合单查询、合单关单接口")
    if transaction is None or transaction.mchid != call.merchant.mchid:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在，请检查订单是否发起过交易")
    return transaction
