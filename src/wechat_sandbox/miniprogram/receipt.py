"""The platform's component for confirming receipt: what `wx.openBusinessView({businessType: 'weappOrderConfirm'})` opens.

Source: developers.weixin.qq.com, "小程序确认收货组件接入说明": the order is named by transaction_id or by merchant number and
trade number, must wait for receipt, and only its payer may confirm. A mini-program learns of the result in App.onShow
(`referrerInfo.appId` wx1183b055aeec94d1, `extraData.status` success, fail or cancel) and has to ask get_order.
"""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from wechat_sandbox.clock import china_time
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.miniprogram import shipping
from wechat_sandbox.pages.views import render, web_address
from wechat_sandbox.pay.transactions import Transaction
from wechat_sandbox.state import Sandbox

LOGISTICS = {1: "快递 Express", 2: "同城配送 Same-city", 3: "虚拟商品 Virtual", 4: "自提 Pick-up"}


class ReceiptOrder(msgspec.Struct, forbid_unknown_fields=True):
    """The order that a buyer confirms, named as the component wants it; `openid` is who holds the phone, if known."""

    transaction_id: str = ""
    merchant_id: str = ""
    merchant_trade_no: str = ""
    openid: Annotated[str, msgspec.Meta(max_length=64)] | None = None


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/_sandbox/receipt")
    async def show(
        request: HttpRequest,
        transaction_id: FromQuery[str] = "",
        merchant_id: FromQuery[str] = "",
        merchant_trade_no: FromQuery[str] = "",
    ) -> Answer:
        order = ReceiptOrder(
            transaction_id=transaction_id, merchant_id=merchant_id, merchant_trade_no=merchant_trade_no
        )
        try:
            found = _waiting(sandbox, order)
            refusal = ""
        except ControlError as error:
            found, refusal = _find(sandbox, order), error.message
        told = sandbox.shipping.get(found.transaction_id or "") if found else None
        merchant = sandbox.merchants.get(found.mchid) if found else None
        return render(
            "receipt.html",
            order=found,
            merchant=merchant.name if merchant else "",
            parcels=told.parcels if told else [],
            kind=LOGISTICS.get(told.logistics_type, "") if told else "",
            by_itself=china_time(told.reported_at + shipping.waits(told)) if told and told.finished else "",
            confirmed=told is not None and told.confirmed_at is not None,
            refusal=refusal,
            redirect_url=web_address(request.query_params.get("redirect_url", "")),
        )

    @post("/_sandbox/confirm-receipt", status_code=200)
    async def confirm(request: HttpRequest) -> Answer:
        transaction = _waiting(sandbox, decode(await request.body(), ReceiptOrder))
        shipping.confirm(sandbox, transaction)
        return json_answer({"confirmed": True, "transaction_id": transaction.transaction_id})

    return [show, confirm]


def _find(sandbox: Sandbox, order: ReceiptOrder) -> Transaction | None:
    if order.transaction_id:
        return sandbox.transactions.by_id(order.transaction_id)
    merchant = sandbox.merchants.get(order.merchant_id)
    return sandbox.transactions.by_number(merchant, order.merchant_trade_no) if merchant else None


def _waiting(sandbox: Sandbox, order: ReceiptOrder) -> Transaction:
    """The order if the buyer may confirm it now (or did). Raises ControlError 404, 403, 409."""
    found = _find(sandbox, order)
    if found is None or not found.is_paid:
        raise ControlError(404, "ORDER", "获取用户订单失败 / no such order")
    if order.openid is not None and order.openid != found.openid:
        raise ControlError(403, "OPENID", "获取用户订单失败 / another user's order")
    told = sandbox.shipping.get(found.transaction_id or "")
    if told is None or not told.finished:
        raise ControlError(409, "NOT_SHIPPED", "订单还没有全部发货 / nothing (or not everything) was shipped")
    if found.refunded >= found.total:
        raise ControlError(409, "REFUNDED", "订单已退款 / the order was refunded")
    return found
