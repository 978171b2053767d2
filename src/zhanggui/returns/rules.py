"""States of a return, who may do what in which, how long each step may take, and what reasons there are; pure."""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from zhanggui.core.i18n import Text

Kind = Literal["refund_only", "return_refund", "exchange"]
Status = Literal[
    "requested",
    "approved",
    "sent_back",
    "received",
    "refunding",
    "refunded",
    "reshipped",
    "completed",
    "rejected",
    "appealed",
    "withdrawn",
    "closed",
]
Reason = Literal[
    "changed_mind",
    "no_reason",
    "quality",
    "damaged",
    "wrong_item",
    "missing_item",
    "not_as_described",
    "not_received",
    "late",
    "out_of_stock",
    "other_spec",
    "agreed",
]
DecidedBy = Literal["rule", "merchant", "time", "operator"]
Appeal = Literal["open", "granted", "dismissed"]
BuyerAction = Literal["withdraw", "send_back", "appeal", "confirm", "message"]
MerchantAction = Literal[
    "approve", "reject", "refund", "inspect", "reship", "retry_refund", "take_in", "message"
]
Payer = Literal["buyer", "seller"]
Restock = Literal["shelf", "write_off"]

MOVES: dict[Status, frozenset[Status]] = {
    "requested": frozenset({"approved", "refunding", "refunded", "rejected", "withdrawn", "closed"}),
    "approved": frozenset({"sent_back", "refunding", "refunded", "withdrawn", "closed"}),
    "sent_back": frozenset({"received", "refunding", "refunded", "closed"}),
    "received": frozenset({"refunding", "refunded", "reshipped", "rejected", "closed"}),
    "refunding": frozenset({"refunded"}),
    "reshipped": frozenset({"completed"}),
    "rejected": frozenset({"appealed"}),
    "appealed": frozenset({"approved", "refunding", "refunded", "rejected", "withdrawn", "closed"}),
    "refunded": frozenset(),
    "completed": frozenset(),
    "withdrawn": frozenset(),
    "closed": frozenset(),
}
"""Legal moves. A return of goods goes approved → sent_back → received, then refunding or (exchange) reshipped; a refund
without goods goes straight to refunding. `… → refunded` without `refunding` where there is nothing left to pay back;
`… → closed` when its time is over or its order was cancelled as a whole."""

OPEN: frozenset[Status] = frozenset(
    {"requested", "approved", "sent_back", "received", "refunding", "reshipped", "appealed"}
)
FREE: frozenset[Status] = frozenset({"rejected", "withdrawn", "closed", "completed"})
"""States that hold no units: these may be asked for again. What was refunded stays taken."""
WAITING: frozenset[Status] = frozenset({"requested", "sent_back", "received"})
"""The merchant has to do something."""


class ReasonRule(NamedTuple):
    """A reason: what it is called, for which kinds, whose fault it is, and whether pictures are asked for."""

    name: Text
    kinds: frozenset[Kind]
    fault: Payer
    pictures: bool = False


REASONS: dict[Reason, ReasonRule] = {
    "changed_mind": ReasonRule(
        Text("不想要了 / 拍错了", "Changed my mind"), frozenset({"refund_only"}), "buyer"
    ),
    "no_reason": ReasonRule(
        Text("七天无理由", "7-day no-reason return"), frozenset({"return_refund"}), "buyer"
    ),
    "quality": ReasonRule(
        Text("质量问题", "Quality problem"),
        frozenset({"refund_only", "return_refund", "exchange"}),
        "seller",
        True,
    ),
    "damaged": ReasonRule(
        Text("收到时已破损", "Arrived damaged"),
        frozenset({"refund_only", "return_refund", "exchange"}),
        "seller",
        True,
    ),
    "wrong_item": ReasonRule(
        Text("发错货", "Wrong item sent"),
        frozenset({"refund_only", "return_refund", "exchange"}),
        "seller",
        True,
    ),
    "missing_item": ReasonRule(Text("少件 / 漏发", "Items missing"), frozenset({"refund_only"}), "seller"),
    "not_as_described": ReasonRule(
        Text("与描述不符", "Not as described"),
        frozenset({"refund_only", "return_refund", "exchange"}),
        "seller",
        True,
    ),
    "not_received": ReasonRule(Text("没有收到货", "Not received"), frozenset({"refund_only"}), "seller"),
    "late": ReasonRule(Text("没有按时发货", "Not sent in time"), frozenset({"refund_only"}), "seller"),
    "out_of_stock": ReasonRule(
        Text("商家缺货", "Store is out of stock"), frozenset({"refund_only"}), "seller"
    ),
    "other_spec": ReasonRule(
        Text("换颜色 / 尺码", "Another colour or size"), frozenset({"exchange"}), "buyer"
    ),
    "agreed": ReasonRule(
        Text("与商家协商一致", "Agreed with the store"),
        frozenset({"refund_only", "return_refund", "exchange"}),
        "buyer",
    ),
}
SPOILT: frozenset[Reason] = frozenset({"quality", "damaged"})
"""The goods themselves are at fault: what comes back is not sold again unless somebody says so."""
BEFORE_SHIPPING: frozenset[Reason] = frozenset({"changed_mind", "late", "out_of_stock", "agreed"})
"""What can be given as a reason while nothing has left the store."""
AFTER_SHIPPING: frozenset[Reason] = frozenset(REASONS) - {"changed_mind", "late", "out_of_stock"}

