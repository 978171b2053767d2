"""The mini-program server API (developers.weixin.qq.com, 小程序服务端): one object for each appid and process."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import httpx
import msgspec

from zhanggui.core import clock
from zhanggui.wechat.calling import decode, send
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.shipping import CombinedKey, ShippingReport, ToldOrder, combined_body, report_body

STALE_TOKEN = {40001, 40014, 42001}
EARLY = timedelta(
    minutes=5
)  # the platform keeps an old token good for five minutes after a new one was issued
Version = Literal["release", "trial", "develop"]


class CodeSession(msgspec.Struct, frozen=True):
    """Who signed in. `session_key` never leaves the server."""

    openid: str
    session_key: str = ""
    unionid: str | None = None


class PhoneNumber(msgspec.Struct, frozen=True, rename="camel"):
    """A buyer's number: `phone_number` with country code where it is not Chinese, `pure_phone_number` without."""

    phone_number: str
    pure_phone_number: str
    country_code: str

    @property
    def e164(self) -> str:
        return f"+{self.country_code.lstrip('+')}{self.pure_phone_number}"


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int


class _Phone(msgspec.Struct):
    phone_info: PhoneNumber


class _Nothing(msgspec.Struct):
    pass


class _Told(msgspec.Struct):
    order: ToldOrder


class _Managed(msgspec.Struct):
    is_trade_managed: bool


class _Confirmed(msgspec.Struct):
    completed: bool


class _Message(msgspec.Struct):
    msgid: int | str = ""


T = TypeVar("T")


