"""Confirming receipt in the platform's own component: what it says is a hint, and only the platform's word completes an order."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.buying import MiniBuyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")

KNOWN_AFTER_S = 61
"""So long after a payment its shipping can be told to the platform."""


def test_a_parcel_is_confirmed_in_the_platforms_component(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    """Called off, refused, a component that says more than the platform knows, and confirmed."""
    buyer = MiniBuyer(mini_phone, demo, "13900007003", f"{mini_program}&user=qiuhe")
    merchant = Merchant(desk, demo)
    number = buyer.buy_a_bag()
    httpx.post(f"{demo.sandbox}/_sandbox/clock", json={"advance_s": KNOWN_AFTER_S}).raise_for_status()
    merchant.sign_in()
    merchant.choose_store("southwind")
    merchant.ship(number, "SF1234567890777")
    expect(desk.locator("[data-testid=shipping-report][data-state=sent]")).to_be_visible(timeout=30_000)
    buyer.sees_status("fulfilled")
    frames, component = mini_phone.locator("iframe.receipt"), mini_phone.frame_locator("iframe.receipt")

    def answer(button: str) -> None:
        buyer.tap("order-receive")
        expect(component.locator(".till-facts")).to_contain_text("SF1234567890777")
        component.locator(f"[data-{button}]").tap()
        expect(frames).to_have_count(0)

    answer("cancel")
    buyer.sees_status("fulfilled")

    said = "**/_sandbox/confirm-receipt"
    mini_phone.route(said, lambda call: call.fulfill(status=409, json={"message": "系统繁忙"}), times=1)
    answer("confirm")
    buyer.answer_dialog("cancel")  # where the component fails the shop asks itself
    buyer.sees_status("fulfilled")

    mini_phone.route(said, lambda call: call.fulfill(json={}), times=1)
    answer("confirm")
    expect(mini_phone.locator(".toast-text:visible")).to_contain_text("微信还没有收到您的确认")
    buyer.sees_status("fulfilled")

    answer("confirm")
    buyer.sees_status("completed")
    merchant.open_order(number)
    expect(desk.locator("[data-status-dot]")).to_have_attribute("data-status", "completed")
    buyer.met_no_fault()
