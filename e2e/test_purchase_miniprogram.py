"""The main job in the compiled mini-program, on the platform's own component engine."""

import re

import pytest
from playwright.sync_api import Page

from e2e.buying import MiniBuyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")


def test_an_americano_from_wx_login_to_handed_over(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    buyer = MiniBuyer(mini_phone, demo, "13900002222", f"{mini_program}&user=xiaoman")
    merchant = Merchant(desk, demo)

    buyer.open("pages/menu/index?store=coffee")
    buyer.open_sheet_of("美式")
    buyer.choose("大杯")
    buyer.tap("spec-done")
    buyer.tap("settle")
    buyer.tap("method-pickup")
    buyer.pay()
    number = buyer.order_number()
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
    buyer.met_no_fault()
    # One consent is one message: of the store that was paid in, in its own templates, delivered by the platform.
    sent = buyer.messages_about(number, at_least=2)
    assert [one["mood"] for one in sent] == ["ok", "ok"]
    assert {one["data"]["template_id"] for one in sent} == {"tpl-coffee-paid", "tpl-coffee-ready"}
