"""After-sale in Chromium: a canvas bag goes back with a picture, is inspected and paid back; the buyer sees each step by itself."""

import io
import re

import httpx
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")

PHONE_NUMBER = "13900004455"


def picture() -> FilePayload:
    """A photo as a phone takes it."""
    file = io.BytesIO()
    Image.new("RGB", (900, 700), "#8a5a3c").save(file, "JPEG")
    return {"name": "stain.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def buy_a_bag(buyer: Buyer) -> str:
    """Two canvas bags by parcel, paid; returns the order's number."""
    page = buyer.page
    page.goto(f"{buyer.demo.shop}/#/pages/menu/index?store=southwind")
    buyer.open_sheet_of("帆布包")
    buyer.choose("竹青", "M")
    buyer.tap("plus")
    buyer.tap("spec-done")
    page.goto(f"{buyer.demo.shop}/#/pages/cart/index")
    buyer.tap("settle")
    buyer.sign_in_by_phone()
    buyer.tap("address")
    buyer.write_an_address()
    buyer.tap("address-save")
    buyer.tap("submit-order")
    buyer.pay_at_the_cashier()
    buyer.tap("see-order")
    buyer.sees_status("paid")
    return page.locator(".t-order-number:visible").inner_text()


def test_a_bag_goes_back_with_a_picture_and_the_money_returns(demo: Demo, phone: Page, desk: Page) -> None:
    buyer, merchant = Buyer(phone, demo, PHONE_NUMBER), Merchant(desk, demo)
    number = buy_a_bag(buyer)
    merchant.sign_in()
    merchant.choose_store("southwind")
    # Somebody looks at every return, so that there is something to decide, and buyers know where to send things.
    desk.goto(f"{demo.console}/returns/rules")
    merchant.fill("rules-recipient", "南风杂货")
    merchant.fill("rules-address", "上海市徐汇区衡山路 1 号 后门")
    merchant.at("rules-automatic").click()
    merchant.at("rules-save").click()
    expect(merchant.at("rules-save")).to_be_disabled()
    merchant.ship(number, "SF1234567890321")
    buyer.sees_status("fulfilled")

    buyer.tap("ask-return")
    buyer.tap("kind-return_refund")
    buyer.tap("minus")
    buyer.tap("reason-quality")
    with phone.expect_file_chooser() as chooser:
        buyer.tap("add-picture")
    chooser.value.set_files(picture())
    expect(phone.locator(".t-picture-sent")).to_have_count(1)
    phone.locator(".t-return-text textarea").fill("带子开线了")
    expect(phone.locator(".t-return-amount:visible")).to_contain_text("79")
    buyer.tap("return-submit")
    expect(phone.locator(".t-return-requested:visible")).to_be_visible()
    case = phone.locator(".t-return-number:visible").inner_text()

    merchant.at("nav-returns").click()
    desk.get_by_test_id("returns-row").filter(has_text=case).first.click()
    expect(merchant.at("return-wish")).to_contain_text("带子开线了")
    expect(desk.get_by_test_id("return-wish").locator("img")).to_have_count(1)
    merchant.fill("say", "抱歉，请寄回给我们看看")
    merchant.at("say-send").click()
    expect(phone.locator(".t-message:visible")).to_contain_text("请寄回给我们看看")
    merchant.at("return-approve").click()
    expect(phone.locator(".t-return-approved:visible")).to_be_visible()

    expect(phone.locator(".t-return-to:visible")).to_contain_text("后门")
    phone.locator(".t-waybill-input input:visible").fill("SF9876543210321")
    expect(phone.locator(".t-recognised:visible")).to_contain_text("顺丰")
    buyer.tap("send-back")
    expect(phone.locator(".t-return-sent_back:visible")).to_be_visible()

    merchant.at("return-inspect").click()
    merchant.at("decide-confirm").click()
    expect(phone.locator(".t-return-refunded:visible")).to_be_visible(timeout=30_000)
    orders = httpx.get(f"{demo.sandbox}/_sandbox/orders", params={"limit": 100}).json()["orders"]
    assert (15_800, 7_900) in [(one["amount"]["total"], one["refunded"]) for one in orders]
    assert re.search("79", phone.locator(".t-refund:visible").first.inner_text())
