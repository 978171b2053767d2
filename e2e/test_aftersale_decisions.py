"""What is left to people in after-sale, on both sides: the platform's word, many at once, an exchange, an appeal.

It goes on with the returns that the demo's buyer has asked for: a cap to exchange, a cracked mug, a tee on its way back, a
pan whose refusal lies before the platform.
"""

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")

BUYER = "13700137000"


def test_people_decide_what_the_rules_leave_to_them(
    demo: Demo, phone: Page, desk: Page, other_desk: Page
) -> None:
    buyer, merchant = Buyer(phone, demo, BUYER), Merchant(desk, demo)
    operator = Merchant(other_desk, demo, "operator")
    phone.goto(f"{demo.shop}/#/aftersale/list/index")
    buyer.sign_in_by_phone()
    merchant.sign_in()
    merchant.choose_store("southwind")
    operator.sign_in()
    operator.choose_store("southwind")

    # The merchant has no say in appeals, and the page says so kindly; the operator refuses the pan's.
    desk.goto(f"{demo.console}/appeals")
    expect(desk.get_by_test_id("not-yours")).to_be_visible()
    other_desk.goto(f"{demo.console}/appeals")
    row(operator, "appeals", "商品图里有盖子").click()
    operator.at("appeal-dismiss").click()
    decide(operator, "页面写明锅盖另购，维持商家的决定")
    expect(operator.at("return-appeal")).to_contain_text("维持商家的决定")
    open_case(buyer, "少件")
    expect(phone.locator(".t-return-rejected:visible")).to_be_visible()
    expect(phone.get_by_text("页面写明锅盖另购，维持商家的决定").first).to_be_visible()

    # The buyer asks once more, by agreement; the store agrees to that and to the mug with one press.
    phone.locator(".case-link:visible").tap()
    buyer.tap("ask-return")
    buyer.tap("kind-refund_only")
    buyer.tap("reason-agreed")
    buyer.tap("return-submit")
    expect(phone.locator(".t-return-requested:visible")).to_be_visible()
    desk.goto(f"{demo.console}/returns")
    for words in ("与商家协商一致", "质量问题"):
        row(merchant, "returns", words).locator(".t-checkbox").click()
    merchant.at("returns-approve").click()
    expect(merchant.at("returns-results")).to_contain_text("已同意 2 笔")
    expect(phone.locator(".t-return-refunded:visible")).to_be_visible(timeout=30_000)

    # An exchange: the cap goes back, another one leaves, and the buyer says that it arrived.
    open_case(buyer, "换颜色")
    send_back(buyer, "SF2026000000031")
    desk.goto(f"{demo.console}/returns")
    row(merchant, "returns", "换颜色").click()
    merchant.at("return-inspect").click()
    merchant.fill("decide-waybill", "SF2026000000032")
    expect(merchant.at("carrier-sure")).to_contain_text("顺丰")
    merchant.at("decide-confirm").click()
    expect(phone.locator(".t-return-reshipped:visible")).to_be_visible()
    buyer.tap("return-confirm")
    phone.locator(".uni-modal__btn_primary:visible").tap()
    expect(phone.locator(".t-return-completed:visible")).to_be_visible()

    # An appeal: the parcel with the tee is said to be empty, the buyer calls the platform, which pays.
    desk.goto(f"{demo.console}/returns")
    row(merchant, "returns", "七天无理由").click()
    merchant.at("return-inspect").click()
    desk.locator('[data-testid^="accept-"] input').fill("0")
    decide(merchant, "包裹是空的")
    open_case(buyer, "七天无理由")
    expect(phone.locator(".t-return-rejected:visible")).to_be_visible()
    buyer.tap("return-appeal")
    phone.locator(".t-appeal-text textarea").fill("寄出前拍了称重照片")
    buyer.tap("appeal-send")
    expect(phone.locator(".t-return-appealed:visible")).to_be_visible()
    other_desk.goto(f"{demo.console}/appeals")
    row(operator, "appeals", "寄出前拍了称重照片").click()
    operator.at("appeal-grant").click()
    decide(operator, "称重一致，支持买家")
    expect(phone.locator(".t-return-refunded:visible")).to_be_visible(timeout=30_000)


def row(person: Merchant, table: str, words: str) -> Locator:
    return person.page.get_by_test_id(f"{table}-row").filter(has_text=words).first


def decide(person: Merchant, words: str) -> None:
    """Give the reason that the open dialog asks for."""
    person.fill("decide-reason", words)
    person.at("decide-confirm").click()
    expect(person.page.get_by_test_id("decide-confirm")).to_have_count(0)


def open_case(buyer: Buyer, words: str) -> None:
    """The buyer's page of a return, through the list."""
    buyer.page.goto(f"{buyer.demo.shop}/#/aftersale/list/index")
    buyer.page.locator(".t-return:visible").filter(has_text=words).first.tap()


def send_back(buyer: Buyer, waybill: str) -> None:
    buyer.page.locator(".t-waybill-input input:visible").fill(waybill)
    buyer.tap("send-back")
    expect(buyer.page.locator(".t-return-sent_back:visible")).to_be_visible()
