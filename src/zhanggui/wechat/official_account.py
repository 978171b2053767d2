"""Pages inside WeChat learn the reader's openid from an official account (developers.weixin.qq.com, 网页授权)."""

from urllib.parse import urlencode

import httpx
import msgspec

from zhanggui.wechat.calling import decode, send


class _Reader(msgspec.Struct):
    openid: str


class OfficialAccount:
    """Calls the platform as one official account."""

    def __init__(
        self, http: httpx.AsyncClient, origin: str, pages_origin: str, appid: str, secret: str
    ) -> None:
        self._http, self._origin, self._pages = http, origin, pages_origin
        self.appid, self._secret = appid, secret

    def authorize_address(self, redirect_uri: str, state: str) -> str:
        """Where a page sends its reader to come back to `redirect_uri` with a code: silently (snsapi_base).

        The host of `redirect_uri` must be configured for the account; `state` is at most 128 letters and digits.
        """
        query = {
            "appid": self.appid,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return f"{self._pages}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    async def openid_of(self, code: str) -> str:
        """Exchange a page's code (once, 5 minutes). Raises WeChatRefused (40029, 40163: not valid, used), WeChatUnknown."""
        params = {
            "appid": self.appid,
            "secret": self._secret,
            "code": code,
            "grant_type": "authorization_code",
        }
        answer = await send(self._http, "GET", f"{self._origin}/sns/oauth2/access_token", params=params)
        return decode(answer, _Reader).openid
