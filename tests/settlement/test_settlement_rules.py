"""Shares to the fen: sums, maximum, order of rules, what goes back."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from zhanggui.settlement.rules import Given, Line, Rule, Share, after_refunds, masked, plan, to_give_back

PRODUCTS = [uuid.UUID(int=n) for n in (1, 2, 3)]
RECEIVERS = [uuid.UUID(int=n) for n in (11, 12, 13, 14)]

ids = st.uuids(version=4)
rules = st.lists(
    st.one_of(
        st.builds(
            Rule,
            ids,
            st.sampled_from(RECEIVERS),
            st.just("sharing"),
            st.none() | st.sampled_from(PRODUCTS),
            st.integers(1, 10_000),
            st.none(),
            st.integers(0, 9),
        ),
        st.builds(
            Rule,
            ids,
            st.sampled_from(RECEIVERS),
            st.just("balance"),
            st.none() | st.sampled_from(PRODUCTS),
            st.none(),
            st.integers(1, 5_000),
            st.integers(0, 9),
        ),
    ),
    max_size=8,
    unique_by=lambda r: r.id,
)
lines = st.lists(
    st.builds(Line, st.sampled_from(PRODUCTS), st.integers(0, 50_000), st.integers(1, 9)),
    min_size=1,
    max_size=5,
)


def rule(n: int, ratio: int | None = None, amount: int | None = None, **more: object) -> Rule:
    given_ = {"payout": "sharing", "product_id": None, "priority": 100} | more
    return Rule(uuid.UUID(int=n), RECEIVERS[n], ratio=ratio, amount=amount, **given_)  # type: ignore[arg-type]  # from the two dicts


def amounts(shares: list[Share]) -> dict[int, int]:
    return {RECEIVERS.index(s.receiver_id): s.amount for s in shares}


@given(lines, rules, st.integers(0, 10_000), st.integers(0, 3_000))
def test_shares_never_pass_the_maximum_and_no_fen_is_lost(
    goods: list[Line], in_force: list[Rule], most: int, shipping: int
) -> None:
    paid = sum(line.payable for line in goods) + shipping
    if paid == 0:
        return
    shares = plan(paid, goods, in_force, most)
    assert sum(s.amount for s in shares) <= paid * most // 10_000
    assert all(s.amount == sum(part for _, part in s.rules) > 0 for s in shares)
    assert len({s.receiver_id for s in shares}) == len(shares)
    assert plan(paid, list(reversed(goods)), list(reversed(in_force)), most) == shares


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=8), st.data())
def test_whatever_is_refunded_in_whatever_parts_everybody_keeps_his_proportion(
    planned: list[int], data: st.DataObject
) -> None:
    paid = sum(planned) + data.draw(st.integers(0, 50_000))
    before = data.draw(st.integers(0, paid))
    amounts_ = after_refunds(planned, paid, before)
    assert sum(amounts_) == sum(planned) * (paid - before) // paid
    assert all(0 <= amount <= whole for amount, whole in zip(amounts_, planned, strict=True))
    returned = [0] * len(planned)
    refunded = before
    for _ in range(data.draw(st.integers(1, 4))):
        refunded += data.draw(st.integers(0, paid - refunded))
        back = to_give_back(
            [Given(p, a, r) for p, a, r in zip(planned, amounts_, returned, strict=True)], paid, refunded
        )
        assert all(part >= 0 for part in back)
        returned = [r + part for r, part in zip(returned, back, strict=True)]
        assert all(r <= a for r, a in zip(returned, amounts_, strict=True))
        kept = sum(amounts_) - sum(returned)
        assert kept == sum(planned) * (paid - refunded) // paid


def test_ratios_of_the_same_thing_are_exact_together() -> None:
    shares = plan(100, [Line(PRODUCTS[0], 100, 1)], [rule(0, 333), rule(1, 333), rule(2, 334)], 10_000)
    assert sum(amounts(shares).values()) == 10


def test_a_products_rule_concerns_its_goods_only_and_a_fixed_one_counts_units() -> None:
    goods = [Line(PRODUCTS[0], 6_000, 3), Line(PRODUCTS[1], 4_000, 1)]
    in_force = [rule(0, 1_000, product_id=PRODUCTS[0]), rule(1, amount=50, product_id=PRODUCTS[0])]
    assert amounts(plan(10_500, goods, in_force, 10_000)) == {0: 600, 1: 150}


def test_lower_priority_gets_what_is_left_of_the_maximum() -> None:
    in_force = [rule(0, 2_000, priority=2), rule(1, 2_000, priority=1)]
    assert amounts(plan(1_000, [], in_force, 3_000)) == {1: 200, 0: 100}


def test_names_are_masked() -> None:
    assert [masked(n) for n in ("", "李", "张三", "欧阳修", "山茶咖啡有限公司")] == [
        "",
        "*",
        "张*",
        "欧**",
        "山茶***公司",
    ]
