"""A shop owner applies to become a merchant below the platform: fills in, is corrected, and is shown the code to sign with."""

import io
import re

import httpx
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Demo
from e2e.selling import Merchant

TEXTS = {
    "legal_name": "张三丰",
    "id_number": "11010519491231002X",
    "id_address": "浙江省杭州市拱墅区小河直街 36 号",
    "account_number": "6222020200112233445",
    "short_name": "南风杂货",
    "phone": "13812345678",
}


def of(page: Page, name: str) -> Locator:
    return page.get_by_test_id(f"applyment-{name}")


def answer(demo: Demo, state: str, *reasons: tuple[str, str]) -> None:
    """The platform's people decide about the latest application."""
    (last, *_) = httpx.get(f"{demo.sandbox}/_sandbox/applyments").json()["applyments"]
    told = {"state": state, "reasons": [{"param_name": n, "reject_reason": why} for n, why in reasons]}
    httpx.post(
        f"{demo.sandbox}/_sandbox/applyments/{last['applyment_id']}/answer", json=told
    ).raise_for_status()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (800, 500), "#9aa").save(out, "PNG")
    return out.getvalue()


def open_page(page: Page, demo: Demo) -> Merchant:
    merchant = Merchant(page, demo)
    merchant.sign_in()
    merchant.choose_store("southwind")
    page.goto(f"{demo.console}/settings?tab=connections")
    merchant.at("to-applyment").click()
    expect(of(page, "state")).to_have_attribute("data-state", re.compile("none|draft"))
    return merchant


def fill(page: Page) -> None:
    """As a person would, from top to bottom."""
    for kind in ("licence", "id_front", "id_back"):
        page.get_by_test_id(f"applyment-file-{kind}").set_input_files(
            {"name": "a.png", "mimeType": "image/png", "buffer": picture()}
        )
        expect(of(page, kind)).to_contain_text("已上传")
    for name, text in TEXTS.items():
        of(page, name).locator("input").fill(text)
        of(page, name).locator("input").blur()
    day = of(page, "id_from").locator("input")
    day.fill("2020-01-01")
    day.press("Enter")
    of(page, "forever").click()
    of(page, "owner").locator("label").click()
    of(page, "bank").locator("input").click()
    page.locator(".t-select-option:visible", has_text="工商银行").click()
    province, city = (of(page, "region").locator("input").nth(n) for n in (0, 1))
    province.click()
    page.locator(".t-select-option:visible", has_text="浙江").click()
    city.click()
    page.locator(".t-select-option:visible", has_text="杭州市").click()
    expect(of(page, "id_number")).to_contain_text("002X")


def test_an_owner_applies_is_corrected_and_shown_the_code_to_sign_with(desk: Page, demo: Demo) -> None:
    open_page(desk, demo)
    of(desk, "submit").click()
    expect(of(desk, "id_number").get_by_role("alert")).to_be_visible()
    fill(desk)
    of(desk, "submit").click()
    expect(of(desk, "state")).to_have_attribute("data-state", "checking")
    expect(desk.get_by_text(TEXTS["id_number"])).to_have_count(0)
    answer(demo, "REJECTED", ("account_number", "账号与户名不符"))
    of(desk, "check").click()
    expect(of(desk, "state")).to_have_attribute("data-state", "rejected")
    expect(of(desk, "account_number")).to_contain_text("账号与户名不符")
    of(desk, "account_number").locator("input").fill("6222020200112233446")
    of(desk, "submit").click()
    expect(of(desk, "state")).to_have_attribute("data-state", "checking")
    answer(demo, "NEED_SIGN")
    of(desk, "check").click()
    expect(of(desk, "qr-sign")).to_be_visible()
