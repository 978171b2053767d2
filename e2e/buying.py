"""What a buyer does on the H5 page and in the mini-program: the same screens, the same names."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Demo


@dataclass
class Buyer:
    """A person with a phone. `page` shows the H5 page or the mini-program."""

    page: Page
    demo: Demo
    phone: str

    def tap(self, name: str) -> None:
        """Tap the visible element of that test name (class `t-…`)."""
        self.press(self.page.locator(f".t-{name}:visible").first)

    def press(self, what: Locator) -> None:
        """With a finger."""
        what.tap()

    def choose(self, *words: str) -> None:
        """Tap chips of the open sheet by the words on them."""
        for word in words:
            chip = self.page.locator(".chip:visible").filter(has_text=re.compile(f"^{word}")).first
            chip.wait_for()
            if "chip-on" not in (chip.get_attribute("class") or ""):
                self.press(chip)

    def open_sheet_of(self, product: str) -> None:
        """Open the spec sheet of a product in a list, by its name."""
        row = self.page.locator(".t-product:visible").filter(has_text=product).first
        self.press(row.locator(".t-add").first)
        expect(self.page.locator(".t-spec-done:visible")).to_be_visible()

    def sign_in_by_phone(self) -> None:
        """H5: number, code from the SMS that the sandbox caught, consent to the privacy notice on the way."""
        page = self.page
        page.locator(".t-phone input:visible").fill(self.phone)
        self.tap("send-code")
        self.tap("privacy-agree")
        expect(page.locator(".t-send-code:visible")).not_to_have_text("获取验证码")
        page.locator(".t-code input:visible").fill(self.code())

    def code(self) -> str:
        """The newest code that was sent to this phone."""
        sent = httpx.get(f"{self.demo.sandbox}/_sandbox/sms", params={"phone": f"+86{self.phone}"}).json()[
            "messages"
        ]
        found = re.search(r"(?<!\d)\d{6}(?!\d)", sent[0]["text"])
        assert found, sent
        return found.group(0)

    def status(self) -> str:
        """Which state the open order page shows, by its class."""
        return self.page.locator("[class*=t-status-]:visible").first.get_attribute("class") or ""

    def sees_status(self, status: str) -> None:
        """The open order page comes to show this state by itself, without a reload."""
        expect(self.page.locator(f".t-status-{status}:visible").first).to_be_visible(timeout=20_000)

    def write_an_address(self) -> None:
        """Fill the open address form, up to saving it."""
        page = self.page
        page.locator(".t-recipient input:visible").fill("林小满")
        page.locator(".t-address-phone input:visible").fill(self.phone)
        self.tap("region-open")
        for name in ("上海市", "徐汇区", "天平路街道"):
            page.locator(".t-region:visible").filter(has_text=name).first.tap()
        page.locator(".t-detail textarea:visible").fill("衡山路 10 号 3 单元 501")

    def mark(self, east: float, north: float) -> None:
        """Tap the plan of a location: parts of its half width (-1 to 1) east and north of its middle."""
        plan = self.page.locator(".t-plan:visible")
        plan.scroll_into_view_if_needed()
        box = plan.bounding_box()
        assert box is not None
        self.page.touchscreen.tap(
            box["x"] + box["width"] * (0.5 + east / 2), box["y"] + box["height"] * (0.5 - north / 2)
        )

    def pay_at_the_cashier(self) -> None:
        """The sandbox's cashier page, as WeChat's own H5 cashier would show, then back in the shop."""
        self.page.wait_for_url(re.compile("/_sandbox/cashier"))
        self.page.locator("[data-approve]").tap()
        expect(self.page.locator(".t-paid:visible")).to_be_visible()


@dataclass
class DeskBuyer(Buyer):
    """A person at a computer, with a mouse, who pays by a code that the phone scans."""

    def press(self, what: Locator) -> None:
        what.click()


@dataclass
class MiniBuyer(Buyer):
    """A person in the mini-program, where WeChat itself asks and tells."""

    program: str
    """The mini-program's address, with the WeChat user who holds the phone."""

    def open(self, page: str) -> None:
        self.page.goto(f"{self.program}&page={quote(page)}")

    def answer_dialog(self, choice: str) -> None:
        """Press a button of the dialog that the phone itself shows (payment, consent)."""
        self.page.locator(f"#dialog.open [data-choice={choice}]").tap()

    def pay(self) -> None:
        """Submit the order, pay and agree to messages, up to the order's page."""
        self.tap("submit-order")
        self.answer_dialog("pay")
        self.answer_dialog("accept")
        expect(self.page.locator(".t-paid:visible")).to_be_visible()
        self.tap("see-order")
        self.sees_status("paid")

    def order_number(self) -> str:
        return self.page.locator(".t-order-number:visible").inner_text()

    def buy_a_bag(self) -> str:
        """A canvas bag by parcel, paid; returns the order's number."""
        page = self.page
        self.open("pages/menu/index?store=southwind")
        self.open_sheet_of("帆布包")
        self.choose("竹青", "M")
        with page.expect_response(lambda answer: "/cart" in answer.url and answer.request.method == "POST"):
            self.tap("spec-done")
        self.open("pages/cart/index")
        self.tap("settle")
        self.tap("address")
        self.tap("privacy-agree")
        self.tap("wechat-address")
        expect(page.locator(".t-region-open:visible")).to_contain_text("徐汇区")
        self.tap("address-save")
        self.pay()
        return self.order_number()

    def messages_about(self, number: str, at_least: int) -> list[dict[str, Any]]:
        """The subscription messages that the platform delivered for that order, once there are so many; newest first."""
        url = f"{self.demo.sandbox}/_sandbox/events?kind=message&limit=50&q={number}"
        enough = "async ([url, n]) => { const { events } = await (await fetch(url)).json(); return events.length >= n && events }"
        return self.page.wait_for_function(enough, arg=[url, at_least], polling=500).json_value()

    def met_no_fault(self) -> None:
        """The mini-program asked for nothing that the platform has not, and threw nothing."""
        assert self.page.evaluate("window.__missing") == {}
        assert self.page.evaluate("window.__errors") == []
