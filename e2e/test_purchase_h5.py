"""The main job on the H5 page: a latte and a canvas bag, paid at the cashier, handed over and shipped."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")


def test_a_latte_and_a_canvas_bag_from_choice_to_receipt(demo: Demo, phone: Page, desk: Page) -> None:
    buyer, merchant = Buyer(phone, demo, "13900001111"), Merchant(desk, demo)

    phone.goto(f"{demo.shop}/#/pages/menu/index?store=coffee")
    buyer.open_sheet_of("拿铁")
    buyer.choose("大杯", "燕麦奶", "少冰")
    buyer.tap("spec-done")
    buyer.tap("settle")
    buyer.sign_in_by_phone()
    buyer.tap("method-pickup")
    expect(phone.locator(".t-submit-order:visible")).to_be_enabled()
    expect(phone.locator(".t-not-returnable:visible")).to_contain_text("不支持七天无理由退货：鲜活易腐")
    buyer.tap("submit-order")
    buyer.pay_at_the_cashier()
    expect(phone.locator(".t-pickup-number:visible")).to_have_text(re.compile(r"^\d{3}$"))
    buyer.tap("see-order")
    buyer.sees_status("paid")
    latte = phone.locator(".t-order-number:visible").inner_text()
    code = re.sub(r"\D", "", phone.locator(".t-pickup-code:visible").inner_text())

    merchant.sign_in()
    merchant.choose_store("coffee")
    merchant.open_order(latte)
    expect(merchant.at("order-goods")).to_contain_text("燕麦奶")
    merchant.does("prepare")
    buyer.sees_status("preparing")
    merchant.does("ready")
    merchant.does("hand_over")
    merchant.fill("hand-over-code", code)
    merchant.at("hand-over-confirm").click()
    buyer.sees_status("completed")

    phone.goto(f"{demo.shop}/#/pages/menu/index?store=southwind")
    phone.reload()
    buyer.open_sheet_of("帆布包")
    buyer.choose("竹青", "M")
    buyer.tap("spec-done")
    phone.goto(f"{demo.shop}/#/pages/cart/index")
    buyer.tap("settle")
    buyer.tap("address")
    buyer.write_an_address()
    buyer.tap("address-save")
    buyer.tap("submit-order")
    buyer.pay_at_the_cashier()
    buyer.tap("see-order")
    buyer.sees_status("paid")
    bag = phone.locator(".t-order-number:visible").inner_text()

    merchant.choose_store("southwind")
    merchant.open_order(bag)
    merchant.does("ship")
    merchant.at("ship-carrier").click()
    merchant.at("carrier-SF").click()
    merchant.fill("ship-waybill", "SF1234567890123")
    merchant.at("ship-confirm").click()
    buyer.sees_status("fulfilled")
    expect(phone.locator(".t-waybill:visible").first).to_contain_text("SF1234567890123")