class MiniProgram:
    """Calls the platform as one mini-program.

    The access token comes from `stable_token`, which in normal mode gives every process the same valid one; so it is
    kept in memory and the platform itself is what the processes share. A call refused for a stale token asks again,
    forces a new token only when it is given the same stale one (20 a day), and is repeated once.

    Every method raises WeChatRefused (`code` is the errcode as text) or WeChatUnknown.
    """

    def __init__(self, http: httpx.AsyncClient, origin: str, appid: str, secret: str) -> None:
        self._http, self._origin, self.appid, self._secret = http, origin, appid, secret
        self._token, self._token_until = "", datetime.min.replace(tzinfo=UTC)
        self._fetching = asyncio.Lock()

    async def code_to_session(self, code: str) -> CodeSession:
        """Exchange a `wx.login` code (once, 5 minutes). 40029 and 40163: not valid or used; 45011: too often."""
        params = {
            "appid": self.appid,
            "secret": self._secret,
            "js_code": code,
            "grant_type": "authorization_code",
        }
        return decode(await self._send("GET", "/sns/jscode2session", params=params), CodeSession)

    async def phone_number(self, code: str) -> PhoneNumber:
        """Exchange a `getPhoneNumber` code (once, 5 minutes). 40029: not valid; 1400001: no quota left."""
        answer = await self._post("/wxa/business/getuserphonenumber", {"code": code}, _Phone)
        return answer.phone_info

    async def send_subscribe_message(
        self,
        openid: str,
        template_id: str,
        data: Mapping[str, str],
        *,
        page: str = "",
        lang: Literal["zh_CN", "en_US"] = "zh_CN",
        state: Literal["formal", "trial", "developer"] = "formal",
    ) -> str:
        """Send one message against one consent; answers the platform's msgid ("" where it gives none).

        43101: the buyer refused or the consent is used up. 47003: an argument does not fit its field's type.
        """
        body: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": {name: {"value": value} for name, value in data.items()},
            "miniprogram_state": state,
            "lang": lang,
        }
        if page:
            body["page"] = page
        answer = await self._post("/cgi-bin/message/subscribe/send", body, _Message)
        return str(answer.msgid)

    async def upload_shipping_info(self, report: ShippingReport) -> None:
        """Tell the platform how a paid order was sent or handed over; settlement depends on it.

        10060001: it does not know the order yet (about a minute after payment). 10060004: wrong state.
        """
        await self._post("/wxa/sec/order/upload_shipping_info", report_body(report), _Nothing)

    async def upload_combined_shipping_info(self, key: CombinedKey, report: ShippingReport) -> None:
        """The same for one part of a combined payment (发货信息合单录入)."""
        await self._post("/wxa/sec/order/upload_combined_shipping_info", combined_body(key, report), _Nothing)

    async def shipped_order(self, transaction_id: str) -> ToldOrder:
        """What the platform knows of an order's shipping and receipt (查询订单发货状态). 10060001: nothing yet."""
        body = {"transaction_id": transaction_id}
        return (await self._post("/wxa/sec/order/get_order", body, _Told)).order

    async def report_presale(self, transaction_id: str, ships_by: datetime) -> None:
        """特殊发货报备, type 1: a pre-sale order is sent by then, 15 to 330 days after payment."""
        body = {"order_id": transaction_id, "type": 1, "delay_to": int(ships_by.timestamp())}
        await self._post("/wxa/sec/order/opspecialorder", body, _Nothing)

    async def trade_managed(self) -> bool:
        """Whether 发货信息管理 is open for this mini-program; without it nothing is to be reported."""
        body = {"appid": self.appid}
        return (await self._post("/wxa/sec/order/is_trade_managed", body, _Managed)).is_trade_managed

    async def trade_management_confirmed(self) -> bool:
        """Whether every merchant number of this mini-program has been authorised for 交易结算管理."""
        path = "/wxa/sec/order/is_trade_management_confirmation_completed"
        return (await self._post(path, {"appid": self.appid}, _Confirmed)).completed

    async def wxacode(
        self, scene: str, *, page: str = "", version: Version = "release", check_path: bool = True
    ) -> bytes:
        """An unlimited mini-program code as an image. `scene`: 1–32 visible ASCII characters.

        41030: the page is not published. 45009: more than 5000 in a minute (raised as WeChatUnknown).
        """
        body: dict[str, Any] = {"scene": scene, "check_path": check_path, "env_version": version}
        if page:
            body["page"] = page
        answer = await self._with_token("/wxa/getwxacodeunlimit", body)
        if answer.headers.get("content-type", "").startswith("image/"):
            return answer.content
        raise WeChatUnknown("not_an_image", "the answer is neither an image nor an error", answer.status_code)

    async def access_token(self) -> str:
        """The token in force; fetched when there is none or it is about to end."""
        if self._token and clock.now() < self._token_until:
            return self._token
        async with self._fetching:
            if not self._token or clock.now() >= self._token_until:
                await self._fetch_token(force=False)
            return self._token

    async def _renew(self, stale: str) -> None:
        async with self._fetching:
            if self._token != stale:
                return  # another caller has renewed it meanwhile
            await self._fetch_token(force=False)
            if self._token == stale:
                await self._fetch_token(force=True)

    async def _fetch_token(self, *, force: bool) -> None:
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self._secret,
            "force_refresh": force,
        }
        asked = clock.now()
        token = decode(await self._send("POST", "/cgi-bin/stable_token", body=body), _Token)
        life = timedelta(seconds=token.expires_in)
        self._token, self._token_until = token.access_token, asked + max(life - EARLY, life / 2)

    async def _post(self, path: str, body: dict[str, Any], shape: type[T]) -> T:
        return decode(await self._with_token(path, body), shape)

    async def _with_token(self, path: str, body: dict[str, Any]) -> httpx.Response:
        token = await self.access_token()
        try:
            return await self._send("POST", path, body=body, params={"access_token": token})
        except WeChatRefused as fault:
            if int(fault.code) not in STALE_TOKEN:
                raise
        await self._renew(token)
        return await self._send("POST", path, body=body, params={"access_token": await self.access_token()})

    async def _send(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: Any = None
    ) -> httpx.Response:
        return await send(self._http, method, self._origin + path, params=params, body=body)
