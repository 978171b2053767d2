"""Shipping reports of orders that were paid together: any of the parts, each under its own rules.

Source: developers.weixin.qq.com, "发货信息合单录入".
"""

from typing import Any, cast

from wechat_sandbox.miniprogram.errors import WxError, data_format_error
from wechat_sandbox.miniprogram.gateway import Result, WxCall
from wechat_sandbox.miniprogram.shipping import managing_app, ordered, read, take_in
from wechat_sandbox.state import Sandbox


def upload(sandbox: Sandbox, call: WxCall) -> Result:
    """Take in a report about parts of a combined payment. Raises WxError; nothing is kept of a report that is refused."""
    app, body = managing_app(sandbox, call), call.body
    parts = _parts(sandbox, body.get("order_key"))
    listed = body.get("sub_orders")
    if not isinstance(listed, list) or not listed:
        raise data_format_error("data format error: sub_orders")
    taken: list[tuple[Any, Any]] = []
    for item in cast(list[Any], listed):
        if not isinstance(item, dict):
            raise data_format_error("data format error: sub_orders")
        values = cast(dict[str, Any], item)
        transaction = ordered(sandbox, app, call.now, values.get("order_key"))
        if (transaction.mchid, transaction.out_trade_no) not in parts:
            raise WxError(10060001, "支付单不存在")
        taken.append((transaction, read(values, body.get("upload_time"))))
    for transaction, delivery in taken:
        take_in(sandbox, call.now, transaction, delivery, body.get("payer"))
    return {"errcode": 0, "errmsg": "ok"}


def _parts(sandbox: Sandbox, key: object) -> set[tuple[str, str]]:
    """The parts of the combined payment that an order_key names by merchant number. Raises WxError."""
    if not isinstance(key, dict):
        raise data_format_error("data format error: order_key")
    values = cast(dict[str, Any], key)
    merchant = sandbox.merchants.get(str(values.get("mchid") or ""))
    number = str(values.get("out_trade_no") or "")
    found = sandbox.combinations.by_number(merchant, number) if merchant else None
    if found is None:
        raise WxError(10060001, "支付单不存在")
    return set(found.parts)
