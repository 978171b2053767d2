"""What a merchant does in the console."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Demo

NEW_PASSWORD = "shop street 2026"


@dataclass
class Merchant:
    """A person at the merchant's screen."""

    page: Page
    demo: Demo
    login: str = ""
    """The owner's unless another is named."""

    def at(self, testid: str) -> Locator:
        return self.page.locator(f'[data-testid="{testid}"]:visible').first

    def fill(self, testid: str, text: str) -> None:
        """Type into a field; the test id is on the field or on what wraps it."""
        wrapped, itself = (
            f'[data-testid="{testid}"]{way}' for way in (" :is(input, textarea)", ":is(input, textarea)")
        )
        self.page.locator(f"{wrapped}, {itself}").first.fill(text)

    def sign_in(self) -> None:
        """With the first password, which the console wants changed, or with the one chosen before."""
        page = self.page
        page.goto(self.demo.console)
        login = self.login or self.demo.login
        mark = self.demo.data / f"e2e-password-changed-{login}"
        changed = mark.exists()
        self.fill("login", login)
        self.fill("password", NEW_PASSWORD if changed else self.demo.password)
        self.at("sign-in").click()
        if not changed:
            expect(self.at("change-password")).to_be_visible()
            self.fill("old-password", self.demo.password)
            self.fill("new-password", NEW_PASSWORD)
            self.fill("new-password-again", NEW_PASSWORD)
            self.at("change-password").click()
            mark.touch()
        expect(self.at("nav-orders")).to_be_visible()

    def choose_store(self, slug: str) -> None:
        self.at("store-switch").click()
        self.at(f"store-{slug}").click()

    def open_order(self, number: str) -> None:
        """The order's page, by its number, through the list."""
        self.at("nav-orders").click()
        self.page.get_by_test_id("orders-row").filter(has_text=number).first.click()
        expect(self.at("actions")).to_be_visible()

    def does(self, action: str) -> None:
        self.at(f"act-{action}").click()

    def ship(self, number: str, waybill: str) -> None:
        """Send the order in one parcel; the carrier is told by the waybill's number."""
        self.open_order(number)
        self.does("ship")
        self.fill("ship-waybill", waybill)
        expect(self.at("carrier-sure")).to_contain_text("顺丰")
        self.at("ship-confirm").click()
