"""The cashier as JSON, for a mini-program runner and for tests."""

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.http import Answer, HttpRequest, decode, json_answer, origin_of
from wechat_sandbox.pay import cashier
from wechat_sandbox.pay.combinations import Combination, Till
from wechat_sandbox.pay.coupons import Coupon
from wechat_sandbox.state import Sandbox


class ApproveOrder(msgspec.Struct, forbid_unknown_fields=True):
    """The buyer pays, after `after_s` platform seconds of waiting for the bank; `openid` for H5 and Native; `coupons` pay a part."""

    after_s: Annotated[float, msgspec.Meta(ge=0, le=86400)] = 0
    openid: str | None = None
    coupons: list[Coupon] = []


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post("/_sandbox/jsapi-pay", status_code=200)
    async def jsapi_pay(request: HttpRequest) -> Answer:
        transaction = cashier.call_up(sandbox, decode(await request.body(), cashier.PaymentRequest))
        query = urlencode({"prepay_id": transaction.prepay_id})
        return json_answer(
            {
                "prepay_id": transaction.prepay_id,
                "cashier_url": f"{origin_of(request)}/_sandbox/cashier?{query}",
                **_state(sandbox, transaction),
            }
        )

    @get("/_sandbox/cashier/{prepay_id:str}")
    async def show(prepay_id: FromPath[str]) -> Answer:
        return json_answer(_state(sandbox, cashier.find(sandbox, prepay_id)))

    @post("/_sandbox/cashier/{prepay_id:str}/approve", status_code=200)
    async def approve(request: HttpRequest, prepay_id: FromPath[str]) -> Answer:
        order = decode(await request.body(), ApproveOrder)
        transaction = cashier.approve(
            sandbox, prepay_id, openid=order.openid, after_s=order.after_s, coupons=order.coupons
        )
        return json_answer(_state(sandbox, transaction))

    @post("/_sandbox/cashier/{prepay_id:str}/cancel", status_code=200)
    async def cancel(prepay_id: FromPath[str]) -> Answer:
        return json_answer(_state(sandbox, cashier.cancel(sandbox, prepay_id)))

    return [jsapi_pay, show, approve, cancel]


def _state(sandbox: Sandbox, transaction: Till) -> dict[str, object]:
    merchant = sandbox.merchants.get(transaction.mchid)
    parts = sandbox.combinations.parts(transaction) if isinstance(transaction, Combination) else []
    return {
        "out_trade_no": transaction.out_trade_no,
        "trade_type": transaction.trade_type,
        "trade_state": transaction.state,
        "transaction_id": transaction.transaction_id,
        "merchant": merchant.name if merchant else transaction.mchid,
        "description": transaction.description,
        "amount": transaction.total,
        "currency": transaction.currency,
        "pay_by": transaction.pay_by,
        "expires_in": max(0, round(transaction.pay_by - sandbox.clock.now())),
        "sub_orders": [part.describe_part() for part in parts],
    }
