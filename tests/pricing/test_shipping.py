"""Freight by region and weight, delivery by distance, and the quote's endpoint."""

import sys
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.pricing.test_quote_properties import METHODS, STORE
from tests.support.api import Api
from tests.support.counting import counted
from tests.support.sale import line, stock_goods
from zhanggui.pricing.rules import PricedLine, QuoteInput, quote
from zhanggui.pricing.shipping import delivery_fee, distance_m, express_fee
from zhanggui.stores.rules import Delivery, DistanceBand, Express, ExpressRule

EXPRESS = Express(
    rules=[
        ExpressRule(["33", "31"], 1000, 600, 1000, 100),
        ExpressRule(["3301"], 1000, 500, 1000, 100),
        ExpressRule([], 500, 1500, 500, 500),
    ],
    free_over=9900,
    refused_regions=["65"],
)


@pytest.mark.parametrize(
    ("region", "grams", "goods", "fee"),
    [
        ("330106", 1000, 100, 500),  # the longest prefix holds
        ("330206", 1001, 100, 700),  # a begun kilogram counts
        ("110101", 0, 100, 1500),
        ("110101", 1501, 100, 3000),
        ("110101", 1501, 9900, 0),
    ],
)
def test_freight(region: str, grams: int, goods: int, fee: int) -> None:
    assert express_fee(EXPRESS, region, grams, goods).amount == fee


def test_refused_and_uncovered_regions_are_out_of_range() -> None:
    only = Express(rules=EXPRESS.rules[:2])
    assert express_fee(EXPRESS, "650101", 1, 10**6).problem == "out_of_range"
    assert express_fee(only, "110101", 1, 10**6).problem == "out_of_range"
    assert express_fee(Express(), "110101", 1, 0).amount == 0


def test_distance_and_bands() -> None:
    assert distance_m((39.9087, 116.3975), (31.2304, 121.4737)) == pytest.approx(1_068_000, rel=0.005)
    assert distance_m((1.0, 2.0), (1.0, 2.0)) == 0
    near = Delivery(radius_m=2500, bands=[DistanceBand(2000, 500), DistanceBand(1000, 300)], free_over=5000)
    found = [delivery_fee(near, d, 0) for d in (1000, 1001, 2000, 2500, 2501)]
    assert [(f.amount, f.problem) for f in found] == [
        (300, None),
        (500, None),
        (500, None),
        (500, None),
        (0, "too_far"),
    ]
    assert delivery_fee(near, 100, 5000) == (0, None, True)


def test_too_far_says_how_far_and_how_far_would_do() -> None:
    """Beyond the edge by a metre it must not read `5 km, up to 5 km`."""
    facts = msgspec.structs.replace(STORE, at=(31.2, 121.4), delivery=Delivery(radius_m=5000))
    edge = 5000 / 111_195  # degrees of latitude

    def asked(lat: float | None) -> list[tuple[str, dict[str, object]]]:
        to = None if lat is None else (lat, 121.4)
        made = quote(QuoteInput(store=facts, lines=[], method="delivery", to=to, has_address=True))
        return [(p.code, p.params) for p in made.problems if p.code != "below_minimum"]

    assert asked(31.2 + edge * 0.999) == []
    assert asked(31.2 + edge * 1.001) == [("too_far", {"distance": "5.1", "edge": "5"})]
    assert asked(31.2 + edge * 1.5) == [("too_far", {"distance": "7.5", "edge": "5"})]
    assert asked(None) == [("address_location_needed", {})]


def test_a_store_that_is_nowhere_cannot_deliver() -> None:
    facts = msgspec.structs.replace(STORE, at=None, delivery=Delivery(radius_m=5000))
    made = quote(QuoteInput(store=facts, lines=[], method="delivery", to=(31.2, 121.4), has_address=True))
    assert [p.code for p in made.problems] == ["store_place_needed"]


def test_the_cost_of_a_quote_grows_with_its_lines_only() -> None:
    """Ten times the lines make at most about ten times the calls; counted, because clocks lie on a busy machine."""

    def calls(count: int) -> int:
        lines = [
            PricedLine(
                key=str(i), sku_id=UUID(int=i + 1), unit_price=i, quantity=1, available=9, methods=METHODS
            )
            for i in range(count)
        ]
        q = QuoteInput(store=STORE, lines=lines, method="pickup")
        made: list[str] = []

        def note(_frame: object, event: str, _what: object) -> None:
            made.append(event)

        sys.setprofile(note)
        try:
            quote(q)
        finally:
            sys.setprofile(None)
        return len(made)

    calls(1)
    found = [calls(n) for n in (100, 1000, 10_000)]
    assert all(later < 12 * earlier for earlier, later in pairwise(found)), found


async def test_the_quote_explains_itself_and_takes_fixed_statements(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store, prices=[1000] * 40, stock=1)
    buyer = await api.buyer()

    async def ask(count: int) -> tuple[dict[str, Any], list[str]]:
        body = {
            "store_id": str(store),
            "lines": [line(s, 2) for s in goods.skus[:count]],
            "delivery_method": "express",
        }
        await buyer.post("/quote", body)
        with counted(api) as found:
            answer = await buyer.post("/quote", body, headers={"Accept-Language": "en"})
        assert answer.status_code == 200, answer.text
        return answer.json(), found.statements

    one, first = await ask(1)
    _, second = await ask(40)
    assert first == second
    assert one["total"] == 2000
    assert [p["code"] for p in one["problems"]] == ["out_of_stock", "address_needed"]
    assert one["problems"][0]["message"] == "Not enough in stock: 1 left."
    assert [s["text"]["zh"] for s in one["trace"]] == [
        "商品 2 件",
        "运费（共 1.00 公斤，按地区和重量）",
        "应付",
    ]


async def test_a_quote_names_what_is_wrong_by_field(api: Api) -> None:
    store = await api.store()
    goods = await stock_goods(api, store)
    buyer = await api.buyer()
    lines = [line(goods.skus[0], key="a"), line(goods.skus[0], key="a"), line(store, key="b")]

    answer = await buyer.post("/quote", {"store_id": str(store), "lines": lines, "delivery_method": "pickup"})

    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        ("lines[1].key", "line_key_repeated"),
        ("lines[2].sku_id", "sku_not_found"),
    ]
