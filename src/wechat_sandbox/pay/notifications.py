"""Notifications to merchants: what is sent, the platform's retry schedule, and every attempt made.

Source: pay.weixin.qq.com, "支付成功回调通知": answer 2xx within five seconds, otherwise it comes again
after 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
"""

from typing import Any, Literal

import msgspec

from wechat_sandbox.storage import Storage

RETRY_AFTER_S = (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
Status = Literal["pending", "delivered", "exhausted", "lost"]


class Attempt(msgspec.Struct, kw_only=True):
    """One sending. `status_code` is None when no answer came; `faults` names what was done to it."""

    at: float
    status_code: int | None
    took_ms: int
    answer: str
    faults: list[str]
    forged: bool = False

    @property
    def accepted(self) -> bool:
        """Whether the merchant took it in."""
        return self.status_code is not None and 200 <= self.status_code < 300


class Notification(msgspec.Struct, kw_only=True):
    """A message to a merchant, kept until it is delivered or given up."""

    id: str
    mchid: str
    url: str
    event_type: str
    original_type: str
    summary: str
    subject: str
    resource: dict[str, Any]
    created_at: float
    next_at: float
    retries: int = 0
    status: Status = "pending"
    attempts: list[Attempt] = []


class Outbox:
    """All notifications, by id and by the order they tell about."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._by_id: dict[str, Notification] = {}
        self._by_subject: dict[str, list[Notification]] = {}
        for notification in storage.load("notification", Notification):
            self._index(notification)

    def add(self, notification: Notification) -> None:
        """Keep a new notification."""
        self._index(notification)
        self.save(notification)

    def save(self, notification: Notification) -> None:
        """Store a changed notification."""
        self._storage.put("notification", notification.id, notification)

    def get(self, notification_id: str) -> Notification | None:
        """A notification by its id."""
        return self._by_id.get(notification_id)

    def about(self, subject: str) -> list[Notification]:
        """The notifications about an out_trade_no, oldest first."""
        return list(self._by_subject.get(subject, ()))

    def all(self) -> list[Notification]:
        """Every message there ever was, oldest first."""
        return list(self._by_id.values())

    def listing(self, limit: int) -> list[Notification]:
        """The newest first."""
        return self.all()[: -limit - 1 : -1]

    def pending(self) -> list[Notification]:
        """Those still to be sent, for resuming after a restart."""
        return [n for n in self._by_id.values() if n.status == "pending"]

    def _index(self, notification: Notification) -> None:
        self._by_id[notification.id] = notification
        self._by_subject.setdefault(notification.subject, []).append(notification)
