"""A latte bought on a page opened inside WeChat: the official account says who it is, the bridge opens the cashier."""

from collections.abc import Generator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.buying import Buyer
from e2e.conftest import PHONE, Demo, watched

pytestmark = pytest.mark.usefixtures("money_agrees")

AGENT = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0"
    " Mobile Safari/537.36 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN"
)


@pytest.fixture
def wechat(chromium: Browser, demo: Demo) -> Generator[Page]:
    """WeChat's own browser: its user agent and its bridge, whose cashier lies over the page whatever the page's policy."""
    context = chromium.new_context(**PHONE, user_agent=AGENT, bypass_csp=True)
    bridge = httpx.get(f"{demo.sandbox}/_sandbox/static/weixin-bridge.js").raise_for_status().text
    context.add_init_script(f"window.wechatSandbox = {demo.sandbox!r};\n{bridge}")
    with watched(context) as page:
        yield page


def test_a_latte_bought_inside_wechat(demo: Demo, wechat: Page) -> None:
    buyer = Buyer(wechat, demo, "13900007777")
    authorized: list[str] = []
    wechat.on("request", lambda r: authorized.append(r.url) if "/connect/oauth2/authorize" in r.url else None)
    cashier = wechat.frame_locator(".wechat-sandbox-cashier")

    wechat.goto(f"{demo.shop}/#/pages/menu/index?store=coffee")
    buyer.open_sheet_of("拿铁")
    buyer.choose("大杯", "燕麦奶", "少冰")
    buyer.tap("spec-done")
    buyer.tap("settle")
    buyer.sign_in_by_phone()
    buyer.tap("method-pickup")
    expect(wechat.locator(".t-submit-order:visible")).to_be_enabled()
    buyer.tap("submit-order")

    cashier.locator("[data-cancel]").tap()
    expect(wechat.locator(".t-pay-again:visible")).to_be_visible()
    assert "code=" not in wechat.url
    buyer.tap("pay-again")
    cashier.locator("[data-approve]").tap()
    expect(wechat.locator(".t-paid:visible")).to_be_visible()
    assert len(authorized) == 1
