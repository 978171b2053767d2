"""A cart of two stores is paid at once, by the code on a computer and in the mini-program; one of the two is given back."""

from typing import NamedTuple

import httpx
import pytest
from playwright.sync_api import Page, expect

from e2e.buying import Buyer, DeskBuyer, MiniBuyer
from e2e.conftest import Demo
from e2e.money import three_sides_of_all
from e2e.selling import Merchant

pytestmark = pytest.mark.usefixtures("money_agrees")
ADDRESS = "store={0}&id={1}"


def fill_the_cart(buyer: Buyer, open_menu: str, open_cart: str) -> None:
    """Two americanos of the coffee shop and a canvas bag of the other store."""
    page = buyer.page

    def put_in() -> None:
        with page.expect_response(lambda answer: "/cart" in answer.url and answer.request.method == "POST"):
            buyer.tap("spec-done")

    page.goto(open_menu.format("coffee"))
    buyer.open_sheet_of("美式")
    buyer.choose("大杯")
    buyer.tap("plus")
    put_in()
    page.goto(open_menu.format("southwind"))
    page.reload()
    buyer.open_sheet_of("帆布包")
    buyer.choose("竹青", "M")
    put_in()
    page.goto(open_cart)
    page.reload()
    expect(page.locator(".t-cart-store:visible")).to_have_count(2)
    buyer.tap("settle")


def pick_both_up(buyer: Buyer) -> None:
    """Both stores hand the goods over at the counter."""
    groups = buyer.page.locator(".t-settle-store:visible")
    expect(groups).to_have_count(2)
    for group in groups.all():
        buyer.press(group.locator(".t-method-pickup"))
    expect(buyer.page.locator(".t-submit-order:visible")).to_be_enabled()


class Placed(NamedTuple):
    """An order as it was answered to the one who placed it."""

    store: str
    id: str
    number: str


def submits(buyer: Buyer) -> dict[str, Placed]:
    """Submit what the confirm page shows: the order of each store by its slug."""
    with buyer.page.expect_response(lambda answer: answer.url.endswith("/api/shop/orders")) as placed:
        buyer.tap("submit-order")
    made = {one["store"]["slug"]: one for one in placed.value.json()["orders"]}
    assert set(made) == {"coffee", "southwind"}
    return {slug: Placed(one["store"]["id"], one["id"], one["number"]) for slug, one in made.items()}


def cancels(merchant: Merchant, slug: str, order: Placed) -> None:
    """The store cannot deliver: it cancels the paid order, and the money goes back."""
    merchant.sign_in()
    merchant.choose_store(slug)
    merchant.open_order(order.number)
    merchant.does("cancel")
    merchant.at("cancel-confirm").click()
    expect(merchant.page.locator("[data-status-dot]")).to_have_attribute("data-status", "cancelled")


def test_both_are_paid_by_the_code_on_a_computer(
    demo: Demo, desk: Page, phone: Page, other_desk: Page
) -> None:
    buyer, merchant = DeskBuyer(desk, demo, "13900008811"), Merchant(other_desk, demo)
    fill_the_cart(buyer, demo.shop + "/#/pages/menu/index?store={}", demo.shop + "/#/pages/cart/index")
    buyer.sign_in_by_phone()
    pick_both_up(buyer)
    with desk.expect_response(lambda answer: answer.url.endswith("/api/shop/payments")) as started:
        orders = submits(buyer)
    expect(desk.locator(".t-pay-code:visible image, .t-pay-code:visible img").first).to_be_visible()
    expect(desk.locator(".t-pay-parts:visible .pay-part")).to_have_count(2)

    # The phone that scans the code sees both orders and one sum, and pays it.
    code = httpx.URL(started.value.json()["pay"]["code_url"])
    phone.goto(f"{demo.sandbox}/_sandbox/cashier?prepay_id={code.params['prepay_id']}")
    for order in orders.values():
        expect(phone.get_by_role("listitem").filter(has_text=order.number)).to_be_visible()
    phone.locator("[data-approve]").tap()
    expect(desk.locator(".t-paid:visible")).to_be_visible()
    expect(desk.locator(".t-paid-order:visible")).to_have_count(2)

    desk.goto(f"{demo.shop}/#/settle/order/index?{ADDRESS.format(*orders['southwind'])}")
    buyer.sees_status("paid")
    cancels(merchant, "southwind", orders["southwind"])
    buyer.sees_status("cancelled")
    one_is_given_back(demo, orders["southwind"], orders["coffee"])


def test_both_are_paid_in_the_mini_program(
    demo: Demo, mini_program: str, mini_phone: Page, desk: Page
) -> None:
    buyer = MiniBuyer(mini_phone, demo, "13900008822", f"{mini_program}&user=liangdian")
    merchant = Merchant(desk, demo)
    at = f"{buyer.program}&page="
    fill_the_cart(buyer, at + "pages%2Fmenu%2Findex%3Fstore%3D{}", at + "pages%2Fcart%2Findex")
    pick_both_up(buyer)
    orders = submits(buyer)
    buyer.answer_dialog("pay")
    buyer.answer_dialog("accept")
    expect(mini_phone.locator(".t-paid-order:visible")).to_have_count(2)

    buyer.open(f"settle/order/index?{ADDRESS.format(*orders['coffee'])}")
    buyer.sees_status("paid")
    cancels(merchant, "coffee", orders["coffee"])
    buyer.sees_status("cancelled")
    buyer.met_no_fault()
    one_is_given_back(demo, orders["coffee"], orders["southwind"])


def one_is_given_back(demo: Demo, returned: Placed, kept: Placed) -> None:
    """Order, ledger and the sandbox's bill agree about both, and only the one was given back, whole."""
    sides = three_sides_of_all(demo)
    assert sides[returned.number].paid == sides[returned.number].returned > 0
    assert sides[kept.number].paid > 0
    assert (sides[kept.number].returned, sides[kept.number].returning) == (0, 0)
