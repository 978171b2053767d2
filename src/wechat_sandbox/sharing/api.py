"""The addresses of profit sharing, and what the control API can tell and order of it."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.pay.gateway import serve
from wechat_sandbox.sharing import give_back, receivers, split
from wechat_sandbox.sharing.book import SharingSettings
from wechat_sandbox.state import Sandbox


class SettingsOrder(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a merchant agreed with the platform; what is left out stays as it is."""

    mchid: str
    max_ratio: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    frozen_days: Annotated[int, msgspec.Meta(ge=1, le=180)] | None = None
    notify_url: str | None = None
    returns_allowed: bool | None = None


class ResultsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Why the next parts (or returns) fail, in order; "" for one that succeeds."""

    receivers: list[str] = []
    returns: list[str] = []


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post("/v3/profitsharing/receivers/add", status_code=200)
    async def add_receiver(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: receivers.add_receiver(sandbox, call))

    @post("/v3/profitsharing/receivers/delete", status_code=200)
    async def delete_receiver(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: receivers.delete_receiver(sandbox, call))

    @get("/v3/profitsharing/merchant-configs/{mchid:str}")
    async def maximum_ratio(request: HttpRequest, mchid: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: receivers.maximum_ratio(sandbox, call, mchid))

    @post("/v3/profitsharing/orders", status_code=200)
    async def split_order(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: split.split(sandbox, call))

    @post("/v3/profitsharing/orders/unfreeze", status_code=200)
    async def unfreeze(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: split.unfreeze(sandbox, call))

    @get("/v3/profitsharing/orders/{out_order_no:str}")
    async def query_split(request: HttpRequest, out_order_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: split.query(sandbox, call, out_order_no))

    @get("/v3/profitsharing/transactions/{transaction_id:str}/amounts")
    async def amounts(request: HttpRequest, transaction_id: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: split.amounts(sandbox, call, transaction_id))

    @post("/v3/profitsharing/return-orders", status_code=200)
    async def return_order(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: give_back.give_back(sandbox, call))

    @get("/v3/profitsharing/return-orders/{out_return_no:str}")
    async def query_return(request: HttpRequest, out_return_no: FromPath[str]) -> Answer:
        return await serve(
            sandbox, request, lambda call: give_back.query_return(sandbox, call, out_return_no)
        )

    @post("/_sandbox/sharing", status_code=200)
    async def agree(request: HttpRequest) -> Answer:
        order = decode(await request.body(), SettingsOrder)
        if sandbox.merchants.get(order.mchid) is None:
            raise ControlError(404, "MERCHANT", "没有这个商户 / no such merchant")
        known = msgspec.structs.asdict(sandbox.sharing.settings(order.mchid))
        told = {k: v for k, v in msgspec.structs.asdict(order).items() if v is not None}
        settings = SharingSettings(**(known | told))
        sandbox.sharing.agree(settings)
        return json_answer(settings)

    @post("/_sandbox/sharing/results", status_code=200)
    async def results(request: HttpRequest) -> Answer:
        order = decode(await request.body(), ResultsOrder)
        sandbox.sharing.next_results[:] = order.receivers
        sandbox.sharing.next_returns[:] = order.returns
        return json_answer(order)

    @get("/_sandbox/sharing/{transaction_id:str}")
    async def held(transaction_id: FromPath[str]) -> Answer:
        transaction = sandbox.transactions.by_id(transaction_id)
        if transaction is None:
            raise ControlError(404, "TRANSACTION", "没有这笔支付 / no such payment")
        book = sandbox.sharing
        return json_answer(
            {
                "total": transaction.total,
                "refunded": transaction.refunded,
                "split": book.split(transaction),
                "returned": book.returned(transaction),
                "unsplit": book.unsplit(transaction),
                "own": book.own(transaction),
                "ended": book.has_ended(transaction_id),
                "orders": [order.describe() for order in book.orders_of(transaction_id)],
                "returns": [back.describe() for back in book.returns_of(transaction_id)],
            }
        )

    return [
        add_receiver,
        delete_receiver,
        maximum_ratio,
        split_order,
        unfreeze,
        query_split,
        amounts,
        return_order,
        query_return,
        agree,
        results,
        held,
    ]
