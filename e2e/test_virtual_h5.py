"""A gift card on the H5 page: no address, paid with a phone number only, its code handed out by the merchant and read by the buyer."""

from urllib.parse import quote

from playwright.sync_api import Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant

CODE = "南风-8848-6621"


def test_a_gift_card_is_bought_without_an_address_and_its_code_arrives(
    demo: Demo, phone: Page, desk: Page
) -> None:
    buyer, merchant = Buyer(phone, demo, "13900006611"), Merchant(desk, demo)
    phone.goto(f"{demo.shop}/#/find/search/index?store=southwind&q={quote('礼品卡')}")
    phone.locator(".t-product:visible").filter(has_text="礼品卡").first.tap()
    buyer.tap("buy-now")
    buyer.sign_in_by_phone()
    expect(phone.locator(".t-online:visible")).to_contain_text("不用填地址")
    expect(phone.locator(".t-address:visible")).to_have_count(0)
    expect(phone.locator(".t-method:visible")).to_have_count(0)
    expect(phone.locator(".t-pickup-phone input:visible")).to_have_value("139 0000 6611")
    buyer.tap("submit-order")
    buyer.pay_at_the_cashier()
    buyer.tap("see-order")
    buyer.sees_status("paid")
    expect(phone.locator(".t-handout:visible")).to_have_count(0)
    number = phone.locator(".t-order-number:visible").inner_text()

    merchant.sign_in()
    merchant.choose_store("southwind")
    merchant.open_order(number)
    merchant.does("hand_out")
    merchant.fill("hand-out-text", CODE)
    merchant.at("hand-out-confirm").click()
    buyer.sees_status("fulfilled")
    expect(phone.locator(".t-handout:visible")).to_contain_text(CODE)
    merchant.at("handout-look").click()
    expect(merchant.at("handout")).to_have_text(CODE)
    buyer.tap("order-receive")
    phone.locator(".uni-modal__btn_primary:visible").tap()
    buyer.sees_status("completed")
    expect(phone.locator(".t-handout:visible")).to_contain_text(CODE)
