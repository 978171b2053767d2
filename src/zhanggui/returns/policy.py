"""What a store's own rules decide about a return, and why; pure."""

from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from zhanggui.core.fields import Fen
from zhanggui.returns.rules import REASONS, Kind, Reason

Outcome = Literal["approve", "reject", "ask"]
Handling = Literal["rules", "ask", "approve"]
Rule = Literal[
    "rules_off",
    "unsent",
    "being_made",
    "window_over",
    "excepted",
    "no_reason",
    "record",
    "too_large",
    "pictures_needed",
    "small_claim",
    "faulty_return",
    "still_travelling",
    "lost_parcel",
    "exchange",
    "agreed",
    "virtual",
    "ask",
    "reason_asks",
    "reason_approves",
]
Days = Annotated[int, Meta(ge=0, le=365)]
Times = Annotated[int, Meta(ge=0, le=1_000)]


class ReturnAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where buyers send goods to."""

    recipient: Annotated[str, Meta(max_length=40)] = ""
    phone: Annotated[str, Meta(max_length=20)] = ""
    text: Annotated[str, Meta(max_length=200)] = ""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a merchant leaves to rules; amounts in fen, windows in days from delivery.

    `claim_max`: refund only with pictures, seller at fault. `return_max`: goods come back first, so it may be higher.
    `record_cases`: this many returns of the buyer in 90 days, refused or not, and people decide. `quality_days`: how
    long faults may be reported. `lost_after`: days without delivery after which a parcel counts as lost.
    `by_reason`: what becomes of a reason whatever the other rules say: people are always asked, or it is agreed to at once
    unless the rules refuse it; a reason not named follows the rules.
    """

    automatic: bool = True
    unsent: bool = True
    no_reason: bool = True
    claim_max: Fen = 5_000
    return_max: Fen = 50_000
    lost_max: Fen = 20_000
    exchange: bool = True
    quality_days: Days = 30
    lost_after: Days = 10
    record_cases: Times = 5
    record_refused: Times = 2
    by_reason: dict[Reason, Handling] = {}
    address: ReturnAddress = ReturnAddress()


class Record(NamedTuple):
    """What the store knows of the buyer over 90 days: returns asked for, those refused, and paid orders ever."""

    cases: int
    refused: int
    orders: int


class Case(NamedTuple):
    """The facts of a return as it is asked for. `amount` in fen.

    `sent`: some of its units have left the store; `being_made`: a kitchen has begun; `delivered`: all of them have
    arrived; days are whole ones since the last parcel left or arrived. `in_time`: within the 7 days; `excepted`: one of
    the products is excepted from them on its page. `virtual`: what was handed out cannot come back.
    """

    kind: Kind
    reason: Reason
    amount: int
    sent: bool
    being_made: bool
    delivered: bool
    days_since_sent: int
    days_since_delivered: int
    in_time: bool
    excepted: bool
    pictures: int
    record: Record
    virtual: bool = False


class Verdict(NamedTuple):
    """What becomes of it and the rule that said so; `ask` leaves it to people, and says what they should look at."""

    outcome: Outcome
    rule: Rule


def judge(policy: Policy, case: Case) -> Verdict:
    """What the store's rules decide; what it wants of a reason comes first.

    Agreeing at once looks at no sum, picture or record, but does not undo a refusal: a time that is over, an exception that
    the product's page states, a parcel that is still on its way.
    """
    if not policy.automatic:
        return Verdict("ask", "rules_off")
    handling = policy.by_reason.get(case.reason, "rules")
    if handling == "ask":
        return Verdict("ask", "reason_asks")
    verdict = _by_rules(policy, case)
    if handling == "approve" and verdict.outcome == "ask":
        return Verdict("approve", "reason_approves")
    return verdict


def _by_rules(policy: Policy, case: Case) -> Verdict:
    """In order of strength: what the law gives comes before any limit."""
    if not case.sent:
        return _unsent(policy, case)
    if case.virtual:
        return Verdict("ask", "virtual")
    fault = REASONS[case.reason].fault == "seller"
    if case.reason == "no_reason":
        return _no_reason(policy, case)
    if case.delivered and case.days_since_delivered > policy.quality_days:
        return Verdict("reject", "window_over")
    if case.record.cases >= policy.record_cases or case.record.refused >= policy.record_refused:
        return Verdict("ask", "record")
    if case.reason == "not_received":
        return _not_received(policy, case)
    if fault and REASONS[case.reason].pictures and not case.pictures:
        return Verdict("ask", "pictures_needed")
    if case.reason == "agreed":
        return Verdict("ask", "agreed")
    if case.kind == "exchange":
        return _exchange(policy, case)
    if case.kind == "return_refund":
        small = case.amount <= policy.return_max
        return Verdict("approve", "faulty_return") if small else Verdict("ask", "too_large")
    if case.reason == "missing_item" and not case.delivered:
        return Verdict("reject", "still_travelling")
    small = case.amount <= policy.claim_max
    return Verdict("approve", "small_claim") if small else Verdict("ask", "too_large")


def _unsent(policy: Policy, case: Case) -> Verdict:
    """Nothing has left: the buyer may step back, unless a kitchen has begun."""
    if case.being_made:
        return Verdict("ask", "being_made")
    return Verdict("approve", "unsent") if policy.unsent else Verdict("ask", "unsent")


def _no_reason(policy: Policy, case: Case) -> Verdict:
    if case.excepted:
        return Verdict("reject", "excepted")
    if not case.in_time:
        return Verdict("reject", "window_over")
    return Verdict("approve", "no_reason") if policy.no_reason else Verdict("ask", "no_reason")


def _not_received(policy: Policy, case: Case) -> Verdict:
    if case.delivered:
        return Verdict("ask", "lost_parcel")
    if case.days_since_sent < policy.lost_after:
        return Verdict("reject", "still_travelling")
    return (
        Verdict("approve", "lost_parcel") if case.amount <= policy.lost_max else Verdict("ask", "too_large")
    )


def _exchange(policy: Policy, case: Case) -> Verdict:
    if REASONS[case.reason].fault == "buyer":
        if case.excepted:
            return Verdict("reject", "excepted")
        if not case.in_time:
            return Verdict("reject", "window_over")
    return Verdict("approve", "exchange") if policy.exchange else Verdict("ask", "exchange")
