"""States of attempts and refunds, and what money that came means for its order; pure."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from zhanggui.orders.rules import UNPAID, Status

Method = Literal["wechat_jsapi", "wechat_h5", "wechat_native"]
Place = Literal["mini_program", "official_account"]
"""Where a JSAPI payment is made: in the mini-program, or on a page opened inside WeChat."""
AttemptStatus = Literal["created", "pending", "succeeded", "closed", "failed"]
RefundStatus = Literal["requested", "processing", "succeeded", "abnormal", "closed"]
RefundKind = Literal["cancel", "late_payment", "surplus", "after_sale", "foreign"]
MOST_COMBINED = 20
"""Orders in one combined payment: fewer than the platform's 50, more than a cart has stores."""
NOT_COMBINABLE = frozenset({"NO_AUTH", "APPID_MCHID_NOT_MATCH", "MCH_NOT_EXISTS"})
"""The provider's codes that say that these merchants cannot be paid together."""
Verdict = Literal["paid", "known", "late_payment", "surplus", "refused"]

MOVES: dict[AttemptStatus, frozenset[AttemptStatus]] = {
    "created": frozenset({"pending", "succeeded", "closed", "failed"}),
    "pending": frozenset({"succeeded", "closed", "failed"}),
    "closed": frozenset({"succeeded"}),
    "failed": frozenset({"succeeded"}),
    "succeeded": frozenset(),
}
"""`closed | failed → succeeded` is legal: money that came must be seen."""

REFUND_MOVES: dict[RefundStatus, frozenset[RefundStatus]] = {
    "requested": frozenset({"processing", "succeeded", "abnormal", "closed"}),
    "processing": frozenset({"succeeded", "abnormal", "closed"}),
    "abnormal": frozenset({"succeeded", "closed"}),
    "succeeded": frozenset(),
    "closed": frozenset(),
}
"""`abnormal` (the buyer's card is gone) is put right by hand at the provider, so it may still end well."""

OPEN: frozenset[AttemptStatus] = frozenset({"created", "pending"})
REFUND_OPEN: frozenset[RefundStatus] = frozenset({"requested", "processing"})
QUERY_DELAYS = (5, 10, 30, 60, 180, 300, 600, 1800)
REFUND_DELAYS = (5, 30, 60, 300, 900, 3600)
REFUSAL_DELAYS = (60, 300, 900, 3600, 14_400)
REFUSALS_THAT_PASS = frozenset({"NOT_ENOUGH", "SIGN_ERROR"})
"""Refusals of a refund that end without anybody asking again: the account has money once buyers have paid, and keys that are
being replaced are the right ones soon. Source: pay.weixin.qq.com, 退款申请, 错误码 (NOT_ENOUGH: repeat with the same number)."""
MOST_NUMBERS = 3
"""How many numbers a refund is tried under when the provider closes it; then people have to look."""
MOST_PARTS = 50
"""Refunds of one payment, counted by their numbers. Source: pay.weixin.qq.com, 退款申请 (一笔订单最多 50 次部分退款)."""
LEAST_TIME = timedelta(seconds=60)
PREPAY_LIFE: dict[Method, timedelta] = {
    "wechat_jsapi": timedelta(minutes=110),
    "wechat_native": timedelta(minutes=110),
    "wechat_h5": timedelta(minutes=4),
}
"""How long what the provider answered is handed out again; the provider's own limits are 2 h, 2 h and 5 min."""


class Asked(NamedTuple):
    """What we asked for: an attempt with its account. Amount in fen, `fee_rate` in hundredths of a percent."""

    attempt_id: UUID
    order_id: UUID
    account_id: UUID
    status: AttemptStatus
    amount: int
    currency: str
    mchid: str
    appid: str
    transaction_id: str | None
    customer_id: UUID = UUID(int=0)
    fee_rate: int = 0
    sub_mchid: str | None = None
    combined_id: UUID | None = None


class Received(NamedTuple):
    """What a provider verifiably said: money came. Amounts in fen, `paid_at` UTC.

    `coupon` of the amount was paid by coupons and not by the buyer; `discount` of that is the store's own, which nobody pays.
    """

    attempt_id: UUID
    account_id: UUID
    amount: int
    currency: str
    mchid: str
    appid: str
    transaction_id: str
    paid_at: datetime
    payer: str | None
    sub_mchid: str | None = None
    combined_id: UUID | None = None
    given_back: bool = False
    """The provider says that some of it was given back by hand before we heard of it."""
    coupon: int = 0
    discount: int = 0


