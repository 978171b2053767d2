"""Points as arithmetic: what they take off, and what partial returns in any order do to them."""

from random import Random
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.core.i18n import Text
from zhanggui.core.money import allocate
from zhanggui.orders.points import Facts, due
from zhanggui.pricing.rules import Discount, PricedLine, QuoteInput, StoreFacts, quote
from zhanggui.stores.rules import Express, ExpressRule, Points
from zhanggui.wallets.queries import Booked
from zhanggui.wallets.rules import bargain, earned, gone, most_off

rules = st.builds(
    Points,
    earning=st.booleans(),
    per_yuan=st.integers(1, 1_000),
    spending=st.just(True),
    worth=st.integers(1, 100_000),
    percent=st.integers(1, 100),
)
goods = st.lists(st.tuples(st.integers(0, 50_000), st.integers(1, 20)), min_size=1, max_size=6)


def asked(rule: Points, bought: list[tuple[int, int]], balance: int, *, use: bool) -> QuoteInput:
    store = StoreFacts(
        store_id=UUID(int=1),
        currency="CNY",
        open=True,
        paused=False,
        methods=["express"],
        express=Express(rules=[ExpressRule([], 1000, 1200, 500, 300)], free_over=20_000),
        points=rule,
    )
    lines = [
        PricedLine(key=f"k{i}", sku_id=UUID(int=i), unit_price=price, quantity=n, available=n)
        for i, (price, n) in enumerate(bought)
    ]
    off = [Discount("coupon", Text("券", "Coupon"), 700)]
    return QuoteInput(
        store=store,
        lines=lines,
        method="express",
        region_code="310104",
        discounts=off,
        points=balance,
        use_points=use,
    )


@given(st.integers(-1_000, 10**9), st.integers(0, 10**9), st.integers(1, 100_000))
def test_a_bargain_takes_no_more_than_there_is_and_no_point_for_nothing(
    balance: int, most: int, worth: int
) -> None:
    points, saving = bargain(balance, most, worth)

    assert 0 <= points <= max(0, balance)
    assert 0 <= saving <= most
    assert points * 100 // worth == saving  # they are worth what they take off
    assert points == 0 or (points - 1) * 100 // worth < saving  # and one less would not be


@given(rules, goods, st.integers(-1_000, 10**7))
def test_points_are_the_last_discount_and_something_remains_to_be_paid(
    rule: Points, bought: list[tuple[int, int]], balance: int
) -> None:
    plain, found = (
        quote(asked(rule, bought, balance, use=False)),
        quote(asked(rule, bought, balance, use=True)),
    )
    before, after = plain.items_total - plain.discount_total, found.items_total - found.discount_total
    assert found.points is not None
    assert plain.points is not None

    assert before - after == (found.points.saving if found.points.spent else 0) == found.points.saving
    assert found.points.saving <= most_off(before, rule.percent)
    assert after > 0 or before == 0
    assert found.total == plain.total - found.points.saving  # shipping stays as it was: it never costs more
    assert found.shipping_fee == plain.shipping_fee
    assert plain.points.usable == found.points.spent
    assert plain.points_spent == 0
    assert sum(line.points for line in found.lines) == found.points.spent <= max(balance, 0)
    assert sum(line.payable for line in found.lines) == after
    assert all(line.payable >= 0 and line.points >= 0 for line in found.lines)
    assert sum(step.amount for step in found.trace[:-1]) == found.total
    assert found.points.earns == (earned(after, rule.per_yuan) if rule.earning else 0)


@given(rules, goods, st.integers(0, 10**7), st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_point(
    rule: Points, bought: list[tuple[int, int]], balance: int, random: Random
) -> None:
    q = asked(rule, bought, balance, use=True)
    shuffled = list(q.lines)
    random.shuffle(shuffled)
    a, b = quote(q), quote(msgspec.structs.replace(q, lines=shuffled))

    assert {x.key: (x.points, x.payable) for x in a.lines} == {x.key: (x.points, x.payable) for x in b.lines}


def test_a_store_without_a_rule_offers_nothing() -> None:
    off = Points()
    assert not off.earning
    assert not off.spending
    assert quote(asked(off, [(1000, 1)], 500, use=True)).points is None
    only_earning = quote(asked(Points(earning=True), [(1700, 1)], 500, use=True))
    assert only_earning.points is not None
    assert (only_earning.points.spent, only_earning.points.earns) == (0, 10)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5_000)), min_size=1, max_size=5),
    st.integers(0, 10_000),
    st.integers(0, 1_000),
    st.integers(0, 20),
    st.randoms(use_true_random=False),
)
def test_partial_returns_in_any_order_give_back_what_was_spent_and_take_what_was_earned(
    lines: list[tuple[int, int]], spent: int, rate: int, completed_after: int, random: Random
) -> None:
    """Lines of (units, payable); pieces of random size, the order completed somewhere in between or never."""
    shares = allocate(spent, [payable for _, payable in lines])
    back = [0] * len(lines)
    booked, step, completed = Booked(), 0, False
    buyer, order_id = UUID(int=1), UUID(int=2)

    while True:
        completed = completed or step >= completed_after
        facts = Facts(
            order_id,
            buyer,
            "completed" if completed else "fulfilled",
            spent,
            rate,
            sum(gone(p, k, n) for p, k, (n, _) in zip(shares, back, lines, strict=True)),
            sum(payable - payable * k // n for k, (n, payable) in zip(back, lines, strict=True)),
        )
        for entry in due(facts, booked):
            gave, earns = booked
            if entry.kind == "give_back":
                gave += entry.delta
            else:
                earns += entry.delta
                assert (entry.delta > 0) == (entry.kind == "earn")
            booked = Booked(gave, earns)
        assert due(facts, booked) == []  # asked again nothing is booked
        assert 0 <= booked.given_back <= spent
        assert booked.earned == (earned(facts.kept, rate) if completed else 0)
        left = [i for i, (n, _) in enumerate(lines) if back[i] < n]
        if not left:
            break
        which = random.choice(left)
        back[which] += random.randint(1, lines[which][0] - back[which])
        step += 1

    assert booked.given_back == spent
    assert booked.earned == 0
