"""Text messages that a shop's local SMS provider drops here instead of sending them."""

import msgspec

from wechat_sandbox.clock import Clock
from wechat_sandbox.storage import Storage


class Message(msgspec.Struct):
    """A text message; `at` in platform seconds since the epoch."""

    id: int
    phone: str
    text: str
    at: float


class Sms:
    """All text messages, by phone number."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._all = storage.load("sms", Message)
        self._by_phone: dict[str, list[Message]] = {}
        for message in self._all:
            self._by_phone.setdefault(message.phone, []).append(message)

    def add(self, phone: str, text: str) -> Message:
        """Take a message in."""
        message = Message(len(self._all) + 1, phone, text, self._clock.now())
        self._all.append(message)
        self._by_phone.setdefault(phone, []).append(message)
        self._storage.put("sms", f"{message.id:012d}", message)
        return message

    def listing(self, phone: str | None, limit: int = 100) -> list[Message]:
        """The newest first, of one number or of all."""
        found = self._all if phone is None else self._by_phone.get(phone, [])
        return found[: -limit - 1 : -1]
