"""The mini-program API against the sandbox: sign-in, phone, token, messages, codes, shipping report."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.support.sandbox import Sandbox
from zhanggui.wechat.errors import WeChatRefused, WeChatUnknown
from zhanggui.wechat.mini_program import MiniProgram
from zhanggui.wechat.shipping import Parcel, ShippingReport


async def test_a_sign_in_code_works_once(mini: MiniProgram, sandbox: Sandbox) -> None:
    minted = await sandbox.call("POST", "/login-code", {"appid": mini.appid, "user": "anna"})
    session = await mini.code_to_session(minted["code"])
    assert session.openid == minted["openid"]
    assert session.session_key
    with pytest.raises(WeChatRefused) as refused:
        await mini.code_to_session(minted["code"])
    assert refused.value.code in {"40163", "40029"}


async def test_a_phone_code_answers_the_number(mini: MiniProgram, sandbox: Sandbox) -> None:
    minted = await sandbox.call("POST", "/phone-code", {"appid": mini.appid, "phone": "13800138000"})
    number = await mini.phone_number(minted["code"])
    assert number.e164 == "+8613800138000"
    with pytest.raises(WeChatRefused):
        await mini.phone_number(minted["code"])


async def test_two_processes_share_one_token_and_a_stale_one_is_renewed_once(
    mini: MiniProgram, http: httpx.AsyncClient, sandbox: Sandbox, app: Any
) -> None:
    other = MiniProgram(http, sandbox.url, app["appid"], app["secret"])
    shared = await mini.access_token()
    assert await other.access_token() == shared
    forced = {
        "grant_type": "client_credential",
        "appid": app["appid"],
        "secret": app["secret"],
        "force_refresh": True,
    }
    await http.post(f"{sandbox.url}/cgi-bin/stable_token", json=forced)
    await sandbox.settle(600)  # the old token is good for five minutes more
    minted = await sandbox.call("POST", "/phone-code", {"appid": mini.appid, "phone": "13800138001"})
    assert (await mini.phone_number(minted["code"])).pure_phone_number == "13800138001"
    assert await mini.access_token() != shared


async def test_one_consent_is_one_message(mini: MiniProgram, sandbox: Sandbox) -> None:
    consent = {"appid": mini.appid, "template_ids": ["tpl-paid"], "user": "ben"}
    openid = (await sandbox.call("POST", "/consents", consent))["openid"]
    data = {"thing1": "拿铁", "amount2": "¥18.50"}
    await mini.send_subscribe_message(openid, "tpl-paid", data, page="pages/order/order")
    with pytest.raises(WeChatRefused) as refused:
        await mini.send_subscribe_message(openid, "tpl-paid", data)
    assert refused.value.code == "43101"


async def test_a_code_is_a_picture_and_an_unknown_page_is_refused(mini: MiniProgram) -> None:
    picture = await mini.wxacode("t=A1", page="pages/order/order")
    assert picture[:4] in {b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xdb"}
    with pytest.raises(WeChatRefused) as refused:
        await mini.wxacode("t=A1", page="pages/nowhere")
    assert refused.value.code == "41030"


async def test_a_report_of_an_unknown_payment_is_refused(mini: MiniProgram) -> None:
    report = ShippingReport("4200000000000000000000000000", "o123456", 4, [Parcel("拿铁")], datetime.now(UTC))
    with pytest.raises(WeChatRefused) as refused:
        await mini.upload_shipping_info(report)
    assert refused.value.code == "10060001"
    with pytest.raises(ValueError, match="1 to 15"):
        await mini.upload_shipping_info(ShippingReport("42", "o1", 1, [], datetime.now(UTC)))


@pytest.mark.parametrize("kind", ["http_500", "http_429", "drop"])
async def test_no_trustworthy_answer_is_an_unknown_outcome(
    mini: MiniProgram, sandbox: Sandbox, kind: str
) -> None:
    minted = await sandbox.call("POST", "/login-code", {"appid": mini.appid, "user": "anna"})
    await sandbox.fault("/sns/jscode2session", kind, count=1)
    with pytest.raises(WeChatUnknown):
        await mini.code_to_session(minted["code"])


async def test_a_wrong_secret_is_refused(http: httpx.AsyncClient, sandbox: Sandbox, app: Any) -> None:
    with pytest.raises(WeChatRefused) as refused:
        await MiniProgram(http, sandbox.url, app["appid"], "wrong").access_token()
    assert refused.value.code == "40125"