FACTS = ("account_id", "mchid", "sub_mchid", "appid", "combined_id", "currency", "amount")


class Decision(NamedTuple):
    """What becomes of it; `why` names the fact that does not fit a refused one."""

    verdict: Verdict
    why: str = ""


def judge(asked: Asked | None, received: Received, order: Status) -> Decision:
    """Compare what came with what was asked (`FACTS`), then with the order's state.

    Facts that do not fit never pay anything. The same transaction again is `known`. Money for an order that was
    cancelled, or paid by another attempt, is given back.
    """
    if asked is None:
        return Decision("refused", "unknown_attempt")
    wrong = misfit(asked, received)
    if wrong:
        return Decision("refused", wrong)
    if asked.status == "succeeded":
        same = asked.transaction_id == received.transaction_id
        return Decision("known") if same else Decision("refused", "transaction_id")
    if order in UNPAID:
        return Decision("paid")
    return Decision("late_payment" if order == "cancelled" else "surplus")


def fee_of(amount: int, rate: int) -> int:
    """The provider's fee on `amount` fen at `rate` hundredths of a percent, rounded half up as the provider does.

    The same for what it returns of it with a refund of `amount`. The provider's bill has the last word; where it differs,
    the reconciliation shows it.
    """
    return (amount * rate + 5_000) // 10_000


def misfit(asked: Asked, received: Received) -> str:
    """The first of `FACTS` in which what came is not what was asked, or `coupon` for coupons that cannot be; empty when all fit."""
    wrong = next((name for name in FACTS if getattr(asked, name) != getattr(received, name)), "")
    fits = 0 <= received.discount <= received.coupon < received.amount
    return wrong or ("" if fits else "coupon")


def misfit_of_parts(asked: Sequence[Asked], received: Sequence[Received]) -> str:
    """The fact in which a combined message does not fit; empty when all parts that were paid fit.

    One part that does not fit refuses the message as a whole: nothing is believed of a message that is wrong.
    """
    ours = {one.attempt_id: one for one in asked}
    return next((wrong for one in received if (wrong := misfit(ours[one.attempt_id], one))), "")


def status_of_parts(statuses: Collection[AttemptStatus]) -> AttemptStatus:
    """A combined payment's state: open while a part is, succeeded once all are, otherwise as its parts ended."""
    for state in ("pending", "created", "failed", "closed"):
        if state in statuses:
            return state
    return "succeeded"


def combinable(accounts: Sequence[tuple[str, str, str | None]]) -> bool:
    """Whether accounts (appid, mchid, sub_mchid) can be paid at once.

    All are bound to one application; merchants below a platform go together under the platform's number, and merchants of
    their own with each other. The provider has the last word: it may refuse a merchant without the permission.
    """
    if not accounts or len({appid for appid, _, _ in accounts}) != 1:
        return False
    below = [mchid for _, mchid, sub_mchid in accounts if sub_mchid is not None]
    return not below or (len(below) == len(accounts) and len(set(below)) == 1)


def has_room(parts: int, *, rest: bool) -> bool:
    """Whether a payment with `parts` refunds takes another. The last one is kept for all of the rest, so that an order can
    always be cancelled."""
    return parts < MOST_PARTS if rest else parts < MOST_PARTS - 1


def query_delay(queries: int) -> timedelta:
    """How long to wait before asking about an open attempt once more."""
    return timedelta(seconds=QUERY_DELAYS[min(queries, len(QUERY_DELAYS) - 1)])


def refund_delay(age: timedelta) -> timedelta:
    """How long to wait before asking about a refund once more: about as long as it has lasted so far."""
    fitting = [s for s in REFUND_DELAYS if s <= age.total_seconds()]
    return timedelta(seconds=max(fitting, default=REFUND_DELAYS[0]))


def refusal_delay(age: timedelta) -> timedelta:
    """How long to wait before a refused refund is asked for again: about as long as it has lasted so far, up to 4 hours."""
    fitting = [s for s in REFUSAL_DELAYS if s <= age.total_seconds()]
    return timedelta(seconds=max(fitting, default=REFUSAL_DELAYS[0]))


def provider_deadline(pay_by: datetime, now: datetime) -> datetime:
    """When the provider stops taking the payment: the order's own limit, at least the minute providers insist on."""
    return max(pay_by, now + LEAST_TIME)
