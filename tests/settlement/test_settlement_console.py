"""What the console shows of settlement: lists, preview, statement, rules' limits."""

import io
from datetime import timedelta

import pytest
from asyncpg import CheckViolationError
from python_calamine import CalamineWorkbook

from tests.settlement.sharing import Sharing
from tests.settlement.test_withdrawals import ask
from zhanggui.core import clock
from zhanggui.core.errors import ShopError
from zhanggui.core.ids import new_id
from zhanggui.insights.queries import dashboard
from zhanggui.orders.drafts import PHONE_PURPOSE
from zhanggui.settlement import buyers, listing, receivers, rule_book
from zhanggui.settlement.receivers import NewReceiver
from zhanggui.settlement.rules import Kind
from zhanggui.settlement.shapes import PreviewInput, RuleInput
from zhanggui.settlement.sheet import sheet
from zhanggui.settlement.statement import period, statement

PRODUCT = """
    INSERT INTO product (store_id, id, code, category_id, name, subtitle, description_html, status, specs, modifiers,
      price, price_max, created_at, updated_at)
    VALUES ($1, $2, $2::uuid::text, $3, $4, $4, $4, 'on', '[]', '[]', 100, 100, $5, $5)
"""


async def test_lists_show_receivers_rules_splits_and_withdrawals(sharing: Sharing) -> None:
    rt, store = sharing.world.rt, sharing.store_id
    order = await sharing.paid()
    await sharing.split(order)
    await sharing.refund(order, 1_000)
    await sharing.finish()
    withdrawal = await ask(sharing, 100)
    found = await listing.list_receivers(rt, store)
    assert {(r.label, r.state, r.balance) for r in found.items} == {
        ("partner", "active", 0),
        ("supplier", "active", 0),
        ("团长", "active", 80),
    }
    assert [r.name_masked for r in found.items if r.label == "团长"] == ["张*"]
    assert [r.ratio for r in await listing.list_rules(rt, store)] == [1000, 500, 200]
    page = await listing.list_splits(rt, store, "done", None)
    assert [(s.order_id, s.refunded, len(s.shares)) for s in page.items] == [(order.id, 1_000, 3)]
    assert (await listing.read_split(rt, store, page.items[0].id)).state == "done"
    waiting = await listing.list_withdrawals(rt, store, "requested", None)
    assert [(w.id, w.amount, w.label) for w in waiting.items] == [(withdrawal, 100, "团长")]
    todo = (await dashboard(rt, store, money=True)).todo
    assert (todo.withdrawals, todo.stuck_splits) == (1, 0)
    assert (await listing.read_withdrawal(rt, store, withdrawal)).state == "requested"


async def test_a_preview_says_who_would_get_what(sharing: Sharing) -> None:
    shown = await rule_book.preview(sharing.world.rt, sharing.store_id, PreviewInput(9_999))
    assert {s.label: s.amount for s in shown.shares} == {"partner": 999, "supplier": 500, "团长": 200}
    assert (shown.merchant, shown.capped) == (8_300, False)


async def test_rules_stay_within_the_maximum_and_name_what_is_there(sharing: Sharing) -> None:
    rt, store, partner = sharing.world.rt, sharing.store_id, sharing.receivers["partner"]
    with pytest.raises(ShopError, match="ratio_over_maximum"):
        await rule_book.add_rule(rt, store, new_id(), RuleInput(partner, ratio=1301), new_id().hex)
    with pytest.raises(ShopError, match="rule_basis"):
        await rule_book.add_rule(rt, store, new_id(), RuleInput(partner, ratio=1, amount=1), new_id().hex)
    with pytest.raises(ShopError, match="not_found"):
        await rule_book.add_rule(rt, store, new_id(), RuleInput(new_id(), ratio=1), new_id().hex)
    await rule_book.add_rule(rt, store, new_id(), RuleInput(partner, ratio=1300), new_id().hex)


async def test_a_receiver_the_platform_refuses_is_shown_and_gets_nothing(sharing: Sharing) -> None:
    rt, store = sharing.world.rt, sharing.store_id
    wrong = NewReceiver("merchant", "sharing", "MERCHANT_ID", "99999999", "错的", "没有这家")
    added = await receivers.add(rt, store, new_id(), wrong, new_id().hex)
    await sharing.world.run_jobs()
    (shown,) = [r for r in (await listing.list_receivers(rt, store)).items if r.id == added]
    assert shown.state == "refused"
    assert "INVALID_REQUEST" in (shown.error or "")
    with pytest.raises(ShopError, match="receiver_exists"):
        await receivers.add(rt, store, new_id(), wrong, new_id().hex)
    mine = wrong._replace(account=sharing.world.account.mchid)
    with pytest.raises(ShopError, match="own_account"):
        await receivers.add(rt, store, new_id(), mine, new_id().hex)


