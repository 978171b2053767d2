"""Placing an order: JSAPI, H5, Native and App differ in who pays and in what is handed back.

Source: pay.weixin.qq.com, "JSAPI下单", "H5下单", "Native下单", "APP下单".
"""

import re
from urllib.parse import urlencode

from wechat_sandbox import ids
from wechat_sandbox.accounts.merchants import Merchant
from wechat_sandbox.clock import parse_rfc3339
from wechat_sandbox.pay.combinations import Combination, Till
from wechat_sandbox.pay.errors import PayError, invalid_request, param_error
from wechat_sandbox.pay.fields import Fields, fingerprint_of
from wechat_sandbox.pay.gateway import PayCall, PayReply
from wechat_sandbox.pay.transactions import TradeType, Transaction
from wechat_sandbox.state import Sandbox

OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
OPENID = re.compile(r"[0-9A-Za-z_\-]{6,128}")
LEAST_TIME_S = 60
# What a repeated order may change: the buyer's address on the network, nothing else.
NOT_COMPARED = frozenset({"scene_info"})


def place(sandbox: Sandbox, call: PayCall, trade_type: TradeType) -> PayReply:
    """Create an order, or give the prepay_id of an equal one again. Raises PayError."""
    fields = Fields(call.body)
    appid, number = fields.text("appid", 32), fields.text("out_trade_no", 32, pattern=OUT_TRADE_NO)
    if fields.text("mchid", 32) != call.merchant.mchid:
        raise param_error(
            "/mchid", "与签名的商户号不一致 / is not the merchant that signed", call.body["mchid"]
        )
    check_bound(call.merchant, appid)
    fingerprint = fingerprint_of(call.body, trade_type, without=NOT_COMPARED)
    known = sandbox.transactions.by_number(call.merchant, number)
    if known is not None:
        return again(sandbox, call, known, fingerprint)
    transaction = _read(sandbox, call, fields, trade_type, fingerprint)
    sandbox.transactions.save(transaction)
    return answer(call, transaction)


def _read(
    sandbox: Sandbox, call: PayCall, fields: Fields, trade_type: TradeType, fingerprint: str
) -> Transaction:
    amount = fields.inner("amount")
    currency = amount.optional_text("currency", 16) or "CNY"
    if currency != "CNY":
        raise param_error("/amount/currency", "仅支持 CNY / only CNY", currency)
    scene = fields.optional_inner("scene_info")
    if scene is not None or trade_type == "MWEB":
        check_scene(fields, trade_type)
    settle = fields.optional_inner("settle_info")
    appid = fields.text("appid", 32)
    return Transaction(
        mchid=call.merchant.mchid,
        appid=appid,
        out_trade_no=fields.text("out_trade_no", 32),
        trade_type=trade_type,
        description=fields.text("description", 127),
        notify_url=fields.address("notify_url"),
        total=amount.integer("total", least=1),
        currency=currency,
        created_at=call.now,
        pay_by=pay_by(sandbox, call, fields),
        fingerprint=fingerprint,
        prepay_id=ids.prepay_id(call.now),
        prepay_until=call.now + sandbox.config.prepay_valid_s,
        openid=openid_of(sandbox, fields.inner("payer"), appid) if trade_type == "JSAPI" else None,
        attach=fields.optional_text("attach", 128),
        goods_tag=fields.optional_text("goods_tag", 32),
        scene_info=fields.raw("scene_info"),
        profit_sharing=settle.flag("profit_sharing") if settle else False,
    )


def openid_of(sandbox: Sandbox, payer: Fields, appid: str, name: str = "payer") -> str:
    """Who pays, by openid in `appid`. Raises PayError for one of another app."""
    openid = payer.text("openid", 128, pattern=OPENID)
    owner, app = sandbox.users.app_of(openid), sandbox.apps.get(appid)
    official = app is not None and app.kind == "official_account"
    if owner != appid and (owner is not None or official):
        raise param_error(f"/{name}/openid", "与 appid 不匹配 / belongs to another app", openid)
    return openid


def check_scene(fields: Fields, trade_type: TradeType) -> None:
    """Raises PayError for a scene that lacks what it needs."""
    scene = fields.inner("scene_info")
    scene.text("payer_client_ip", 45)
    if trade_type == "MWEB":
        scene.inner("h5_info").text("type", 32)


def pay_by(sandbox: Sandbox, call: PayCall, fields: Fields) -> float:
    """When the order ends: `time_expire`, at least a minute from now, seven days when it is left out."""
    text = fields.optional_text("time_expire", 64)
    if text is None:
        return call.now + sandbox.config.order_valid_s
    when = parse_rfc3339(text)
    if when is None:
        raise param_error("/time_expire", "应为 RFC 3339 格式 / must be RFC 3339", text)
    return max(when, call.now + LEAST_TIME_S)


def check_bound(merchant: Merchant, appid: str) -> None:
    """Raises PayError for an app that the merchant is not bound to."""
    if appid not in merchant.appids:
        raise PayError(400, "APPID_MCHID_NOT_MATCH", "AppID和mch_id不匹配，请检查商户号是否绑定该AppID")


def again(sandbox: Sandbox, call: PayCall, known: Till, fingerprint: str) -> PayReply:
    """The answer to a number that was used before, with a fresh prepay_id when the old one is over. Raises PayError."""
    if known.is_paid:
        raise PayError(400, "ORDERPAID", "该订单已支付")
    if known.state == "CLOSED":
        raise PayError(400, "ORDER_CLOSED", "该订单已关闭，请更换商户订单号后重新下单")
    if known.fingerprint != fingerprint:
        raise PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复: 与原订单的参数不一致")
    if call.now > known.pay_by:
        raise invalid_request("订单已超过支付结束时间，请更换商户订单号后重新下单")
    if call.now > known.prepay_until:
        known.prepay_id = ids.prepay_id(call.now)
        known.prepay_until = call.now + sandbox.config.prepay_valid_s
        if isinstance(known, Combination):
            sandbox.combinations.save(known)
        else:
            sandbox.transactions.save(known)
    return answer(call, known)


def answer(call: PayCall, transaction: Till) -> PayReply:
    """What a placed order hands back, by its product."""
    page = f"{call.origin}/_sandbox/cashier?{urlencode({'prepay_id': transaction.prepay_id})}"
    match transaction.trade_type:
        case "MWEB":
            body = {"h5_url": f"{page}&package={ids.nonce(8)}"}
        case "NATIVE":
            body = {"code_url": page}
        case _:
            body = {"prepay_id": transaction.prepay_id}
    return PayReply(200, body)
