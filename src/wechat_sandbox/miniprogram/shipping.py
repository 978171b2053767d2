"""Reporting shipping to the platform, on which settlement depends.

Source: developers.weixin.qq.com, "小程序发货信息管理服务": "发货信息录入", "查询订单发货状态".
"""

from typing import Any, NamedTuple, cast

from wechat_sandbox.accounts.apps import App
from wechat_sandbox.clock import parse_rfc3339
from wechat_sandbox.miniprogram.errors import WxError, data_format_error
from wechat_sandbox.miniprogram.gateway import Result, WxCall, calling_app
from wechat_sandbox.miniprogram.shipping_book import Parcel, Shipping
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.state import Sandbox

EXPRESS, UNIFIED, SPLIT = 1, 1, 2
MOST_PARCELS = 15
CONFIRM_EXPRESS_S = 10 * 86400
CONFIRM_OTHER_S = 2 * 86400


def upload(sandbox: Sandbox, call: WxCall) -> Result:
    """Take in a shipping report; a second one for a finished order is its only re-shipping. Raises WxError."""
    app, body = managing_app(sandbox, call), call.body
    transaction = ordered(sandbox, app, call.now, body.get("order_key"))
    take_in(sandbox, call.now, transaction, read(body, body.get("upload_time")), body.get("payer"))
    return {"errcode": 0, "errmsg": "ok"}


class Delivery(NamedTuple):
    """A report as it was read: how, in which mode, the parcels, and whether nothing more comes."""

    kind: int
    mode: int
    parcels: list[Parcel]
    finished: bool
    body: dict[str, Any]


def read(body: dict[str, Any], stamp: object) -> Delivery:
    """Check the part of a report that says how an order was sent. Raises WxError."""
    kind = body.get("logistics_type")
    if kind not in (1, 2, 3, 4):
        raise WxError(10060005, "物流类型有误")
    mode = body.get("delivery_mode")
    if mode not in (UNIFIED, SPLIT):
        raise WxError(268485224, "发货模式非法")
    if mode == SPLIT and kind != EXPRESS:
        raise WxError(10060006, "非快递发货时不允许分拆发货")
    all_delivered = body.get("is_all_delivered")
    if mode == SPLIT and not isinstance(all_delivered, bool):
        raise WxError(10060007, "分拆发货模式下必须填写 is_all_delivered 字段")
    upload_time = parse_rfc3339(stamp) if isinstance(stamp, str) else None
    if upload_time is None:
        raise WxError(268485216, "上传时间非法，请按照 RFC 3339 格式填写")
    parcels = _parcels(body.get("shipping_list"), kind, mode, upload_time)
    return Delivery(kind, mode, parcels, mode == UNIFIED or all_delivered is True, body)


def take_in(
    sandbox: Sandbox, now: float, transaction: Transaction, delivery: Delivery, payer: object
) -> None:
    """Keep a report about a payment. Raises WxError."""
    _check_payer(transaction, payer)
    if transaction.refunded >= transaction.total:
        raise WxError(10060004, "支付单处于不可发货的状态")
    shipping = _merge(sandbox, now, transaction, delivery)
    sandbox.shipping.save(shipping)
    sandbox.seen.record(
        "shipping",
        f"logistics_type {delivery.kind}, {len(shipping.parcels)} parcel(s)"
        + ("" if shipping.finished else ", more to come"),
        subject=transaction.out_trade_no,
        transaction_id=transaction.transaction_id,
        report=delivery.body,
        finished=shipping.finished,
        settlement=settlement(sandbox, transaction),
    )


def get_order(sandbox: Sandbox, call: WxCall) -> Result:
    """What the platform knows about an order's shipping. Raises WxError 10060001."""
    app, body = managing_app(sandbox, call), call.body
    if body.get("transaction_id"):
        found = sandbox.transactions.by_id(str(body["transaction_id"]))
    else:
        found = _by_number(sandbox, body.get("merchant_id"), body.get("merchant_trade_no"))
    transaction = known(sandbox, app, call.now, found)
    shipping = sandbox.shipping.get(transaction.transaction_id or "")
    return {"errcode": 0, "errmsg": "ok", "order": _describe(call.now, transaction, shipping)}


