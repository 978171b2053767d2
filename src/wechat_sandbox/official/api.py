"""Authorization of pages inside WeChat: /connect/oauth2/authorize and /sns/oauth2/access_token.

Source: developers.weixin.qq.com, 公众号 "网页授权". snsapi_base asks nobody anything: the person who holds the phone
(POST /_sandbox/present) goes straight back to the page with a code.
"""

import re
from urllib.parse import urlencode, urlsplit, urlunsplit

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wechat_sandbox import ids
from wechat_sandbox.http import Answer, HttpRequest
from wechat_sandbox.miniprogram.errors import WxError
from wechat_sandbox.miniprogram.gateway import Result, WxCall, known_app, serve
from wechat_sandbox.pages.views import render
from wechat_sandbox.state import Sandbox

STATE = re.compile(r"[0-9A-Za-z]{0,128}")
TOKEN_VALID_S = 7200


class PageRefused(Exception):
    """What the platform shows on a page of its own instead of going back; the text holds its number."""


def routes(sandbox: Sandbox) -> list[HTTPRouteHandler]:
    """The handlers, bound to one sandbox."""

    @get("/connect/oauth2/authorize")
    async def authorize(request: HttpRequest) -> Answer:
        query = {name: request.query_params.get(name, "") for name in request.query_params}
        try:
            back = granted(sandbox, query)
        except PageRefused as error:
            sandbox.seen.record("wxapi", f"authorize → {error}", mood="warn", target=query.get("appid", ""))
            return render("cashier_gone.html", status=400, message=str(error))
        sandbox.seen.record("wxapi", "authorize → ok", target=query["appid"])
        headers = {"Location": back, "Cache-Control": "no-store"}
        return Response(content=b"", headers=headers, status_code=302)

    @get("/sns/oauth2/access_token")
    async def access_token(request: HttpRequest) -> Answer:
        return await serve(sandbox, request, lambda call: exchange(sandbox, call))

    return [authorize, access_token]


def granted(sandbox: Sandbox, query: dict[str, str]) -> str:
    """Where the browser goes back to, with a code and the state. Raises PageRefused."""
    if not query.get("appid"):
        raise PageRefused("10012 appid 不能为空 / appid is missing")
    app = sandbox.apps.get(query["appid"])
    if app is None or app.kind != "official_account":
        raise PageRefused("10016 appid 不是公众号 / not the appid of an official account")
    if not query.get("redirect_uri"):
        raise PageRefused("10011 redirect_uri 不能为空 / redirect_uri is missing")
    address = urlsplit(query["redirect_uri"])
    if address.scheme not in ("http", "https") or address.netloc not in app.page_hosts:
        raise PageRefused(
            "10003 redirect_uri 域名与后台配置不一致 / its host is not configured for this account"
        )
    if query.get("response_type") != "code":
        raise PageRefused("10014 response_type 应为 code / must be code")
    if query.get("scope") != "snsapi_base":
        raise PageRefused(
            "10005 此公众号没有这个 scope 的权限 / this account has no permission for the scope"
        )
    if not STATE.fullmatch(query.get("state", "")):
        raise PageRefused("10013 state 应为 128 个以内的字母和数字 / at most 128 letters and digits")
    code = sandbox.users.mint_code("page", app.appid, sandbox.users.present)
    added = urlencode({"code": code, "state": query.get("state", "")})
    return urlunsplit(address._replace(query=f"{address.query}&{added}" if address.query else added))


def exchange(sandbox: Sandbox, call: WxCall) -> Result:
    """openid for a page's code, which works once within five minutes; with snsapi_base nothing else is told."""
    app = known_app(sandbox, call.query.get("appid"), call.query.get("secret"))
    if app.kind != "official_account":
        raise WxError(40013, "invalid appid")
    if call.query.get("grant_type") != "authorization_code":
        raise WxError(40002, "invalid grant_type")
    code = call.query.get("code")
    if not code:
        raise WxError(41008, "missing code")
    user = sandbox.users.provide(app.appid, sandbox.users.use_code("page", app.appid, code))
    return {
        "access_token": ids.nonce(64),
        "expires_in": TOKEN_VALID_S,
        "refresh_token": ids.nonce(64),
        "openid": user.openid,
        "scope": "snsapi_base",
    }
