"""What a store wants of a reason: its rules, people always, or an agreement at once."""

from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.returns.aftermath import one_dear
from tests.returns.standard_cases import CASES
from tests.support.api import Api
from zhanggui.returns.policy import Case, Handling, Policy, Record, Verdict, judge
from zhanggui.returns.rules import REASONS, Reason

REASON = st.sampled_from(sorted(REASONS))


@st.composite
def asked_for(draw: st.DrawFn) -> Case:
    """Anything that may be asked for."""
    reason = draw(REASON)
    days, few, yes = st.integers(0, 60), st.integers(0, 8), st.booleans()
    return Case(
        kind=draw(st.sampled_from(sorted(REASONS[reason].kinds))),
        reason=reason,
        amount=draw(st.integers(0, 100_000)),
        sent=draw(yes),
        being_made=draw(yes),
        delivered=draw(yes),
        days_since_sent=draw(days),
        days_since_delivered=draw(days),
        in_time=draw(yes),
        excepted=draw(yes),
        pictures=draw(few),
        record=Record(draw(few), draw(few), draw(few)),
    )


@given(asked_for(), REASON, st.sampled_from(get_args(Handling)))
def test_a_reason_is_asked_agreed_to_or_left_to_the_rules_and_no_other_is_touched(
    case: Case, reason: Reason, handling: Handling
) -> None:
    usual = judge(Policy(), case)
    now = judge(Policy(by_reason={reason: handling}), case)
    if reason != case.reason or handling == "rules":
        assert now == usual
    elif handling == "ask":
        assert now == Verdict("ask", "reason_asks")
    elif usual.outcome == "ask":
        assert now == Verdict("approve", "reason_approves")
    else:
        assert (
            now == usual
        )  # agreed to already, or refused: its time is over, its page excepts it, it is on its way


@given(asked_for(), st.dictionaries(REASON, st.sampled_from(get_args(Handling))))
def test_nothing_goes_by_rule_where_rules_are_off(case: Case, wanted: dict[Reason, Handling]) -> None:
    assert judge(Policy(automatic=False, by_reason=wanted), case) == Verdict("ask", "rules_off")


def test_a_store_starts_with_its_rules_for_every_reason_and_an_older_row_means_the_same() -> None:
    """So nothing of the fifty standard cases, which every reason is among, depends on it."""
    assert Policy().by_reason == {}
    assert msgspec.convert({"claim_max": 1}, Policy).by_reason == {}
    assert {case.reason for case in CASES} == set(REASONS)


async def test_what_the_store_wants_of_a_reason_is_saved_and_done(api: Api) -> None:
    sale = await one_dear(api)
    view = (await sale.owner.get("/return-policy")).json()
    assert [r["code"] for r in view["reasons"]] == list(REASONS)
    await sale.policy(by_reason={"no_reason": "ask", "missing_item": "approve"})
    asked = await sale.applied("return_refund", "no_reason", (0, 1))
    page = (await sale.owner.get(f"/returns/{asked['id']}")).json()
    assert (page["status"], page["rule"]["outcome"], page["rule"]["rule"]) == (
        "requested",
        "ask",
        "reason_asks",
    )
    await sale.by_buyer(asked, "withdraw")
    wish = {"kind": "refund_only", "reason": "missing_item"}
    lines = [{"order_line_id": sale.lines[0]["id"], "quantity": 1}]
    told = await sale.buyer.post(
        f"{sale.shop}/orders/{sale.order_id}/returns/preview", {**wish, "lines": lines}
    )
    assert told.json()["at_once"] is True
    agreed = await sale.applied("refund_only", "missing_item", (0, 1))
    assert (agreed["status"], agreed["decided_by"]) == ("refunding", "rule")
    assert await sale.refunds() == [sale.total]
    now = (await sale.owner.get("/return-policy")).json()
    for wrong in ({"by_reason": {"weather": "ask"}}, {"by_reason": {"late": "reject"}}):
        body = {"policy": {**now["policy"], **wrong}, "version": now["version"]}
        assert (await sale.owner.put("/return-policy", body)).status_code == 400
