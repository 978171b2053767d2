"""The pages in a real browser: a person pays, cancels, lets time pass, and sees it all in the record."""

import os
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.wechat_sandbox.local_servers import Receiver, ServerThread
from tests.wechat_sandbox.sandbox_actions import place
from tests.wechat_sandbox.sandbox_oracle import Oracle, number

pytestmark = pytest.mark.browser
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("ZHANGGUI_CHROMIUM", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "request", lambda r: wrong.append(r.url) if not r.url.startswith(("http://127.", "data:")) else None
    )
    yield opened
    assert wrong == []
    context.close()


def cashier(server: ServerThread, prepay_id: str) -> str:
    return f"{server.url}/_sandbox/cashier?prepay_id={prepay_id}"


def test_a_person_pays_and_returns_to_the_shop(
    page: Page, server: ServerThread, shop: Oracle, receiver: Receiver
) -> None:
    order = number()
    h5_url = shop.pay("h5", order, 129900)[1]["h5_url"]
    page.goto(f"{h5_url}&redirect_url={server.url}/_sandbox/health")
    expect(page.get_by_text("1,299")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="确认支付").click()
    expect(page.get_by_text("支付成功")).to_be_visible()
    page.wait_for_url("**/_sandbox/health")
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "SUCCESS"


def test_a_person_cancels_and_the_frame_is_told(page: Page, server: ServerThread, shop: Oracle) -> None:
    order, prepay_id = place(shop)
    page.goto(f"{server.url}/_sandbox/health")
    page.evaluate("window.told = []; addEventListener('message', (e) => told.push(e.data.result))")
    page.evaluate(
        "(url) => document.body.append(Object.assign(document.createElement('iframe'), {src: url, height: 800}))",
        cashier(server, prepay_id),
    )
    page.frame_locator("iframe").get_by_role("button", name="取消").click()
    page.wait_for_function("window.told.includes('cancel')")
    assert shop.query(out_trade_no=order)[1]["trade_state"] == "NOTPAY"


def test_a_person_lets_time_pass_until_it_is_too_late(page: Page, server: ServerThread, shop: Oracle) -> None:
    _, prepay_id = place(shop)
    page.goto(cashier(server, prepay_id))
    page.get_by_text("让时间过去").click()
    page.get_by_role("button", name="到期").click()
    expect(page.get_by_text("已超过支付结束时间")).to_be_visible()
    expect(page.get_by_role("button", name="确认支付")).to_be_hidden()


def test_the_record_shows_filters_and_orders_faults(
    page: Page, server: ServerThread, shop: Oracle, control: httpx.Client
) -> None:
    order, _ = place(shop)
    page.goto(server.url)
    page.get_by_placeholder("订单号").fill(order)
    row = page.locator(".events summary").filter(has_text=order)
    row.click()
    expect(page.locator(".events pre")).to_contain_text(order)
    page.get_by_role("button", name="短信").click()
    expect(page.get_by_text("没有符合的记录")).to_be_visible()
    page.locator("#fault [name=kind]").select_option("reorder")
    page.get_by_role("button", name="加上").click()
    expect(page.locator("#faults")).to_contain_text("reorder · notify")
    page.locator("#fault [name=kind]").select_option("http_500")
    page.get_by_role("button", name="加上").click()
    expect(page.locator("#fault-problem")).to_contain_text("does not apply")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Faults")).to_be_visible()
    assert len(control.get("/_sandbox/faults").json()["faults"]) == 1
