"""The page on which a person confirms a transfer, as WeChat shows it after wx.requestMerchantTransfer."""

from litestar import get
from litestar.handlers import HTTPRouteHandler

from wechat_sandbox.http import Answer, ControlError, HttpRequest
from wechat_sandbox.pages.views import render, web_address
from wechat_sandbox.state import Sandbox
from wechat_sandbox.transfer import bill


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/_sandbox/transfer")
    async def show(request: HttpRequest) -> Answer:
        package = request.query_params.get("package", "")
        try:
            transfer = bill.find(sandbox, package)
        except ControlError as error:
            return render("transfer_gone.html", status=error.status, message=error.message)
        merchant = sandbox.merchants.get(transfer.mchid)
        try:
            bill.check_open(sandbox, transfer)
            refusal = ""
        except ControlError as error:
            refusal = error.message
        return render(
            "transfer.html",
            transfer=transfer,
            merchant=merchant.name if merchant else transfer.mchid,
            yuan=f"{transfer.amount // 100:,}",
            fen=f"{transfer.amount % 100:02d}",
            left_s=max(0, int(transfer.confirm_by - sandbox.clock.now())),
            speed=sandbox.clock.speed,
            refusal=refusal,
            received=transfer.state == "SUCCESS",
            redirect_url=web_address(request.query_params.get("redirect_url", "")),
        )

    return [show]
