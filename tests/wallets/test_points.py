"""A store's points: earned by what is completed, spent when placing, back with what is cancelled or returned."""

import random
from uuid import UUID

import pytest

from tests.support.api import Api
from tests.support.counting import counted
from tests.support.sale import place, placed
from tests.wallets.points import club, earning, give
from zhanggui.core.db import STATEMENTS, in_transaction
from zhanggui.core.ids import new_id
from zhanggui.orders.cancel import cancel_unpaid
from zhanggui.orders.rules import SYSTEM
from zhanggui.stores.rules import Points


async def test_a_completed_order_earns_once_and_points_take_off_what_the_quote_says(api: Api) -> None:
    at = await club(api)

    sale = await at.bought(3, 1, use=False)  # 33.33 of goods
    assert await at.page(sale) == {"spent": 0, "given_back": 0, "earned": 0, "to_earn": 99}
    assert await at.balance() == 0
    await sale.ship()
    await sale.deliver(1)
    await at.buyer.post(f"{sale.shop}/orders/{sale.order_id}/receive")
    await earning(api)
    assert await at.balance() == 99
    assert await at.page(sale) == {"spent": 0, "given_back": 0, "earned": 99, "to_earn": 0}

    quoted = await at.quote(2)  # 20.00, half of it 10.00, and 99 points are worth 9.90
    assert quoted["points"] == {"balance": 99, "usable": 99, "saving": 990, "spent": 99, "earns": 30}
    assert (quoted["total"], quoted["discount_total"]) == (1010, 990)
    assert [a["kind"] for a in quoted["adjustments"]] == ["points"]
    (step,) = [s for s in quoted["trace"] if s["step"] == "points"]
    assert (step["amount"], step["text"]["zh"]) == (-990, "99 积分抵扣")
    body = await at.body(2)
    key = str(new_id())
    first, again = await place(at.buyer, body, key=key), await place(at.buyer, body, key=key)
    assert first.status_code == 201, first.text
    assert again.json() == first.json()
    (made,) = first.json()["orders"]
    assert made["total"] == 1010
    assert made["points"] == {"spent": 99, "given_back": 0, "earned": 0, "to_earn": 30}
    assert (await at.buyer.get(f"/stores/{at.store}/orders/{made['id']}")).json() == made
    assert await at.balance() == 0
    stores = (await at.buyer.get("/points")).json()["items"]
    assert [(s["store"]["id"], s["balance"], s["rule"]["worth"]) for s in stores] == [(str(at.store), 0, 10)]
    journal = (await at.buyer.get(f"/stores/{at.store}/points")).json()["items"]
    assert [(e["kind"], e["delta"], e["order_number"]) for e in journal] == [
        ("spend", -99, made["number"]),
        ("earn", 99, sale.order_number),
    ]


async def test_the_switch_off_and_a_store_without_points_spend_none(api: Api) -> None:
    at = await club(api, balance=1_000)
    quoted = await at.quote(2, use=False)
    assert quoted["points"] == {"balance": 1_000, "usable": 100, "saving": 1_000, "spent": 0, "earns": 60}
    await at.bought(2, use=False)
    assert await at.balance() == 1_000
    off = await club(api, rule=Points())
    await give(api, off.store, off.buyer, 500)
    assert (await off.quote(1))["points"] is None
    sale = await off.bought(1)
    assert sale.total == 1000
    assert await off.page(sale) is None
    assert await off.balance() == 500


async def test_points_that_are_gone_meanwhile_are_a_changed_price_with_the_new_quote(api: Api) -> None:
    at = await club(api, balance=100)
    body = await at.body(2)
    await give(api, at.store, at.buyer, -60)

    refused = await place(at.buyer, body)

    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    (fresh,) = refused.json()["data"]
    assert fresh["points"] == {"balance": 40, "usable": 40, "saving": 400, "spent": 40, "earns": 48}
    assert await at.balance() == 40
    retried = {**body, "expected_total": fresh["total"], "expected_points": 40}
    await placed(at.buyer, retried)
    assert await at.balance() == 0


async def test_the_same_total_for_other_points_is_a_changed_price(api: Api) -> None:
    """The merchant halves what a point is worth: the money is the same, and would cost twice the points."""
    at = await club(api, balance=1_000)
    body = await at.body(2)
    settings = (await at.owner.get("/settings")).json()
    settings["points"]["worth"] = 20
    assert (await at.owner.put("/settings", settings)).status_code == 200

    refused = await place(at.buyer, body)

    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    assert refused.json()["data"][0]["total"] == body["expected_total"]
    assert refused.json()["data"][0]["points"]["spent"] == 200


