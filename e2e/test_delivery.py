"""Delivery by distance: a place is marked without any map service, then brought there; in the mini-program WeChat's map says it."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.buying import Buyer, MiniBuyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")


def test_a_latte_is_brought_to_a_place_marked_on_the_plan(demo: Demo, phone: Page, desk: Page) -> None:
    """Out of range first, then within: the confirm page leads to the plan and asks for a new quote on the way back."""
    buyer, merchant = Buyer(phone, demo, "13900003333"), Merchant(desk, demo)
    submit, problem = phone.locator(".t-submit-order:visible"), phone.locator(".t-problem:visible")
    far, fee = phone.locator(".t-place-far:visible"), phone.locator(".t-place-fee:visible")

    phone.goto(f"{demo.shop}/#/pages/menu/index?store=coffee")
    buyer.open_sheet_of("拿铁")
    buyer.choose("大杯", "燕麦奶")
    buyer.tap("spec-done")
    buyer.tap("settle")
    buyer.sign_in_by_phone()
    buyer.tap("method-delivery")
    buyer.tap("address")
    buyer.write_an_address()
    expect(phone.locator(".t-place:visible")).to_contain_text("未定位")
    buyer.tap("address-save")
    expect(problem).to_have_count(1)
    expect(problem).to_contain_text("还不知道这个地址在哪里")

    buyer.tap("way-place")
    buyer.mark(0.65, 0.65)  # 5.5 km to the north-east; the store delivers up to 5
    expect(far).to_contain_text(re.compile("离巷口咖啡 5.[56] 公里 东北"))
    expect(fee).to_have_text("超出配送范围，最远送 5 公里")
    buyer.tap("place-save")
    expect(problem).to_contain_text("公里，门店最远送 5 公里")
    expect(phone.locator(".t-way-pickup:visible")).to_be_visible()

    buyer.tap("way-place")
    expect(far).to_contain_text("东北")
    buyer.mark(0.4, 0)  # 2.4 km east
    expect(far).to_contain_text("离巷口咖啡 2.4 公里 正东")
    expect(fee).to_have_text("配送费 ¥5")
    phone.locator(".t-plan:visible").focus()
    phone.keyboard.press("ArrowLeft")  # a sixtieth of the plan's half width
    expect(far).to_contain_text("离巷口咖啡 2.3 公里 正东")
    buyer.tap("place-save")
    expect(problem).to_have_count(0)
    expect(submit).to_be_enabled()
    buyer.tap("submit-order")
    buyer.pay_at_the_cashier()
    buyer.tap("see-order")
    buyer.sees_status("paid")
    number = phone.locator(".t-order-number:visible").inner_text()

    merchant.sign_in()
    merchant.choose_store("coffee")
    merchant.open_order(number)
    merchant.does("prepare")
    merchant.does("out_for_delivery")
    expect(phone.locator(".t-progress:visible")).to_contain_text("正在送来")
    merchant.does("deliver")
    buyer.sees_status("fulfilled")
    buyer.tap("order-receive")
    phone.locator(".uni-modal__btn_primary:visible").tap()
    buyer.sees_status("completed")


def test_where_one_is_is_asked_once_and_a_refusal_says_how_to_go_on(demo: Demo, phone: Page) -> None:
    buyer = Buyer(phone, demo, "13900004444")
    phone.goto(f"{demo.shop}/#/account/place/index?store=coffee")
    buyer.tap("place-here")
    buyer.tap("privacy-agree")
    expect(phone.locator(".t-place-told:visible")).to_contain_text("可以在浏览器的网站设置里允许")

    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": 31.2189, "longitude": 121.4437, "accuracy": 900})
    buyer.tap("place-here")
    expect(phone.locator(".t-place-far:visible")).to_contain_text("离巷口咖啡 1.1 公里 正北")
    expect(phone.locator(".t-place-told:visible")).to_contain_text("误差约 900 米")


def test_wechats_map_gives_gcj_02_and_the_form_takes_it_as_wgs_84(
    demo: Demo, mini_program: str, mini_phone: Page
) -> None:
    buyer = MiniBuyer(mini_phone, demo, "13900005555", f"{mini_program}&user=yuting")
    buyer.open("account/address/index?store=coffee")
    buyer.tap("place")
    buyer.tap("privacy-agree")
    buyer.answer_dialog("cancel")
    expect(mini_phone.locator(".t-place:visible")).to_contain_text("未定位")
    buyer.tap("place")
    buyer.answer_dialog("take")
    # Taken for WGS-84 the same figures would lie 2.7 km away.
    expect(mini_phone.locator(".t-place:visible")).to_contain_text("离巷口咖啡 2.4 公里 东北")
    buyer.met_no_fault()
