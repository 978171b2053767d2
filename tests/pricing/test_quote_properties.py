"""What must hold for every quote, whatever is bought."""

from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from zhanggui.core.i18n import Text
from zhanggui.core.money import allocate
from zhanggui.pricing.rules import Discount, PricedLine, QuoteInput, StoreFacts, quote
from zhanggui.stores.rules import Delivery, DeliveryMethod, DistanceBand, Express, ExpressRule

METHODS: list[DeliveryMethod] = ["express", "delivery", "pickup", "dine_in"]
SKUS = [UUID(int=i) for i in range(1, 6)]
STORE = StoreFacts(
    store_id=UUID(int=99),
    currency="CNY",
    open=True,
    paused=False,
    methods=METHODS,
    packing_fee=200,
    express=Express(
        rules=[ExpressRule([], 1000, 1200, 500, 300), ExpressRule(["33"], 1000, 600, 1000, 100)],
        free_over=20_000,
        refused_regions=["65"],
    ),
    delivery=Delivery(
        radius_m=3000, bands=[DistanceBand(1000, 300), DistanceBand(3000, 600)], min_total=2000
    ),
    at=(30.28, 120.13),
)
amounts = st.integers(0, 50_000)
lines = st.lists(
    st.builds(
        PricedLine,
        key=st.text("abcdef", min_size=1, max_size=6),
        sku_id=st.sampled_from(SKUS),
        unit_price=amounts,
        quantity=st.integers(1, 99),
        weight_g=st.integers(0, 5000),
        limit=st.none() | st.integers(1, 50),
        on_shelf=st.booleans(),
        available=st.integers(0, 100),
        methods=st.just(METHODS),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda line: line.key,
)
discounts = st.lists(
    st.builds(Discount, st.just("coupon"), st.just(Text("券", "Coupon")), amounts), max_size=3
)
inputs = st.builds(
    QuoteInput,
    store=st.just(STORE),
    lines=lines,
    method=st.sampled_from(METHODS),
    region_code=st.none() | st.sampled_from(["330106", "650100", "110101"]),
    to=st.none() | st.tuples(st.floats(30.2, 30.4), st.floats(120.0, 120.3)),
    has_address=st.booleans(),
    has_table=st.booleans(),
    discounts=discounts,
)


@given(inputs)
def test_totals_are_never_negative_and_parts_always_sum(q: QuoteInput) -> None:
    found = quote(q)

    assert found.total >= 0
    assert found.total == (
        found.items_total + found.packing_fee + found.shipping_fee + found.tax - found.discount_total
    )
    assert sum(line.amount for line in found.lines) == found.items_total
    assert sum(line.discount for line in found.lines) == found.discount_total
    assert -sum(a.amount for a in found.adjustments) == found.discount_total
    assert all(0 <= line.payable == line.amount - line.discount for line in found.lines)
    assert found.trace[-1].amount == found.total
    assert sum(step.amount for step in found.trace[:-1]) == found.total


@given(inputs, st.randoms())
def test_the_order_of_lines_does_not_matter(q: QuoteInput, random: object) -> None:
    shuffled = list(q.lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    a, b = quote(q), quote(msgspec.structs.replace(q, lines=shuffled))

    assert (a.total, a.shipping_fee, a.adjustments, a.trace) == (
        b.total,
        b.shipping_fee,
        b.adjustments,
        b.trace,
    )
    assert {line.key: line for line in a.lines} == {line.key: line for line in b.lines}
    assert sorted(p.code for p in a.problems) == sorted(p.code for p in b.problems)
    assert a.fingerprint == b.fingerprint


@given(inputs, amounts)
def test_a_better_discount_never_costs_more(q: QuoteInput, more: int) -> None:
    """Free shipping is judged on what the goods cost after the discount, so only the goods' value is compared."""
    plain = quote(msgspec.structs.replace(q, discounts=[]))
    less = quote(msgspec.structs.replace(q, discounts=[Discount("coupon", Text("券", "Coupon"), more)]))

    assert less.items_total - less.discount_total <= plain.items_total


@given(inputs)
def test_units_of_one_sku_count_together_against_stock_and_limit(q: QuoteInput) -> None:
    units: dict[UUID, int] = {}
    for line in q.lines:
        units[line.sku_id] = units.get(line.sku_id, 0) + line.quantity
    problems = {p.key for p in quote(q).problems if p.key}

    for line in q.lines:
        fine = line.on_shelf and units[line.sku_id] <= min(line.available, line.limit or 10**9)
        assert (line.key in problems) == (not fine)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_allocation_sums_and_is_within_one_of_its_share(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)

    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if whole:
            assert abs(part * whole - total * weight) < whole
