"""The addresses of WeChat Pay API v3."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.http import Answer, HttpRequest
from wechat_sandbox.pay import certificates, combine, orders, place, refund
from wechat_sandbox.pay.gateway import serve
from wechat_sandbox.pay.transactions import TradeType
from wechat_sandbox.state import Sandbox

_PRODUCTS: dict[str, TradeType] = {"jsapi": "JSAPI", "h5": "MWEB", "native": "NATIVE", "app": "APP"}


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    def placing(product: str, trade_type: TradeType) -> HTTPRouteHandler:
        @post(f"/v3/pay/transactions/{product}", status_code=200)
        async def place_order(request: HttpRequest) -> Answer:
            return await serve(sandbox, request, lambda call: place.place(sandbox, call, trade_type))

        return place_order

    def combining(product: str, trade_type: TradeType) -> HTTPRouteHandler:
        @post(f"/v3/combine-transactions/{product}", status_code=200)
        async def combine_orders(request: HttpRequest) -> Answer:
            return await serve(sandbox, request, lambda call: combine.place(sandbox, call, trade_type))

        return combine_orders

    @get("/v3/combine-transactions/out-trade-no/{out_trade_no:str}")
    async def query_combined(request: HttpRequest, out_trade_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: combine.query(sandbox, call, out_trade_no))

    @post("/v3/combine-transactions/out-trade-no/{out_trade_no:str}/close", status_code=200)
    async def close_combined(request: HttpRequest, out_trade_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: combine.close(sandbox, call, out_trade_no))

    @get("/v3/pay/transactions/out-trade-no/{out_trade_no:str}")
    async def query_by_number(request: HttpRequest, out_trade_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: orders.query_by_number(sandbox, call, out_trade_no))

    @get("/v3/pay/transactions/id/{transaction_id:str}")
    async def query_by_id(request: HttpRequest, transaction_id: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: orders.query_by_id(sandbox, call, transaction_id))

    @post("/v3/pay/transactions/out-trade-no/{out_trade_no:str}/close", status_code=200)
    async def close(request: HttpRequest, out_trade_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: orders.close(sandbox, call, out_trade_no))

    @post("/v3/refund/domestic/refunds", status_code=200)
    async def request_refund(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: refund.request_refund(sandbox, call))

    @get("/v3/refund/domestic/refunds/{out_refund_no:str}")
    async def query_refund(request: HttpRequest, out_refund_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: refund.query_refund(sandbox, call, out_refund_no))

    @get("/v3/certificates")
    async def download_certificates(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: certificates.certificates(sandbox, call))

    return [
        *(placing(product, trade_type) for product, trade_type in _PRODUCTS.items()),
        *(combining(product, trade_type) for product, trade_type in _PRODUCTS.items()),
        query_combined,
        close_combined,
        query_by_number,
        query_by_id,
        close,
        request_refund,
        query_refund,
        download_certificates,
    ]