def confirm(sandbox: Sandbox, transaction: Transaction) -> None:
    """The buyer confirms receipt of what was shipped; again changes nothing."""
    shipping = sandbox.shipping.get(transaction.transaction_id or "")
    if shipping is None or shipping.confirmed_at is not None:
        return
    shipping.confirmed_at = sandbox.clock.now()
    sandbox.shipping.save(shipping)
    sandbox.seen.record(
        "shipping",
        "receipt confirmed by the buyer",
        subject=transaction.out_trade_no,
        transaction_id=transaction.transaction_id,
        settlement=settlement(sandbox, transaction),
    )


def managing_app(sandbox: Sandbox, call: WxCall) -> App:
    """The calling app, for which 发货信息管理 is open. Raises WxError 48001."""
    app = calling_app(sandbox, call)
    if not app.trade_managed:
        raise WxError(48001, "api unauthorized")
    return app


def settlement(sandbox: Sandbox, transaction: Transaction) -> dict[str, object] | None:
    """Whether the merchant may have the money: None unpaid; otherwise `frozen`, with `due` once receipt is near, or
    `settled`. Only payments in a mini-program with 发货信息管理 wait for receipt."""
    if transaction.paid_at is None:
        return None
    app = sandbox.apps.get(transaction.appid)
    if app is None or not app.trade_managed or transaction.trade_type != "JSAPI":
        return {"state": "settled", "at": transaction.paid_at}
    shipping = sandbox.shipping.get(transaction.transaction_id or "")
    if shipping is None or not shipping.finished:
        return {"state": "frozen", "due": None}
    due = shipping.confirmed_at or shipping.reported_at + waits(shipping)
    if sandbox.clock.now() >= due:
        return {"state": "settled", "at": due}
    return {"state": "frozen", "due": due}


def waits(shipping: Shipping) -> int:
    """Seconds after which receipt comes by itself."""
    return CONFIRM_EXPRESS_S if shipping.logistics_type == EXPRESS else CONFIRM_OTHER_S


def ordered(sandbox: Sandbox, app: App, now: float, key: object) -> Transaction:
    """The payment that an order_key names. Raises WxError."""
    if not isinstance(key, dict):
        raise data_format_error("data format error: order_key")
    order_key = cast(dict[str, Any], key)
    match order_key.get("order_number_type"):
        case 1:
            if not order_key.get("mchid"):
                raise WxError(268485196, "商户侧单号形式下 mchid 字段不能为空")
            if not order_key.get("out_trade_no"):
                raise WxError(268485197, "商户侧单号形式下 out_trade_no 字段不能为空")
            found = _by_number(sandbox, order_key["mchid"], order_key["out_trade_no"])
        case 2:
            if not order_key.get("transaction_id"):
                raise WxError(268485195, "微信支付单号形式下 transaction_id 字段不能为空")
            found = sandbox.transactions.by_id(str(order_key["transaction_id"]))
        case _:
            raise WxError(268485194, "订单单号类型非法")
    return known(sandbox, app, now, found)


def _by_number(sandbox: Sandbox, mchid: object, number: object) -> Transaction | None:
    merchant = sandbox.merchants.get(str(mchid))
    return sandbox.transactions.by_number(merchant, str(number)) if merchant else None


def known(sandbox: Sandbox, app: App, now: float, found: Transaction | None) -> Transaction:
    """Payments reach this side of the platform about a minute after they were made."""
    if found is None or found.appid != app.appid or not found.is_paid or found.paid_at is None:
        raise WxError(10060001, "支付单不存在")
    if now - found.paid_at < sandbox.config.shipping_known_s:
        raise WxError(10060001, "支付单不存在")
    return found


def _parcels(listed: Any, kind: int, mode: int, upload_time: float) -> list[Parcel]:
    if not isinstance(listed, list) or not listed:
        raise data_format_error("data format error: shipping_list")
    items = cast(list[Any], listed)
    if len(items) > MOST_PARCELS:
        raise WxError(10060024, "物流信息列表太长")
    if mode == UNIFIED and len(items) != 1:
        raise WxError(268485228, "统一发货模式下，物流信息列表长度必须为 1")
    return [_parcel(item, kind, upload_time) for item in items]


