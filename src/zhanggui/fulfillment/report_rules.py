"""What is to be told to the platform next, and what its answers mean; pure.

Source: developers.weixin.qq.com, 小程序发货信息管理服务, 发货信息录入 and its error codes. An order is finished once
`is_all_delivered` (or the only parcel) was told; after that it takes one more report, the re-shipping, which replaces all
parcels. Before that, split reports add parcels.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, NamedTuple

State = Literal["waiting", "partly", "sent", "failed", "unneeded"]
Answer = Literal["later", "ask", "give_up", "nothing"]
"""Try again; ask what it knows; people have to look; all is well as it is."""

KNOWN_AFTER = timedelta(seconds=60)
NOT_KNOWN_YET = "10060001"
USED_UP = "10060003"
NO_LONGER_WAITED = timedelta(hours=24)
"""How long after payment `not known yet` is believed."""

ANSWERS: dict[str, Answer] = {
    NOT_KNOWN_YET: "later",  # 支付单不存在: about a minute after payment it does
    "10060012": "later",  # 系统错误
    "268546000": "later",  # 系统繁忙
    "10060002": "ask",  # 支付单已完成发货，无法继续发货: is it as we would have told?
    USED_UP: "ask",  # 支付单已使用重新发货机会
    "10060023": "ask",  # 发货信息未更新: what we said is what it has
    "10060004": "ask",  # 支付单处于不可发货的状态: refunded in full, or received already
}
"""Every other code is a report that will be refused again: wrong mode (268485224), wrong form (47001), no description,
too many parcels, another payer, a service not opened (48001). It is given up with an alert."""

WAITS = (30, 60, 300, 900, 3600)
MOST_TRIES = 60
MOST_STEPS = 3


class Told(NamedTuple):
    """A parcel as the platform tells parcels apart."""

    carrier: str
    waybill: str


class Known(NamedTuple):
    """What the platform has: parcels, the delivery mode told, how often a report was finished (0, 1 or 2)."""

    parcels: tuple[Told, ...] = ()
    mode: int | None = None
    times: int = 0


class Wanted(NamedTuple):
    """What there is to tell: parcels in order (one without a number when it is not express), whether all has left."""

    parcels: tuple[Told, ...]
    express: bool
    all_left: bool


class Step(NamedTuple):
    """One report: its parcels, split or unified, whether it finishes the order, and whether it replaces what was told."""

    parcels: tuple[Told, ...]
    split: bool
    finishes: bool
    replaces: bool


def next_step(known: Known, wanted: Wanted) -> Step | Literal["used_up"] | None:
    """The next report, None when there is nothing to tell, `used_up` when a correction finds its one chance taken."""
    if not wanted.parcels:
        return None
    if known.times:
        if _same(known.parcels, wanted.parcels) or not wanted.all_left:
            return None
        if known.times > 1:
            return "used_up"
        return Step(wanted.parcels, _split(known, wanted), finishes=True, replaces=True)
    if not wanted.express:
        return Step(wanted.parcels[:1], split=False, finishes=True, replaces=False)
    new = tuple(p for p in wanted.parcels if p not in known.parcels)
    if not new and not wanted.all_left:
        return None
    # The rest was cancelled after its last parcel was told: that parcel is told again to finish.
    parcels = new or wanted.parcels[-1:]
    return Step(parcels, _split(known, wanted), finishes=wanted.all_left, replaces=False)


def after(known: Known, step: Step) -> Known:
    """What the platform knows once it took the step."""
    kept = () if step.replaces else tuple(p for p in known.parcels if p not in step.parcels)
    return Known((*kept, *step.parcels), 2 if step.split else 1, known.times + int(step.finishes))


def state_of(known: Known) -> State:
    """How the report stands when nothing is left to tell now."""
    if known.times:
        return "sent"
    return "partly" if known.parcels else "waiting"


def meaning(code: str, since_paid: timedelta) -> Answer:
    """What to do after a refusal. An order that is unknown a day after payment will not become known."""
    if code == NOT_KNOWN_YET and since_paid > NO_LONGER_WAITED:
        return "give_up"
    return ANSWERS.get(code, "give_up")


def wait(tries: int) -> timedelta:
    """How long to wait after so many calls."""
    return timedelta(seconds=WAITS[min(max(tries - 1, 0), len(WAITS) - 1)])


def _same(one: Sequence[Told], other: Sequence[Told]) -> bool:
    return set(one) == set(other)


def _split(known: Known, wanted: Wanted) -> bool:
    """Another mode than before would already count as the re-shipping, so a split order stays split."""
    return wanted.express and (known.mode == 2 or len(wanted.parcels) > 1 or not wanted.all_left)
