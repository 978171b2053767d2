"""The list of everything the platform saw and did, newest last, bounded."""

from collections import deque
from typing import Any, Literal

import msgspec

from wechat_sandbox.clock import Clock
from wechat_sandbox.storage import Storage

KEEP = 5000
BODY_LIMIT = 4000
Mood = Literal["ok", "info", "warn", "bad"]


class Event(msgspec.Struct):
    """One thing that happened. `at` is platform time in seconds since the epoch."""

    id: int
    at: float
    kind: str
    title: str
    mood: Mood
    subject: str
    data: dict[str, Any]


class Seen:
    """Records events and finds them again."""

    def __init__(self, clock: Clock, storage: Storage) -> None:
        self._clock = clock
        self._storage = storage
        self._events: deque[Event] = deque(storage.load("event", Event)[-KEEP:], maxlen=KEEP)
        self._next = self._events[-1].id + 1 if self._events else 1
        if self._events:
            storage.forget_before("event", _key(self._events[0].id))

    def record(self, kind: str, title: str, *, mood: Mood = "ok", subject: str = "", **data: Any) -> None:
        """Add an event. `subject` is the number a person would search for (order, phone, openid)."""
        event = Event(self._next, self._clock.now(), kind, title, mood, subject, data)
        self._next += 1
        self._events.append(event)
        self._storage.put("event", _key(event.id), event)

    def find(self, *, after: int = 0, kind: str = "", text: str = "", limit: int = 200) -> list[Event]:
        """The newest events first; `after` leaves out those up to that id, `text` is searched in all."""
        found: list[Event] = []
        for event in reversed(self._events):
            if event.id <= after or len(found) >= limit:
                break
            if kind and event.kind != kind:
                continue
            if text and text.lower() not in msgspec.json.encode(event).decode().lower():
                continue
            found.append(event)
        return found

    @property
    def last_id(self) -> int:
        """The id of the newest event, 0 if there is none."""
        return self._next - 1

    def clear(self) -> None:
        """Forget all events; orders and accounts stay."""
        self._events.clear()
        self._storage.flush()
        self._storage.forget_before("event", _key(self._next))


def excerpt(raw: bytes) -> str:
    """A body as text for the record, cut to a readable length."""
    text = raw[:BODY_LIMIT].decode("utf-8", "replace")
    return text if len(raw) <= BODY_LIMIT else text + f"… ({len(raw)} bytes)"


def _key(event_id: int) -> str:
    return f"{event_id:012d}"
