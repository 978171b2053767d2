"""Roles, passwords and how long a lock lasts; pure."""

from datetime import timedelta
from typing import Literal

Role = Literal["owner", "manager", "clerk", "operator"]

CLERK = frozenset(
    {"dashboard.read", "orders.read", "orders.work", "products.read", "stock.read", "stock.write"}
)
MANAGER = CLERK | {"orders.refund", "orders.contact", "products.write", "settings.read", "money.read"}
OWNER = MANAGER | {"settings.write", "jobs.manage", "money.write"}
OPERATOR = frozenset({"orders.read", "appeals.decide", "platform.read"})
"""The platform's own people, who decide between buyer and merchant; nobody of the store holds this role."""
PERMISSIONS: dict[str, frozenset[str]] = {
    "owner": OWNER,
    "manager": MANAGER,
    "clerk": CLERK,
    "operator": OPERATOR,
}

MIN_PASSWORD = 10
TRIES_BEFORE_LOCK = 5
LONGEST_LOCK = timedelta(minutes=30)


def lock_after(failures: int) -> timedelta | None:
    """How long to wait after that many wrong passwords in a row: 30 s from the fifth, doubling, at most half an hour."""
    if failures < TRIES_BEFORE_LOCK:
        return None
    return min(timedelta(seconds=30 * 2 ** min(failures - TRIES_BEFORE_LOCK, 10)), LONGEST_LOCK)


def password_fault(password: str, login: str) -> str | None:
    """The message code of what is wrong with a new password, None when it will do."""
    if len(password) < MIN_PASSWORD:
        return "password_too_short"
    if login.lower() in password.lower() or len(set(password)) < 4:
        return "password_too_easy"
    return None