async def test_a_refusal_without_points_shows_what_the_buyer_has(api: Api) -> None:
    at = await club(api, balance=70)
    body = await at.body(2, use=False)
    refused = await place(at.buyer, {**body, "expected_total": 1})
    assert refused.json()["data"][0]["points"] == {
        "balance": 70,
        "usable": 70,
        "saving": 700,
        "spent": 0,
        "earns": 60,
    }


async def test_two_orders_of_one_request_share_the_balance(api: Api) -> None:
    at = await club(api, balance=130)
    body = await at.body(2)  # 100 points
    both = await place(at.buyer, body, {**body, "lines": at.lines(2)})
    assert both.json()["code"] == "price_changed"
    assert [q["points"]["spent"] for q in both.json()["data"]] == [100, 30]
    assert await at.balance() == 130
    await placed(at.buyer, body, {**body, "expected_total": 1700, "expected_points": 30})
    assert await at.balance() == 0


async def test_placing_without_points_sends_no_statement_more(api: Api) -> None:
    """The rule is on, the buyer has points and does not use them: what is sent is what a store without a rule sends."""
    off, at = await club(api, rule=Points()), await club(api, balance=500)
    bodies = [await off.body(1, use=False), await at.body(1, use=False), await at.body(2)]
    buyers = [off.buyer, at.buyer, at.buyer]
    sent: list[list[str]] = []
    names = {sql: name for name, sql in STATEMENTS.items()}
    for buyer, body in zip(buyers, bodies, strict=True):
        with counted(api) as found:
            await placed(buyer, body)
        sent.append([names[s] for s in found.statements])
    plain, unused, used = sent
    assert unused == plain
    assert [n for n in used if n not in plain] == ["wallets.lock", "wallets.journal", "wallets.balance"]
    assert len(used) == len(plain) + 3


async def test_cancelling_gives_back_whole_paid_or_not(api: Api) -> None:
    at = await club(api, balance=100)
    (unpaid,) = await placed(at.buyer, await at.body(2))
    assert await at.balance() == 0
    await in_transaction(
        api.rt.db, lambda c: cancel_unpaid(c, at.store, [UUID(unpaid["id"])], SYSTEM, "late")
    )
    assert await at.balance() == 100
    sale = await at.bought(2)
    assert await at.balance() == 0
    answer = await at.buyer.post(f"{sale.shop}/orders/{sale.order_id}/cancel", {"reason": "x"})
    assert answer.status_code == 200, answer.text
    assert await at.balance() == 100
    assert await at.page(sale) == {"spent": 100, "given_back": 100, "earned": 0, "to_earn": 0}
    kinds = [e["kind"] for e in (await at.buyer.get(f"/stores/{at.store}/points")).json()["items"]]
    assert kinds == ["give_back", "spend", "give_back", "spend", "adjust"]


async def test_a_return_gives_back_by_units_and_takes_what_they_earned(api: Api) -> None:
    at = await club(api, balance=100, prices=(1000,))
    sale = await at.completed(3)  # 30.00 less 10.00 with 100 points; 20.00 paid for goods earn 60
    assert await at.balance() == 60
    asked = await sale.applied("return_refund", "no_reason", (0, 1))
    assert asked["points"] == {"given_back": 33, "taken_back": 0, "booked": False}
    await sale.sent_back(asked)
    await sale.decided(asked, "inspect")
    page = await sale.page(asked)
    assert page["status"] in {"refunding", "refunded"}
    assert page["amount"] == 666
    assert page["points"] == {"given_back": 33, "taken_back": 20, "booked": True}
    assert (await at.owner.get(f"/returns/{asked['id']}")).json()["points"] == page["points"]
    assert await at.balance() == 60 + 33 - 20
    assert await at.page(sale) == {"spent": 100, "given_back": 33, "earned": 40, "to_earn": 0}


