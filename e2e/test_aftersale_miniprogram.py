"""After-sale and a person's shares in the compiled mini-program: pictures, messages, a transfer confirmed at the platform."""

from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from e2e.buying import MiniBuyer
from e2e.conftest import Demo
from e2e.money import with_database
from e2e.selling import Merchant
from zhanggui import ledger
from zhanggui.core.db import in_transaction
from zhanggui.core.ids import new_id
from zhanggui.settlement import postings

pytestmark = pytest.mark.usefixtures("money_agrees")

OPENID = "SELECT subject FROM customer_identity WHERE provider = 'wechat_mp' ORDER BY id DESC LIMIT 1"


def test_a_bag_goes_back_from_the_mini_program(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    """Asked for with a picture, agreed to, sent back, inspected and paid; the platform tells the buyer twice."""
    buyer = MiniBuyer(mini_phone, demo, "13900006666", f"{mini_program}&user=linwan")
    merchant = Merchant(desk, demo)
    number = buyer.buy_a_bag()
    merchant.sign_in()
    merchant.choose_store("southwind")
    merchant.ship(number, "SF1234567890655")
    buyer.sees_status("fulfilled")

    buyer.tap("ask-return")
    buyer.tap("kind-return_refund")
    buyer.tap("reason-agreed")
    buyer.tap("add-picture")
    buyer.answer_dialog("take")
    expect(mini_phone.locator(".t-picture-sent:visible")).to_have_count(1)
    buyer.tap("return-submit")
    buyer.answer_dialog("accept")
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

    (agreed,) = buyer.messages_about(case, at_least=1)
    assert (agreed["mood"], agreed["data"]["template_id"]) == ("ok", "tpl-southwind-return_approved")
    told = {one["data"]["template_id"] for one in buyer.messages_about(number, at_least=3)}
    assert "tpl-southwind-refunded" in told
    buyer.met_no_fault()


def test_a_share_is_withdrawn_and_confirmed_at_the_platform(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    """The way to the page is there for who receives shares only; the store agrees, the person confirms."""
    buyer = MiniBuyer(mini_phone, demo, "13900007788", f"{mini_program}&user=tuanzhang")
    merchant = Merchant(desk, demo)
    buyer.open("pages/me/index")
    expect(mini_phone.locator(".t-get-phone:visible")).to_be_visible()
    expect(mini_phone.locator(".t-me-shares")).to_have_count(0)
    merchant.sign_in()
    merchant.choose_store("southwind")
    earn(demo, desk, 880)

    buyer.open("pages/me/index")
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
    buyer.open("account/shares/index")
    buyer.tap("withdrawal-confirm")
    buyer.answer_dialog("cancel")
    buyer.tap("withdrawal-confirm")
    buyer.answer_dialog("receive")
    expect(mini_phone.locator(".t-withdrawal-paid:visible")).to_be_visible()
    buyer.met_no_fault()


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
