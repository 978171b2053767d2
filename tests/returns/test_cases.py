"""The fifty standard cases: at least 40 are decided by the rules a store starts with, the others in at most two clicks.

e2e/test_aftersale_clicks.py counts those clicks on the screen.
"""

import pytest

from tests.returns.aftermath import SETTINGS, WAYBILL
from tests.returns.standard_cases import CASES, Case, Shop, set_up
from tests.support.api import Api

SETTLED = {"refunding", "rejected", "reshipped"}


@pytest.fixture(scope="module")
async def shop(api: Api) -> Shop:
    store = await api.store(SETTINGS)
    return Shop(api, store, await api.staff(store))


def test_at_least_four_in_five_are_decided_by_rule_and_the_others_in_two_clicks() -> None:
    assert len(CASES) == 50
    assert len({c.name for c in CASES}) == 50
    by_rule = [c for c in CASES if c.expect != "ask"]
    assert len(by_rule) / len(CASES) >= 0.8
    assert all(1 <= len(c.clicks) <= 2 for c in CASES if c.expect == "ask")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
async def test_the_store_decides_as_written(shop: Shop, case: Case) -> None:
    sale = await set_up(shop, case)
    pictures = [await sale.picture() for _ in range(case.pictures)]
    made = await sale.applied(case.kind, case.reason, (0, case.wanted), picture_ids=pictures)
    page = (await sale.owner.get(f"/returns/{made['id']}")).json()
    assert (page["rule"]["outcome"], page["rule"]["rule"]) == (case.expect, case.rule)
    if case.expect == "reject":
        assert (page["status"], page["decided_by"]) == ("rejected", "rule")
    elif case.expect == "approve":
        expected = "refunding" if case.kind == "refund_only" else "approved"
        assert (page["status"], page["decided_by"]) == (expected, "rule")
    else:
        assert page["status"] == "requested"
        for click in case.clicks:
            body: dict[str, object] = {"reason": "图片看不出问题"} if click == "reject" else {}
            if click == "inspect":
                await sale.sent_back(made)
                body = {"reship": {"waybill": WAYBILL}} if case.kind == "exchange" else {}
            page = await sale.decided(made, click, body)
        assert page["status"] in SETTLED