async def test_earned_points_that_were_spent_leave_a_balance_below_nothing(api: Api) -> None:
    at = await club(api, prices=(1000,))
    sale = await at.completed(10, use=False)  # 300 points
    later = await at.bought(6)  # 60.00, half of it: all 300
    assert await at.balance() == 0
    asked = await sale.applied("return_refund", "no_reason", (0, 10))
    await sale.sent_back(asked)
    await sale.decided(asked, "inspect")
    assert await at.balance() == -300
    quoted = await at.quote(2)
    assert quoted["points"] == {"balance": -300, "usable": 0, "saving": 0, "spent": 0, "earns": 60}
    await at.bought(2)  # it is paid in full, and the balance stays as it is
    assert await at.balance() == -300
    await at.buyer.post(f"{later.shop}/orders/{later.order_id}/cancel", {"reason": "x"})
    assert await at.balance() == 0


@pytest.mark.parametrize("seed", range(4))
async def test_random_pieces_before_and_after_completion_end_where_they_began(api: Api, seed: int) -> None:
    """Taken out before they left, refunded while travelling, returned after completion: all of it back is nothing left."""
    dice = random.Random(seed)
    at = await club(api, balance=137, prices=(1000, 333, 50))
    units = [dice.randint(2, 5) for _ in range(3)]
    sale = await at.bought(*units)
    spent = (await at.page(sale))["spent"]
    left = dict(enumerate(units))
    completes = dice.choice([0, 1, 2, 99])
    for step in range(20):
        if step == completes and any(left.values()):
            await sale.ship()
            await sale.deliver(1)
            await at.buyer.post(f"{sale.shop}/orders/{sale.order_id}/receive")
            await earning(api)
        which = [i for i, n in left.items() if n]
        if not which:
            break
        i = dice.choice(which)
        n = dice.randint(1, left[i])
        left[i] -= n
        asked = await sale.owner.post(
            f"/orders/{sale.order_id}/refunds",
            {"lines": [{"order_line_id": sale.lines[i]["id"], "quantity": n}], "reason": "x"},
            key=str(new_id()),
        )
        assert asked.status_code == 201, asked.text
        shown = await at.page(sale)
        assert 0 <= shown["given_back"] <= spent
        assert await at.balance() == 137 - spent + shown["given_back"] + shown["earned"]
    assert await at.balance() == 137
    assert await at.page(sale) == {"spent": spent, "given_back": spent, "earned": 0, "to_earn": 0}


async def test_points_by_hand_are_journalled_once_and_never_take_more_than_there_is(api: Api) -> None:
    at = await club(api, balance=10)
    sale = await at.bought(1, use=False)
    path, key = f"/orders/{sale.order_id}/points", str(new_id())
    clerk = await api.staff(at.store, "clerk")
    assert (await clerk.post(path, {"delta": 5, "reason": "x"}, key=key)).status_code == 403
    for _ in range(2):
        answer = await at.owner.post(path, {"delta": 25, "reason": "等了很久"}, key=key)
        assert (answer.status_code, answer.json()) == (201, {"balance": 35})
    assert (await sale.order())["points"]["balance"] == 35
    short = await at.owner.post(path, {"delta": -36, "reason": "x"}, key=str(new_id()))
    assert (short.status_code, short.json()["code"], short.json()["data"]) == (
        409,
        "points_short",
        {"balance": 35},
    )
    nothing = await at.owner.post(path, {"delta": 0, "reason": "x"}, key=str(new_id()))
    assert (nothing.status_code, nothing.json()["code"]) == (422, "points_nothing")
    entry = (await at.buyer.get(f"/stores/{at.store}/points")).json()["items"][0]
    assert (entry["kind"], entry["delta"], entry["balance_after"], entry["reason"]) == (
        "adjust",
        25,
        35,
        "等了很久",
    )
    row = await api.rt.db.fetchrow(
        "SELECT actor, actor_id FROM points_entry WHERE store_id = $1 AND delta = 25", at.store
    )
    assert row is not None
    assert (row["actor"], row["actor_id"]) == ("店员", at.owner.id)


async def test_the_rule_is_off_until_the_owner_sets_it_within_bounds(api: Api) -> None:
    store = await api.store()
    owner = await api.staff(store)
    settings = (await owner.get("/settings")).json()
    assert settings["points"] == {
        "earning": False,
        "per_yuan": 1,
        "spending": False,
        "worth": 100,
        "percent": 50,
    }
    for field, value in (("percent", 101), ("worth", 0), ("per_yuan", 0)):
        wrong = {**settings, "points": {**settings["points"], field: value}}
        assert (await owner.put("/settings", wrong)).status_code == 400, field
