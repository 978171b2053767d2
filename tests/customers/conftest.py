"""The outside world of sign-in: an SMS inbox and a WeChat that answers codes, at the level of HTTP."""

import dataclasses
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.support.api import Api
from zhanggui.wechat.apps import add_app

ORIGIN = "http://platform.test"
APPID = "wx0000000000000001"


@dataclass
class Platform:
    """What was texted, and who stands behind which wx.login code."""

    texts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    people: dict[str, tuple[str, str | None]] = field(default_factory=dict[str, tuple[str, str | None]])
    phones: dict[str, str] = field(default_factory=dict[str, str])
    broken: bool = False

    def code_for(self, phone: str) -> str:
        """The last code texted to a number."""
        text = next(text for number, text in reversed(self.texts) if number == phone)
        found = re.search(r"\d{6}", text)
        assert found
        return found.group()

    def answer(self, request: httpx.Request) -> httpx.Response:
        if self.broken:
            return httpx.Response(503)
        if request.url.path == "/_sandbox/sms":
            message = json.loads(request.content)
            self.texts.append((message["phone"], message["text"]))
            return httpx.Response(200, json={})
        if request.url.path == "/sns/jscode2session":
            return self._session(request.url.params["js_code"])
        if request.url.path == "/cgi-bin/stable_token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 7200})
        if request.url.path == "/wxa/business/getuserphonenumber":
            return self._phone(json.loads(request.content)["code"])
        return httpx.Response(404)

    def _session(self, code: str) -> httpx.Response:
        who = self.people.pop(code, None)
        if who is None:
            return httpx.Response(200, json={"errcode": 40029, "errmsg": "invalid code"})
        body = {"openid": who[0], "session_key": "k"} | ({"unionid": who[1]} if who[1] else {})
        return httpx.Response(200, json=body)

    def _phone(self, code: str) -> httpx.Response:
        number = self.phones.pop(code, None)
        if number is None:
            return httpx.Response(200, json={"errcode": 40029, "errmsg": "invalid code"})
        info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
        return httpx.Response(200, json={"errcode": 0, "phone_info": info})


@pytest.fixture
async def platform(api: Api) -> AsyncGenerator[Platform]:
    """The outside world, for the duration of one test."""
    made, http, config = Platform(), api.rt.http, api.rt.config
    api.rt.config = dataclasses.replace(config, sandbox_origin=ORIGIN, wechat_api_origin=ORIGIN)
    await add_app(api.rt.db, api.rt.sealer, APPID, "secret")
    async with httpx.AsyncClient(transport=httpx.MockTransport(made.answer)) as client:
        api.rt.http = client
        api.rt.singletons = {k: v for k, v in api.rt.singletons.items() if not k.startswith("wechat.")}
        yield made
    api.rt.http, api.rt.config = http, config
