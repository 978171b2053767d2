"""Accounts on demand: merchants, apps, and a new platform certificate."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from wechat_sandbox.accounts.apps import AppOrder, InvalidApp
from wechat_sandbox.accounts.merchants import InvalidAccount, MerchantOrder
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.miniprogram.template_fields import is_field
from wechat_sandbox.state import Sandbox


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/_sandbox/merchants")
    async def list_merchants() -> Answer:
        merchants = sandbox.merchants
        return json_answer({"merchants": [merchants.describe(m) for m in merchants.listing()]})

    @post("/_sandbox/merchants", status_code=200)
    async def provide_merchant(request: HttpRequest) -> Answer:
        order = decode(await request.body(), MerchantOrder)
        try:
            merchant = sandbox.merchants.provide(order)
        except (InvalidAccount, InvalidApp) as error:
            raise ControlError(400, "INVALID", str(error)) from error
        sandbox.storage.flush()
        return json_answer(sandbox.merchants.describe(merchant))

    @get("/_sandbox/apps")
    async def list_apps() -> Answer:
        return json_answer({"apps": sandbox.apps.listing()})

    @post("/_sandbox/apps", status_code=200)
    async def provide_app(request: HttpRequest) -> Answer:
        order = decode(await request.body(), AppOrder)
        for template in order.templates or []:
            if wrong := [name for name in template.fields if not is_field(name)]:
                raise ControlError(400, "INVALID", f"not a field of a subscription message: {wrong[0]}")
        try:
            app = sandbox.apps.provide(order)
        except InvalidApp as error:
            raise ControlError(400, "INVALID", str(error)) from error
        sandbox.storage.flush()
        return json_answer(app)

    @post("/_sandbox/certificates/rotate", status_code=200)
    async def rotate() -> Answer:
        certificate = sandbox.platform.rotate()
        sandbox.storage.flush()
        return json_answer({"serial_no": certificate.serial})

    return [list_merchants, provide_merchant, list_apps, provide_app, rotate]
