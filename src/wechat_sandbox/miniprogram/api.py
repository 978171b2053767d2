"""The addresses of the mini-program server API."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from wechat_sandbox.http import Answer, HttpRequest
from wechat_sandbox.miniprogram import codes, shipping, shipping_combined, sign_in, subscribe, trade
from wechat_sandbox.miniprogram.gateway import serve
from wechat_sandbox.state import Sandbox


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""
    limit = codes.CodeLimit()

    @get("/sns/jscode2session")
    async def jscode2session(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: sign_in.jscode2session(sandbox, call))

    @post("/cgi-bin/stable_token", status_code=200)
    async def stable_token(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: sign_in.stable_token(sandbox, call))

    @post("/wxa/business/getuserphonenumber", status_code=200)
    async def phone_number(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: sign_in.phone_number(sandbox, call))

    @post("/cgi-bin/message/subscribe/send", status_code=200)
    async def send_message(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: subscribe.send(sandbox, call))

    @post("/wxa/getwxacodeunlimit", status_code=200)
    async def unlimited_code(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: codes.unlimited(sandbox, limit, call))

    @post("/wxa/sec/order/upload_shipping_info", status_code=200)
    async def upload_shipping(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: shipping.upload(sandbox, call))

    @post("/wxa/sec/order/upload_combined_shipping_info", status_code=200)
    async def upload_combined(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: shipping_combined.upload(sandbox, call))

    @post("/wxa/sec/order/get_order", status_code=200)
    async def get_order(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: shipping.get_order(sandbox, call))

    @post("/wxa/sec/order/opspecialorder", status_code=200)
    async def special_order(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: trade.special_order(sandbox, call))

    @post("/wxa/sec/order/is_trade_managed", status_code=200)
    async def is_trade_managed(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: trade.is_managed(sandbox, call))

    @post("/wxa/sec/order/is_trade_management_confirmation_completed", status_code=200)
    async def is_trade_confirmed(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: trade.is_confirmed(sandbox, call))

    return [
        jscode2session,
        stable_token,
        phone_number,
        send_message,
        unlimited_code,
        upload_shipping,
        upload_combined,
        get_order,
        special_order,
        is_trade_managed,
        is_trade_confirmed,
    ]
