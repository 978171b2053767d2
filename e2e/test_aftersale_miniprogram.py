"""After-sale and a person's shares in the compiled mini-program: pictures, messages, a transfer confirmed at the platform."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from playwright.sync_api import Page, expect

from e2e.buying import Buyer
from e2e.conftest import Demo
from e2e.selling import Merchant
from e2e.test_purchase_miniprogram import answer_dialog, messages_about
from zhanggui import ledger
from zhanggui.core.db import Pool, connect_pool, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.embedded.cluster import dsn_of
from zhanggui.settlement import postings

OPENID = "SELECT subject FROM customer_identity WHERE provider = 'wechat_mp' ORDER BY id DESC LIMIT 1"


def test_a_bag_goes_back_from_the_mini_program(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    """Asked for with a picture, agreed to, sent back, inspected and paid; the platform tells the buyer twice."""
    buyer, merchant = Buyer(mini_phone, demo, "13900006666"), Merchant(desk, demo)
    number = buy_a_bag(buyer, f"{mini_program}&user=linwan")
    merchant.sign_in()
    merchant.choose_store("southwind")
    merchant.open_order(number)
    merchant.does("ship")
    merchant.fill("ship-waybill", "SF1234567890655")
    expect(merchant.at("carrier-sure")).to_be_visible()
    merchant.at("ship-confirm").click()
    buyer.sees_status("fulfilled")

    buyer.tap("ask-return")
    buyer.tap("kind-return_refund")
    buyer.tap("reason-agreed")
    buyer.tap("add-picture")
    answer_dialog(mini_phone, "take")
    expect(mini_phone.locator(".t-picture-sent:visible")).to_have_count(1)
    buyer.tap("return-submit")
    answer_dialog(mini_phone, "accept")
    expect(mini_phone.locator(".t-return-requested:visible")).to_be_visible()
    case = mini_phone.locator(".t-return-number:visible").inner_text()

    merchant.at("nav-returns").click()
    desk.get_by_test_id("returns-row").filter(has_text=case).first.click()
    expect(desk.get_by_test_id("return-wish").locator("img")).to_have_count(1)
    merchant.at("return-approve").click()
    expect(mini_phone.locator(".t-return-approved:visible")).to_be_visible()
    mini_phone.locator(".t-waybill-input input:visible").fill("SF9876543210655")
    buyer.tap("send-back")
    expect(mini_phone.locator(".t-return-sent_back:visible")).to_be_visible()
    merchant.at("return-inspect").click()
    merchant.at("decide-confirm").click()
    expect(mini_phone.locator(".t-return-refunded:visible")).to_be_visible(timeout=30_000)

    (agreed,) = messages_about(mini_phone, demo, case, at_least=1)
    assert (agreed["mood"], agreed["data"]["template_id"]) == ("ok", "tpl-southwind-return_approved")
    told = {one["data"]["template_id"] for one in messages_about(mini_phone, demo, number, at_least=3)}
    assert "tpl-southwind-refunded" in told
    assert mini_phone.evaluate("window.__missing") == {}
    assert mini_phone.evaluate("window.__errors") == []


def test_a_share_is_withdrawn_and_confirmed_at_the_platform(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    """The way to the page is there for who receives shares only; the store agrees, the person confirms."""
    buyer, merchant = Buyer(mini_phone, demo, "13900007788"), Merchant(desk, demo)
    me = f"{mini_program}&user=tuanzhang&page={quote('pages/me/index')}"
    mini_phone.goto(me)
    expect(mini_phone.locator(".t-get-phone:visible")).to_be_visible()
    expect(mini_phone.locator(".t-me-shares")).to_have_count(0)
    merchant.sign_in()
    merchant.choose_store("southwind")
    earn(demo, desk, 880)

    mini_phone.goto(me)
    buyer.tap("me-shares")
    buyer.tap("privacy-agree")
    expect(mini_phone.locator(".t-share-available:visible")).to_contain_text("8.80")
    buyer.tap("share-withdraw")
    mini_phone.locator(".t-share-amount input:visible").fill("5")
    buyer.tap("share-send")
    expect(mini_phone.locator(".t-withdrawal-requested:visible")).to_be_visible()
    expect(mini_phone.locator(".t-share-available:visible")).to_contain_text("3.80")

    desk.goto(f"{demo.console}/settlement/withdrawals")
    merchant.at("withdrawal-approve").click()
    desk.locator(".t-dialog__confirm:visible").click()
    expect(merchant.at("withdrawal-approve")).to_have_count(0)
    mini_phone.goto(f"{mini_program}&user=tuanzhang&page={quote('account/shares/index')}")
    buyer.tap("withdrawal-confirm")
    answer_dialog(mini_phone, "cancel")
    buyer.tap("withdrawal-confirm")
    answer_dialog(mini_phone, "receive")
    expect(mini_phone.locator(".t-withdrawal-paid:visible")).to_be_visible()
    assert mini_phone.evaluate("window.__missing") == {}
    assert mini_phone.evaluate("window.__errors") == []


def buy_a_bag(buyer: Buyer, address: str) -> str:
    page = buyer.page
    page.goto(f"{address}&page={quote('pages/menu/index?store=southwind')}")
    buyer.open_sheet_of("帆布包")
    buyer.choose("竹青", "M")
    with page.expect_response(lambda answer: "/cart" in answer.url and answer.request.method == "POST"):
        buyer.tap("spec-done")
    page.goto(f"{address}&page={quote('pages/cart/index')}")
    buyer.tap("settle")
    buyer.tap("address")
    buyer.tap("privacy-agree")
    buyer.tap("wechat-address")
    expect(page.locator(".t-region-open:visible")).to_contain_text("徐汇区")
    buyer.tap("address-save")
    buyer.tap("submit-order")
    answer_dialog(page, "pay")
    answer_dialog(page, "accept")
    buyer.tap("see-order")
    buyer.sees_status("paid")
    return page.locator(".t-order-number:visible").inner_text()


def earn(demo: Demo, desk: Page, amount: int) -> None:
    """The newest person of the mini-program is made a receiver by the console, and is owed `amount` fen.

    A share is credited more than a minute after a payment: here the ledger is told at once.
    """
    openid = str(with_database(demo, lambda pool: pool.fetchval(OPENID)))
    made = desk.evaluate(
        """async (account) => {
          const { csrf, stores } = await (await fetch('/api/console/session')).json()
          const store = stores.find((one) => one.slug === 'southwind').id
          const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf, 'idempotency-key': 'a-leader-of-e2e' }
          const body = { kind: 'leader', payout: 'balance', account_type: 'PERSONAL_OPENID', account, label: '团长', name: '张三' }
          const answer = await fetch(`/api/console/stores/${store}/settlement/receivers`, { method: 'POST', headers, body: JSON.stringify(body) })
          const items = (await answer.json()).items
          return [store, items.find((one) => one.account === account || one.label === '团长').id]
        }""",
        openid,
    )
    store, receiver = UUID(made[0]), UUID(made[1])
    credit = postings.share_credited(new_id(), new_id(), receiver, amount)
    with_database(demo, lambda pool: in_transaction(pool, lambda conn: ledger.post(conn, store, [credit])))


def with_database(demo: Demo, work: Callable[[Pool], Awaitable[Any]]) -> Any:
    """Run `work` on the demo's database, in a thread of its own: the browser's event loop runs in this one."""
    (pidfile,) = (demo.data / "postgres").rglob("postmaster.pid")
    dsn = dsn_of(Path(pidfile.read_text().splitlines()[4]))

    async def run() -> Any:
        pool = await connect_pool(dsn, size=1)
        try:
            return await work(pool)
        finally:
            await pool.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(run())).result()
