"""Sending a subscription message. Source: developers.weixin.qq.com, "发送订阅消息"."""

from typing import Any, cast

from wechat_sandbox.accounts.apps import App, Template
from wechat_sandbox.miniprogram.errors import WxError, data_format_error
from wechat_sandbox.miniprogram.gateway import Result, WxCall, calling_app, text_of
from wechat_sandbox.miniprogram.template_fields import fits
from wechat_sandbox.state import Sandbox

STATES = frozenset({"developer", "trial", "formal"})


def send(sandbox: Sandbox, call: WxCall) -> Result:
    """Deliver a message and use up one consent.

    Raises WxError: 40003 openid, 40037 template, 41030 page, 43101 no consent, 47003 a value breaks its type's limits.
    """
    app = calling_app(sandbox, call)
    openid, template_id = text_of(call.body, "touser"), text_of(call.body, "template_id")
    if sandbox.users.app_of(openid) != app.appid:
        raise WxError(40003, "invalid openid")
    template = next((t for t in app.templates if t.template_id == template_id), None)
    if template is None:
        raise WxError(40037, "invalid template_id")
    page = call.body.get("page")
    if page is not None:
        check_page(app, page)
    if call.body.get("miniprogram_state", "formal") not in STATES:
        raise data_format_error("data format error: miniprogram_state")
    values = _values(template, call.body.get("data"))
    if not sandbox.consents.use(openid, template_id):
        raise WxError(43101, "user refuse to accept the msg")
    sandbox.seen.record(
        "message",
        template.title,
        subject=openid,
        appid=app.appid,
        template_id=template_id,
        page=page,
        values=values,
    )
    return {"errcode": 0, "errmsg": "ok"}


def check_page(app: App, page: object) -> None:
    """Raises WxError 41030 unless the app has published the page (or published no list at all)."""
    if not isinstance(page, str) or page.startswith("/"):
        raise WxError(41030, "invalid page")
    if app.pages and page.partition("?")[0] not in app.pages:
        raise WxError(41030, "invalid page")


def _values(template: Template, data: Any) -> dict[str, str]:
    if not isinstance(data, dict):
        raise data_format_error("data format error: data")
    fields = cast(dict[str, Any], data)
    values: dict[str, str] = {}
    for name in template.fields:
        field = fields.get(name)
        value = cast(dict[str, Any], field).get("value") if isinstance(field, dict) else None
        if value is None:
            raise WxError(47003, f"argument invalid! data.{name}.value is empty")
        text = value if isinstance(value, str) else str(value)
        if not fits(name, text):
            raise WxError(47003, f"argument invalid! data.{name}.value invalid")
        values[name] = text
    if extra := fields.keys() - set(template.fields):
        raise WxError(47003, f"argument invalid! data.{min(extra)} is not in the template")
    return values