def _parcel(item: Any, kind: int, upload_time: float) -> Parcel:
    if not isinstance(item, dict):
        raise data_format_error("data format error: shipping_list")
    values = cast(dict[str, Any], item)
    number, company = values.get("tracking_no") or "", values.get("express_company") or ""
    described, contact = values.get("item_desc") or "", cast(Any, values.get("contact") or {})
    if not all(isinstance(text, str) for text in (number, company, described)) or not isinstance(
        contact, dict
    ):
        raise data_format_error("data format error: shipping_list")
    if kind == EXPRESS and not number:
        raise WxError(268485226, "物流单号不能为空")
    if kind == EXPRESS and not company:
        raise WxError(268485227, "物流公司编码不能为空")
    if len(company) > 128:
        raise WxError(10060025, "物流公司编码太长")
    if len(number) > 128:
        raise WxError(10060026, "物流单号太长")
    if not described:
        raise WxError(10060008, "商品描述 item_desc 字段不能为空")
    if len(described) > 120:
        raise WxError(10060009, "商品描述 item_desc 字段太长")
    if company == "SF" and not contact:
        raise WxError(10060014, "参数错误: 顺丰的联系方式必填 (contact)")
    return Parcel(
        tracking_no=number,
        express_company=company,
        item_desc=described,
        contact=cast(dict[str, Any], contact),
        upload_time=upload_time,
    )


def _check_payer(transaction: Transaction, payer: Any) -> None:
    openid = cast(dict[str, Any], payer).get("openid") if isinstance(payer, dict) else None
    if not isinstance(openid, str) or not openid:
        raise data_format_error("data format error: payer.openid")
    if openid != transaction.openid:
        raise WxError(10060031, "该笔支付单不属于 openid 所指定的用户")


def _merge(sandbox: Sandbox, now: float, transaction: Transaction, delivery: Delivery) -> Shipping:
    """The report after this upload: split parcels add up (one number is one parcel), a finished one may be replaced once.

    Another mode or kind of delivery counts as re-shipping too.
    """
    known, parcels = sandbox.shipping.get(transaction.transaction_id or ""), delivery.parcels
    if known is not None:
        if parcels[0].upload_time <= known.upload_time:
            raise WxError(10060023, "发货信息未更新: upload_time 应晚于上一次")
        if known.finished_count >= 2 or known.confirmed_at is not None:
            raise WxError(
                10060003 if known.finished_count >= 2 else 10060002, "支付单已完成发货，无法继续发货"
            )
    same_way = known is not None and (known.logistics_type, known.delivery_mode) == delivery[:2]
    if known is not None and same_way and not known.finished:
        numbers = {parcel.tracking_no for parcel in parcels}
        parcels = [*(p for p in known.parcels if p.tracking_no not in numbers), *parcels]
    if len(parcels) > MOST_PARCELS:
        raise WxError(10060024, "物流信息列表太长")
    changed_way = known is not None and not same_way and not known.finished
    return Shipping(
        transaction_id=transaction.transaction_id or "",
        logistics_type=delivery.kind,
        delivery_mode=delivery.mode,
        parcels=parcels,
        finished=delivery.finished,
        finished_count=(known.finished_count if known else 0) + int(delivery.finished) + int(changed_way),
        upload_time=delivery.parcels[0].upload_time,
        reported_at=now,
    )


def _describe(now: float, transaction: Transaction, shipping: Shipping | None) -> dict[str, Any]:
    described = "; ".join(p.item_desc for p in shipping.parcels) if shipping else transaction.description
    order: dict[str, Any] = {
        "transaction_id": transaction.transaction_id,
        "merchant_id": transaction.mchid,
        "merchant_trade_no": transaction.out_trade_no,
        "description": described if len(described) <= 120 else described[:117] + "...",
        "paid_amount": transaction.total,
        "openid": transaction.openid,
        "trade_create_time": int(transaction.created_at),
        "pay_time": int(transaction.paid_at or 0),
        "order_state": _state(now, transaction, shipping),
        "in_complaint": False,
    }
    if shipping is not None:
        order["shipping"] = {
            "delivery_mode": shipping.delivery_mode,
            "logistics_type": shipping.logistics_type,
            "finish_shipping": shipping.finished,
            "finish_shipping_count": shipping.finished_count,
            "goods_desc": described,
            "shipping_list": [
                {
                    "tracking_no": parcel.tracking_no,
                    "express_company": parcel.express_company,
                    "goods_desc": parcel.item_desc,
                    "upload_time": int(parcel.upload_time),
                    "contact": parcel.contact,
                }
                for parcel in shipping.parcels
            ],
        }
    return order


def _state(now: float, transaction: Transaction, shipping: Shipping | None) -> int:
    """1 to be shipped, 2 shipped, 3 received, 5 refunded. Receipt comes by itself after 10 days, or 2."""
    if transaction.refunded >= transaction.total:
        return 5
    if shipping is None or not shipping.finished:
        return 1
    if shipping.confirmed_at is not None or now - shipping.reported_at >= waits(shipping):
        return 3
    return 2
