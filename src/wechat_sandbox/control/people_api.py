"""What the WeChat client does for a test user: sign-in codes, phone codes, consents; and text messages."""

import hmac
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery

from wechat_sandbox.accounts.apps import App
from wechat_sandbox.http import Answer, ControlError, HttpRequest, decode, json_answer
from wechat_sandbox.miniprogram.users import CODE_VALID_S
from wechat_sandbox.state import Sandbox

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Phone = Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{5,20}$")]


class LoginCodeOrder(msgspec.Struct, forbid_unknown_fields=True):
    """wx.login by a named test user."""

    appid: str
    user: Name


class PresentOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Who holds the phone from now on."""

    user: Name


class PhoneCodeOrder(msgspec.Struct, forbid_unknown_fields=True):
    """getPhoneNumber agreed to by a user with this number."""

    appid: str
    phone: Phone


class ConsentOrder(msgspec.Struct, forbid_unknown_fields=True):
    """wx.requestSubscribeMessage agreed to: one message of each template (or `times`)."""

    appid: str
    template_ids: list[str]
    openid: str | None = None
    user: Name | None = None
    times: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1


class SmsOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A text message."""

    phone: Phone
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @post("/_sandbox/login-code", status_code=200)
    async def login_code(request: HttpRequest) -> Answer:
        order = decode(await request.body(), LoginCodeOrder)
        user = sandbox.users.provide(_app(sandbox, order.appid).appid, order.user)
        code = sandbox.users.mint_code("login", order.appid, order.user)
        return json_answer({"code": code, "expires_in": CODE_VALID_S, "openid": user.openid})

    @post("/_sandbox/present", status_code=200)
    async def be_present(request: HttpRequest) -> Answer:
        sandbox.users.present = decode(await request.body(), PresentOrder).user
        return json_answer({"user": sandbox.users.present})

    @post("/_sandbox/phone-code", status_code=200)
    async def phone_code(request: HttpRequest) -> Answer:
        order = decode(await request.body(), PhoneCodeOrder)
        code = sandbox.users.mint_code("phone", _app(sandbox, order.appid).appid, order.phone)
        return json_answer({"code": code, "expires_in": CODE_VALID_S})

    @post("/_sandbox/consents", status_code=200)
    async def consent(request: HttpRequest) -> Answer:
        order = decode(await request.body(), ConsentOrder)
        app = _app(sandbox, order.appid)
        if (order.openid is None) == (order.user is None):
            raise ControlError(400, "INVALID", "give either openid or user")
        openid = order.openid or sandbox.users.provide(app.appid, order.user or "").openid
        if sandbox.users.app_of(openid) != app.appid:
            raise ControlError(404, "OPENID", "this openid is not of this app")
        known = {template.template_id for template in app.templates}
        if missing := [t for t in order.template_ids if t not in known]:
            raise ControlError(404, "TEMPLATE", f"the app has no template {missing[0]}")
        left = {t: sandbox.consents.grant(openid, t, order.times) for t in order.template_ids}
        return json_answer({"openid": openid, "left": left})

    @get("/_sandbox/consents")
    async def list_consents(openid: FromQuery[str]) -> Answer:
        return json_answer({"consents": sandbox.consents.of(openid)})

    @post("/_sandbox/sms", status_code=200)
    async def take_sms(request: HttpRequest) -> Answer:
        key = sandbox.config.sms_key
        if key is not None and not hmac.compare_digest(key, request.headers.get("x-sandbox-key", "")):
            raise ControlError(401, "KEY", "X-Sandbox-Key is missing or wrong")
        order = decode(await request.body(), SmsOrder)
        message = sandbox.sms.add(order.phone, order.text)
        sandbox.seen.record("sms", order.text, subject=order.phone, phone=order.phone, text=order.text)
        return json_answer(message)

    @get("/_sandbox/sms")
    async def list_sms(request: HttpRequest) -> Answer:
        # A + in a query is a space once decoded; a number never begins with one.
        phone = request.query_params.get("phone")
        messages = sandbox.sms.listing(phone.replace(" ", "+") if phone else None)
        return json_answer({"messages": messages})

    return [login_code, be_present, phone_code, consent, list_consents, take_sms, list_sms]


def _app(sandbox: Sandbox, appid: str) -> App:
    app = sandbox.apps.get(appid)
    if app is None:
        raise ControlError(404, "APPID", "no such app; make it with POST /_sandbox/apps")
    return app
