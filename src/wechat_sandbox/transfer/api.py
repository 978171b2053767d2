"""The addresses of transfers, and confirming them as JSON for a mini-program runner and for tests."""

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox import ids
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer, origin_of
from wechat_sandbox.pay.gateway import serve
from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer import balance, bill
from wechat_sandbox.transfer.drawn import Drawn

BILLS = "/v3/fund-app/mch-transfer/transfer-bills"


class TransferRequest(msgspec.Struct, kw_only=True):
    """The arguments of wx.requestMerchantTransfer."""

    mchId: str  # the platform's spelling
    appId: str
    package: str
    openId: str | None = None


class DrawOrder(msgspec.Struct, forbid_unknown_fields=True):
    """How much a merchant draws to its bank; fen."""

    amount: Annotated[int, msgspec.Meta(ge=1)]


class Confirmation(msgspec.Struct, forbid_unknown_fields=True):
    """Who confirms, if the sandbox shall check it."""

    openid: str | None = None


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post(BILLS, status_code=200)
    async def ask(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: bill.ask(sandbox, call))

    @get(f"{BILLS}/out-bill-no/{{out_bill_no:str}}")
    async def by_number(request: HttpRequest, out_bill_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: bill.query_by_number(sandbox, call, out_bill_no))

    @get(f"{BILLS}/transfer-bill-no/{{transfer_bill_no:str}}")
    async def by_bill(request: HttpRequest, transfer_bill_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: bill.query_by_bill(sandbox, call, transfer_bill_no))

    @post(f"{BILLS}/out-bill-no/{{out_bill_no:str}}/cancel", status_code=200)
    async def take_back(request: HttpRequest, out_bill_no: FromPath[str]) -> Answer:
        return await serve(sandbox, request, lambda call: bill.take_back(sandbox, call, out_bill_no))

    @post("/_sandbox/merchant-transfer", status_code=200)
    async def call_up(request: HttpRequest) -> Answer:
        told = decode(await request.body(), TransferRequest)
        transfer = bill.find(sandbox, told.package)
        if (transfer.mchid, transfer.appid) != (told.mchId, told.appId):
            raise ControlError(
                400, "MERCHANT", "mchId 或 appId 与转账单不一致 / are not those of the transfer"
            )
        bill.check_open(sandbox, transfer)
        page = f"{origin_of(request)}/_sandbox/transfer?{urlencode({'package': told.package})}"
        return json_answer({"confirm_url": page, **transfer.describe()})

    @get("/_sandbox/transfers/{package_info:str}")
    async def show(package_info: FromPath[str]) -> Answer:
        return json_answer(bill.find(sandbox, package_info).describe())

    @post("/_sandbox/transfers/{package_info:str}/confirm", status_code=200)
    async def confirm(request: HttpRequest, package_info: FromPath[str]) -> Answer:
        told = decode(await request.body(), Confirmation)
        return json_answer(bill.confirm(sandbox, package_info, told.openid).describe())

    @get("/_sandbox/balances/{mchid:str}")
    async def money(mchid: FromPath[str]) -> Answer:
        if sandbox.merchants.get(mchid) is None:
            raise ControlError(404, "MERCHANT", "没有这个商户 / no such merchant")
        moved = [m._asdict() for m in balance.movements(sandbox, mchid)]
        return json_answer({**balance.balance(sandbox, mchid), "movements": moved})

    @post("/_sandbox/balances/{mchid:str}/draw", status_code=201)
    async def draw(request: HttpRequest, mchid: FromPath[str]) -> Answer:
        told = decode(await request.body(), DrawOrder)
        if sandbox.merchants.get(mchid) is None:
            raise ControlError(404, "MERCHANT", "没有这个商户 / no such merchant")
        if told.amount > balance.balance(sandbox, mchid)["available"]:
            raise ControlError(409, "NOT_ENOUGH", "可用余额不足 / more than is available")
        now = sandbox.clock.now()
        one = Drawn(mchid, ids.transfer_bill_no(now), told.amount, now)
        sandbox.drawn.add(one)
        return json_answer(one, 201)

    return [ask, by_number, by_bill, take_back, call_up, show, confirm, money, draw]