@pytest.mark.parametrize("kind", ["merchant", "supplier", "platform"])
async def test_what_belongs_to_another_merchant_never_stays_in_this_stores_account(
    sharing: Sharing, kind: Kind
) -> None:
    """二清: only people who help a store sell keep a balance with it; the database refuses anything else too."""
    rt, store = sharing.world.rt, sharing.store_id
    wrong = NewReceiver(kind, "balance", "PERSONAL_OPENID", f"openid-{new_id().hex}", "供应商", "李四")
    with pytest.raises(ShopError, match="balance_not_for_kind"):
        await receivers.add(rt, store, new_id(), wrong, new_id().hex)
    with pytest.raises(CheckViolationError, match="balance_kind"):
        await rt.db.execute(
            "UPDATE split_receiver SET kind = $3 WHERE store_id = $1 AND id = $2",
            store,
            sharing.receivers["leader"],
            kind,
        )


async def test_a_statement_adds_up_to_the_fen_and_downloads(sharing: Sharing) -> None:
    rt, store = sharing.world.rt, sharing.store_id
    first, second = await sharing.paid(10_000), await sharing.paid(5_000)
    await sharing.split(first)
    await sharing.refund(second, 2_000)
    await sharing.finish()
    await sharing.refund(second, 700)  # asked for and not yet made: it changes nothing yet
    day = clock.now().date()
    of = await period(rt, store, day - timedelta(days=2), day + timedelta(days=2))
    told = await statement(rt, store, of, None)
    figures = told.figures
    assert (figures.gross, figures.refunds, figures.splits) == (15_000, -2_000, -1_700)
    assert figures.net == 15_000 - 2_000 - 1_700 + figures.fees
    assert told.opening + figures.net == told.closing
    assert {o.order_id for o in told.orders} == {first.id, second.id}
    assert sum(o.figures.net for o in told.orders) == figures.net
    with pytest.raises(ShopError, match="statement_period"):
        await period(rt, store, day, day - timedelta(days=1))
    book = CalamineWorkbook.from_filelike(io.BytesIO(await sheet(rt, store, of, "zh")))
    rows = book.get_sheet_by_name("汇总").to_python()
    assert ["净额", figures.net / 100] in [r[:2] for r in rows]
    assert len(book.get_sheet_by_name("订单明细").to_python()) == 3


async def test_pre_sales_promised_beyond_the_freeze_are_named(sharing: Sharing) -> None:
    """An order is completed ten days after it was sent, unless the buyer does it sooner; money stays frozen for thirty."""
    rt, store, now = sharing.world.rt, sharing.store_id, clock.now()
    category = new_id()
    for name, days, at in (
        ("二十天", 20, None),
        ("三个月", 90, None),
        ("某日", None, now + timedelta(days=40)),
        ("近日", None, now + timedelta(days=19)),
    ):
        product = new_id()
        await rt.db.execute(PRODUCT, store, product, category, {"zh": name, "en": name}, now)
        await rt.db.execute(
            "INSERT INTO presale (store_id, product_id, ships_within_days, ships_at, updated_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            store,
            product,
            days,
            at,
            now,
        )
    found = await listing.beyond_freeze(rt, store, 30)
    assert [(one.name, one.days) for one in found] == [("三个月", 100), ("某日", 50)]


async def test_a_person_is_found_among_the_stores_buyers_instead_of_by_a_typed_openid(
    sharing: Sharing,
) -> None:
    """By phone, by an order's number, or as one of the latest; who never bought here is nobody's to pay."""
    rt, store = sharing.world.rt, sharing.store_id
    first, second = await sharing.paid(), await sharing.paid()
    for order, phone in ((first, "+8613800138001"), (second, "+8613800138002")):
        await rt.db.execute(
            "INSERT INTO customer (customer_id, guest, nickname, phone_index, created_at)"
            " VALUES ($1, false, '买家', $2, $3)",
            order.customer_id,
            rt.sealer.blind_index(phone, PHONE_PURPOSE),
            clock.now(),
        )
    found = await buyers.find(rt, store, "")
    assert [one.customer_id for one in found[:2]] == [second.customer_id, first.customer_id]
    (one,) = await buyers.find(rt, store, found[1].number)
    assert one.customer_id == first.customer_id
    assert await buyers.openid_of(rt, store, first.customer_id) == f"openid-{first.customer_id.hex}"
    with pytest.raises(ShopError, match="not_found"):
        await buyers.openid_of(rt, store, sharing.leader_id)
    assert [one.customer_id for one in await buyers.find(rt, store, "138 0013 8002")] == [second.customer_id]
    assert await buyers.find(rt, store, "13800000000") == []
