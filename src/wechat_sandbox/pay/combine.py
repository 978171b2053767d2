"""Placing, querying and closing a combined payment.

Source: pay.weixin.qq.com, "合单支付": "合单下单" (JSAPI, H5, Native, App), "合单查询订单", "合单关闭订单".
"""

from wechat_sandbox import ids
from wechat_sandbox.pay.combinations import Combination
from wechat_sandbox.pay.errors import PayError, param_error
from wechat_sandbox.pay.fields import Fields, fingerprint_of
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.pay.place import (
    NOT_COMPARED,
    OUT_TRADE_NO,
    again,
    answer,
    check_bound,
    check_scene,
    openid_of,
    pay_by,
)
from wechat_sandbox.pay.transactions import TradeType, Transaction
from wechat_sandbox.state import Sandbox

MOST_PARTS = 50


def place(sandbox: Sandbox, call: PayCall, trade_type: TradeType) -> PayReply:
    """Create a combined payment, or give the prepay_id of an equal one again. Raises PayError."""
    fields = Fields(call.body)
    number = fields.text("combine_out_trade_no", 32, pattern=OUT_TRADE_NO)
    _check_caller(call, fields)
    fingerprint = fingerprint_of(call.body, "combine", trade_type, without=NOT_COMPARED)
    known = sandbox.combinations.by_number(call.merchant, number)
    if known is not None:
        return again(sandbox, call, known, fingerprint)
    made, parts = _read(sandbox, call, fields, trade_type, fingerprint)
    for part in parts:
        sandbox.transactions.save(part)
    sandbox.combinations.save(made)
    return answer(call, made)


def query(sandbox: Sandbox, call: PayCall, combine_out_trade_no: str) -> PayReply:
    """The payment with its sub-orders. Raises PayError 404."""
    return PayReply(200, sandbox.combinations.describe(_own(sandbox, call, combine_out_trade_no)))


def close(sandbox: Sandbox, call: PayCall, combine_out_trade_no: str) -> PayReply:
    """Close an unpaid combined payment: 204. All sub-orders must be named as they were placed. Raises PayError."""
    fields = Fields(call.body)
    combination = _own(sandbox, call, combine_out_trade_no)
    if fields.text("combine_appid", 32) != combination.appid:
        raise param_error("/combine_appid", "与下单时不一致 / differs from the order")
    named = [
        (one.text("mchid", 32), one.text("out_trade_no", 32), one.optional_text("sub_mchid", 32))
        for one in fields.inner_list("sub_orders", most=MOST_PARTS)
    ]
    placed = [(p.mchid, p.out_trade_no, p.sub_mchid) for p in sandbox.combinations.parts(combination)]
    if sorted(named, key=str) != sorted(placed, key=str):
        raise param_error("/sub_orders", "子单信息与下单时不一致 / differ from those that were placed")
    match combination.state:
        case "SUCCESS" | "REFUND":
            raise PayError(400, "ORDERPAID", "订单已支付，不能关单，请查询订单状态")
        case "CLOSED":
            raise PayError(400, "ORDER_CLOSED", "订单已关闭，无法重复关闭")
        case "USERPAYING":
            raise PayError(400, "USERPAYING", "用户支付中，需要输入密码，请稍后查询")
        case "NOTPAY":
            sandbox.combinations.move(combination, "CLOSED")
    return PayReply(204, None)


def _check_caller(call: PayCall, fields: Fields) -> None:
    if fields.text("combine_mchid", 32) != call.merchant.mchid:
        raise param_error(
            "/combine_mchid",
            "与签名的商户号不一致 / is not the merchant that signed",
            call.body["combine_mchid"],
        )
    check_bound(call.merchant, fields.text("combine_appid", 32))
    if not call.merchant.combines:
        raise PayError(403, "NO_AUTH", "商户无合单支付权限")


def _read(
    sandbox: Sandbox, call: PayCall, fields: Fields, trade_type: TradeType, fingerprint: str
) -> tuple[Combination, list[Transaction]]:
    if fields.has("scene_info") or trade_type == "MWEB":
        check_scene(fields, trade_type)
    appid, until = fields.text("combine_appid", 32), pay_by(sandbox, call, fields)
    openid = None
    if trade_type == "JSAPI":
        openid = openid_of(sandbox, fields.inner("combine_payer_info"), appid, "combine_payer_info")
    combination = Combination(
        mchid=call.merchant.mchid,
        appid=appid,
        out_trade_no=fields.text("combine_out_trade_no", 32),
        trade_type=trade_type,
        description="",
        notify_url=fields.address("notify_url"),
        total=0,
        currency="CNY",
        created_at=call.now,
        pay_by=until,
        fingerprint=fingerprint,
        prepay_id=ids.prepay_id(call.now),
        prepay_until=call.now + sandbox.config.prepay_valid_s,
        parts=[],
        openid=openid,
        scene_info=fields.raw("scene_info"),
    )
    parts = [_part(sandbox, one, combination) for one in fields.inner_list("sub_orders", most=MOST_PARTS)]
    combination.parts = [(part.mchid, part.out_trade_no) for part in parts]
    if len(set(combination.parts)) != len(parts):
        raise param_error("/sub_orders", "子单商户订单号重复 / a number occurs twice")
    combination.total = sum(part.total for part in parts)
    combination.description = " + ".join(part.description for part in parts)[:127]
    return combination, parts


def _part(sandbox: Sandbox, fields: Fields, combination: Combination) -> Transaction:
    mchid, number = fields.text("mchid", 32), fields.text("out_trade_no", 32, pattern=OUT_TRADE_NO)
    merchant = sandbox.merchants.get(mchid)
    if merchant is None:
        raise PayError(400, "MCH_NOT_EXISTS", "商户号不存在")
    check_bound(merchant, combination.appid)
    if not merchant.combines:
        raise PayError(403, "NO_AUTH", "子单商户无合单支付权限")
    sub_mchid = fields.optional_text("sub_mchid", 32)
    if sub_mchid is not None:
        below = sandbox.merchants.get(sub_mchid)
        if below is None or below.sub_of != mchid:
            raise param_error(
                "/sub_orders/sub_mchid", "不是该商户的二级商户 / is not below this merchant", sub_mchid
            )
    if sandbox.transactions.by_number(merchant, number) is not None:
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    amount, settle = fields.inner("amount"), fields.optional_inner("settle_info")
    if (currency := amount.text("currency", 8)) != "CNY":
        raise param_error("/sub_orders/amount/currency", "仅支持 CNY / only CNY", currency)
    return Transaction(
        mchid=mchid,
        sub_mchid=sub_mchid,
        appid=combination.appid,
        out_trade_no=number,
        trade_type=combination.trade_type,
        description=fields.text("description", 127),
        notify_url=combination.notify_url,
        total=amount.integer("total_amount", least=1),
        currency=currency,
        created_at=combination.created_at,
        pay_by=combination.pay_by,
        fingerprint="",
        prepay_id="",
        prepay_until=0,
        openid=combination.openid,
        attach=fields.text("attach", 128),
        goods_tag=fields.optional_text("goods_tag", 32),
        profit_sharing=settle.flag("profit_sharing") if settle else False,
        combine_out_trade_no=combination.out_trade_no,
        combine_mchid=combination.mchid,
    )


def _own(sandbox: Sandbox, call: PayCall, combine_out_trade_no: str) -> Combination:
    combination = sandbox.combinations.by_number(call.merchant, combine_out_trade_no)
    if combination is None:
        raise PayError(404, "ORDER_NOT_EXIST", "订单不存在，请检查订单是否发起过交易")
    return combination
