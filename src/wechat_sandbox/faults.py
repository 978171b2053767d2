"""Faults that the control API orders: which call or notification goes wrong, how, and how often."""

import random
from typing import Any, Literal, get_args

import msgspec

Kind = Literal[
    "drop",
    "duplicate",
    "delay",
    "reorder",
    "bad_signature",
    "forge_key",
    "wrong_amount",
    "wrong_facts",
    "same_nonce",
    "http_500",
    "http_429",
    "system_error",
    "timeout",
    "refuse",
]
Stage = Literal["before", "after"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NOTIFY_KINDS: frozenset[str] = frozenset(KINDS[:9])
API_KINDS: frozenset[str] = frozenset(KINDS) - {"duplicate", "reorder", "wrong_facts", "same_nonce"}
# A lost or late answer is dangerous because the work was done; an error usually means it was not.
_STAGE: dict[str, Stage] = {
    "http_500": "before",
    "http_429": "before",
    "system_error": "before",
    "refuse": "before",
}
_SECONDS: dict[str, float] = {"delay": 1.0, "timeout": 30.0, "reorder": 30.0}


class InvalidFault(Exception):
    """A fault that makes no sense; the text says why."""


class FaultOrder(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a caller asks for; `mchid` limits a fault of notifications to one merchant's.

    `facts` is what `wrong_facts` says instead of the truth; of a list of sub-orders it changes the first. `code` and
    `status` are what a pay call is refused with.
    """

    target: str
    kind: Kind
    probability: float = 1.0
    count: int | None = None
    seconds: float | None = None
    stage: Stage | None = None
    final: bool = False
    mchid: str | None = None
    facts: dict[str, Any] = {}
    code: str = ""
    status: int = 403


class Fault(msgspec.Struct, kw_only=True):
    """A fault in force. `seconds` are platform seconds for notifications, real seconds for API calls."""

    id: int
    target: str
    kind: Kind
    probability: float
    count: int | None
    seconds: float
    stage: Stage
    final: bool
    mchid: str | None = None
    facts: dict[str, Any] = {}
    code: str = ""
    status: int = 403
    hits: int = 0

    @property
    def spent(self) -> bool:
        """Whether its count is used up."""
        return self.count is not None and self.hits >= self.count


class Faults:
    """The faults in force, and the dice."""

    def __init__(self, seed: int | None) -> None:
        self._faults: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311  # repeatable tests, no secret
        self._next = 1

    def add(self, order: FaultOrder) -> Fault:
        """Put a fault in force. Raises InvalidFault."""
        on_notify = order.target == "notify" or order.target.startswith("notify:")
        if not on_notify and not order.target.startswith("/"):
            raise InvalidFault(
                "target is notify, notify:<event type prefix> or an API path prefix beginning with /"
            )
        if order.kind not in (NOTIFY_KINDS if on_notify else API_KINDS):
            raise InvalidFault(f"{order.kind} does not apply to {order.target}")
        if order.mchid is not None and not on_notify:
            raise InvalidFault("mchid applies to notifications only")
        if bool(order.facts) != (order.kind == "wrong_facts"):
            raise InvalidFault("facts belong to wrong_facts, which needs them")
        if bool(order.code) != (order.kind == "refuse") or not 400 <= order.status < 500:
            raise InvalidFault(
                "refuse needs a code and a status from 400 to 499, and nothing else has a code"
            )
        if order.kind == "refuse" and not order.target.startswith("/v3/"):
            raise InvalidFault("refuse applies to calls of the payment API")
        if not 0 < order.probability <= 1:
            raise InvalidFault("probability lies above 0 and up to 1")
        if order.count is not None and order.count < 1:
            raise InvalidFault("count is at least 1")
        if order.seconds is not None and not 0 <= order.seconds <= 86400:
            raise InvalidFault("seconds lie between 0 and 86400")
        fault = Fault(
            id=self._next,
            target=order.target,
            kind=order.kind,
            probability=order.probability,
            count=order.count,
            seconds=_SECONDS.get(order.kind, 0.0) if order.seconds is None else order.seconds,
            stage=order.stage or _STAGE.get(order.kind, "after"),
            final=order.final,
            mchid=order.mchid,
            facts=order.facts,
            code=order.code,
            status=order.status,
        )
        self._next += 1
        self._faults.append(fault)
        return fault

    def listing(self) -> list[Fault]:
        """All faults in force, those with a used-up count included so that one can see their hits."""
        return list(self._faults)

    def remove(self, fault_id: int | None = None) -> int:
        """Remove one fault, or all; returns how many."""
        before = len(self._faults)
        self._faults = [] if fault_id is None else [f for f in self._faults if f.id != fault_id]
        return before - len(self._faults)

    def reseed(self, seed: int) -> None:
        """Begin the dice again from `seed`."""
        self._dice.seed(seed)

    def draw(self, target: str, mchid: str | None = None) -> list[Fault]:
        """The faults that strike this call or this merchant's notification, each counted as a hit."""
        if not self._faults:
            return []
        struck: list[Fault] = []
        for fault in self._faults:
            if fault.spent or not target.startswith(fault.target):
                continue
            if fault.mchid is not None and fault.mchid != mchid:
                continue
            if fault.probability < 1 and self._dice.random() >= fault.probability:
                continue
            fault.hits += 1
            struck.append(fault)
        return struck
