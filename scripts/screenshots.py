"""make screenshots: the pictures of the README, taken from a demo of its own by buying and selling in Chromium."""

import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from steps import ROOT, main, say

sys.path.insert(0, str(ROOT))
from e2e.buying import Buyer
from e2e.conftest import DESK, PHONE, QUIET, Demo, running_demo
from e2e.selling import Merchant

OUT = ROOT / "docs" / "images"
SETTLE_MS = 900  # animations and pictures


def keep(page: Page, name: str, width: int) -> None:
    """The page as it is now, as docs/images/NAME.webp of that width."""
    page.wait_for_timeout(SETTLE_MS)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture = picture.resize((width, picture.height * width // picture.width), Image.Resampling.LANCZOS)
    OUT.mkdir(parents=True, exist_ok=True)
    picture.save(OUT / f"{name}.webp", quality=82, method=6)
    say(f"  docs/images/{name}.webp")


def buy(page: Page, demo: Demo) -> str:
    """From the menu to the paid order; returns its number."""
    buyer = Buyer(page, demo, "13900001111")
    page.goto(f"{demo.shop}/")
    page.locator(".t-product:visible").first.wait_for()
    keep(page, "home", 390)
    page.goto(f"{demo.shop}/#/pages/menu/index?store=southwind")
    page.reload()
    page.locator(".t-product:visible").first.wait_for()
    keep(page, "grid", 390)
    page.goto(f"{demo.shop}/#/pages/menu/index?store=coffee")
    page.reload()
    page.locator(".t-product:visible").first.wait_for()
    keep(page, "menu", 390)
    buyer.open_sheet_of("拿铁")
    buyer.choose("大杯", "燕麦奶", "少冰")
    keep(page, "sheet", 390)
    buyer.tap("spec-done")
    buyer.tap("settle")
    buyer.sign_in_by_phone()
    buyer.tap("method-pickup")
    keep(page, "confirm", 390)
    buyer.tap("submit-order")
    page.wait_for_url(re.compile("/_sandbox/cashier"))
    keep(page, "cashier", 390)
    page.locator("[data-approve]").tap()
    page.locator(".t-paid:visible").wait_for()
    keep(page, "paid", 390)
    buyer.tap("see-order")
    buyer.sees_status("paid")
    keep(page, "order", 390)
    return page.locator(".t-order-number:visible").inner_text()


def sell(page: Page, demo: Demo, number: str) -> None:
    """The console, light, then the dashboard in the dark."""
    merchant = Merchant(page, demo)
    merchant.sign_in()
    merchant.choose_store("coffee")
    keep(page, "console-dashboard", 1100)
    merchant.open_order(number)
    keep(page, "console-order", 1100)
    merchant.at("nav-products").click()
    page.get_by_test_id("products-row").first.wait_for()
    keep(page, "console-products", 1100)


def in_the_dark(browser: Browser, demo: Demo) -> None:
    """The menu in English at night."""
    night: dict[str, Any] = {**PHONE, "locale": "en-GB", "color_scheme": "dark"}
    context = browser.new_context(**night)
    page = context.new_page()
    page.goto(f"{demo.shop}/#/pages/menu/index?store=coffee")
    page.locator(".t-product:visible").first.wait_for()
    keep(page, "menu-dark-en", 390)
    context.close()


def take() -> None:
    with tempfile.TemporaryDirectory(prefix="zhanggui-shots-") as folder, sync_playwright() as driver:
        Path(folder).chmod(0o755)
        for demo in running_demo(Path(folder) / "data"):
            path = sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium"
            browser = driver.chromium.launch(executable_path=path, args=QUIET)
            number = buy(browser.new_context(**PHONE).new_page(), demo)
            in_the_dark(browser, demo)
            sell(browser.new_context(**DESK).new_page(), demo, number)
            browser.close()


if __name__ == "__main__":
    main(take)
