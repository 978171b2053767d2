"""Points in Chromium: the owner switches them on, a bag earns them, the next order spends them, a return gives them back."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")

PHONE_NUMBER = "13900007001"


def two_bags_to_settle(buyer: Buyer) -> None:
    """Two canvas bags at 79 yuan in the cart, on the way to the confirm page."""
    page = buyer.page
    page.goto(f"{buyer.demo.shop}/#/pages/menu/index?store=southwind")
    buyer.open_sheet_of("帆布包")
    buyer.choose("竹青", "M")
    buyer.tap("plus")
    with page.expect_response(lambda answer: "/cart" in answer.url and answer.request.method == "POST"):
        buyer.tap("spec-done")
    page.goto(f"{buyer.demo.shop}/#/pages/cart/index")
    buyer.tap("settle")


def paid(buyer: Buyer) -> str:
    """Placed and paid; the order's page is open. Returns its number."""
    buyer.tap("submit-order")
    buyer.pay_at_the_cashier()
    buyer.tap("see-order")
    buyer.sees_status("paid")
    return buyer.page.locator(".t-order-number:visible").inner_text()


def test_points_are_earned_spent_and_given_back(demo: Demo, phone: Page, desk: Page) -> None:
    buyer, merchant = Buyer(phone, demo, PHONE_NUMBER), Merchant(desk, demo)
    merchant.sign_in()
    merchant.choose_store("southwind")
    desk.goto(f"{demo.console}/settings?tab=points")
    merchant.at("points-earning").click()
    merchant.fill("points-per-yuan", "2")
    merchant.at("points-spending").click()
    merchant.at("settings-save").click()
    expect(merchant.at("settings-save")).to_be_disabled()

    two_bags_to_settle(buyer)
    buyer.sign_in_by_phone()
    buyer.tap("address")
    buyer.write_an_address()
    buyer.tap("address-save")
    expect(phone.locator(".t-earn-points:visible")).to_contain_text("316")
    expect(phone.locator(".t-use-points")).to_have_count(0)
    first = paid(buyer)
    expect(phone.locator(".t-order-points:visible")).to_contain_text("完成后可得 316 积分")
    merchant.ship(first, "SF1234567890999")
    buyer.sees_status("fulfilled")
    buyer.tap("order-receive")
    phone.locator(".uni-modal__btn_primary:visible").tap()
    buyer.sees_status("completed")

    expect(phone.locator(".t-order-points:visible")).to_be_visible()
    phone.goto(f"{demo.shop}/#/pages/me/index")
    buyer.tap("me-points")
    phone.wait_for_url(re.compile("/points/"))
    until = time.monotonic() + 20
    while not phone.locator(".t-points-balance:visible").count() and time.monotonic() < until:
        phone.reload()  # a job books them after the order is completed
        phone.wait_for_load_state("networkidle")
    expect(phone.locator(".t-points-balance:visible")).to_have_text("316")
    expect(phone.locator(".t-points-earn:visible")).to_contain_text("+316")

    two_bags_to_settle(buyer)
    use = phone.locator(".t-use-points:visible")
    expect(use).to_contain_text("可用 316 积分抵 ¥3.16")
    expect(use).to_have_attribute("aria-checked", "false")
    buyer.tap("use-points")
    expect(use).to_have_attribute("aria-checked", "true")
    buyer.tap("why")
    expect(phone.locator(".conf-why:visible")).to_contain_text("316 积分抵扣")
    buyer.tap("sheet-close")
    second = paid(buyer)
    merchant.open_order(second)
    expect(merchant.at("points-balance")).to_have_text("0")

    buyer.tap("ask-return")
    buyer.tap("minus")
    buyer.tap("reason-changed_mind")
    buyer.tap("return-submit")
    expect(phone.locator(".t-return-refunded:visible")).to_be_visible(timeout=30_000)
    expect(phone.locator(".t-points-back:visible")).to_contain_text("已退回 158 积分")
    expect(phone.locator(".t-case-amount:visible")).to_have_text(re.compile(r"77\.42"))
    phone.goto(f"{demo.shop}/#/pages/me/index")
    buyer.tap("me-points")
    expect(phone.locator(".t-points-balance:visible")).to_have_text("158")
    expect(phone.locator(".t-points-entry:visible")).to_have_count(3)
