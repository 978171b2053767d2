"""Refunds of merchants below a platform: the e-commerce product's addresses and names over the same refunds.

Source: pay.weixin.qq.com, 平台收付通 "申请退款", "查询单笔退款（通过商户退款单号）".
"""

from typing import Any

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.http import Answer, HttpRequest
from wechat_sandbox.pay import refund
from wechat_sandbox.pay.errors import PayError
from wechat_sandbox.pay.fields import Fields
from wechat_sandbox.pay.gateway import PayCall, PayReply, serve
from wechat_sandbox.pay.product import named
from wechat_sandbox.state import Sandbox

BASE = "/v3/ecommerce/refunds"
ACCEPTED = ("refund_id", "out_refund_no", "create_time", "promotion_detail")
AMOUNTS = ("refund", "payer_refund", "discount_refund", "currency")


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post(f"{BASE}/apply", status_code=200)
    async def apply(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: _apply(sandbox, call))

    @get(f"{BASE}/out-refund-no/{{out_refund_no:str}}")
    async def query(request: HttpRequest, out_refund_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: _query(sandbox, call, out_refund_no))

    return [apply, query]


def _apply(sandbox: Sandbox, call: PayCall) -> PayReply:
    """Accepted: the answer names neither the order nor a state, which a query or the notification tells."""
    if Fields(call.body).text("sp_appid", 32) not in call.merchant.appids:
        raise PayError(400, "PARAM_ERROR", "AppID 与商户号不匹配")
    told = _told(refund.request_refund(sandbox, named(call)))
    return PayReply(
        200, {name: told[name] for name in (*ACCEPTED, "amount", "refund_account") if name in told}
    )


def _query(sandbox: Sandbox, call: PayCall, out_refund_no: str) -> PayReply:
    return PayReply(200, _told(refund.query_refund(sandbox, named(call), out_refund_no)))


def _told(reply: PayReply) -> dict[str, Any]:
    """A refund as this product tells it: without the order's total, with who paid for it."""
    body = dict(reply.body or {})
    amount = {name: body["amount"][name] for name in AMOUNTS}
    return {**body, "amount": {**amount, "advance": 0}, "refund_account": "REFUND_SOURCE_SUB_MERCHANT"}