EXCEPTIONS: dict[str, Text] = {
    "custom_made": Text("定制商品", "Made to order"),
    "fresh": Text("鲜活易腐商品", "Fresh or perishable"),
    "digital": Text("数字化商品，一经下载或拆封", "Digital goods once downloaded or unsealed"),
    "periodical": Text("报纸、期刊", "Newspapers and periodicals"),
    "opened": Text("拆封后影响安全或品质的商品", "Safety or quality suffers once opened"),
    "activated": Text("激活或试用后贬值较大的商品", "Loses much value once activated or tried"),
    "near_expiry": Text("已明示临期或有瑕疵的商品", "Sold as near expiry or flawed"),
}
"""Exceptions from the 7 days: Consumer Protection Law art. 25; Interim Measures for 7-day returns (2017, SAIC no. 90)
art. 6 and 7. They hold only where the product's page said so when it was sold."""


class Limit(NamedTuple):
    """How long a state may last and what follows by itself."""

    after: timedelta
    outcome: str


LIMITS: dict[Status, Limit] = {
    "requested": Limit(timedelta(hours=48), "approved"),
    "approved": Limit(timedelta(days=7), "closed"),
    "sent_back": Limit(timedelta(days=10), "refunded"),
    "received": Limit(timedelta(days=3), "refunded"),
    "refunding": Limit(timedelta(days=3), "overdue"),
    "reshipped": Limit(timedelta(days=10), "completed"),
    "rejected": Limit(timedelta(days=7), "final"),
    "appealed": Limit(timedelta(days=7), "granted"),
}
"""The merchant's silence counts for the buyer, the buyer's for the merchant, the operator's for the buyer. Money that has not
arrived by then goes on being followed; the merchant and the platform's operator are told, and the buyer that they were.

The platform promises bank cards 1 to 3 working days (pay.weixin.qq.com, "申请退款").
"""

NO_REASON_DAYS = 7


class Facts(NamedTuple):
    """What decides the actions on a return. `due_at`: its state ends by itself (UTC); `refund_stuck`: a refund of it was
    refused by the provider, or ended abnormal or closed there; `nowhere`: units paid back that are in no stock yet."""

    status: Status
    kind: Kind
    appeal: Appeal | None
    due_at: datetime | None
    refund_stuck: bool = False
    nowhere: int = 0

    @property
    def appeal_until(self) -> datetime | None:
        """Until when the buyer may call the platform; None where that is not possible."""
        return self.due_at if self.status == "rejected" and self.appeal is None else None


def goes_to(reason: Reason) -> Restock:
    """Where units that came back go when nothing is said about them."""
    return "write_off" if reason in SPOILT else "shelf"


def is_legal(from_: Status, to: Status) -> bool:
    return to in MOVES[from_]


def why(reason: Reason, rule: str | None, description: str) -> Text:
    """Why, as both sides read it: a store that gives money back unasked (then no `rule` was asked) says it itself."""
    return REASONS[reason].name if rule else Text(description, description)


def buyer_actions(facts: Facts, at: datetime) -> list[BuyerAction]:
    """What the buyer is offered at `at` (UTC), most important first."""
    if facts.status in {"requested", "appealed"}:
        return ["withdraw", "message"]
    if facts.status == "approved":
        return ["send_back", "withdraw", "message"]
    if facts.status == "reshipped":
        return ["confirm", "message"]
    if facts.appeal_until and at < facts.appeal_until:
        return ["appeal", "message"]
    return ["message"] if facts.status in OPEN else []


def merchant_actions(facts: Facts) -> list[MerchantAction]:
    """What the merchant is offered, most important first. An appeal is the operator's."""
    match facts.status:
        case "requested":
            extra: list[MerchantAction] = [] if facts.kind == "refund_only" else ["refund"]
            return ["approve", "reject", *extra, "message"]
        case "approved":
            return ["refund", "message"]
        case "sent_back":
            return ["inspect", "message"]
        case "received":
            return ["reship", "refund", "message"] if facts.kind == "exchange" else ["refund", "message"]
        case "refunding":
            retry: list[MerchantAction] = ["retry_refund"] if facts.refund_stuck else []
            return [*retry, *_late_goods(facts), "message"]
        case "refunded":
            return _late_goods(facts)
        case "reshipped" | "appealed":
            return ["message"]
        case _:
            return []


def _late_goods(facts: Facts) -> list[MerchantAction]:
    """Goods may come when their money has gone back already: their time was over before anybody looked at them."""
    return ["take_in"] if facts.nowhere and facts.kind != "refund_only" else []


def is_overdue(status: Status, due_at: datetime | None, at: datetime) -> bool:
    """Money that should have arrived by `at` (UTC)."""
    return status == "refunding" and due_at is not None and due_at <= at


def due(status: Status, at: datetime) -> datetime | None:
    """When a state entered at `at` ends by itself (UTC); None where it does not."""
    limit = LIMITS.get(status)
    return at + limit.after if limit else None


def no_reason_until(delivered_at: datetime, timezone: str) -> datetime:
    """The end of the 7 days (UTC): they begin the day after delivery and end with the seventh, in the store's time.

    Interim Measures for 7-day returns (SAIC no. 90), art. 10.
    """
    zone = ZoneInfo(timezone)
    day = delivered_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return (day + timedelta(days=NO_REASON_DAYS + 1)).astimezone(delivered_at.tzinfo)


def path(kind: Kind, facts: Facts) -> list[Status]:
    """The states a return passes on its way if all goes well, for the picture of its progress."""
    if facts.status in {"rejected", "withdrawn", "closed"}:
        return ["requested", facts.status]
    first: list[Status] = ["requested", "appealed"] if facts.appeal else ["requested"]
    if kind == "refund_only":
        return [*first, "refunding", "refunded"]
    goods: list[Status] = [*first, "approved", "sent_back", "received"]
    if kind == "exchange" and facts.status not in {"refunding", "refunded"}:
        return [*goods, "reshipped", "completed"]
    return [*goods, "refunding", "refunded"]
