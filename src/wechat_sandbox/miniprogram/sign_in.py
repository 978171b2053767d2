"""Who the user is: jscode2session, stable_token, getuserphonenumber.

Source: developers.weixin.qq.com, "小程序登录", "获取稳定版接口调用凭据", "获取手机号".
"""

import re

from wechat_sandbox import ids
from wechat_sandbox.miniprogram.errors import WxError
from wechat_sandbox.miniprogram.gateway import Result, WxCall, calling_app, known_app, text_of
from wechat_sandbox.state import Sandbox

_CHINESE_MOBILE = re.compile(r"(?:\+86)?(1[0-9]{10})")


def jscode2session(sandbox: Sandbox, call: WxCall) -> Result:
    """openid, unionid and session_key for a code of wx.login, which works once within five minutes."""
    app = known_app(sandbox, call.query.get("appid"), call.query.get("secret"))
    if call.query.get("grant_type") != "authorization_code":
        raise WxError(40002, "invalid grant_type")
    if app.kind != "mini_program":
        raise WxError(40013, "invalid appid")
    code = call.query.get("js_code")
    if not code:
        raise WxError(41008, "missing code")
    user = sandbox.users.provide(app.appid, sandbox.users.use_code("login", app.appid, code))
    return {"openid": user.openid, "session_key": f"{ids.nonce(22)}==", "unionid": user.unionid}


def stable_token(sandbox: Sandbox, call: WxCall) -> Result:
    """The app's access_token and the seconds it has left."""
    if call.body.get("grant_type") != "client_credential":
        raise WxError(40002, "invalid grant_type")
    app = known_app(sandbox, call.body.get("appid"), call.body.get("secret"))
    force = call.body.get("force_refresh", False)
    if not isinstance(force, bool):
        raise WxError(47001, "data format error: force_refresh")
    token, left = sandbox.tokens.stable(app.appid, force=force)
    return {"access_token": token, "expires_in": left}


def phone_number(sandbox: Sandbox, call: WxCall) -> Result:
    """The phone number behind a code of getPhoneNumber, which works once within five minutes."""
    app = calling_app(sandbox, call)
    if app.phone_quota is not None and app.phone_quota < 1:
        raise WxError(1400001, "功能使用次数已达上限")
    number = sandbox.users.use_code("phone", app.appid, text_of(call.body, "code"))
    if app.phone_quota is not None:
        app.phone_quota -= 1
        sandbox.apps.save(app)
    chinese = _CHINESE_MOBILE.fullmatch(number)
    pure = chinese.group(1) if chinese else number.lstrip("+")
    return {
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": number if not chinese else pure,
            "purePhoneNumber": pure,
            "countryCode": "86" if chinese else "",
            "watermark": {"timestamp": int(call.now), "appid": app.appid},
        },
    }
