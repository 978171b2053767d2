"""What the rules leave to people is settled in as many clicks on the real console as tests/returns/cases.toml says: two at most."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
from playwright.sync_api import Page, Request, expect

from e2e.conftest import Demo
from e2e.selling import Merchant
from tests.returns.aftermath import SETTINGS, WAYBILL
from tests.returns.standard_cases import CASES, Case, Shop, set_up
from tests.support.api import PASSWORD, running
from zhanggui.embedded import start
from zhanggui.settings import load

COUNT = (
    "presses = 0; addEventListener('pointerdown', (event) => { presses += event.isTrusted ? 1 : 0 }, true)"
)
NEW_WAYBILL = "SF2026000000077"
LEFT_TO_PEOPLE = [case for case in CASES if case.expect == "ask"]


class Asked(NamedTuple):
    """A return that somebody has to decide about, and what its buyer calls the shop with."""

    case: Case
    id: str
    shop: str
    headers: dict[str, str]


async def ask(demo: Demo, dsn: str, cases: Sequence[Case]) -> tuple[str, list[Asked]]:
    """A store in the demo in which these cases were asked for; returns the login of its owner too."""
    settings = load(
        {
            "ZHANGGUI_DATABASE_URL": dsn,
            "ZHANGGUI_DATA_DIR": str(demo.data),
            "ZHANGGUI_SHOP_ORIGIN": demo.shop,
            "ZHANGGUI_CONSOLE_ORIGIN": demo.console,
            "ZHANGGUI_SANDBOX_ORIGIN": demo.sandbox,
        }
    )
    asked: list[Asked] = []
    async with running(settings) as api:
        store = await api.store(SETTINGS)
        shop = Shop(api, store, await api.staff(store))
        for case in cases:
            sale = await set_up(shop, case)
            pictures = [await sale.picture() for _ in range(case.pictures)]
            made = await sale.applied(case.kind, case.reason, (0, case.wanted), picture_ids=pictures)
            asked.append(Asked(case, made["id"], f"{demo.shop}/api/shop{sale.shop}", sale.buyer.headers))
    return shop.owner.extra["login"], asked


def test_what_rules_leave_to_people_takes_two_clicks(demo: Demo, desk: Page) -> None:
    assert len(LEFT_TO_PEOPLE) == 9
    at_once = next(case for case in LEFT_TO_PEOPLE if case.clicks == ["approve"])
    cluster = start(demo.data / "postgres")  # which the demo runs
    with ThreadPoolExecutor(1) as thread:
        login, asked = thread.submit(
            asyncio.run, ask(demo, cluster.dsn(), [*LEFT_TO_PEOPLE, at_once])
        ).result()
    cluster.stop()  # the demo goes on
    merchant = Merchant(desk, demo)
    desk.add_init_script(COUNT)
    desk.goto(demo.console)
    merchant.fill("login", login)
    merchant.fill("password", PASSWORD)
    merchant.at("sign-in").click()
    expect(merchant.at("nav-orders")).to_be_visible()
    for one in asked[:-1]:
        settle(merchant, one)
        assert desk.evaluate("presses") == len(one.case.clicks) + ("reject" in one.case.clicks) <= 2, (
            one.case.name
        )
    press_twice(merchant, asked[-1])


def settle(merchant: Merchant, one: Asked) -> None:
    """Decide with the mouse, from the page of the case on."""
    page = merchant.page
    page.goto(f"{merchant.demo.console}/returns/{one.id}")
    ends = "refunding refunded"
    for click in one.case.clicks:
        if click == "approve":
            merchant.at("return-approve").click()
        elif click == "reject":
            merchant.at("return-reject").click()
            merchant.at("refuse-weighed").click()
            ends = "rejected"
        else:
            answer = httpx.post(
                f"{one.shop}/returns/{one.id}/send-back", json={"waybill": WAYBILL}, headers=one.headers
            )
            assert answer.status_code == 200, answer.text
            if one.case.kind == "exchange":
                expect(merchant.at("parcel-waybill")).to_be_visible()
                page.keyboard.type(NEW_WAYBILL)
                ends = "reshipped"
            merchant.at("return-accept").click()
    states = ", ".join(f'[data-return-status][data-status="{state}"]' for state in ends.split())
    expect(page.locator(states).first).to_be_visible()


def press_twice(merchant: Merchant, one: Asked) -> None:
    """The button that pays says how much, and however fast it is pressed again it pays once."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page = merchant.page
    page.goto(f"{merchant.demo.console}/returns/{one.id}")
    total = page.get_by_test_id("return-amount").inner_text()
    expect(merchant.at("return-approve")).to_contain_text(total)
    page.on("request", note)
    merchant.at("return-approve").dblclick()
    expect(page.locator('[data-status="refunding"], [data-status="refunded"]').first).to_be_visible()
    assert [url.rpartition("/")[2] for url in sent] == ["approve"]
