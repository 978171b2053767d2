"""The addresses of bills, and what the control API can tell and order of them."""

from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Response

from wechat_sandbox.bills import download
from wechat_sandbox.bills.differences import Difference
from wechat_sandbox.bills.rows import day_begins
from wechat_sandbox.bills.text import flow_bill, trade_bill
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.pay.gateway import serve
from wechat_sandbox.state import Sandbox


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/v3/bill/tradebill")
    async def ask_trade_bill(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: download.ask_trade_bill(sandbox, call))

    @get("/v3/bill/fundflowbill")
    async def ask_flow_bill(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: download.ask_flow_bill(sandbox, call))

    @get("/v3/bill/sub-merchant-fundflowbill")
    async def ask_sub_flow_bill(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: download.ask_sub_flow_bill(sandbox, call))

    @get("/v3/billdownload/file")
    async def fetch(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: download.fetch(sandbox, call))

    @get("/_sandbox/bills/{mchid:str}/{bill_date:str}")
    async def show(
        mchid: FromPath[str],
        bill_date: FromPath[str],
        kind: FromQuery[str] = "trade",
        sub_mchid: FromQuery[str] = "",
    ) -> Answer:
        merchant = sandbox.merchants.get(mchid)
        if merchant is None:
            raise ControlError(404, "MCHID", "no such merchant")
        _check(bill_date)
        made = (
            flow_bill(sandbox, merchant, bill_date, sub_mchid or None)
            if kind == "flow"
            else trade_bill(sandbox, merchant, bill_date, sub_mchid=sub_mchid)
        )
        return Response(content=made or "", media_type="text/plain; charset=utf-8")

    @post("/_sandbox/bill-differences", status_code=201)
    async def order(request: HttpRequest) -> Answer:
        difference = decode(await request.body(), Difference)
        if sandbox.merchants.get(difference.mchid) is None:
            raise ControlError(404, "MCHID", "no such merchant")
        _check(difference.bill_date)
        sandbox.bill_differences.add(difference)
        return json_answer(difference, 201)

    @delete("/_sandbox/bill-differences", status_code=200)
    async def clear() -> Answer:
        return json_answer({"removed": sandbox.bill_differences.clear()})

    return [ask_trade_bill, ask_flow_bill, ask_sub_flow_bill, fetch, show, order, clear]


def _check(bill_date: str) -> None:
    try:
        day_begins(bill_date)
    except ValueError as error:
        raise ControlError(400, "INVALID", "bill_date is YYYY-MM-DD") from error
