"""Accounts on demand: merchants, apps, and a new platform certificate."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from wechat_sandbox.accounts.apps import AppOrder, InvalidApp
from wechat_sandbox.accounts.merchants import InvalidAccount, MerchantOrder
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.miniprogram.template_fields import is_field
from wechat_sandbox.state import Sandbox


class RotateOrder(msgspec.Struct, forbid_unknown_fields=True):
    """How long the new certificate is valid from now (real seconds); one below zero is over already."""

    valid_s: Annotated[int, msgspec.Meta(ge=-3600, le=20 * 365 * 86400)] = 5 * 365 * 86400


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
    async def rotate(request: HttpRequest) -> Answer:
        order = decode(await request.body() or b"{}", RotateOrder)
        certificate = sandbox.platform.rotate(timedelta(seconds=order.valid_s))
        sandbox.storage.flush()
        return json_answer({"serial_no": certificate.serial})

    @post("/_sandbox/certificates/{serial_no:str}/use", status_code=200)
    async def use(serial_no: FromPath[str]) -> Answer:
        certificate = sandbox.platform.find(serial_no)
        if certificate is None:
            raise ControlError(404, "SERIAL", "no such certificate")
        sandbox.platform.use(certificate)
        return json_answer({"serial_no": certificate.serial})

    return [list_merchants, provide_merchant, list_apps, provide_app, rotate, use]
