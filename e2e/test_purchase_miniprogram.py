"""The main job in the compiled mini-program, on the platform's own component engine."""

import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant

USER = "xiaoman"


def answer_dialog(page: Page, choice: str) -> None:
    """Press a button of the dialog that the phone itself shows (payment, consent)."""
    page.locator(f"#dialog.open [data-choice={choice}]").tap()


def test_an_americano_from_wx_login_to_handed_over(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    buyer, merchant = Buyer(mini_phone, demo, "13900002222"), Merchant(desk, demo)

    mini_phone.goto(f"{mini_program}&user={USER}&page={quote('pages/menu/index?store=coffee')}")
    buyer.open_sheet_of("美式")
    buyer.choose("大杯")
    buyer.tap("spec-done")
    buyer.tap("settle")
    buyer.tap("method-pickup")
    buyer.tap("submit-order")
    answer_dialog(mini_phone, "pay")
    answer_dialog(mini_phone, "accept")
    expect(mini_phone.locator(".t-paid:visible")).to_be_visible()
    buyer.tap("see-order")
    buyer.sees_status("paid")
    number = mini_phone.locator(".t-order-number:visible").inner_text()
    code = re.sub(r"\D", "", mini_phone.locator(".t-pickup-code:visible").inner_text())

    merchant.sign_in()
    merchant.choose_store("coffee")
    merchant.open_order(number)
    merchant.does("prepare")
    merchant.does("ready")
    merchant.does("hand_over")
    merchant.fill("hand-over-code", code)
    merchant.at("hand-over-confirm").click()
    buyer.sees_status("completed")

    names = {call["name"] for call in mini_phone.evaluate("window.__calls")}
    assert {"login", "request", "requestPayment", "requestSubscribeMessage", "connectSocket"} <= names
    assert mini_phone.evaluate("window.__missing") == {}
    assert mini_phone.evaluate("window.__errors") == []
    # One consent is one message: of the store that was paid in, in its own templates, delivered by the platform.
    sent = messages_about(mini_phone, demo, number, at_least=2)
    assert [one["mood"] for one in sent] == ["ok", "ok"]
    assert {one["data"]["template_id"] for one in sent} == {"tpl-coffee-paid", "tpl-coffee-ready"}


def messages_about(page: Page, demo: Demo, number: str, at_least: int) -> list[dict[str, Any]]:
    """The subscription messages that the platform delivered for that order, once there are so many; newest first."""
    url = f"{demo.sandbox}/_sandbox/events?kind=message&limit=50&q={number}"
    enough = "async ([url, n]) => { const { events } = await (await fetch(url)).json(); return events.length >= n && events }"
    return page.wait_for_function(enough, arg=[url, at_least], polling=500).json_value()
